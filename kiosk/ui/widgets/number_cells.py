"""The places of a number that is being typed."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QWidget

from kiosk.ui.theme import Role, Theme
from kiosk.ui.widgets.paint import fill_round
from kiosk.ui.widgets.text import Align, PlacedText, TextStyle, lay_text

OPEN_PLACE: Final = "_"
_TALLEST: Final = 1.75
_INK_SHARE: Final = 0.78
"""The part of a cell's width that a figure may take."""


class NumberCells(QLabel):
    """One cell for each figure, a gap between groups; the next cell to fill is framed."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._theme = theme
        self._groups: tuple[str, ...] = ()
        self._has_error = False

    def show_groups(self, groups: tuple[str, ...], *, has_error: bool) -> None:
        if (groups, has_error) != (self._groups, self._has_error):
            self._groups, self._has_error = groups, has_error
            self.setText(" ".join(groups).replace(OPEN_PLACE, " ").strip())
            self.update()

    def sizeHint(self) -> QSize:
        return self.size()

    def cells(self) -> list[tuple[str, QRect]]:
        """Each place and where it stands."""
        count = sum(len(group) for group in self._groups)
        if not count:
            return []
        gap, wide = self._theme.mm(1.0), self._theme.mm(4.0)
        gaps = (count - len(self._groups)) * gap + (len(self._groups) - 1) * wide
        side = min((self.width() - gaps) // count, round(self.height() * 0.82))
        height = min(self.height(), round(side * _TALLEST))
        top = (self.height() - height) // 2
        x = (self.width() - side * count - gaps) // 2
        found = []
        for group in self._groups:
            for place in group:
                found.append((place, QRect(x, top, side, height)))
                x += side + gap
            x += wide - gap
        return found

    def placed_texts(self) -> tuple[PlacedText, ...]:
        style = self._style()
        found = []
        for place, cell in self.cells():
            if place != OPEN_PLACE:
                block = lay_text(self._theme, place, style, cell.width() * _INK_SHARE, cell.height())
                found.append(PlacedText(place, cell, block.em_px, block.is_clipped))
        return tuple(found)

    def _style(self) -> TextStyle:
        return TextStyle(Role.HERO, "", is_bold=True, align=Align.CENTRE, leading=1.0, scale=1.2)

    def paintEvent(self, _event: QPaintEvent) -> None:
        colours, theme = self._theme.colours, self._theme
        painter = QPainter(self)
        is_next = True
        for place, cell in self.cells():
            is_open = place == OPEN_PLACE
            is_cursor = is_open and is_next
            is_next = is_next and not is_open
            if self._has_error:
                border, border_px = colours.bad, theme.mm(0.6)
            elif is_cursor:
                border, border_px = colours.primary, theme.mm(0.9)
            else:
                border, border_px = (colours.line, theme.mm(0.4)) if is_open else (colours.control, theme.mm(0.4))
            fill = colours.surface if not is_open or is_cursor else colours.surface2
            fill_round(painter, cell, theme.mm(2.6), fill, border=border, border_px=border_px)
            if is_cursor:
                x = cell.center().x()
                painter.setPen(
                    QPen(QColor(colours.primary), theme.mm(0.8), Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
                )
                painter.drawLine(x, cell.y() + cell.height() // 4, x, cell.bottom() - cell.height() // 4)
            if not is_open:
                block = lay_text(theme, place, self._style(), cell.width() * _INK_SHARE, cell.height())
                block.draw(
                    painter,
                    cell.x() + cell.width() * (1 - _INK_SHARE) / 2,
                    cell.y() + (cell.height() - block.height) / 2,
                    colours.ink,
                )
        painter.end()
