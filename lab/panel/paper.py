"""The paper in pictures: the newest ticket coming out of the printer's mouth, earlier ones, and one enlarged."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEasingCurve, QRectF, QSize, Qt, QVariantAnimation, Signal
from PySide6.QtGui import QColor, QIcon, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPixmap
from PySide6.QtWidgets import (
    QDialog,
    QLabel,
    QListView,
    QListWidget,
    QListWidgetItem,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from lab.panel import style
from lab.panel.seen import TicketCut

_WIDTH_PX: Final = 142
_MOUTH_PX: Final = 26
_OUT_MS: Final = 700
_PAPER_MM: Final = 72.0
_MOST_KEPT: Final = 40
_THUMB: Final = QSize(34, 46)
_NUMBER: Final = Qt.ItemDataRole.UserRole


class PaperStrip(QWidget):
    """The mouth of the printer below, the paper rising out of it. `clicked` when there is a ticket to look at."""

    clicked = Signal()

    def __init__(self) -> None:
        """No paper hangs out."""
        super().__init__()
        self.setFixedWidth(_WIDTH_PX)
        self.setMinimumHeight(190)
        self.setAccessibleName("Newest ticket: none")
        self._picture: QPixmap | None = None
        self._small: QPixmap | None = None
        self._hanging_mm = 0.0
        self._out = 1.0
        self._rise = QVariantAnimation(self)
        self._rise.setDuration(_OUT_MS)
        self._rise.setEasingCurve(QEasingCurve.Type.OutCubic)
        self._rise.setEndValue(1.0)
        self._rise.valueChanged.connect(self._on_rise_moved)

    def show_hanging(self, length_mm: float) -> None:
        """So much paper is printed and not cut."""
        if length_mm != self._hanging_mm:
            self._hanging_mm = length_mm
            self.update()

    def show_ticket(self, picture: QPixmap, name: str) -> None:
        """This ticket was cut: what did not hang out yet slides out."""
        self._picture, self._small = picture, None
        self.setAccessibleName(f"Newest ticket: {name}")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip("Enlarge")
        _, whole = self._ticket_px(picture)
        start = min(0.95, self._hanging_mm * self._px_per_mm() / whole)
        self._rise.stop()
        self._rise.setStartValue(start)
        self._rise.start()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click on the paper."""
        if self._picture is not None and self.rect().contains(event.position().toPoint()):
            self.clicked.emit()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Ground, paper, mouth."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QPainterPath()
        frame.addRoundedRect(QRectF(self.rect()), 9, 9)
        painter.fillPath(frame, QColor(style.WELL))
        painter.setClipPath(frame)
        floor = self.height() - _MOUTH_PX
        if self._hanging_mm > 0:
            high = min(self._hanging_mm * self._px_per_mm(), floor - 10)
            self._draw_paper(painter, self._paper_px(), high, floor)
        elif self._picture is not None:
            wide, high = self._ticket_px(self._picture)
            # At the end the ticket is cut off and lies a little above the mouth.
            sheet = self._draw_paper(painter, wide, high, floor + high * (1 - self._out) - 7 * self._out)
            painter.drawPixmap(sheet.topLeft(), self._scaled(self._picture, round(wide), round(high)))
        self._draw_mouth(painter, floor)

    def _on_rise_moved(self, share: float) -> None:
        self._out = share
        self.update()

    def _paper_px(self) -> float:
        return self.width() - 26.0

    def _px_per_mm(self) -> float:
        return self._paper_px() / _PAPER_MM

    def _ticket_px(self, picture: QPixmap) -> tuple[float, float]:
        room = self.height() - _MOUTH_PX - 22.0
        scale = min(self._paper_px() / picture.width(), room / picture.height())
        return float(round(picture.width() * scale)), float(round(picture.height() * scale))

    def _scaled(self, picture: QPixmap, wide: int, high: int) -> QPixmap:
        if self._small is None or self._small.size() != QSize(wide, high):
            keep, smooth = Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
            self._small = picture.scaled(wide, high, keep, smooth)
        return self._small

    def _draw_paper(self, painter: QPainter, wide: float, high: float, bottom: float) -> QRectF:
        sheet = QRectF(round((self.width() - wide) / 2), round(bottom - high), wide, high)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(18, 35, 46, 24))
        painter.drawRoundedRect(sheet.adjusted(-1.5, -1, 1.5, 2.5), 2, 2)
        painter.setBrush(QColor("white"))
        painter.drawRect(sheet)
        return sheet

    def _draw_mouth(self, painter: QPainter, floor: int) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(style.BAR))
        painter.drawRect(QRectF(0, floor, self.width(), _MOUTH_PX))
        painter.setBrush(QColor("#33505F"))
        painter.drawRoundedRect(QRectF(9, floor + 4, self.width() - 18, 3), 1.5, 1.5)


class EarlierTickets(QListWidget):
    """All tickets so far, the newest first. `chosen` carries a ticket's number."""

    chosen = Signal(int)

    def __init__(self) -> None:
        """None yet."""
        super().__init__()
        self.setAccessibleName("Tickets so far")
        self.setFlow(QListView.Flow.LeftToRight)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setWrapping(False)
        self.setIconSize(_THUMB)
        self.setSpacing(2)
        self.setFixedHeight(76)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.itemClicked.connect(self._on_item_clicked)

    def add(self, cut: TicketCut, picture: QPixmap) -> None:
        """Put it first; the oldest leave."""
        thumb = picture.copy(0, 0, picture.width(), min(picture.height(), picture.width() * 4 // 3))
        icon = _framed(thumb.scaled(_THUMB, mode=Qt.TransformationMode.SmoothTransformation))
        item = QListWidgetItem(QIcon(icon), f"#{cut.number}  {cut.at:%H:%M}")
        item.setData(_NUMBER, cut.number)
        item.setFont(style.font(11))
        item.setToolTip(f"Ticket {cut.number}, {cut.at:%H:%M:%S}, {cut.ticket.height_mm:.0f} mm")
        self.insertItem(0, item)
        while self.count() > _MOST_KEPT:
            self.takeItem(self.count() - 1)

    def _on_item_clicked(self, item: QListWidgetItem) -> None:
        self.chosen.emit(item.data(_NUMBER))


class TicketWindow(QDialog):
    """One ticket, dot for dot."""

    def __init__(self, cut: TicketCut, picture: QPixmap, parent: QWidget) -> None:
        """Closes and goes with Escape."""
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(f"Ticket {cut.number} – {cut.at:%H:%M:%S}, {cut.ticket.height_mm:.0f} mm")
        paper = QLabel()
        paper.setPixmap(picture)
        paper.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        paper.setAccessibleName(self.windowTitle())
        area = QScrollArea()
        area.setWidget(paper)
        area.setWidgetResizable(True)
        area.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.addWidget(area)
        self.resize(picture.width() + 60, min(picture.height() + 40, 900))


def _framed(thumb: QPixmap) -> QPixmap:
    painter = QPainter(thumb)
    painter.setPen(QColor("#B8C4CB"))
    painter.drawRect(0, 0, thumb.width() - 1, thumb.height() - 1)
    painter.end()
    return thumb
