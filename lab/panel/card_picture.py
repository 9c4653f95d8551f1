"""The picture of the reader: the chosen person's card before it, or the card that is in it."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEasingCurve, QRectF, Qt, QVariantAnimation
from PySide6.QtGui import QColor, QFont, QLinearGradient, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from lab.panel import style
from lab.panel.seen import CardFault, CardSeen
from lab.people import SamplePerson

_HEIGHT_PX: Final = 122
_READER_W: Final = 118.0
_CARD: Final = QRectF(0, 0, 158, 100)
_SLIDE_MS: Final = 260
_OUT_X: Final = 176.0
_IN_X: Final = 64.0
_FOREIGN = "#6D7680", "#8A949D"
_SOCIAL_SECURITY = "#0E5C86", "#12867F"


class CardPicture(QWidget):
    """Reader to the left, card to the right or in it."""

    def __init__(self) -> None:
        """An empty reader, and nobody's card."""
        super().__init__()
        self.setFixedHeight(_HEIGHT_PX)
        self._card: CardSeen | None = None
        self._ready: SamplePerson | None = None
        self._x = _OUT_X
        self._slide = QVariantAnimation(self)
        self._slide.setDuration(_SLIDE_MS)
        self._slide.setEasingCurve(QEasingCurve.Type.InOutCubic)
        self._slide.valueChanged.connect(self._on_slide_moved)

    def show_card(self, card: CardSeen | None) -> None:
        """The card that is in, or None."""
        if (card is None) != (self._card is None):
            self._slide.stop()
            self._slide.setStartValue(self._x)
            self._slide.setEndValue(_OUT_X if card is None else _IN_X)
            self._slide.start()
        self._card = card
        self._describe()

    def show_ready(self, person: SamplePerson | None) -> None:
        """Whose card would be put in next."""
        self._ready = person
        self._describe()

    def _describe(self) -> None:
        whose = self._card.person if self._card else None
        self.setAccessibleName(f"Card in the reader: {whose.name if whose else 'a card' if self._card else 'none'}")
        self.update()

    def _on_slide_moved(self, x: float) -> None:
        self._x = x
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Slot, card, reader: the card goes in between."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QPainterPath()
        frame.addRoundedRect(QRectF(self.rect()), 9, 9)
        painter.fillPath(frame, QColor(style.WELL))
        painter.setClipPath(frame)
        card = _CARD.translated(self._x, (_HEIGHT_PX - _CARD.height()) / 2)
        shown = self._card.person if self._card else self._ready
        if self._card is not None or shown is not None:
            painter.setOpacity(1.0 if self._card else 0.92)
            is_foreign = self._card is not None and self._card.person is None
            _draw_card(painter, card, shown, is_foreign=is_foreign)
            painter.setOpacity(1.0)
        self._draw_reader(painter)

    def _draw_reader(self, painter: QPainter) -> None:
        body = QRectF(-12, 8, _READER_W, _HEIGHT_PX - 16)
        painter.setPen(Qt.PenStyle.NoPen)
        shade = QLinearGradient(body.topLeft(), body.bottomLeft())
        shade.setColorAt(0, QColor("#2B414E"))
        shade.setColorAt(1, QColor(style.BAR))
        painter.setBrush(shade)
        painter.drawRoundedRect(body, 10, 10)
        painter.setBrush(QColor("#0A161D"))
        painter.drawRoundedRect(QRectF(body.right() - 7, 14, 7, _HEIGHT_PX - 28), 3, 3)
        is_faulty = self._card is not None and self._card.fault is not CardFault.NONE
        light = style.OFF if self._card is None else "#E09A1F" if is_faulty else "#3CC48F"
        painter.setBrush(QColor(light))
        painter.drawEllipse(QRectF(18, 22, 8, 8))
        painter.setPen(QColor(style.BAR_SOFT))
        painter.setFont(style.font(12))
        words = "empty" if self._card is None else self._card.fault.value if is_faulty else "card in"
        area = QRectF(18, 36, _READER_W - 46, 70)
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap, words)


def _draw_card(painter: QPainter, rect: QRectF, person: SamplePerson | None, *, is_foreign: bool) -> None:
    first, second = _FOREIGN if is_foreign else _SOCIAL_SECURITY
    ground = QLinearGradient(rect.topLeft(), rect.bottomRight())
    ground.setColorAt(0, QColor(first))
    ground.setColorAt(1, QColor(second))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(18, 35, 46, 28))
    painter.drawRoundedRect(rect.translated(0, 2).adjusted(-1, 0, 1, 1), 9, 9)
    painter.setBrush(ground)
    painter.drawRoundedRect(rect, 8, 8)
    _draw_chip(painter, QRectF(rect.left() + 13, rect.top() + 37, 27, 22))
    right = Qt.AlignmentFlag.AlignRight
    painter.setPen(QColor(255, 255, 255, 215))
    painter.setFont(style.font(12))
    inner = rect.adjusted(48, 9, -12, -9)
    painter.drawText(inner, right | Qt.AlignmentFlag.AlignTop, "Unknown card" if is_foreign else "社会保障卡")
    if person is not None and not is_foreign:
        painter.setPen(QColor("white"))
        size_px = 17 if len(person.name) <= 5 else 13
        painter.setFont(style.font(size_px, weight=QFont.Weight.Bold))
        painter.drawText(rect.adjusted(12, 9, -12, -9), right | Qt.AlignmentFlag.AlignBottom, person.name)


def _draw_chip(painter: QPainter, rect: QRectF) -> None:
    painter.setBrush(QColor("#E5C878"))
    painter.drawRoundedRect(rect, 4, 4)
    painter.setPen(QPen(QColor("#A88A3C"), 1))
    for part in (1 / 3, 2 / 3):
        y = round(rect.top() + rect.height() * part) + 0.5
        painter.drawLine(QRectF(rect.left(), y, 9, 0).topLeft(), QRectF(rect.left() + 9, y, 0, 0).topLeft())
        painter.drawLine(QRectF(rect.right() - 9, y, 0, 0).topLeft(), QRectF(rect.right(), y, 0, 0).topLeft())
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(rect.adjusted(9, 4, -9, -4), 2, 2)
    painter.setPen(Qt.PenStyle.NoPen)
