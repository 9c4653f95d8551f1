"""The card reader: put the chosen person's card in, sound or faulty, take it out, swap it."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu

from lab.panel.bench import Bench
from lab.panel.card_picture import CardPicture
from lab.panel.controls import Section, button
from lab.panel.seen import CardFault, CardSeen
from lab.people import SamplePerson

_FAULTS = {
    CardFault.GARBAGE: "Answers garbage",
    CardFault.HANGS: "Hangs while it is read",
    CardFault.LEAVES: "Is pulled out while it is read",
    CardFault.UNKNOWN: "Unknown kind of card",
}


class Reader(Section):
    """Picture and buttons. While one wish is being carried out, no other can be made."""

    def __init__(self, bench: Bench) -> None:
        """Empty, nobody chosen."""
        super().__init__("Card reader")
        self._bench = bench
        self._person: SamplePerson | None = None
        self._card: CardSeen | None = None
        self._is_waiting = False
        self.picture = CardPicture()
        self.insert = button("Insert", "primary")
        self.remove = button("Remove")
        self.swap = button("Swap")
        self.swap.setToolTip("Swap for the chosen patient's card so quickly that the reader reports nothing")
        self.faulty = button("Faulty card ▾")
        self._menu = QMenu(self.faulty)
        for fault, text in _FAULTS.items():
            action = QAction(text, self._menu)
            action.setData(fault)
            self._menu.addAction(action)
        self.faulty.setMenu(self._menu)
        row = QHBoxLayout()
        row.setSpacing(7)
        for each in (self.insert, self.remove, self.swap):
            row.addWidget(each, 1)
        row.addWidget(self.faulty)
        self.body.addWidget(self.picture)
        self.body.addLayout(row)
        self.insert.clicked.connect(self.insert_chosen)
        self.remove.clicked.connect(self._on_remove_clicked)
        self.swap.clicked.connect(self._on_swap_clicked)
        self._menu.triggered.connect(self._on_fault_chosen)
        self._enable()

    def show_person(self, person: SamplePerson | None) -> None:
        """Whose card the buttons mean."""
        self._person = person
        self.picture.show_ready(person)
        self._enable()

    def show_card(self, card: CardSeen | None) -> None:
        """What is in the slot."""
        self._card = card
        self.picture.show_card(card)
        self._enable()

    def card_action_ended(self) -> None:
        """The next wish may come."""
        self._is_waiting = False
        self._enable()

    def insert_chosen(self) -> None:
        """Put the chosen person's card in, where the slot is free."""
        if self._person is not None and self.insert.isEnabled():
            self._wait()
            self._bench.insert(self._person)

    def fault_actions(self) -> list[QAction]:
        """The entries of the menu; their data are the faults."""
        return self._menu.actions()

    def _on_remove_clicked(self) -> None:
        self._wait()
        self._bench.remove()

    def _on_swap_clicked(self) -> None:
        if self._person is not None:
            self._wait()
            self._bench.swap(self._person)

    def _on_fault_chosen(self, action: QAction) -> None:
        if self._person is not None:
            self._wait()
            self._bench.insert(self._person, action.data())

    def _wait(self) -> None:
        self._is_waiting = True
        self._enable()

    def _enable(self) -> None:
        may_act, is_in = not self._is_waiting, self._card is not None
        has_person = self._person is not None
        self.insert.setEnabled(may_act and has_person and not is_in)
        self.faulty.setEnabled(may_act and has_person and not is_in)
        self.remove.setEnabled(may_act and is_in)
        self.swap.setEnabled(may_act and has_person and is_in)
