"""One booking of the list: when, where, with whom, and whether it can be chosen."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from kiosk.journey.screen import BookingRow, Icon
from kiosk.ui.theme import Role
from kiosk.ui.widgets.button import Touchable, dashed_pen
from kiosk.ui.widgets.paint import draw_icon, fill_round
from kiosk.ui.widgets.surfaces import chip_height, chip_width, chip_words, draw_chip
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

    def __init__(self, kit: Kit, parent: QWidget) -> None:
        super().__init__(kit, parent)
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
            PlacedText(p.text, QRect(p.at.x(), p.at.y(), round(p.block.width), p.block.height), p.block.em_px, p.block.is_clipped)
            for p in self._laid_out()
        ]
        if self._row is not None and self._row.chip:
            left, width = chip_words(self.theme, self._chip.width())
            style = TextStyle(Role.CAPTION, "", is_bold=True, leading=1.16)
            block = lay_text(self.theme, self._row.chip, style, width, self._chip.height())
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
            fill_round(painter, self.rect(), theme.mm(4.2), colours.primary_soft, border=colours.primary, border_px=theme.mm(0.8))
        else:
            fill_round(painter, self.rect(), theme.mm(4.2), colours.surface, border=colours.control, border_px=theme.mm(0.4))
        pieces = self._laid_out()
        for piece in pieces:
            piece.block.draw(painter, piece.at.x(), piece.at.y(), piece.colour)
        x = self._time_width()
        painter.setPen(dashed_pen(colours.control, max(theme.mm(0.4), 1)))
        painter.drawLine(x, theme.mm(5), x, self.height() - theme.mm(5))
        if row.place:
            draw_icon(painter, Icon.PIN, colours.accent if self.isEnabled() else colours.disabled_text, self._pin)
        if row.chip:
            draw_chip(painter, theme, self._chip, text=row.chip, tone=row.chip_tone, icon=row.chip_icon)
        if self.isEnabled():
            self._draw_radio(painter, is_on=row.is_selected)
        self.draw_focus(painter, theme.mm(4.2))
        painter.end()

    def _draw_radio(self, painter: QPainter, *, is_on: bool) -> None:
        colours, side = self.theme.colours, self.theme.mm(10)
        disc = QRect(self.width() - side - self.theme.mm(6.5), (self.height() - side) // 2, side, side)
        if not is_on:
            fill_round(painter, disc, side / 2, QColor(0, 0, 0, 0).name(QColor.NameFormat.HexArgb),
                       border=colours.control, border_px=self.theme.mm(0.6))
            return
        fill_round(painter, disc, side / 2, colours.primary)
        inset = side // 5
        draw_icon(painter, Icon.CHECK, colours.surface, disc.adjusted(inset, inset, -inset, -inset))

    def _time_role(self) -> Role:
        return Role.HERO if self.height() >= self.theme.mm(46) else Role.TITLE

    def _time_width(self) -> int:
        row = self._row
        if row is None:
            return 0
        time = natural_width(self.theme, row.time, TextStyle(self._time_role(), "", is_bold=True))
        part = natural_width(self.theme, row.part_of_day, TextStyle(Role.CAPTION, ""))
        return round(max(time, min(part, time * 1.3))) + 2 * self.theme.mm(6)

    def _laid_out(self) -> list[_Piece]:
        if self._pieces is None:
            self._pieces = self._lay_out(self._row) if self._row else []
        return self._pieces

    def _lay_out(self, row: BookingRow) -> list[_Piece]:
        colours = self.theme.colours
        is_on = self.isEnabled()
        ink = colours.ink if is_on else colours.ink2
        time_colour = colours.primary_d if is_on else colours.ink2
        return self._lay_time(row, time_colour, colours.ink2) + self._lay_facts(row, ink, colours.ink2)

    def _lay_time(self, row: BookingRow, time_colour: str, ink2: str) -> list[_Piece]:
        pad = self.theme.mm(3)
        width = self._time_width() - 2 * pad
        part = lay_text(self.theme, row.part_of_day, TextStyle(Role.CAPTION, "", align=Align.CENTRE, leading=1.2), width)
        time_style = TextStyle(self._time_role(), "", is_bold=True, align=Align.CENTRE, leading=1.16)
        time = lay_text(self.theme, row.time, time_style, width)
        top = (self.height() - part.height - time.height) // 2
        return [
            _Piece(row.part_of_day, part, QPoint(pad, top), ink2),
            _Piece(row.time, time, QPoint(pad, top + part.height), time_colour),
        ]

    def _lay_facts(self, row: BookingRow, ink: str, ink2: str) -> list[_Piece]:
        """Department and chip, doctor, place; on fewer lines where the row is low."""
        theme = self.theme
        left = self._time_width() + theme.mm(5)
        right = self.width() - theme.mm(6.5 + 10 + 4 if self.isEnabled() else 6.5)
        width = right - left
        chip_w, chip_h = (min(chip_width(theme, row.chip), width), chip_height(theme)) if row.chip else (0, 0)
        department_w = natural_width(theme, row.department, TextStyle(Role.SUB, "", is_bold=True))
        is_beside = department_w + theme.mm(4.5) + chip_w <= width
        room = self.height() - 2 * theme.mm(2.4) - (0 if is_beside else chip_h + theme.mm(1))
        pin_px = theme.mm(7.4)
        share = self._share_of_lines(row, width, pin_px, room)
        name = lay_text(theme, row.department, TextStyle(Role.SUB, "", is_bold=True, leading=1.2),
                        width - (chip_w + theme.mm(4.5) if is_beside else 0), room * share)
        line = TextStyle(Role.BODY, "", leading=1.24)
        is_one_line = self._fits_one_line(row, width, pin_px) and self.height() < theme.mm(44)
        rest = room - name.height
        if is_one_line:
            doctor = lay_text(theme, row.doctor, line, natural_width(theme, row.doctor, line), rest)
            place_left = left + round(doctor.width) + theme.mm(5)
            place = lay_text(theme, row.place, line, right - place_left - pin_px, rest)
            total = name.height + max(doctor.height, place.height)
        else:
            place_left = left
            doctor = lay_text(theme, row.doctor, line, width, rest / 2)
            place = lay_text(theme, row.place, line, width - pin_px, rest - doctor.height)
            total = name.height + doctor.height + place.height
        extra = 0 if is_beside else chip_h + theme.mm(1)
        top = (self.height() - total - extra) // 2
        name_top = top
        doctor_top = top + name.height
        place_top = doctor_top if is_one_line else doctor_top + doctor.height
        first_line = name.height // max(name.line_count, 1)
        if is_beside:
            self._chip = QRect(left + round(name.natural_width) + theme.mm(4.5), name_top + (first_line - chip_h) // 2, chip_w, chip_h)
        else:
            self._chip = QRect(left, top + total + theme.mm(1), chip_w, chip_h)
        place_line = place.height // max(place.line_count, 1)
        side = theme.mm(6.4)
        self._pin = QRect(place_left - theme.mm(0.5), place_top + (place_line - side) // 2, side, side)
        return [
            _Piece(row.department, name, QPoint(left, name_top), ink),
            _Piece(row.doctor, doctor, QPoint(left, doctor_top), ink2),
            _Piece(row.place, place, QPoint(place_left + pin_px, place_top), ink),
        ]

    def _fits_one_line(self, row: BookingRow, width: int, pin_px: int) -> bool:
        line = TextStyle(Role.BODY, "")
        words = natural_width(self.theme, row.doctor, line) + natural_width(self.theme, row.place, line)
        return words + self.theme.mm(5) + pin_px <= width

    def _share_of_lines(self, row: BookingRow, width: int, pin_px: int, room: int) -> float:
        """The part of the height that the department may take."""
        return 0.5 if self._fits_one_line(row, width, pin_px) and room < self.theme.mm(44) else 0.45
