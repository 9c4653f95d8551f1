"""Devices that are made when they start, so that what they are made of is not loaded before the first page stands.

All calls but `prepare` come from the thread that owns the runtime. What is asked before the start waits for it, in
order; what still waits when it is ended without a start is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from kiosk.ports.cards import CardNotRead, CardReaders, ReadCard, Unreadable
from kiosk.ports.events import Emit
from kiosk.ports.printers import (
    JobState,
    NotPrinted,
    PrintFinished,
    PrintTicket,
    Spool,
    TicketPrinter,
    UnknownStatus,
)
from kiosk.ports.store import StoreFault
from kiosk.ports.tickets import Ticket


class LateReaders:
    """`CardReaders` made by `make`."""

    def __init__(self, make: Callable[[], CardReaders], *, emit: Emit) -> None:
        self._make = make
        self._emit = emit
        self._is_ended = False
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
        if self._made is not None:
            self._made.read(command)
        elif self._is_ended:
            self._refuse(command)
        else:
            self._waiting.append(command)

    def stop(self) -> None:
        """End what was begun; refuse what waits for a start that does not come."""
        if self._made is not None:
            self._made.stop()
        self._is_ended = True
        while self._waiting:
            self._refuse(self._waiting.pop(0))

    def _refuse(self, command: ReadCard) -> None:
        self._emit(CardNotRead(command.visit_id, command.insertion, Unreadable.READER))

    def needs_restart(self) -> bool:
        """As the readers say; never before they are made."""
        return self._made is not None and self._made.needs_restart()


class LatePrinter:
    """A `TicketPrinter` made by `make`."""

    def __init__(self, make: Callable[[], TicketPrinter], *, spool: Spool, emit: Emit) -> None:
        self._make = make
        self._spool = spool
        self._emit = emit
        self._is_ended = False
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
        if self._made is not None:
            self._made.print_ticket(command)
        elif self._is_ended:
            self._refuse(command)
        else:
            self._waiting.append(command)

    def stop(self) -> None:
        """End what was begun; answer what waits for a start that does not come: it comes out only when asked for."""
        if self._made is not None:
            self._made.stop()
        self._is_ended = True
        while self._waiting:
            self._refuse(self._waiting.pop(0))

    def _refuse(self, command: PrintTicket) -> None:
        why = "never started"
        with suppress(StoreFault):  # it stays as queued; the next start of the program holds it
            self._spool.advance(command.job_id, JobState.HELD, why)
        self._emit(PrintFinished(command.visit_id, command.job_id, NotPrinted(UnknownStatus(why))))
