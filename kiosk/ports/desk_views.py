"""People and bookings as a screen or a ticket may show them: everything masked."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from booking.localized import LocalizedText
from booking.people import DocumentKind, Sex
from booking.reasons import Reason, RefusalFacts


@dataclass(frozen=True, slots=True)
class PersonView:
    """Who stands here, as far as a screen may say (rule A4). Its repr says nothing of them."""

    masked_name: str = field(repr=False)
    """Empty where only a ticket is known, which names nobody."""
    sex: Sex = field(repr=False)
    birth_year: int = field(repr=False)
    """0 when not known."""
    document: DocumentKind | None = None
    """What was shown, if a card was."""
    document_last_four: str = field(default="", repr=False)
    person_id: UUID | None = None
    """None where nobody here knows it: such a person has to be found, or registered, before anything is booked."""
    keys: tuple[str, ...] = field(default=(), repr=False)
    """Keyed hashes of what they showed or typed: what they book here is found by them again."""


@dataclass(frozen=True, slots=True)
class CanCheckIn:
    """Check-in is open."""


@dataclass(frozen=True, slots=True)
class IsCheckedIn:
    """Already done, with this number."""

    queue_number: str
    is_confirmed: bool = True
    """False while the server does not know of it: the desk of the clinic must see the ticket."""


@dataclass(frozen=True, slots=True)
class CannotCheckIn:
    """Not now, and why."""

    reason: Reason
    facts: RefusalFacts


Standing = CanCheckIn | IsCheckedIn | CannotCheckIn


@dataclass(frozen=True, slots=True)
class BookingView:
    """One booking, as a screen or ticket may show it. Instants are milliseconds UTC."""

    booking_id: UUID
    ver: int
    service_date: str
    starts_ms: int
    ends_ms: int
    department: LocalizedText = field(repr=False)
    is_sensitive: bool = field(repr=False)
    doctor: LocalizedText | None = field(repr=False)
    doctor_title: LocalizedText | None = field(repr=False)
    building: LocalizedText
    floor: LocalizedText
    area: LocalizedText
    room: LocalizedText
    number_last_four: str = field(repr=False)
    standing: Standing
    ticket: str = field(default="", repr=False)
    """The signed ticket that was shown for it: it goes with every act, as its proof."""
