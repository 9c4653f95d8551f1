"""The chosen person: what to type at the terminal, to copy or to scan."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from lab.panel.controls import Section, button, label
from lab.panel.directory import in_fours
from lab.people import SampleBooking, SamplePerson

_COPIED_MS = 1_200
_NUMBER = "number"
_BOTH_SEXES = {"female": "女", "male": "男"}


class PersonCard(Section):
    """Name, answers to the second question, bookings. `scan_asked` carries a booking's number."""

    scan_asked = Signal(str)

    def __init__(self, *, has_scanner: bool) -> None:
        """Nobody is chosen yet."""
        super().__init__()
        self._has_scanner = has_scanner
        self._name = label("", "name")
        self._sex = label("", "caption")
        self._note = label("", "tag")
        self.birthday = label("", "strong")
        self.phone = label("", "strong")
        self._bookings = QWidget()
        self.body.addLayout(_row(self._name, self._sex))
        self.body.addLayout(_row(self._note))
        answers = QHBoxLayout()
        answers.setSpacing(28)
        answers.addLayout(_fact("Phone ends in", self.phone))
        answers.addLayout(_fact("Birthday", self.birthday))
        answers.addStretch()
        self.body.addLayout(answers)
        self.body.addWidget(self._bookings)

    def show_person(self, person: SamplePerson | None) -> None:
        """Show this one; None leaves the card empty."""
        self._name.setText(person.name if person else "Nobody found")
        self._sex.setText(_BOTH_SEXES.get(person.sex, "") if person else "")
        self._note.setText(person.note if person else "")
        self._note.setVisible(bool(person and person.note))
        self.birthday.setText(person.birth_date if person else "–")
        self.phone.setText(person.phone[-4:] if person else "–")
        rows = QWidget()
        column = QVBoxLayout(rows)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for booking in person.bookings if person else ():
            column.addLayout(self._booking(booking))
        if person and not person.bookings:
            column.addWidget(label("No booking", "caption"))
        self.body.replaceWidget(self._bookings, rows)
        self._bookings.hide()
        self._bookings.deleteLater()
        self._bookings = rows

    def _booking(self, booking: SampleBooking) -> QVBoxLayout:
        texts = QVBoxLayout()
        texts.setSpacing(0)
        row = QHBoxLayout()
        row.setSpacing(0)
        number = label(in_fours(booking.number), "number")
        number.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row.addWidget(number, 1)
        copy = button("Copy", "quiet")
        copy.setToolTip("Copy the booking number")
        copy.setProperty(_NUMBER, booking.number)
        copy.clicked.connect(self._on_copy_clicked)
        row.addWidget(copy)
        if self._has_scanner:
            scan = button("Scan", "quiet")
            scan.setToolTip("Hold this booking's code before the scanner")
            scan.setProperty(_NUMBER, booking.number)
            scan.clicked.connect(self._on_scan_clicked)
            row.addWidget(scan)
        texts.addLayout(row)
        texts.addWidget(label(f"{booking.date}  {booking.time}  {booking.department}", "caption"))
        return texts

    def _on_copy_clicked(self) -> None:
        copy = self.sender()
        if isinstance(copy, QPushButton):
            QGuiApplication.clipboard().setText(copy.property(_NUMBER))
            copy.setText("Copied")
            QTimer.singleShot(_COPIED_MS, copy, partial(copy.setText, "Copy"))

    def _on_scan_clicked(self) -> None:
        self.scan_asked.emit(self.sender().property(_NUMBER))


def _row(*widgets: QWidget) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(9)
    for widget in widgets:
        row.addWidget(widget, alignment=Qt.AlignmentFlag.AlignBottom)
    row.addStretch()
    return row


def _fact(caption: str, value: QWidget) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(0)
    column.addWidget(label(caption, "caption"))
    column.addWidget(value)
    return column
