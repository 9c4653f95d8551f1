"""Devices that are made when they start, so that what they are made of is not loaded before the first page stands.

All calls but `prepare` come from the thread that owns the runtime. What is asked before the start waits for it, in
order.
"""

from __future__ import annotations

from collections.abc import Callable

from kiosk.ports.cards import CardReaders, ReadCard
from kiosk.ports.printers import PrintTicket, TicketPrinter
from kiosk.ports.tickets import Ticket


class LateReaders:
    """`CardReaders` made by `make`."""

    def __init__(self, make: Callable[[], CardReaders]) -> None:
        self._make = make
        self._made: CardReaders | None = None
        self._waiting: list[ReadCard] = []

    def start(self) -> None:
        """Make them, and begin to watch."""
        self._made = self._make()
        self._made.start()
        for command in self._waiting:
            self._made.read(command)
        self._waiting.clear()

    def read(self, command: ReadCard) -> None:
        """Queue a read."""
        if self._made is None:
            self._waiting.append(command)
        else:
            self._made.read(command)

    def stop(self) -> None:
        """End what was begun."""
        if self._made is not None:
            self._made.stop()

    def needs_restart(self) -> bool:
        """As the readers say; never before they are made."""
        return self._made is not None and self._made.needs_restart()


class LatePrinter:
    """A `TicketPrinter` made by `make`."""

    def __init__(self, make: Callable[[], TicketPrinter]) -> None:
        self._make = make
        self._made: TicketPrinter | None = None
        self._waiting: list[PrintTicket] = []

    def start(self) -> None:
        """Make it, and begin to connect."""
        self._made = self._make()
        self._made.start()
        for command in self._waiting:
            self._made.print_ticket(command)
        self._waiting.clear()

    def prepare(self, ticket: Ticket) -> None:
        """Pass the hint on, from any thread; before the start nobody waits for a ticket."""
        if self._made is not None:
            self._made.prepare(ticket)

    def print_ticket(self, command: PrintTicket) -> None:
        """Queue a ticket."""
        if self._made is None:
            self._waiting.append(command)
        else:
            self._made.print_ticket(command)

    def stop(self) -> None:
        """End what was begun."""
        if self._made is not None:
            self._made.stop()
