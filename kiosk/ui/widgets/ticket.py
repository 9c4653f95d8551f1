"""The ticket on the glass: a card with a tear line."""

from __future__ import annotations

from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from kiosk.ui.theme import Theme
from kiosk.ui.widgets.button import dashed_pen
from kiosk.ui.widgets.surfaces import Card


class TicketCard(Card):
    """Two half-moons at the edges and a dashed line between them."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, parent)
        self._tear_y = 0

    def show_tear_at(self, y: int) -> None:
        if y != self._tear_y:
            self._tear_y = y
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        theme, colours = self._theme, self._theme.colours
        notch = theme.mm(4)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(QColor(colours.bg))
        painter.setPen(QColor(colours.bg))
        for x in (0, self.width()):
            painter.drawEllipse(x - notch, self._tear_y - notch, 2 * notch, 2 * notch)
        painter.setPen(dashed_pen(colours.control, max(theme.mm(0.4), 1)))
        painter.drawLine(notch * 2, self._tear_y, self.width() - notch * 2, self._tear_y)
        painter.end()
