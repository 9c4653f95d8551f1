"""What the visit asks of the desk besides check-ins: register, offer, book, walk in, change, cancel, wait for a place.

Each act has an `operation_id` for ever, and whoever makes a thing names it: the caller makes the ids of person,
booking and entry. On line the server is asked first; without its answer the same act goes on from what the terminal
has, and the server settles it later by its id. An answer says which of the two it was: `is_confirmed` (the server has
said so), `is_request` (it is a wish that the server will judge), else a fact that it will take over.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from booking.localized import LocalizedText
from booking.people import Identity
from booking.reasons import Assumption, Reason, RefusalFacts
from kiosk.ports.desk_views import BookingView, PersonView
from kiosk.ports.printers import PrintTicket

NO_SENTENCE = LocalizedText()


# What is offered
@dataclass(frozen=True, slots=True, kw_only=True)
class SessionOffered:
    """A session, as a screen may show it. Instants are milliseconds UTC."""

    session_id: UUID
    service_date: str
    starts_ms: int
    ends_ms: int
    department_id: UUID
    department: LocalizedText = field(repr=False)
    is_sensitive: bool
    doctor: LocalizedText | None
    doctor_title: LocalizedText | None
    building: LocalizedText
    floor: LocalizedText
    area: LocalizedText
    room: LocalizedText
    free: int
    """Places that can be had through a terminal: the server's count, or off line what is lent to this one."""
    fee_cents: int | None = None
    """None: not known here."""


# Commands
@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterPerson:
    """Somebody wants to be known. What a card said or was typed is sealed as soon as this is handled.  # rule A2"""

    visit_id: UUID
    operation_id: UUID
    person_id: UUID
    """The terminal makes it. Somebody whom the group knows keeps the one that they have."""
    identity: Identity
    """Of a document that was typed: its number as `id_number` where it is a resident's, else as `card_number`."""
    is_card_read: bool
    phone: str = field(default="", repr=False)
    contact: str = field(default="", repr=False)
    """Another way to be reached."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferSessions:
    """Which sessions have places? Days are `YYYY-MM-DD`."""

    visit_id: UUID
    first_day: str
    last_day: str
    department_id: UUID | None = None
    doctor_id: UUID | None = None
    is_walk_in: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferPlaces:
    """Which places of this session can be had?"""

    visit_id: UUID
    session_id: UUID
    is_walk_in: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BookPlace:
    """This person wants a place of this session.  # rule D4"""

    visit_id: UUID
    operation_id: UUID
    job_id: UUID
    """The id of the print job that the same transaction writes."""
    booking_id: UUID
    person: PersonView
    session_id: UUID
    slot_no: int | None = None
    """None: the first one that there is."""
    language: str
    notice_shown: bool = False
    """What to bring, to prepare, how long it takes, what it costs.  # rule D10"""
    is_return_visit: bool = False
    acting_id: UUID | None = None
    """The guardian who asks, where it is not the patient.  # rule A5"""
    order_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkIn(BookPlace):
    """One of today's places, on the spot: whoever has one is checked in.  # rule G4"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeBooking:
    """Another place instead of the one that this booking has, in one step.  # rule E3"""

    visit_id: UUID
    operation_id: UUID
    job_id: UUID
    booking_id: UUID
    new_booking_id: UUID
    person: PersonView
    session_id: UUID
    slot_no: int | None = None
    language: str
    notice_shown: bool = False
    is_warned: bool = False
    """What it costs was shown.  # rule F5"""
    acting_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelBooking:
    """Give this booking up.  # rule E1"""

    visit_id: UUID
    operation_id: UUID
    job_id: UUID
    booking_id: UUID
    language: str
    is_warned: bool = False
    acting_id: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinWaitingList:
    """Nothing is free; the person waits for a place.  # rule D6"""

    visit_id: UUID
    operation_id: UUID
    job_id: UUID
    entry_id: UUID
    person: PersonView
    session: SessionOffered
    language: str
    acting_id: UUID | None = None


Act = RegisterPerson | BookPlace | WalkIn | ChangeBooking | CancelBooking | JoinWaitingList
Question = OfferSessions | OfferPlaces


# Answers
@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """The person is known from now on: `person.person_id` is what they book with."""

    visit_id: UUID
    person: PersonView
    is_confirmed: bool
    is_verified: bool
    """False: nobody has read a card."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationRefused:
    """Not registered, and what is wrong: `people.Flaw`s, or words of the server. Where nothing of it is the person's,
    `reason` says why it cannot be done here now.
    """

    visit_id: UUID
    flaws: tuple[str, ...] = ()
    reason: Reason | None = None
    sentence: LocalizedText = NO_SENTENCE


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionsOffered:
    """What there is. `is_current`: by the server, now; else what this terminal may sell by itself."""

    visit_id: UUID
    sessions: tuple[SessionOffered, ...]
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceOffered:
    """One numbered place and its time."""

    slot_no: int
    starts_ms: int
    ends_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacesOffered:
    """The places of a session, in order of time."""

    visit_id: UUID
    session_id: UUID
    places: tuple[PlaceOffered, ...]
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """The place is the patient's, on the server or on this terminal's disk; the slip is queued in the spool."""

    visit_id: UUID
    booking: BookingView
    number: str = field(repr=False)
    """The twelve digits."""
    is_walk_in: bool
    queue_number: str
    """Of a walk-in, who waits from now on; else what will be called."""
    is_confirmed: bool
    assumed: tuple[Assumption, ...] = ()
    """What it relied on without knowing it: the booking is subject to confirmation."""
    is_pending: bool = False
    """It stands only when it has been confirmed or paid."""
    print_command: PrintTicket


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingChanged:
    """The new place is the patient's; of a request: it is kept until the server has answered, and the old one stays."""

    visit_id: UUID
    booking: BookingView
    number: str = field(repr=False)
    is_confirmed: bool
    is_request: bool
    assumed: tuple[Assumption, ...] = ()
    is_pending: bool = False
    print_command: PrintTicket


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingCancelled:
    """The booking is given up; of a request: the server will say."""

    visit_id: UUID
    booking: BookingView
    is_confirmed: bool
    is_request: bool
    print_command: PrintTicket


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingListJoined:
    """The person waits for a place; of a request: the server will say."""

    visit_id: UUID
    entry_id: UUID
    session: SessionOffered
    is_confirmed: bool
    is_request: bool
    ahead: int | None
    """Who waits before them; None: not known here."""
    print_command: PrintTicket


@dataclass(frozen=True, slots=True, kw_only=True)
class ActRefused:
    """Not done, and why. `sentence` explains a reason that this terminal does not know."""

    visit_id: UUID
    reason: Reason | None
    facts: RefusalFacts = RefusalFacts()
    sentence: LocalizedText = NO_SENTENCE
    booking: BookingView | None = None
    """The booking that it was about, as it is."""


ActAnswer = (
    Registered
    | RegistrationRefused
    | SessionsOffered
    | PlacesOffered
    | Booked
    | BookingChanged
    | BookingCancelled
    | WaitingListJoined
    | ActRefused
)
