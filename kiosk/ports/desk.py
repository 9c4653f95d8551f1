"""What the visit asks of the desk, and what the desk answers.

The desk does one command at a time on its own thread; each answer carries the visit's id, and an answer for a visit
that has ended is dropped. Everything here is already masked: no full name or number ever reaches a screen.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import tzinfo
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from booking.localized import LocalizedText
from booking.people import Identity
from booking.reasons import Reason, RefusalFacts
from booking.wire import CheckQuestion
from kiosk.ports import desk_acts as acts
from kiosk.ports.desk_views import (
    BookingView,
    CanCheckIn,
    CannotCheckIn,
    IsCheckedIn,
    PersonView,
    Standing,
)
from kiosk.ports.printers import PrintTicket
from kiosk.ports.tickets import Ticket

__all__ = [
    "BookingView",
    "CanCheckIn",
    "CannotCheckIn",
    "CheckInBooking",
    "CheckInRefused",
    "CheckedIn",
    "Desk",
    "DeskAnswer",
    "DeskCommand",
    "DeskFault",
    "FindByCard",
    "FindByNumber",
    "FindByTicket",
    "HoldTicket",
    "IsCheckedIn",
    "NobodyFound",
    "NotFoundWhy",
    "NothingToday",
    "PersonFound",
    "PersonView",
    "ReprintReady",
    "ReprintRefused",
    "ReprintTicket",
    "SlipFacts",
    "SlipKind",
    "Standing",
    "TerminalEnrolled",
    "TicketFacts",
    "TicketHeld",
    "TicketWriter",
]


# Commands
@dataclass(frozen=True, slots=True)
class FindByCard:
    """Whose card is this, and what is booked today?"""

    visit_id: UUID
    identity: Identity


@dataclass(frozen=True, slots=True)
class FindByNumber:
    """Whose booking number is this? `answer` is to the second question (phone's last four digits, or `MMDD`)."""

    visit_id: UUID
    number: str = field(repr=False)
    question: CheckQuestion
    answer: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class FindByTicket:
    """What is this ticket for? `code` is what was scanned: anybody may hold up anything."""

    visit_id: UUID
    code: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CheckInBooking:
    """Check this booking in. `operation_id` is the act's name for ever; `language` is the ticket's."""

    visit_id: UUID
    operation_id: UUID
    job_id: UUID
    """The id of the print job that the same transaction writes."""
    booking_id: UUID
    language: str
    ticket: str = field(default="", repr=False)
    """The code of the signed ticket that was shown, if one was."""


@dataclass(frozen=True, slots=True)
class ReprintTicket:
    """Print the ticket of a booking that is checked in once more, marked as a reprint."""

    visit_id: UUID
    job_id: UUID
    booking_id: UUID
    language: str
    ticket: str = field(default="", repr=False)
    """As in CheckInBooking."""


@dataclass(frozen=True, slots=True)
class HoldTicket:
    """Nobody waits for this ticket any more: it stays in the spool, and its patient may ask for a copy."""

    visit_id: UUID
    """The visit that it was made for, which is over."""
    job_id: UUID


DeskCommand = (
    FindByCard | FindByNumber | FindByTicket | CheckInBooking | ReprintTicket | HoldTicket | acts.Act | acts.Question
)


# Answers
@dataclass(frozen=True, slots=True)
class PersonFound:
    """The person and today's bookings (never empty), in order of time."""

    visit_id: UUID
    person: PersonView
    bookings: tuple[BookingView, ...]


@dataclass(frozen=True, slots=True)
class NothingToday:
    """The person is known, with nothing booked today. `next_booking` is the next one within the mirror's days."""

    visit_id: UUID
    person: PersonView
    next_booking: BookingView | None


class NotFoundWhy(StrEnum):
    """Why nobody was found."""

    NOT_REGISTERED = "not_registered"
    """The server says that nobody has this card."""
    CANNOT_KNOW = "cannot_know"
    """Off line: there is no booking here for this card, and nobody to ask."""
    NO_SUCH_BOOKING = "no_such_booking"
    """No booking has this number and this answer. Deliberately does not say which of the two is wrong."""
    TOO_MANY_TRIES = "too_many_tries"
    """This number was tried too often; a person at the desk helps."""
    TICKET_DAMAGED = "ticket_damaged"
    """The code on the ticket is not whole, or was not signed by the terminal that it names."""
    TICKET_NOT_CHECKED = "ticket_not_checked"
    """Nobody here can say whether the ticket is good: its terminal is not known here or was shut out before it printed
    the ticket, or the code is of a newer kind."""
    TICKET_OF_OTHER_HOSPITAL = "ticket_of_other_hospital"
    """The ticket is another hospital's."""


@dataclass(frozen=True, slots=True)
class NobodyFound:
    """Nobody was found."""

    visit_id: UUID
    why: NotFoundWhy
    tries_left: int | None = None


@dataclass(frozen=True, slots=True)
class CheckedIn:
    """It is on disk: the patient is checked in. The print job of `print_command` is queued in the spool."""

    visit_id: UUID
    booking: BookingView
    queue_number: str
    is_confirmed: bool
    """False when the server does not know it yet (off line): the desk of the clinic must see the ticket."""
    print_command: PrintTicket


@dataclass(frozen=True, slots=True)
class CheckInRefused:
    """Not checked in, and why. `sentence` explains a reason that this terminal does not know."""

    visit_id: UUID
    booking: BookingView
    reason: Reason | None
    facts: RefusalFacts
    sentence: LocalizedText


@dataclass(frozen=True, slots=True)
class ReprintReady:
    """The reprint is queued in the spool."""

    visit_id: UUID
    booking: BookingView
    queue_number: str
    print_command: PrintTicket
    is_confirmed: bool = True
    """As in CheckedIn."""


@dataclass(frozen=True, slots=True)
class ReprintRefused:
    """No further copy (two are the most), or the booking is not checked in."""

    visit_id: UUID


@dataclass(frozen=True, slots=True)
class TicketHeld:
    """The ticket will not come out unasked."""

    visit_id: UUID


@dataclass(frozen=True, slots=True)
class DeskFault:
    """The desk could not do it (store full, store broken). Nothing was confirmed; `code` is for staff."""

    visit_id: UUID
    code: str
    is_outcome_unknown: bool = False
    """It may have happened all the same: the server was asked and did not answer, or the desk broke off."""


DeskAnswer = (
    PersonFound
    | NothingToday
    | NobodyFound
    | CheckedIn
    | CheckInRefused
    | ReprintReady
    | ReprintRefused
    | TicketHeld
    | DeskFault
    | acts.ActAnswer
)


class Desk(Protocol):
    """Answers each command with exactly one DeskAnswer through the `Emit` given at construction."""

    def submit(self, command: DeskCommand) -> None:
        """Queue a command. Returns at once."""


class TicketWriter(Protocol):
    """Makes tickets from facts, in the words of a language. Pure; kiosk.journey provides it."""

    def check_in_ticket(self, facts: TicketFacts, language: str) -> Ticket:
        """The queue ticket (rule G8)."""

    def slip(self, facts: SlipFacts, language: str) -> Ticket:
        """What is printed of a booking that is made, changed or cancelled, or of a wait (rule G8)."""


@dataclass(frozen=True, slots=True)
class TicketFacts:
    """All that is on a queue ticket. Instants are milliseconds UTC."""

    hospital: LocalizedText
    terminal_label: str
    time_zone: tzinfo
    booking: BookingView
    queue_number: str
    masked_name: str = field(repr=False)
    qr: str = field(repr=False)
    checked_in_ms: int
    printed_ms: int
    is_confirmed: bool
    copy_no: int
    """1 for the first print; from 2 on it is marked as a reprint."""
    is_walk_in: bool = False
    """Registered on the spot: it bears no booking mark."""
    is_assumed: bool = False
    """Subject to confirmation: something was assumed."""


class SlipKind(StrEnum):
    """What a slip is about."""

    BOOKED = "booked"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class SlipFacts:
    """All that is on a slip. Instants are milliseconds UTC."""

    kind: SlipKind
    hospital: LocalizedText
    terminal_label: str
    time_zone: tzinfo
    booking: BookingView
    """The booking; of a wait its session, without a place."""
    masked_name: str = field(repr=False)
    printed_ms: int
    is_request: bool
    """Asked for: the hospital will say whether it can be."""
    is_confirmed: bool
    """False: the hospital's server does not know of it yet."""
    is_assumed: bool
    """Subject to confirmation."""
    number: str = field(default="", repr=False)
    """The booking number's twelve digits; empty where it is not for this slip, or not known here."""
    queue_number: str = ""
    """What will be called."""
    qr: str = field(default="", repr=False)
    copy_no: int = 1


@dataclass(frozen=True, slots=True)
class TerminalEnrolled:
    """Who this terminal is; emitted at start-up when enrolled, and when enrolled later."""

    hospital: LocalizedText
    hospital_code: str
    label: str
    time_zone: tzinfo
