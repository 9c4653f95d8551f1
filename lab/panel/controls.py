"""The small parts that the panel's sections share: a framed section, a choice of one, a lamp, labels and buttons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from lab.panel.seen import News
from lab.panel.style import NEWS

_LAMP_PX = 10


def label(text: str, kind: str) -> QLabel:
    """A text of a kind that the style sheet knows; never taken for mark-up."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("kind", kind)
    return made


def button(text: str, kind: str = "plain") -> QPushButton:
    """A button of a kind that the style sheet knows."""
    made = QPushButton(text)
    made.setProperty("kind", kind)
    made.setAutoDefault(False)
    return made


class Section(QFrame):
    """A framed part of the panel: a heading, room beside it, and a body below."""

    def __init__(self, heading: str = "") -> None:
        """`heading` is left out where empty."""
        super().__init__()
        self.setProperty("kind", "section")
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(14, 11, 14, 13)
        self.body.setSpacing(9)
        self.head = QHBoxLayout()
        self.head.setSpacing(7)
        if heading:
            self.head.addWidget(label(heading, "heading"))
            self.head.addStretch()
            self.body.addLayout(self.head)


class Lamp(QWidget):
    """A small light."""

    def __init__(self) -> None:
        """Off."""
        super().__init__()
        self._news = News.PLAIN
        self.setFixedSize(_LAMP_PX + 6, _LAMP_PX + 6)

    def show_news(self, news: News) -> None:
        """Shine in this colour."""
        if news is not self._news:
            self._news = news
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The light and its glow."""
        colour = QColor(NEWS[self._news])
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colour.red(), colour.green(), colour.blue(), 60))
        painter.drawEllipse(QRectF(self.rect()))
        painter.setBrush(colour)
        painter.drawEllipse(QRectF(self.rect()).adjusted(3, 3, -3, -3))


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several: what it stands for, its word, and whether it is a trouble."""

    value: object
    text: str
    news: News = News.PLAIN
    hint: str = ""


class Segments(QFrame):
    """A choice of one among a few, side by side. `chosen` comes only from a person, never from `show_value`."""

    chosen = Signal(object)

    def __init__(self, name: str, choices: Sequence[Choice], *, columns: int = 0) -> None:
        """`name` is for assistive technology; `columns` breaks the row where not 0."""
        super().__init__()
        self.setProperty("kind", "segments")
        self.setAccessibleName(name)
        self._values = tuple(choice.value for choice in choices)
        self._group = QButtonGroup(self)
        grid = QGridLayout(self)
        grid.setContentsMargins(2, 2, 2, 2)
        grid.setSpacing(2)
        columns = columns or len(choices)
        for place, choice in enumerate(choices):
            segment = button(choice.text, "segment")
            segment.setCheckable(True)
            segment.setProperty("news", choice.news.value)
            segment.setToolTip(choice.hint)
            segment.setAccessibleName(f"{name}: {choice.text}")
            self._group.addButton(segment, place)
            grid.addWidget(segment, place // columns, place % columns)
            grid.setColumnStretch(place % columns, 1)
        self._group.idClicked.connect(self._on_segment_clicked)

    def show_value(self, value: object) -> None:
        """Mark the choice that stands for this; none where there is none."""
        place = self._values.index(value) if value in self._values else -1
        if place == self._group.checkedId():
            return
        if place >= 0:
            self._group.button(place).setChecked(True)
            return
        self._group.setExclusive(False)
        for segment in self._group.buttons():
            segment.setChecked(False)
        self._group.setExclusive(True)

    def choose(self, value: object) -> None:
        """As if a person had clicked it."""
        self._group.button(self._values.index(value)).click()

    def _on_segment_clicked(self, place: int) -> None:
        self.chosen.emit(self._values[place])


def captioned(text: str, widget: QWidget) -> QVBoxLayout:
    """A caption over a control."""
    column = QVBoxLayout()
    column.setSpacing(3)
    column.addWidget(label(text, "caption"))
    column.addWidget(widget)
    return column
