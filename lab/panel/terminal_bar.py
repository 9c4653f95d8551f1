"""The bar on top: what the terminal says of itself."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout

from lab.panel.controls import Lamp, label
from lab.panel.seen import News, TerminalSeen

_UNKNOWN = "–"
_STATE_PX = 128  # so that nothing moves when the words change


class TerminalBar(QFrame):
    """On line or not, what waits to be sent, what was not applied."""

    def __init__(self) -> None:
        """Nothing is known yet."""
        super().__init__()
        self.setObjectName("bar")
        self.setFixedHeight(74)
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 0, 22, 0)
        row.setSpacing(30)
        self._place = label("", "caption")
        titles = QVBoxLayout()
        titles.setSpacing(1)
        titles.addStretch()
        titles.addWidget(label("Device bench", "title"))
        titles.addWidget(self._place)
        titles.addStretch()
        row.addLayout(titles)
        row.addStretch()
        self._lamp = Lamp()
        self.state = label(_UNKNOWN, "figure")
        self.waiting = label(_UNKNOWN, "figure")
        self.not_applied = label(_UNKNOWN, "figure")
        state = QHBoxLayout()
        state.setSpacing(7)
        state.addWidget(self._lamp)
        state.addWidget(self.state)
        self.state.setMinimumWidth(_STATE_PX)
        row.addLayout(_figure(state, "Terminal"))
        row.addLayout(_figure(self.waiting, "Waits to be sent"))
        row.addLayout(_figure(self.not_applied, "Not applied"))
        self.show_terminal(None)

    def show_terminal(self, terminal: TerminalSeen | None) -> None:
        """None: it does not answer, and nothing is known."""
        words, news = _in_words(terminal)
        self._lamp.show_news(news)
        self.state.setText(words)
        self._place.setText((terminal.label if terminal else "") or "Virtual devices of one terminal")
        self.waiting.setText(_number(terminal.waiting if terminal else None))
        self.not_applied.setText(_number(terminal.not_applied if terminal else None))


def _in_words(terminal: TerminalSeen | None) -> tuple[str, News]:
    if terminal is None:
        return "No answer", News.PLAIN
    if not terminal.is_enrolled:
        return "Not enrolled", News.CARE
    if terminal.is_online is None:
        return "Unknown", News.PLAIN
    return ("On line", News.GOOD) if terminal.is_online else ("Off line", News.CARE)


def _number(count: int | None) -> str:
    return _UNKNOWN if count is None else str(count)


def _figure(figure: QLabel | QHBoxLayout, caption: str) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(0)
    column.addStretch()
    if isinstance(figure, QLabel):
        column.addWidget(figure, alignment=Qt.AlignmentFlag.AlignLeft)
    else:
        column.addLayout(figure)
    column.addWidget(label(caption, "caption"))
    column.addStretch()
    return column
