"""Rings: the seconds that are left, and the sign that something is going on."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRect, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QWidget

from kiosk.ui.theme import Role, Theme
from kiosk.ui.widgets.text import Align, PlacedText, TextBlock, TextStyle, lay_text

_FRAME_MS: Final = 40
_STEP_DEGREES: Final = 9


class Ring(QLabel):
    """A countdown: the rest of the ring and the seconds inside it."""

    def __init__(self, theme: Theme, parent: QWidget, *, colour: str, track: str, role: Role) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self._theme = theme
        self._colour, self._track, self._role = colour, track, role
        self._share = 1.0

    def show_seconds(self, left: int, total: int) -> None:
        self.setText(str(left))
        self._share = min(max(left / total, 0.0), 1.0) if total > 0 else 0.0
        self.setVisible(total > 0)
        self.update()

    def sizeHint(self) -> QSize:
        return self.size()

    def _block(self) -> TextBlock:
        style = TextStyle(self._role, self._colour, is_bold=True, align=Align.CENTRE, leading=1.0)
        return lay_text(self._theme, self.text(), style, self.width(), self.height())

    def placed_texts(self) -> tuple[PlacedText, ...]:
        block = self._block()
        rect = QRect(0, (self.height() - block.height) // 2, self.width(), block.height)
        return (PlacedText(self.text(), rect, block.em_px, block.is_clipped),)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        thick = max(self.width() * 0.085, 2.0)
        circle = QRectF(self.rect()).adjusted(thick / 2, thick / 2, -thick / 2, -thick / 2)
        painter.setPen(QPen(QColor(self._track), thick))
        painter.drawEllipse(circle)
        painter.setPen(QPen(QColor(self._colour), thick, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawArc(circle, 90 * 16, round(360 * 16 * self._share))
        block = self._block()
        block.draw(painter, 0, (self.height() - block.height) / 2, self._colour)
        painter.end()


class Spinner(QWidget):
    """An arc that turns while it is visible; it stands still where motion is not wanted."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._angle = 90
        self._timer = QTimer(self)
        self._timer.setInterval(_FRAME_MS)
        self._timer.timeout.connect(self._on_timer_fired)
        if not theme.reduced_motion:
            self._timer.start()

    def _on_timer_fired(self) -> None:
        if self.isVisible():
            self._angle = (self._angle - _STEP_DEGREES) % 360
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        colours = self._theme.colours
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        thick = self.width() * 0.085
        circle = QRectF(self.rect()).adjusted(thick / 2, thick / 2, -thick / 2, -thick / 2)
        painter.setPen(QPen(QColor(colours.primary_soft), thick))
        painter.drawEllipse(circle)
        painter.setPen(QPen(QColor(colours.primary), thick, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawArc(circle, self._angle * 16, 100 * 16)
        painter.end()
