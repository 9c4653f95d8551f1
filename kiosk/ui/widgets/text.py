"""Text that fits: own line height, balanced lines, breaks by Unicode rules, a size that gives way before words do.

Decides where lines break and how large they are drawn, never below the smallest readable size. Knows no page.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from PySide6.QtCore import QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import QLabel, QWidget

from kiosk.ui.theme import Role, Theme

_INK_CENTRE_EM: Final = 0.375
"""Height above the baseline of the middle of a Chinese character, and of a capital letter, in Noto Sans CJK."""
_SHRINK: Final = 0.93
"""From one size that does not fit to the next one that is tried."""
_MOST_BALANCED: Final = 4
"""Longer paragraphs are read line by line and need no even edge."""
_PHRASE_ENDS: Final = "，。；：？！,.;:?!"
_LEAST_SHARE: Final = 0.4
"""A first line that ends with a phrase may be this much shorter than the second, or the other way round."""
_UNBOUNDED: Final = 1_000_000


class Align(Enum):
    """The share of the free width that stands left of a line."""

    LEFT = 0.0
    CENTRE = 0.5
    RIGHT = 1.0


@dataclass(frozen=True, slots=True)
class TextStyle:
    """How a text wants to look."""

    role: Role
    colour: str
    is_bold: bool = False
    align: Align = Align.LEFT
    leading: float = 1.34
    """Line height in ems."""
    floor: Role = Role.CAPTION
    """The smallest role it may shrink to where it does not fit."""
    max_lines: int = 0
    """0: as many as the height allows."""
    scale: float = 1.0
    """Times the role's size, where a page has room to spare."""


class TextBlock:
    """A text laid out for one width and height."""

    def __init__(self, lines: QTextLayout, *, em_px: int, leading_px: float, width: float, is_clipped: bool) -> None:
        self._layout = lines
        self.em_px = em_px
        self.is_clipped = is_clipped
        self.line_count = lines.lineCount()
        self.height = round(self.line_count * leading_px)
        self.width = width
        self.natural_width = max(
            (lines.lineAt(i).naturalTextWidth() for i in range(self.line_count)),
            default=0.0,
        )

    def draw(self, painter: QPainter, x: float, y: float, colour: str) -> None:
        painter.setPen(QColor(colour))
        self._layout.draw(painter, QPointF(x, y))

    def line_texts(self) -> tuple[str, ...]:
        text = self._layout.text()
        spans = (self._layout.lineAt(i) for i in range(self.line_count))
        return tuple(text[line.textStart() : line.textStart() + line.textLength()] for line in spans)


@dataclass(frozen=True, slots=True)
class PlacedText:
    """A text as it stands in a widget: what tests and the audio reader ask for."""

    text: str
    rect: QRect
    em_px: int
    is_clipped: bool


def lay_text(theme: Theme, text: str, style: TextStyle, width: float, height: float = _UNBOUNDED) -> TextBlock:
    """The text at the largest size between its role and its floor at which it fits."""
    em_px, least = first_em(theme, style), theme.em(style.floor)
    while True:
        block = _at_size(theme, text, style, width=width, height=height, em_px=em_px)
        if not block.is_clipped or em_px <= least:
            return block
        em_px = max(int(em_px * _SHRINK), least)


def first_em(theme: Theme, style: TextStyle) -> int:
    """Pixels of the em that is tried first; never below the floor."""
    return max(round(theme.em(style.role) * style.scale), theme.em(style.floor))


def _at_size(theme: Theme, text: str, style: TextStyle, *, width: float, height: float, em_px: int) -> TextBlock:
    font = theme.font(em_px, QFont.Weight.Bold if style.is_bold else QFont.Weight.Normal)
    layout = QTextLayout(text.replace("\n", "\u2028"), font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WordWrap)
    layout.setTextOption(option)
    layout.setCacheEnabled(True)
    count = _break_lines(layout, width)
    if count == 2:
        _phrased(layout, width)
    elif 1 < count <= _MOST_BALANCED:
        _balance(layout, width, count)
    leading_px = em_px * style.leading
    _position(layout, style.align, width=width, leading_px=leading_px, em_px=em_px)
    widest = max((layout.lineAt(i).naturalTextWidth() for i in range(count)), default=0.0)
    is_clipped = (
        widest > width + 0.5 or count * leading_px > height + 1 or (style.max_lines > 0 and count > style.max_lines)
    )
    return TextBlock(layout, em_px=em_px, leading_px=leading_px, width=width, is_clipped=is_clipped)


def _break_lines(layout: QTextLayout, width: float) -> int:
    layout.beginLayout()
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
    layout.endLayout()
    return layout.lineCount()


def _balance(layout: QTextLayout, width: float, count: int) -> None:
    """Break at the narrowest width that keeps the number of lines: no lonely character at the end."""
    low, high = width / 2, width
    for _ in range(6):
        middle = (low + high) / 2
        lines = _break_lines(layout, middle)
        widest = max(layout.lineAt(i).naturalTextWidth() for i in range(lines))
        if lines == count and widest <= middle:
            high = middle
        else:
            low = middle
    _break_lines(layout, high)


