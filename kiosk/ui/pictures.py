"""Screens as PNG pictures: for the demo, the gallery and the tests."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QIODevice
from PySide6.QtGui import QImage, QImageWriter

from kiosk.journey.screen import Screen
from kiosk.ui.shell import Shell
from kiosk.ui.theme import Theme


def screen_image(screen: Screen, theme: Theme) -> QImage:
    """The screen as it would stand on the glass, at its real size. Needs a QApplication."""
    shell = Shell(theme, lambda _intent: None)
    shell.show_screen(screen)
    pixmap = shell.grab()
    shell.leave()
    shell.deleteLater()
    return pixmap.toImage().convertToFormat(QImage.Format.Format_RGB888)


def screen_png(screen: Screen, theme: Theme) -> bytes:
    """The same as PNG."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, QByteArray(b"png"))
    writer.setCompression(100)
    writer.write(screen_image(screen, theme))
    return bytes(data.data())
