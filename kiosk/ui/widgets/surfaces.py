"""Quiet surfaces: cards, chips and badges. They hold no control."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QWidget

from kiosk.journey.screen import Icon, Tone
from kiosk.ui.theme import Role, Theme
from kiosk.ui.widgets.paint import draw_icon, fill_round
from kiosk.ui.widgets.text import PlacedText, TextStyle, lay_text, natural_width


class Card(QWidget):
    """A rounded surface that other widgets stand on. The page draws its shadow."""

    def __init__(self, theme: Theme, parent: QWidget, *, fill: str = "", border: str = "") -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._theme = theme
        self._fill = fill or theme.colours.surface
        self._border = border
        self.is_elevated = not fill

    def show_fill(self, fill: str) -> None:
        if fill != self._fill:
            self._fill = fill
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        fill_round(
            painter, self.rect(), self._theme.mm(4.2), self._fill, border=self._border, border_px=self._theme.mm(0.4)
        )
        painter.end()


class Chip(QLabel):
    """A state in a pill: icon, word and colour."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._theme = theme
        self._tone = Tone.NEUTRAL
        self._icon = Icon.INFO

    def show_state(self, text: str, tone: Tone, icon: Icon) -> None:
        self.setText(text)
        self._tone, self._icon = tone, icon
        self.setVisible(bool(text))
        self.update()

    def width_wanted(self) -> int:
        return chip_width(self._theme, self.text())

    def placed_texts(self) -> tuple[PlacedText, ...]:
        left, width = chip_words(self._theme, self.width())
        block = lay_text(self._theme, self.text(), chip_style(), width, self.height())
        top = (self.height() - block.height) // 2
        return (PlacedText(self.text(), QRect(left, top, width, block.height), block.em_px, block.is_clipped),)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        draw_chip(painter, self._theme, self.rect(), text=self.text(), tone=self._tone, icon=self._icon)
        painter.end()


def chip_style(scale: float = 1.0) -> TextStyle:
    return TextStyle(Role.CAPTION, "", is_bold=True, leading=1.16, scale=scale)


def chip_height(theme: Theme, scale: float = 1.0) -> int:
    return theme.mm(10.4 * scale)


def chip_words(theme: Theme, width: int, scale: float = 1.0) -> tuple[int, int]:
    """Left edge and width of a chip's words."""
    left = theme.mm((2.6 + 6.2 + 1.6) * scale)
    return left, width - left - theme.mm(3.0 * scale)


def chip_width(theme: Theme, text: str, scale: float = 1.0) -> int:
    return round(natural_width(theme, text, chip_style(scale))) + theme.mm((2.6 + 6.2 + 1.6 + 3.4) * scale) + 2


def draw_chip(
    painter: QPainter, theme: Theme, rect: QRect, *, text: str, tone: Tone, icon: Icon, scale: float = 1.0
) -> None:
    strong, soft = theme.colours.tone(tone)
    fill_round(painter, rect, rect.height() / 2, soft)
    side = theme.mm(6.2 * scale)
    draw_icon(
        painter,
        icon,
        strong,
        QRect(rect.x() + theme.mm(2.6 * scale), rect.y() + (rect.height() - side) // 2, side, side),
    )
    left, width = chip_words(theme, rect.width(), scale)
    block = lay_text(theme, text, chip_style(scale), width, rect.height())
    block.draw(painter, rect.x() + left, rect.y() + (rect.height() - block.height) / 2, strong)


class Picture(QWidget):
    """An icon alone. Decoration."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._icon = Icon.INFO
        self._colour = ""

    def show_icon(self, icon: Icon, colour: str) -> None:
        if (icon, colour) != (self._icon, self._colour):
            self._icon, self._colour = icon, colour
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        draw_icon(painter, self._icon, self._colour, self.rect())
        painter.end()


class Badge(QWidget):
    """An icon in a disc. Decoration: the words beside it say the same."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._theme = theme
        self._icon = Icon.INFO
        self._fill = theme.colours.primary
        self._ink = theme.colours.surface
        self._halo = ""

    def show_icon(self, icon: Icon, fill: str, ink: str, *, halo: str = "") -> None:
        if (icon, fill, ink, halo) != (self._icon, self._fill, self._ink, self._halo):
            self._icon, self._fill, self._ink, self._halo = icon, fill, ink, halo
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        rect = self.rect()
        if self._halo:
            fill_round(painter, rect, rect.width() / 2, self._halo)
            edge = rect.width() // 9
            rect = rect.adjusted(edge, edge, -edge, -edge)
        fill_round(painter, rect, rect.width() / 2, self._fill)
        side = round(rect.width() * (0.74 if self._icon is Icon.HOSPITAL else 0.54))
        at = QRect(0, 0, side, side)
        at.moveCenter(rect.center())
        draw_icon(painter, self._icon, self._ink, at)
        painter.end()
