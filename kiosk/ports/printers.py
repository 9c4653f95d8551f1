"""A ticket printer as the terminal sees it: what its state is, and what became of a ticket."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from kiosk.ports.tickets import Ticket


class FaultKind(StrEnum):
    """Faults that a printer can name."""

    CUTTER = "cutter"
    UNRECOVERABLE = "unrecoverable"
    OVERHEATED = "overheated"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Ready:
    """It can print. `is_near_end` is advice of a sensor, None where there is none."""

    is_near_end: bool | None = None


@dataclass(frozen=True, slots=True)
class PaperOut:
    """No paper."""


@dataclass(frozen=True, slots=True)
class CoverOpen:
    """The cover is open."""


@dataclass(frozen=True, slots=True)
class Faulty:
    """It says that it cannot print."""

    kind: FaultKind


@dataclass(frozen=True, slots=True)
class Unreachable:
    """No connection."""

    why: str


@dataclass(frozen=True, slots=True)
class UnknownStatus:
    """Connected, but it does not say how it is. Never shown as ready."""

    why: str


PrinterStatus = Ready | PaperOut | CoverOpen | Faulty | Unreachable | UnknownStatus


@dataclass(frozen=True, slots=True)
class Printed:
    """The completion fence came back: the ticket is out and cut."""


@dataclass(frozen=True, slots=True)
class NotPrinted:
    """Not one byte of the ticket was sent, or the printer said it dropped it. May be tried again."""

    status: PrinterStatus


@dataclass(frozen=True, slots=True)
class Unconfirmed:
    """Bytes were sent and no completion came. It may or may not be on paper: never retried unasked."""

    why: str


PrintResult = Printed | NotPrinted | Unconfirmed


@dataclass(frozen=True, slots=True)
class PrintTicket:
    """Print this ticket, once. `job_id` is the row in the spool."""

    visit_id: UUID
    job_id: UUID
    ticket: Ticket = field(repr=False)


# Events, from the printer's worker
@dataclass(frozen=True, slots=True)
class PrintFinished:
    """The one answer to a PrintTicket; the spool already holds it."""

    visit_id: UUID
    job_id: UUID
    result: PrintResult


@dataclass(frozen=True, slots=True)
class PrinterChanged:
    """The printer's status is now this."""

    status: PrinterStatus


class JobState(StrEnum):
    """The one state a print job is in; each step is on disk before the next byte moves."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    PRINTED = "printed"
    HELD = "held"
    """Not printed, its patient may have gone: comes out only when asked for."""
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


class Spool(Protocol):
    """The durable journal of print jobs, as the printer's worker uses it. Each call is one committed step."""

    def advance(self, job_id: UUID, state: JobState, why: str = "") -> None:
        """Write the job's new state. Raises KeyError when there is no such job, StoreFault when it cannot."""
        ...


class TicketPrinter(Protocol):
    """The terminal's ticket printer. Events come through the `Emit` given at construction."""

    def start(self) -> None:
        """Begin to connect and poll. Returns at once."""
        ...

    def prepare(self, ticket: Ticket) -> None:
        """This ticket will most likely be printed within seconds: what takes long may be done now.

        A hint, from any thread, that is never answered: nothing of it reaches the printer, and it is soon forgotten.
        Returns at once.
        """
        ...

    def print_ticket(self, command: PrintTicket) -> None:
        """Queue a ticket. The answer is exactly one PrintFinished. Returns at once."""
        ...

    def stop(self) -> None:
        """End the worker within 2 s."""
        ...
