"""Where everything of a ticket stands on the paper, in dots.

Decides hierarchy, sizes, line breaks and shrinking. Asks `Faces` how wide a text is and which face has a character, and
must not know Pillow, files, printers or what a ticket is for.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, zip_longest
from typing import Protocol

from kiosk.devices.printers.linebreak import balanced_lines, fill_lines, is_wide, pieces
from kiosk.devices.printers.page_items import Box, Item, MissingGlyph, Modules, PageLayout, Run
from kiosk.devices.printers.qr_matrix import QUIET_MODULES, qr_matrix
from kiosk.devices.printers.style import Style, style_for
from kiosk.ports.tickets import (
    Align,
    BigNumber,
    Block,
    Columns,
    KeyValue,
    Mark,
    Notice,
    QrCode,
    Rule,
    Size,
    Space,
    Text,
    Ticket,
)

DOTS_PER_MM = 8
_ASCENT = 0.88
_CAP_HEIGHT = 0.74
_MISSING_GAP = 2
_CAPTION_EMS = 6
_MARK_SPACING = 6
_ROUNDING = 0.5
"""Dots by which hinting moves an advance at most."""


class Faces(Protocol):
    """The fonts at hand, by number."""

    def face_for(self, char: str, *, is_bold: bool) -> int | None:
        """The face that draws this character, None when none does."""
        ...

    def is_bold_face(self, face: int) -> bool:
        """Is this face bold by itself?"""
        ...

    def width(self, face: int, size: int, text: str) -> float:
        """The advance of a text, in dots."""
        ...


def layout(ticket: Ticket, width: int, faces: Faces) -> PageLayout:
    """Lay a ticket out for paper of this many dots."""
    sheet = _Sheet(width, faces, style_for(width))
    for kind, group in groupby(ticket.blocks, key=type):
        blocks = list(group)
        if kind is KeyValue:
            sheet.add_pairs([block for block in blocks if isinstance(block, KeyValue)])
        elif kind is Columns:
            sheet.add_columns([block for block in blocks if isinstance(block, Columns)])
        else:
            for block in blocks:
                sheet.add(block)
    return PageLayout(width, sheet.y + sheet.style.gap, tuple(sheet.items))


class _Sheet:
    """The paper while it is being filled from the top."""

    def __init__(self, width: int, faces: Faces, style: Style) -> None:
        self.width = width
        self.faces = faces
        self.style = style
        self.y = style.gap // 2
        self.items: list[Item] = []
        self._measured: dict[tuple[str, int, bool], float] = {}

    @property
    def inner(self) -> int:
        return self.width - 2 * self.style.margin

    def add(self, block: Block) -> None:
        match block:
            case Text():
                self._paragraph(block)
            case BigNumber():
                self._number(block)
            case KeyValue():
                self.add_pairs([block])
            case Columns():
                self.add_columns([block])
            case Rule():
                self._rule(block)
            case Notice():
                self._notice(block)
            case QrCode():
                self._qr(block)
            case Mark():
                self._mark(block)
            case Space():
                self.y += round(block.mm * DOTS_PER_MM)

    # --- measuring and placing of text ---

    def _spans(self, text: str, is_bold: bool) -> list[tuple[int | None, str]]:  # noqa: FBT001 - the second of two plain values
        spans = []
        for (face, _), chars in groupby(text, key=lambda char: (self._face(char, is_bold), is_wide(char))):
            spans.append((face, "".join(chars)))
        return spans

    def _face(self, char: str, is_bold: bool) -> int | None:  # noqa: FBT001 - as above
        return self.faces.face_for(char, is_bold=is_bold)

    def _measure(self, text: str, size: int, *, is_bold: bool) -> float:
        key = (text, size, is_bold)
        if key not in self._measured:
            self._measured[key] = sum(
                len(span) * (size + _MISSING_GAP) if face is None else self.faces.width(face, size, span)
                for face, span in self._spans(text, is_bold)
            )
        return self._measured[key]

    def _place(self, text: str, x: float, baseline: int, *, size: int, is_bold: bool, is_white: bool = False) -> float:
        """Put a line of text down; the x behind it."""
        for face, span in self._spans(text, is_bold):
            if face is None:
                for char in span:
                    self.items.append(MissingGlyph(round(x), baseline, ord(char), size, is_white))
                    x += size + _MISSING_GAP
            else:
                is_thickened = is_bold and not self.faces.is_bold_face(face)
                self.items.append(Run(round(x), baseline, span, face, size, is_thickened, is_white))
                x += self.faces.width(face, size, span)
        return x

    def _lines(self, text: str, width: float, size: int, *, is_bold: bool) -> list[str]:
        return fill_lines(text, width, lambda part: self._measure(part, size, is_bold=is_bold))

    def _fitting(self, text: str, width: float, sizes: Sequence[int], *, is_bold: bool) -> int:
        """The first of these sizes, largest first, in which the text fits on one line; else the last.

        A size that is asked costs an open font. Those that are far too large are known without asking: advances grow
        with the size, give or take the rounding of each character.
        """
        largest = sizes[0]
        at_largest = self._measure(text, largest, is_bold=is_bold) - _ROUNDING * len(text)
        for size in sizes:
            may_fit = at_largest * size / largest - _ROUNDING * len(text) <= width
            if may_fit and self._measure(text, size, is_bold=is_bold) <= width:
                return size
        return sizes[-1]

    # --- blocks ---

    def _paragraph(self, block: Text) -> None:
        size = self.style.dots(block.size)
        if block.size is Size.TITLE:
            size = self._fitting(block.text, self.inner, range(size, self.style.large - 1, -2), is_bold=block.is_bold)
        self._set_lines(block.text, size, align=block.align, is_bold=block.is_bold)

    def _set_lines(self, text: str, size: int, *, align: Align, is_bold: bool) -> None:
        fill = balanced_lines if align is Align.CENTRE else fill_lines
        for line in fill(text, self.inner, lambda part: self._measure(part, size, is_bold=is_bold)):
            self._line(line, size, align=align, is_bold=is_bold)

    def _line(self, line: str, size: int, *, align: Align, is_bold: bool) -> None:
        x: float = self.style.margin
        if align is Align.CENTRE:
            x = (self.width - self._measure(line, size, is_bold=is_bold)) / 2
        height = round(size * 1.38)
        self._place(line, x, self._baseline(size, height), size=size, is_bold=is_bold)
        self.y += height

    def _baseline(self, size: int, height: int) -> int:
        return self.y + (height - size) // 2 + round(size * _ASCENT)

    def _number(self, block: BigNumber) -> None:
        style = self.style
        if block.caption:
            self._caption_between_lines(block.caption)
        size = self._fitting(block.text, self.inner * 0.94, range(style.number_max, style.title, -4), is_bold=True)
        x = (self.width - self._measure(block.text, size, is_bold=True)) / 2
        has_wide = any(is_wide(char) for char in block.text)
        self.y += style.gap
        baseline = self.y + round(size * (_ASCENT if has_wide else _CAP_HEIGHT))
        self._place(block.text, x, baseline, size=size, is_bold=True)
        self.y = baseline + round(size * (0.1 if has_wide else 0.06)) + style.gap

    def _caption_between_lines(self, caption: str) -> None:
        style = self.style
        size = style.normal
        text_width = self._measure(caption, size, is_bold=False)
        height = round(size * 1.5)
        side = (self.inner - text_width) / 2 - style.gap
        if side >= 2 * style.gap:
            middle = self.y + height // 2
            right = round(self.width - style.margin - side)
            self.items.append(Box(style.margin, middle, round(side), 2))
            self.items.append(Box(right, middle, round(side), 2))
        x = (self.width - text_width) / 2
        self._place(caption, x, self._baseline(size, height), size=size, is_bold=False)
        self.y += height

    def add_pairs(self, pairs: Sequence[KeyValue]) -> None:
        """Names in one column, values in another; a value first shrinks, then takes more lines."""
        style = self.style
        key_sizes = range(style.small, round(style.small * 0.8) - 1, -1)
        key_limit = self.inner * 0.36
        widest = max(pairs, key=lambda pair: self._measure(pair.key, style.small, is_bold=False)).key
        key_size = self._fitting(widest, key_limit, key_sizes, is_bold=False)
        key_width = min(key_limit, max(self._measure(pair.key, key_size, is_bold=False) for pair in pairs))
        value_x = style.margin + round(key_width) + round(style.gap * 1.5)
        for pair in pairs:
            self._pair(pair, value_x, key_width, key_size)

    def _pair(self, pair: KeyValue, value_x: int, key_width: float, key_size: int) -> None:
        style = self.style
        room = self.width - style.margin - value_x
        size = self._fitting(pair.value, room, range(style.normal, round(style.normal * 0.8) - 1, -1), is_bold=True)
        values = self._lines(pair.value, room, size, is_bold=True)
        keys = self._lines(pair.key, key_width + 1, key_size, is_bold=False)
        height, step = round(style.normal * 1.48), round(style.normal * 1.22)
        baseline = self._baseline(style.normal, height)
        for number, line in enumerate(keys):
            self._place(line, style.margin, baseline + number * step, size=key_size, is_bold=False)
        for number, line in enumerate(values):
            self._place(line, value_x, baseline + number * step, size=size, is_bold=True)
        self.y += height + (max(len(keys), len(values)) - 1) * step

    def add_columns(self, rows: Sequence[Columns]) -> None:
        """Each column as wide as its widest cell; the last one has what is left, and takes more lines."""
        style = self.style
        size, gap = style.normal, style.gap * 2
        widths = [
            max(self._measure(cell, size, is_bold=number == 0) for cell in column)
            for number, column in enumerate(zip_longest(*(row.cells for row in rows), fillvalue=""))
        ]
        height, step = round(size * 1.42), round(size * 1.22)
        for row in rows:
            x, most = float(style.margin), 1
            for number, (cell, width) in enumerate(zip(row.cells, widths, strict=False)):
                is_last = number == len(row.cells) - 1
                room = self.width - style.margin - x if is_last else width + 1
                lines = self._lines(cell, room, size, is_bold=number == 0)
                most = max(most, len(lines))
                for below, line in enumerate(lines):
                    self._place(line, x, self._baseline(size, height) + below * step, size=size, is_bold=number == 0)
                x += width + gap
            self.y += height + (most - 1) * step

    def _rule(self, block: Rule) -> None:
        style = self.style
        self.y += style.gap
        if block.is_dashed:
            dash, step = 6, 14
            count = (self.inner + step - dash) // step
            start = style.margin + (self.inner - (count - 1) * step - dash) // 2
            self.items += [Box(start + number * step, self.y, dash, 2) for number in range(count)]
        else:
            self.items.append(Box(style.margin, self.y, self.inner, 3))
        self.y += style.gap

    def _notice(self, block: Notice) -> None:
        style = self.style
        padding = style.gap + 4
        lines = self._lines(block.text, self.inner - 2 * padding, style.normal, is_bold=False)
        height = round(style.normal * 1.42)
        self.y += style.gap // 2
        frame_height = len(lines) * height + 2 * (padding - 6)
        self.items.append(Box(style.margin, self.y, self.inner, frame_height, thickness=3, radius=12))
        self.y += padding - 6
        for line in lines:
            x = style.margin + padding
            self._place(line, x, self._baseline(style.normal, height), size=style.normal, is_bold=False)
            self.y += height
        self.y += padding - 6 + style.gap // 2

    def _qr(self, block: QrCode) -> None:
        """The code at the left with its caption beside it; where that leaves too little room, one above the other."""
        style = self.style
        rows = qr_matrix(block.data)
        span = len(rows) + 2 * QUIET_MODULES
        module = max(3, min(style.module_max, int(self.width * style.qr_share) // span))
        quiet, side = QUIET_MODULES * module, len(rows) * module
        text_x = style.margin + side + quiet + style.gap
        room = self.width - style.margin - text_x
        is_beside = block.caption and room >= _CAPTION_EMS * style.normal
        self.y += quiet
        x = style.margin if is_beside else (self.width - side) // 2
        self.items.append(Modules(max(x, quiet - style.edge), self.y, module, rows))
        if is_beside:
            self._caption_beside(block.caption, text_x, room, middle=self.y + side // 2)
        self.y += side + quiet
        if block.caption and not is_beside:
            self._set_lines(block.caption, style.small, align=Align.CENTRE, is_bold=False)

    def _caption_beside(self, caption: str, x: int, room: int, *, middle: int) -> None:
        longest = max(caption.split("\n"), key=lambda line: self._measure(line, self.style.normal, is_bold=False))
        size = self._fitting(longest, room, range(self.style.normal, self.style.small - 1, -1), is_bold=False)
        if self._measure(longest, size, is_bold=False) > room:
            size = self.style.normal
        lines = balanced_lines(caption, room, lambda part: self._measure(part, size, is_bold=False))
        height = round(size * 1.42)
        below = self.y
        self.y = middle - len(lines) * height // 2
        for line in lines:
            self._place(line, x, self._baseline(size, height), size=size, is_bold=False)
            self.y += height
        self.y = below

    def _mark(self, block: Mark) -> None:
        """White on black; Chinese is letter-spaced as on a stamp, Latin words stay as they are."""
        style = self.style
        parts = pieces(block.text)
        gaps = [0 if part.endswith(" ") else _MARK_SPACING for part in parts[:-1]] + [0]
        padding = style.gap + 6
        room = self.inner - 2 * padding - sum(gaps)
        size = self._fitting(block.text, room, range(style.large, style.small - 1, -1), is_bold=True)
        text_width = sum(self._measure(part, size, is_bold=True) for part in parts) + sum(gaps)
        height = round(size * 1.5)
        self.y += style.gap
        left = (self.width - text_width) / 2
        self.items.append(Box(round(left) - padding, self.y, round(text_width) + 2 * padding, height, radius=8))
        baseline = self._baseline(size, height)
        for part, gap in zip(parts, gaps, strict=True):
            left = self._place(part, left, baseline, size=size, is_bold=True, is_white=True) + gap
        self.y += height + style.gap
