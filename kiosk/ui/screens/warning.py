"""The warning before a time-out. It hides the whole page: what stood there is nobody's business now."""

from __future__ import annotations

from PySide6.QtCore import QRect, Signal
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QWidget

from kiosk.journey.screen import TimeoutWarning
from kiosk.ui.theme import Role
from kiosk.ui.widgets.button import Btn
from kiosk.ui.widgets.paint import draw_shadow
from kiosk.ui.widgets.ring import Ring
from kiosk.ui.widgets.surfaces import Card
from kiosk.ui.widgets.text import Align, TextStyle, Txt
from kiosk.ui.widgets.touch import Kit


class WarningView(QWidget):
    """An opaque ground over the whole window, one card with ring, question and two answers."""

    used = Signal(object)

    def __init__(self, kit: Kit, parent: QWidget, warning: TimeoutWarning) -> None:
        super().__init__(parent)
        theme, colours = kit.theme, kit.theme.colours
        self._theme = theme
        self.setGeometry(0, 0, theme.width_px, theme.height_px)
        self._card = Card(theme, self)
        self._title = Txt(theme, TextStyle(Role.HERO, colours.ink, is_bold=True, align=Align.CENTRE, leading=1.2), self)
        self._text = Txt(theme, TextStyle(Role.BODY, colours.ink2, align=Align.CENTRE), self)
        self._ring = Ring(theme, self, colour=colours.warn, track=colours.warn_soft, role=Role.NUMBER)
        self._stay = Btn(kit, self)
        self._leave = Btn(kit, self)
        for button in (self._leave, self._stay):
            button.used.connect(self.used)
        self.refresh(warning)

    def refresh(self, warning: TimeoutWarning) -> None:
        self._title.show_text(warning.title)
        self._text.show_text(warning.text)
        self._ring.show_seconds(warning.seconds_left, warning.seconds_total)
        self._stay.show_action(warning.stay)
        self._leave.show_action(warning.leave)
        if self._theme.is_portrait:
            self._arrange_portrait()
        else:
            self._arrange_landscape()

    def forget(self) -> None:
        """Drop every text at once."""
        self._stay.forget()
        self._leave.forget()
        for label in self.findChildren(QLabel):
            label.setText("")

    def _arrange_portrait(self) -> None:
        """The card stands low, so that both answers are within everybody's reach."""
        theme = self._theme
        margin, pad, ring = theme.mm(13), theme.mm(13), theme.mm(84)
        width = theme.width_px - 2 * margin
        inner_w = width - 2 * pad
        title_h, text_h = self._title.height_for(inner_w), self._text.height_for(inner_w)
        button_h, gap = theme.mm(32), theme.mm(9)
        height = pad + ring + gap + title_h + theme.mm(4) + text_h + theme.mm(13) + 2 * button_h + theme.mm(6.5) + pad
        top = min((theme.height_px - height) * 11 // 20, theme.height_px - height)
        self._card.setGeometry(margin, top, width, height)
        left, y = margin + pad, top + pad
        self._ring.setGeometry((theme.width_px - ring) // 2, y, ring, ring)
        y += ring + gap
        self._title.place(QRect(left, y, inner_w, title_h))
        y += title_h + theme.mm(4)
        self._text.place(QRect(left, y, inner_w, text_h))
        y += text_h + theme.mm(13)
        self._stay.setGeometry(left, y, inner_w, button_h)
        self._leave.setGeometry(left, y + button_h + theme.mm(6.5), inner_w, button_h)

    def _arrange_landscape(self) -> None:
        theme = self._theme
        margin_x, margin_y, pad = theme.mm(26), theme.mm(20), theme.mm(11)
        card = QRect(margin_x, margin_y, theme.width_px - 2 * margin_x, theme.height_px - 2 * margin_y)
        self._card.setGeometry(card)
        inner = card.adjusted(pad, pad, -pad, -pad)
        button_h, gap = theme.mm(28), theme.mm(6.5)
        half = (inner.width() - gap) // 2
        button_top = inner.bottom() + 1 - button_h
        self._leave.setGeometry(inner.left(), button_top, half * 4 // 5, button_h)
        stay_left = inner.left() + half * 4 // 5 + gap
        self._stay.setGeometry(stay_left, button_top, inner.right() + 1 - stay_left, button_h)
        room = button_top - theme.mm(9) - inner.top()
        ring = min(theme.mm(72), room)
        self._ring.setGeometry(inner.left(), inner.top() + (room - ring) // 2, ring, ring)
        left = inner.left() + ring + theme.mm(13)
        width = inner.right() + 1 - left
        title_h, text_h = self._title.height_for(width), self._text.height_for(width)
        y = inner.top() + (room - title_h - theme.mm(4) - text_h) // 2
        self._title.place(QRect(left, y, width, title_h))
        self._text.place(QRect(left, y + title_h + theme.mm(4), width, text_h))

    def paintEvent(self, _event: QPaintEvent) -> None:
        colours = self._theme.colours
        painter = QPainter(self)
        ground = QLinearGradient(0, 0, self.width(), self.height())
        ground.setColorAt(0, QColor(colours.primary_dd))
        ground.setColorAt(1, QColor(colours.primary_d))
        painter.fillRect(self.rect(), ground)
        draw_shadow(painter, self._theme, self._card.geometry())
        painter.end()
