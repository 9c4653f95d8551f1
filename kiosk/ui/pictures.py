"""Screens as PNG pictures: for the demo, the gallery and the tests."""

from __future__ import annotations

from typing import Self

from PySide6.QtCore import QBuffer, QByteArray, QCoreApplication, QIODevice
from PySide6.QtGui import QImage, QImageWriter

from kiosk.journey.screen import Screen
from kiosk.ui.shell import Shell
from kiosk.ui.theme import Theme


class Easel:
    """One window, shown and active, in which screens follow each other as on a terminal. Needs a QApplication."""

    def __init__(self, theme: Theme) -> None:
        self._shell = Shell(theme, lambda _intent: None)

    def png(self, screen: Screen) -> bytes:
        """The screen as it stands on the glass after the ones before it, at its real size, as PNG."""
        self._shell.show_screen(screen)
        if not self._shell.isActiveWindow():
            self._shell.show()
            self._shell.activateWindow()
        QCoreApplication.processEvents()
        return _png(self._shell.grab().toImage().convertToFormat(QImage.Format.Format_RGB888))

    def close(self) -> None:
        """Take the window away."""
        self._shell.leave()
        self._shell.deleteLater()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


def screen_png(screen: Screen, theme: Theme) -> bytes:
    """One screen alone."""
    with Easel(theme) as easel:
        return easel.png(screen)


def _png(image: QImage) -> bytes:
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, QByteArray(b"png"))
    writer.setCompression(100)
    writer.write(image)
    return bytes(data.data())
