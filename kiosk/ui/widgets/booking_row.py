"""One booking of the list: when, where, with whom, and whether it can be chosen."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from kiosk.journey.screen import BookingRow, Icon
from kiosk.ui.theme import Role
from kiosk.ui.widgets.button import Touchable
from kiosk.ui.widgets.paint import draw_icon, fill_round
from kiosk.ui.widgets.surfaces import chip_height, chip_style, chip_width, chip_words, draw_chip
from kiosk.ui.widgets.text import Align, PlacedText, TextBlock, TextStyle, lay_text, natural_width
from kiosk.ui.widgets.touch import Kit


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    block: TextBlock
    at: QPoint
    colour: str


class BookingRowButton(Touchable):
    """A row that is a button where it can be chosen; read as one sentence."""

    def __init__(self, kit: Kit, parent: QWidget, *, is_dense: bool) -> None:
        """`is_dense`: the list has little height, so words move closer and the chip may stand under the time."""
        super().__init__(kit, parent)
        self._is_dense = is_dense
        self._row: BookingRow | None = None
        self._pieces: list[_Piece] | None = None
        self._chip = QRect()
        self._pin = QRect()

    @property
    def is_elevated(self) -> bool:
        return self.isEnabled()

    def show_row(self, row: BookingRow) -> None:
        if row == self._row:
            return
        self._row = row
        self._pieces = None
        words = (row.part_of_day, row.time, row.department, row.doctor, row.place, row.chip)
        self.setCheckable(row.select is not None)
        self.offer(row.select.intent if row.select else None, " ".join(word for word in words if word))
        self.setChecked(row.is_selected)
        self.update()

    def height_needed(self, width: int, at_least: int) -> int:
        """The least height from `at_least` on at which every text fits."""
        before = self.size()
        height = at_least
        most = self.theme.mm(120)
        while height < most:
            self.resize(width, height)
            self._pieces = None
            if self._fits():
                break
            height += self.theme.mm(1)
        self.resize(before)
        self._pieces = None
        return height

    def _fits(self) -> bool:
        texts = self.placed_texts()
        return all(
            not text.is_clipped and text.rect.top() >= 0 and text.rect.bottom() < self.height() for text in texts
        )

    def forget(self) -> None:
        """Drop the words, so that nothing of them outlives the page."""
        self._row = None
        self._pieces = []
        self.offer(None, "")

    def nextCheckState(self) -> None:
        """Only the next view model says what is selected."""

    def place(self, rect: QRect) -> None:
        if rect.size() != self.size():
            self._pieces = None
        self.setGeometry(rect)

    def placed_texts(self) -> tuple[PlacedText, ...]:
        found = [
            PlacedText(
                p.text,
                QRect(p.at.x(), p.at.y(), round(p.block.width), p.block.height),
                p.block.em_px,
                p.block.is_clipped,
            )
            for p in self._laid_out()
        ]
        if self._row is not None and self._row.chip:
            left, width = chip_words(self.theme, self._chip.width(), self._chip_scale())
            block = lay_text(self.theme, self._row.chip, chip_style(self._chip_scale()), width, self._chip.height())
            rect = QRect(self._chip.x() + left, self._chip.y(), width, self._chip.height())
            found.append(PlacedText(self._row.chip, rect, block.em_px, block.is_clipped))
        return tuple(found)

    def paintEvent(self, _event: QPaintEvent) -> None:
        row = self._row
        if row is None:
            return
        colours, theme = self.theme.colours, self.theme
        painter = QPainter(self)
        is_lit = row.is_selected or self.isDown()
        if not self.isEnabled():
            fill_round(painter, self.rect(), theme.mm(4.2), colours.disabled)
        elif is_lit:
            fill_round(
                painter,
                self.rect(),
                theme.mm(4.2),
                colours.primary_soft,
                border=colours.primary,
                border_px=theme.mm(0.8),
            )
        else:
            fill_round(
                painter, self.rect(), theme.mm(4.2), colours.surface, border=colours.control, border_px=theme.mm(0.4)
            )
        pieces = self._laid_out()
        for piece in pieces:
            piece.block.draw(painter, piece.at.x(), piece.at.y(), piece.colour)
        x = self._time_width()
        painter.fillRect(x, theme.mm(5), theme.mm(0.4), self.height() - 2 * theme.mm(5), QColor(colours.line))
        if row.place:
            draw_icon(painter, Icon.PIN, colours.accent if self.isEnabled() else colours.disabled_text, self._pin)
        if row.chip:
            draw_chip(
                painter,
                theme,
                self._chip,
                text=row.chip,
                tone=row.chip_tone,
                icon=row.chip_icon,
                scale=self._chip_scale(),
            )
        if self.isEnabled():
            self._draw_radio(painter, is_on=row.is_selected)
        self.draw_focus(painter, theme.mm(4.2))
        painter.end()

    def _draw_radio(self, painter: QPainter, *, is_on: bool) -> None:
        colours, side = self.theme.colours, self.theme.mm(10)
        disc = QRect(self.width() - side - self.theme.mm(6.5), (self.height() - side) // 2, side, side)
        if not is_on:
            fill_round(
                painter,
                disc,
                side / 2,
                QColor(0, 0, 0, 0).name(QColor.NameFormat.HexArgb),
                border=colours.control,
                border_px=self.theme.mm(0.6),
            )
            return
        fill_round(painter, disc, side / 2, colours.primary)
        inset = side // 5
        draw_icon(painter, Icon.CHECK, colours.surface, disc.adjusted(inset, inset, -inset, -inset))

    def _scale(self) -> float:
        """How much larger than its role a text is drawn in a row that has room to spare."""
        row = self._row
        if row is None or self.height() <= self.theme.mm(58):
            return 1.0
        body = TextStyle(Role.BODY, "")
        longest = max(natural_width(self.theme, text, body) for text in (row.doctor, row.place)) + self.theme.mm(7.4)
        # Larger only while doctor and place still stand on one line each.
        return max(min(self.height() / self.theme.mm(58), 1.7, self.width() * 0.5 / longest), 1.0)

    def _chip_scale(self) -> float:
        return min(self._scale(), 1.35)

    def _style(self, role: Role, *, leading: float = 0.0, is_bold: bool = False) -> TextStyle:
        leading = leading or (1.1 if self._is_dense else 1.24)
        return TextStyle(role, "", is_bold=is_bold, leading=leading, scale=self._scale())

    def _time_style(self) -> TextStyle:
        role = Role.HERO if self.height() >= self.theme.mm(46) else Role.TITLE
        return TextStyle(role, "", is_bold=True, align=Align.CENTRE, leading=1.1, scale=min(self._scale(), 1.3))

    def _time_width(self) -> int:
        row = self._row
        if row is None:
            return 0
        time = natural_width(self.theme, row.time, self._time_style())
        part = natural_width(self.theme, row.part_of_day, self._style(Role.CAPTION))
        widest = max(time, min(part, time * 1.3))
        if self._has_chip_under_time():
            return round(max(widest, self._chip_size(row)[0])) + 2 * self.theme.mm(4)
        return round(widest) + 2 * self.theme.mm(6)

    def _chip_size(self, row: BookingRow) -> tuple[int, int]:
        if not row.chip:
            return 0, 0
        scale = self._chip_scale()
        width = min(chip_width(self.theme, row.chip, scale), self.width() * 52 // 100)
        return width, chip_height(self.theme, scale)

    def _has_chip_under_time(self) -> bool:
        """In a low row whose names are long the chip leaves them the whole width."""
        row = self._row
        if row is None or not self._is_dense:
            return False
        name = natural_width(self.theme, row.department, self._style(Role.SUB, is_bold=True))
        return name + chip_width(self.theme, row.chip) > self.width() * 0.62

    def _laid_out(self) -> list[_Piece]:
        if self._pieces is None:
            self._pieces = self._lay_out(self._row) if self._row else []
        return self._pieces

    def _lay_out(self, row: BookingRow) -> list[_Piece]:
        colours = self.theme.colours
        ink = colours.ink if self.isEnabled() else colours.ink2
        return self._lay_time(row, colours.primary_d if self.isEnabled() else colours.ink2) + self._lay_facts(row, ink)

    def _lay_time(self, row: BookingRow, colour: str) -> list[_Piece]:
        pad = self.theme.mm(3)
        width = self._time_width() - 2 * pad
        part_style = replace(self._style(Role.CAPTION, leading=1.1), align=Align.CENTRE)
        part = lay_text(self.theme, row.part_of_day, part_style, width)
        time = lay_text(self.theme, row.time, self._time_style(), width)
        chip_w, chip_h = self._chip_size(row) if self._has_chip_under_time() else (0, 0)
        top = (self.height() - part.height - time.height - chip_h) // 2
        if chip_h:
            self._chip = QRect((self._time_width() - chip_w) // 2, top + part.height + time.height, chip_w, chip_h)
        return [
            _Piece(row.part_of_day, part, QPoint(pad, top), self.theme.colours.ink2),
            _Piece(row.time, time, QPoint(pad, top + part.height), colour),
        ]

    def _facts_room(self) -> QRect:
        left = self._time_width() + self.theme.mm(6.5)
        right = self.width() - self.theme.mm(6.5 + 10 + 4 if self.isEnabled() else 6.5)
        edge = self.theme.mm(1 if self._is_dense else 2)
        return QRect(left, edge, right - left, self.height() - 2 * edge)

    def _lay_facts(self, row: BookingRow, ink: str) -> list[_Piece]:
        """Department and chip, then doctor and place: on one line where the row is low, else below each other."""
        theme, room = self.theme, self._facts_room()
        name_style = self._style(Role.SUB, is_bold=True)
        chip_w, chip_h = self._chip_size(row)
        taken = chip_w + theme.mm(4.5)
        is_beside = natural_width(theme, row.department, name_style) + taken <= room.width()
        is_under_time = self._has_chip_under_time()
        below_h = 0 if is_beside or is_under_time or not chip_h else chip_h + theme.mm(1.5)
        name_w = room.width() - (taken if is_beside and not is_under_time else 0)
        name = lay_text(theme, row.department, name_style, name_w, (room.height() - below_h) * 0.48)
        facts = self._lay_who_and_where(row, ink, room, room.height() - below_h - name.height)
        facts_h = max((piece.at.y() + piece.block.height for piece in facts), default=0)
        top = (self.height() - name.height - facts_h - below_h) // 2
        first_line = name.height // max(name.line_count, 1)
        chip_top = top + (first_line - chip_h) // 2 if is_beside else top + name.height + facts_h + theme.mm(1.5)
        chip_left = room.left() + (round(name.natural_width) + theme.mm(4.5) if is_beside else 0)
        if not is_under_time:
            self._chip = QRect(chip_left, min(chip_top, self.height() - chip_h), chip_w, chip_h)
        self._pin.translate(0, top + name.height)
        below = [replace(piece, at=piece.at + QPoint(0, top + name.height)) for piece in facts]
        return [_Piece(row.department, name, QPoint(room.left(), top), ink), *below]

    def _lay_who_and_where(self, row: BookingRow, ink: str, room: QRect, height: int) -> list[_Piece]:
        """Doctor and place, their tops counted from nought; also notes where the pin stands."""
        theme, style = self.theme, self._style(Role.BODY)
        pin_px = round(theme.mm(7.4) * self._scale())
        doctor_w = natural_width(theme, row.doctor, style)
        gap = theme.mm(5)
        is_one_line = doctor_w + gap + pin_px + natural_width(
            theme, row.place, style
        ) <= room.width() and self.height() < theme.mm(44)
        doctor = lay_text(
            theme, row.doctor, style, doctor_w if is_one_line else room.width(), height if is_one_line else height / 2
        )
        left = room.left() + (round(doctor.width) + gap if is_one_line else 0)
        top = 0 if is_one_line else doctor.height
        place = lay_text(theme, row.place, style, room.right() - left - pin_px, height - top)
        line_h = place.height // max(place.line_count, 1)
        side = round(theme.mm(6.4) * self._scale())
        self._pin = QRect(left - theme.mm(0.5), top + (line_h - side) // 2, side, side)
        return [
            _Piece(row.doctor, doctor, QPoint(room.left(), 0), theme.colours.ink2),
            _Piece(row.place, place, QPoint(left + pin_px, top), ink),
        ]
