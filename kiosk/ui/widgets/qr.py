"""A QR symbol to be shown to another camera, when there is no paper."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QWidget

from kiosk.ui.theme import Theme
from kiosk.ui.widgets.qr_code import Modules, qr_modules

_QUIET: Final = 4


class QrPicture(QLabel):
    """Black on white with its quiet zone; modules are whole pixels."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._modules: Modules = ()
        self._shown = ""
        self.hide()

    def show_code(self, text: str) -> None:
        if text != self._shown:
            self._shown = text
            self._modules = qr_modules(text) if text else ()
            self.update()
        self.setVisible(bool(text))

    def text(self) -> str:
        return self._shown

    def setText(self, text: str) -> None:
        self.show_code(text)

    def sizeHint(self) -> QSize:
        return self.size()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor("#FFFFFF"))
        count = len(self._modules) + 2 * _QUIET
        side = self.width() // count
        left = (self.width() - side * count) // 2 + side * _QUIET
        for r, row in enumerate(self._modules):
            for c, is_dark in enumerate(row):
                if is_dark:
                    painter.fillRect(left + c * side, left + r * side, side, side, QColor("#000000"))
        painter.end()
