"""A ticket printer without hardware: the same behaviour, for tests and for a terminal without a printer at hand.

Decides nothing about paper: its status is set from outside, and printed tickets are kept in a list.
"""

from __future__ import annotations

from threading import Lock

from kiosk.ports.events import Emit
from kiosk.ports.printers import (
    JobState,
    NotPrinted,
    Printed,
    PrinterChanged,
    PrinterStatus,
    PrintFinished,
    PrintTicket,
    Ready,
    Spool,
    Unconfirmed,
    UnknownStatus,
    Unreachable,
)
from kiosk.ports.tickets import Ticket


class InMemoryTicketPrinter:
    """Implements kiosk.ports.printers.TicketPrinter. Answers at once, on the caller's thread."""

    def __init__(self, *, spool: Spool, emit: Emit, status: PrinterStatus | None = None) -> None:
        self._spool = spool
        self._emit = emit
        self._status = status or Ready(is_near_end=False)
        self._gate = Lock()
        self._is_running = False
        self._fails_mid_ticket = False
        self._waiting: list[PrintTicket] = []
        self.printed: list[Ticket] = []

    def start(self) -> None:
        """Report the status, and print what waits."""
        self._is_running = True
        self._emit(PrinterChanged(UnknownStatus("not yet connected")))
        self._emit(PrinterChanged(self._status))
        waiting, self._waiting = self._waiting, []
        for command in waiting:
            self.print_ticket(command)

    def prepare(self, ticket: Ticket) -> None:
        """There is nothing to draw."""

    def print_ticket(self, command: PrintTicket) -> None:
        """Print a ticket. The answer is exactly one PrintFinished."""
        with self._gate:
            if not self._is_running and not isinstance(self._status, Unreachable):
                self._waiting.append(command)
            elif not isinstance(self._status, Ready):
                self._refuse(command)
            elif self._fails_mid_ticket:
                self._lose(command)
            else:
                for state in (JobState.SENDING, JobState.SENT, JobState.PRINTED):
                    self._spool.advance(command.job_id, state)
                self.printed.append(command.ticket)
                self._emit(PrintFinished(command.visit_id, command.job_id, Printed()))

    def _refuse(self, command: PrintTicket) -> None:
        self._spool.advance(command.job_id, JobState.HELD, type(self._status).__name__)
        self._emit(PrintFinished(command.visit_id, command.job_id, NotPrinted(self._status)))

    def _lose(self, command: PrintTicket) -> None:
        self._fails_mid_ticket = False
        self._spool.advance(command.job_id, JobState.SENDING)
        self._spool.advance(command.job_id, JobState.UNKNOWN, "the connection broke")
        self._emit(PrintFinished(command.visit_id, command.job_id, Unconfirmed("the connection broke")))

    def stop(self) -> None:
        """Answer everything that waits; later tickets are refused."""
        self._is_running = False
        self._status = Unreachable("stopped")
        waiting, self._waiting = self._waiting, []
        for command in waiting:
            self._refuse(command)

    def become(self, status: PrinterStatus) -> None:
        """The printer's status is now this."""
        if status != self._status:
            self._status = status
            self._emit(PrinterChanged(status))

    def break_next_ticket(self) -> None:
        """The next ticket is lost on its way: nobody knows whether it came out."""
        self._fails_mid_ticket = True
