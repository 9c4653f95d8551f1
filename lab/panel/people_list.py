"""The list of the sample people with its search. Knows who is chosen, nothing of cards or readers."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from lab.panel import style
from lab.panel.controls import Section, label
from lab.panel.directory import Entry, Opens, entries, found, nobody_opens
from lab.people import SamplePerson

_ROW_PX = 50
_ENTRY = Qt.ItemDataRole.UserRole
_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
OPEN_NOW = "check-in open now"


class PeopleModel(QAbstractListModel):
    """The entries that are shown."""

    def __init__(self) -> None:
        """Nobody."""
        super().__init__()
        self._shown: list[Entry] = []

    def show_entries(self, shown: list[Entry]) -> None:
        """Show these."""
        self.beginResetModel()
        self._shown = shown
        self.endResetModel()

    def rowCount(self, parent: _Index = _ROOT) -> int:
        """How many; a list has no children."""
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The name, the entry itself, or the whole row for assistive technology."""
        entry = self._shown[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.person.name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            tag = OPEN_NOW if entry.is_open else ""
            return ", ".join(filter(None, (entry.person.name, tag, entry.person.note, entry.times, entry.departments)))
        return entry if role == _ENTRY else None


class _RowPainter(QStyledItemDelegate):
    """A row: name and times; below, the note as a tag or the department."""

    def sizeHint(self, _option: QStyleOptionViewItem, _index: _Index) -> QSize:
        """All rows are equally high."""
        return QSize(0, _ROW_PX)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        """Draw one row."""
        entry = index.data(_ENTRY)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _draw_ground(painter, option.rect.adjusted(0, 1, -6, -1), option.state)
        _draw_texts(painter, option.rect.adjusted(12, 6, -16, -6), entry)
        painter.restore()


def _draw_ground(painter: QPainter, rect: QRect, state: QStyle.StateFlag) -> None:
    is_chosen = bool(state & QStyle.StateFlag.State_Selected)
    if not is_chosen and not state & QStyle.StateFlag.State_MouseOver:
        return
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(style.ACCENT_SOFT if is_chosen else "#F4F7F8"))
    painter.drawRoundedRect(QRectF(rect), 7, 7)
    if is_chosen:
        painter.setBrush(QColor(style.ACCENT))
        painter.drawRoundedRect(QRectF(rect.left(), rect.top() + 9, 3, rect.height() - 18), 1.5, 1.5)


def _draw_texts(painter: QPainter, inner: QRect, entry: Entry) -> None:
    upper = QRect(inner.left(), inner.top(), inner.width(), 20)
    lower = QRect(inner.left(), inner.top() + 20, inner.width(), 18)
    left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
    middle = Qt.AlignmentFlag.AlignVCenter
    painter.setFont(style.font(14, weight=QFont.Weight.Bold))
    painter.setPen(QColor(style.INK))
    painter.drawText(upper, left | middle, entry.person.name)
    small = style.font(12)
    if entry.is_open:
        name_px = painter.fontMetrics().horizontalAdvance(entry.person.name)
        _draw_open(painter, QRect(upper.left() + name_px + 8, upper.top() + 1, upper.width(), 18))
    painter.setFont(small)
    painter.setPen(QColor(style.INK_SOFT))
    painter.drawText(upper, right | middle, entry.times)
    metrics = QFontMetrics(small)
    if not entry.person.note:
        departments = metrics.elidedText(entry.departments, Qt.TextElideMode.ElideRight, lower.width())
        painter.drawText(lower, left | middle, departments or "no booking")
        return
    painter.setPen(QColor(style.ACCENT))
    painter.drawText(
        lower, left | middle, metrics.elidedText(entry.person.note, Qt.TextElideMode.ElideRight, lower.width())
    )


def _draw_open(painter: QPainter, room: QRect) -> None:
    """The tag of those who may check in now."""
    painter.setFont(style.font(11, weight=QFont.Weight.Bold))
    words = painter.fontMetrics().horizontalAdvance(OPEN_NOW)
    tag = QRect(room.left(), room.top(), words + 14, room.height())
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(style.GOOD_SOFT))
    painter.drawRoundedRect(QRectF(tag), 6, 6)
    painter.setPen(QColor(style.GOOD))
    painter.drawText(tag, Qt.AlignmentFlag.AlignCenter, OPEN_NOW)


class PeopleList(Section):
    """Search field and list. `chosen` is the person now marked, or None; `activated` one that was double-clicked."""

    chosen = Signal(object)
    activated = Signal(object)

    def __init__(self, people: Sequence[SamplePerson], opens: Opens = nobody_opens) -> None:
        """Marks the first one once it is shown. `opens` is asked anew at each `refresh`."""
        super().__init__("Patients")
        self._people = people
        self._opens = opens
        self._everybody = entries(people, opens)
        self._model = PeopleModel()
        self._count: QLabel = label("", "caption")
        self.head.addWidget(self._count)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Name, note, time, department, number")
        self.search.setAccessibleName("Search patients")
        self.search.setClearButtonEnabled(True)
        self.list = QListView()
        self.list.setAccessibleName("Patients")
        self.list.setModel(self._model)
        self.list.setItemDelegate(_RowPainter(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setMouseTracking(True)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.body.addWidget(self.search)
        rows = QHBoxLayout()
        rows.setContentsMargins(0, 0, -8, 0)  # the scroll bar stands in the margin
        rows.addWidget(self.list)
        self.body.addLayout(rows, 1)
        self.search.textChanged.connect(self._on_search_changed)
        self.list.selectionModel().currentChanged.connect(self._on_current_changed)
        self.list.activated.connect(self._on_row_activated)

    def show_all(self) -> None:
        """Show everybody and mark the first."""
        self._on_search_changed(self.search.text())

    def refresh(self) -> None:
        """Time has passed: who may check in now? Whoever is marked stays marked, wherever they stand then."""
        everybody = entries(self._people, self._opens)
        if everybody == self._everybody:
            return
        self._everybody = everybody
        marked = self.person()
        self._on_search_changed(self.search.text())
        for row in range(self._model.rowCount()):
            index = self._model.index(row)
            if index.data(_ENTRY).person is marked:
                self.list.setCurrentIndex(index)
                return

    def person(self) -> SamplePerson | None:
        """Who is marked."""
        entry = self.list.currentIndex().data(_ENTRY)
        return entry.person if isinstance(entry, Entry) else None

    def _on_search_changed(self, wanted: str) -> None:
        shown = found(self._everybody, wanted)
        self._model.show_entries(shown)
        self._count.setText(f"{len(shown)}" if len(shown) == len(self._everybody) else f"{len(shown)} found")
        if shown:
            self.list.setCurrentIndex(self._model.index(0))
        else:
            self.chosen.emit(None)

    def _on_current_changed(self, _current: QModelIndex, _before: QModelIndex) -> None:
        self.chosen.emit(self.person())

    def _on_row_activated(self, _index: QModelIndex) -> None:
        self.activated.emit(self.person())
