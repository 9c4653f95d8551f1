"""The picture of the first page: a card that goes into the reader, chip first.

Two cycles, then a rest, at 25 pictures a second: it shows what to do without nagging, and an idle terminal stays idle.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from PySide6.QtCore import QEasingCurve, QElapsedTimer, QPointF, QRect, QRectF, Qt, QTimer
from PySide6.QtGui import (
    QColor,
    QHideEvent,
    QLinearGradient,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QWidget

from kiosk.ui.theme import Role, Theme
from kiosk.ui.widgets.paint import fill_round
from kiosk.ui.widgets.text import Align, TextStyle, lay_text

FRAME_MS: Final = 40
CYCLE_MS: Final = 2600
CYCLES: Final = 2
PAUSE_MS: Final = 8000
_CARD_RATIO: Final = 85.6 / 54.0
_INSERTED: Final = 0.42
"""The share of the card that has gone into the slot at the end."""


class CardScene(QWidget):
    """The card, the slot and the light over it. The words stand beside it, so it has no name of its own."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._word = ""
        self._reader_px = theme.mm(34)
        self._backdrop: QPixmap | None = None
        self._card: QPixmap | None = None
        self._depth = 0.0
        self._clock = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._on_timer_fired)

    def show_word(self, word: str) -> None:
        """The word on the drawn card."""
        if word != self._word:
            self._word = word
            self._card = None
            self.update()

    def show_reader_height(self, height_px: int) -> None:
        if height_px != self._reader_px:
            self._reader_px = height_px
            self._backdrop = self._card = None

    def words_rect(self) -> QRect:
        """The front of the reader below the slot, in the page's coordinates: room for the hint."""
        top = self._slot_y() + self._theme.mm(12)
        side = self._theme.mm(6.5)
        inner = QRect(side, top, self.width() - 2 * side, self.height() - top - self._theme.mm(3))
        return inner.translated(self.pos())

    def is_moving(self) -> bool:
        return self._timer.isActive() and self._timer.interval() == FRAME_MS

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if not self._theme.reduced_motion:
            self._begin()

    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()
        super().hideEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._backdrop = self._card = None

    def _begin(self) -> None:
        self._clock.start()
        self._timer.start(FRAME_MS)

    def _on_timer_fired(self) -> None:
        if self._timer.interval() == PAUSE_MS:
            self._begin()
            return
        passed_ms = self._clock.elapsed()
        if passed_ms >= CYCLES * CYCLE_MS:
            self._timer.start(PAUSE_MS)
            self._move_to(0.0)
            return
        self._move_to(depth_at((passed_ms % CYCLE_MS) / CYCLE_MS))

    def _move_to(self, depth: float) -> None:
        if depth != self._depth:
            self._depth = depth
            self.update(self._card_column())

    def _slot_y(self) -> int:
        return self.height() - self._reader_px + self._theme.mm(6)

    def _card_size(self) -> tuple[int, int]:
        room = self._slot_y() - self._theme.mm(9)
        width = min(self.width() * (0.48 if self._theme.is_portrait else 0.56), room / _CARD_RATIO)
        return round(width), round(width * _CARD_RATIO)

    def _card_column(self) -> QRect:
        width, _ = self._card_size()
        return QRect((self.width() - width) // 2 - 2, 0, width + 4, self._slot_y())

    def paintEvent(self, _event: QPaintEvent) -> None:
        if self._backdrop is None:
            self._backdrop = self._draw_backdrop()
        if self._card is None:
            self._card = self._draw_card()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._backdrop)
        slot_y, height = self._slot_y(), self._card.height()
        painter.setClipRect(QRect(0, 0, self.width(), slot_y))
        out = slot_y - height - self._theme.mm(1.0)
        y = out + (height * _INSERTED) * self._depth
        painter.drawPixmap(QPointF((self.width() - self._card.width()) / 2, y), self._card)
        painter.end()

    def _draw_backdrop(self) -> QPixmap:
        theme, width, height = self._theme, self.width(), self.height()
        pixmap = QPixmap(self.size())
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        clip = QPainterPath()
        clip.addRoundedRect(QRectF(self.rect()), theme.mm(3.2), theme.mm(3.2))
        painter.setClipPath(clip)
        sky = QLinearGradient(0, 0, 0, height)
        sky.setColorAt(0, QColor("#F3F8FB"))
        sky.setColorAt(1, QColor("#CFE4F0"))
        painter.fillRect(self.rect(), sky)
        painter.setPen(Qt.PenStyle.NoPen)
        for share, alpha in ((0.62, 70), (0.44, 80), (0.28, 90)):
            painter.setBrush(QColor(255, 255, 255, alpha))
            radius = max(width, height) * share
            painter.drawEllipse(QPointF(width / 2, self._slot_y()), radius, radius)
        self._draw_reader(painter)
        painter.end()
        return pixmap

    def _draw_reader(self, painter: QPainter) -> None:
        theme, width = self._theme, self.width()
        top = self.height() - self._reader_px
        body = QLinearGradient(0, top, 0, self.height())
        body.setColorAt(0, QColor("#2C4657"))
        body.setColorAt(0.25, QColor("#1B3040"))
        body.setColorAt(1, QColor("#0E2230"))
        painter.setBrush(body)
        painter.drawRect(0, top, width, self._reader_px)
        painter.fillRect(0, top, width, theme.mm(0.6), QColor("#56758A"))
        card_w, _ = self._card_size()
        slot = QRect(0, 0, card_w + theme.mm(18), theme.mm(4.2))
        slot.moveCenter(QRect(0, self._slot_y() - theme.mm(2.1), width, theme.mm(4.2)).center())
        glow = theme.mm(1.3)
        fill_round(painter, slot.adjusted(-glow, -glow, glow, glow), slot.height(), QColor("#2A6E70").name())
        fill_round(painter, slot, slot.height() / 2, "#03090D")
        painter.setPen(QPen(QColor("#4FE3C8"), theme.mm(0.7), Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawLine(slot.left() + theme.mm(3), slot.bottom(), slot.right() - theme.mm(3), slot.bottom())
        self._draw_arrows(painter)

    def _draw_arrows(self, painter: QPainter) -> None:
        theme, x = self._theme, self.width() / 2
        reach = theme.mm(3.4)
        for i, colour in enumerate(("#BFF5EA", "#5FB8AC")):
            y = self._slot_y() + theme.mm(5.0) + i * theme.mm(3.4)
            pen = QPen(QColor(colour), theme.mm(1.0), Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolyline([QPointF(x - reach, y), QPointF(x, y + reach * 0.62), QPointF(x + reach, y)])

    def _draw_card(self) -> QPixmap:
        width, height = self._card_size()
        theme = self._theme
        pixmap = QPixmap(max(width, 1), max(height, 1))
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        clip = QPainterPath()
        clip.addRoundedRect(QRectF(pixmap.rect()), width * 0.06, width * 0.06)
        painter.setClipPath(clip)
        ground = QLinearGradient(0, 0, width, height)
        ground.setColorAt(0, QColor("#0A74B0"))
        ground.setColorAt(0.55, QColor("#005A8C"))
        ground.setColorAt(1, QColor("#00727A"))
        painter.fillRect(pixmap.rect(), ground)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(255, 255, 255, 20))
        painter.drawEllipse(QPointF(width * 0.95, height * 0.16), width * 0.55, width * 0.55)
        painter.drawEllipse(QPointF(width * 0.05, height * 0.98), width * 0.75, width * 0.75)
        style = TextStyle(Role.TITLE, "#FFFFFF", is_bold=True, align=Align.CENTRE, leading=1.2, max_lines=1)
        block = lay_text(theme, self._word, style, width * 0.86, height * 0.3)
        if block.is_clipped:
            block = lay_text(theme, self._word, replace(style, max_lines=0), width * 0.86, height * 0.3)
        block.draw(painter, width * 0.07, height * 0.2 - block.height / 2, "#FFFFFF")
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(255, 255, 255, 110))
        for i, share in enumerate((0.56, 0.38)):
            y = height * (0.36 + 0.055 * i)
            painter.drawRoundedRect(QRectF(width * (1 - share) / 2, y, width * share, height * 0.018), 3, 3)
        _draw_chip_contacts(painter, QRectF(width * 0.33, height * 0.66, width * 0.34, width * 0.4))
        painter.end()
        return pixmap


def depth_at(share: float) -> float:
    """How far the card is in, nought to one, at a share of the cycle: wait, go in, stay, come out quickly."""
    ease = QEasingCurve(QEasingCurve.Type.InOutCubic)
    if share < 0.12:
        return 0.0
    if share < 0.55:
        return ease.valueForProgress((share - 0.12) / 0.43)
    if share < 0.82:
        return 1.0
    return 1.0 - ease.valueForProgress((share - 0.82) / 0.18)


def _draw_chip_contacts(painter: QPainter, rect: QRectF) -> None:
    gold = QLinearGradient(rect.topLeft(), rect.bottomRight())
    gold.setColorAt(0, QColor("#F6DC96"))
    gold.setColorAt(1, QColor("#C99A3A"))
    painter.setBrush(gold)
    painter.setPen(QPen(QColor("#8A6414"), max(rect.width() * 0.03, 1.0)))
    painter.drawRoundedRect(rect, rect.width() * 0.14, rect.width() * 0.14)
    for share in (0.34, 0.66):
        y = rect.top() + rect.height() * share
        painter.drawLine(QPointF(rect.left(), y), QPointF(rect.left() + rect.width() * 0.36, y))
        painter.drawLine(QPointF(rect.right() - rect.width() * 0.36, y), QPointF(rect.right(), y))
    middle = QRectF(
        rect.left() + rect.width() * 0.36, rect.top() + rect.height() * 0.2, rect.width() * 0.28, rect.height() * 0.6
    )
    painter.drawRoundedRect(middle, rect.width() * 0.08, rect.width() * 0.08)