def _phrased(layout: QTextLayout, width: float) -> None:
    """Of two lines, let the first end with a phrase where that leaves neither line much shorter than the other."""
    text = layout.text()
    best, best_share = text, _LEAST_SHARE
    for at in (i + 1 for i, char in enumerate(text[:-1]) if char in _PHRASE_ENDS):
        candidate = text[:at] + "\u2028" + text[at:].lstrip()
        layout.setText(candidate)
        if _break_lines(layout, width) != 2:
            continue
        shorter, longer = sorted(layout.lineAt(i).naturalTextWidth() for i in range(2))
        if longer <= width and shorter / longer > best_share:
            best, best_share = candidate, shorter / longer
    layout.setText(best)
    if best == text:
        _balance(layout, width, _break_lines(layout, width))
    else:
        _break_lines(layout, width)


def _position(layout: QTextLayout, align: Align, *, width: float, leading_px: float, em_px: int) -> None:
    for i in range(layout.lineCount()):
        line = layout.lineAt(i)
        baseline = (i + 0.5) * leading_px + em_px * _INK_CENTRE_EM
        x = (width - line.naturalTextWidth()) * align.value
        line.setPosition(QPointF(max(x, 0.0), baseline - line.ascent()))


def natural_width(theme: Theme, text: str, style: TextStyle) -> float:
    """Pixels of the text on one line at its role's size."""
    weight = QFont.Weight.Bold if style.is_bold else QFont.Weight.Normal
    return QFontMetricsF(theme.font(first_em(theme, style), weight)).horizontalAdvance(text) + 1


class Txt(QLabel):
    """A text that is read, not touched. QLabel gives it its place in the accessible tree."""

    def __init__(self, theme: Theme, style: TextStyle, parent: QWidget) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._theme = theme
        self._style = style
        self._squeeze = 1.0
        self._block: TextBlock | None = None
        self._heights: dict[tuple[int, int], int] = {}
        """Needed by width and most height: pages ask more than once while they arrange themselves."""
        self.is_centred = False
        """Whether the block stands in the middle of the widget's height, or at its top."""

    def show_text(self, text: str) -> None:
        if text != self.text():
            self.setText(text)
            self._lay_anew()
        self.setVisible(bool(text))

    def show_style(self, style: TextStyle) -> None:
        if style != self._style:
            self._style = style
            self._lay_anew()
            self.update()

    def show_align(self, align: Align) -> None:
        self.show_style(replace(self._style, align=align))

    def show_ink(self, colour: str) -> None:
        self.show_style(replace(self._style, colour=colour))

    def show_most_lines(self, count: int) -> None:
        """Draw smaller rather than break into more lines than these; 0: as many as the height allows."""
        self.show_style(replace(self._style, max_lines=count))

    def squeeze(self, factor: float) -> None:
        """Draw smaller by this factor, because the whole page does not fit otherwise."""
        if factor != self._squeeze:
            self._squeeze = factor
            self._lay_anew()
            self.update()

    def _lay_anew(self) -> None:
        self._block = None
        self._heights.clear()

    def _squeezed(self) -> TextStyle:
        return self._style if self._squeeze == 1.0 else replace(self._style, scale=self._style.scale * self._squeeze)

    def place(self, rect: QRect, *, is_centred: bool = False) -> None:
        if rect.size() != self.size():
            self._block = None
        self.is_centred = is_centred
        self.setGeometry(rect)

    def height_for(self, width: int, most: int = _UNBOUNDED) -> int:
        """Pixels it needs at this width; nought when it is empty."""
        if not self.text():
            return 0
        height = self._heights.get((width, most))
        if height is None:
            height = lay_text(self._theme, self.text(), self._squeezed(), width, most).height
            self._heights[width, most] = height
        return height

    def width_wanted(self) -> int:
        """Pixels it needs on one line."""
        return round(natural_width(self._theme, self.text(), self._squeezed())) + 1 if self.text() else 0

    def block(self) -> TextBlock:
        if self._block is None:
            self._block = lay_text(self._theme, self.text(), self._squeezed(), self.width(), self.height())
        return self._block

    def clipped(self) -> bool:
        return self.block().is_clipped

    def placed_texts(self) -> tuple[PlacedText, ...]:
        block = self.block()
        top = self._top(block)
        return (PlacedText(self.text(), QRect(0, top, self.width(), block.height), block.em_px, block.is_clipped),)

    def _top(self, block: TextBlock) -> int:
        return (self.height() - block.height) // 2 if self.is_centred else 0

    def sizeHint(self) -> QSize:
        return self.size()

    def paintEvent(self, _event: QPaintEvent) -> None:
        block = self.block()
        painter = QPainter(self)
        block.draw(painter, 0, self._top(block), self._style.colour)
        painter.end()
