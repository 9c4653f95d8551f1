"""Lists of steps: what is being done right now, and what to do next."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QWidget

from kiosk.journey.screen import Icon
from kiosk.ui.theme import Role, Theme
from kiosk.ui.widgets.paint import draw_icon, fill_round
from kiosk.ui.widgets.text import Align, PlacedText, TextBlock, TextStyle, first_em, lay_text


class Step(QLabel):
    """One line of a list: a mark and a sentence. The mark is a number, a tick, or an open circle."""

    def __init__(self, theme: Theme, parent: QWidget, *, role: Role = Role.BODY) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._theme = theme
        self._role = role
        self._squeeze = 1.0
        self._mark = ""
        self._state = "todo"

    def show_number(self, number: int, text: str) -> None:
        """Something the visitor can do, in its order."""
        self._show(str(number), "number", text)

    def show_pointer(self, text: str) -> None:
        """The only thing to do: no number, just a sign."""
        self._show("", "pointer", text)

    def show_progress(self, text: str, *, position: int, current: int) -> None:
        """Something the terminal does: done, under way or to come."""
        state = "done" if position < current else "now" if position == current else "todo"
        self._show("", state, text)

    def _show(self, mark: str, state: str, text: str) -> None:
        if (mark, state, text) != (self._mark, self._state, self.text()):
            self._mark, self._state = mark, state
            self.setText(text)
            self.update()

    def squeeze(self, factor: float) -> None:
        """Draw smaller by this factor, because the whole page does not fit otherwise."""
        if factor != self._squeeze:
            self._squeeze = factor
            self.update()

    def mark_px(self) -> int:
        return round(first_em(self._theme, self._style()) * 1.35)

    def height_for(self, width: int) -> int:
        return max(self._block(width, 1_000_000).height, self.mark_px())

    def sizeHint(self) -> QSize:
        return self.size()

    def _block(self, width: int, height: int) -> TextBlock:
        return lay_text(self._theme, self.text(), self._style(), width - self._text_left(), height)

    def _style(self) -> TextStyle:
        return TextStyle(self._role, "", is_bold=self._state == "now", leading=1.34, scale=self._squeeze)

    def _text_left(self) -> int:
        return self.mark_px() + self._theme.mm(4.5)

    def placed_texts(self) -> tuple[PlacedText, ...]:
        block = self._block(self.width(), self.height())
        rect = QRect(self._text_left(), (self.height() - block.height) // 2, round(block.width), block.height)
        return (PlacedText(self.text(), rect, block.em_px, block.is_clipped),)

    def paintEvent(self, _event: QPaintEvent) -> None:
        colours = self._theme.colours
        painter = QPainter(self)
        block = self._block(self.width(), self.height())
        ink = colours.ink2 if self._state == "todo" else colours.ink
        block.draw(painter, self._text_left(), (self.height() - block.height) / 2, ink)
        side = self.mark_px()
        first_line = block.height / max(block.line_count, 1)
        top = (self.height() - block.height) // 2 + round((first_line - side) / 2)
        self._draw_mark(painter, QRect(0, max(top, 0), side, side))
        painter.end()

    def _draw_mark(self, painter: QPainter, disc: QRect) -> None:
        colours = self._theme.colours
        if self._state == "todo":
            fill_round(
                painter, disc, disc.width() / 2, colours.surface, border=colours.control, border_px=self._theme.mm(0.5)
            )
            return
        if self._state == "now":
            fill_round(
                painter,
                disc,
                disc.width() / 2,
                colours.primary_soft,
                border=colours.primary,
                border_px=self._theme.mm(0.8),
            )
            dot = round(disc.width() * 0.3)
            fill_round(painter, disc.adjusted(dot, dot, -dot, -dot), disc.width(), colours.primary)
            return
        if self._state == "done":
            fill_round(painter, disc, disc.width() / 2, colours.ok)
            inset = disc.width() // 5
            draw_icon(painter, Icon.CHECK, colours.surface, disc.adjusted(inset, inset, -inset, -inset))
            return
        fill_round(painter, disc, disc.width() / 2, colours.primary)
        if self._state == "pointer":
            inset = disc.width() // 5
            draw_icon(painter, Icon.INFO, colours.surface, disc.adjusted(inset, inset, -inset, -inset))
            return
        style = TextStyle(Role.CAPTION, "", is_bold=True, align=Align.CENTRE, leading=1.0)
        number = lay_text(self._theme, self._mark, style, disc.width(), disc.height())
        number.draw(painter, disc.x(), disc.y() + (disc.height() - number.height) / 2, colours.surface)
