"""What happened at the devices, line by line, the newest first."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import QAbstractItemView, QListWidget, QListWidgetItem

from lab.panel import style
from lab.panel.controls import Section
from lab.panel.seen import Happened, News

_MOST_LINES: Final = 200


class Happenings(Section):
    """A short log."""

    def __init__(self) -> None:
        """Nothing happened yet."""
        super().__init__("What happened")
        self.lines = QListWidget()
        self.lines.setAccessibleName("What happened")
        self.lines.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.lines.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.lines.setIconSize(QSize(9, 9))
        self.lines.setUniformItemSizes(True)
        self.lines.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.body.addWidget(self.lines)
        self.body.setContentsMargins(14, 11, 6, 8)

    def add(self, happened: Happened) -> None:
        """Put it on top; the oldest lines leave."""
        item = QListWidgetItem(_dot(happened.news), f"{happened.at:%H:%M:%S}   {happened.text}")
        item.setFont(style.font(12))
        item.setSizeHint(QSize(0, 21))
        item.setToolTip(happened.text)
        self.lines.insertItem(0, item)
        if self.lines.count() > _MOST_LINES:
            self.lines.takeItem(_MOST_LINES)


def _dot(news: News) -> QIcon:
    picture = QPixmap(9, 9)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(style.NEWS[news]))
    painter.drawEllipse(1, 1, 7, 7)
    painter.end()
    return QIcon(picture)
