"""What anybody may read without a card (rule C13), as terminals, channels and boards get it. Part of the wire."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from booking.localized import LocalizedText

NOTHING = LocalizedText()


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """An examination or treatment with its one-time notice.  # rule D10"""

    id: UUID
    department_id: UUID | None
    kind: str
    """A `roster.plans.ClinicKind`."""
    name: LocalizedText
    bring: LocalizedText = NOTHING
    prepare: LocalizedText = NOTHING
    duration_min: int = 0
    fee_cents: int = 0
    is_fasting: bool = False
    needs_order: bool = False


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """Booking notes, steps, where to complain, announced changes of rules. `kind` says which."""

    id: UUID
    kind: str
    title: LocalizedText
    body: LocalizedText
    from_ms: int = 0
    until_ms: int | None = None


@dataclass(frozen=True, slots=True)
class HospitalView:
    """A hospital of the group."""

    id: UUID
    code: str
    """Two digits: the first two of every booking number."""
    name: LocalizedText
    time_zone: str
    address: LocalizedText = NOTHING
    phone: str = ""
    introduction: LocalizedText = NOTHING


@dataclass(frozen=True, slots=True)
class SessionFree:
    """How many places of a session are free."""

    session_id: UUID
    by_pool: dict[str, int] = field(default_factory=dict)
    """By pool: `common`, `walk_in`, `channel:web`, `reserve:elder`; a pool without a free place is left out."""
    open_to_others: int = 0
    """Of the common ones: those that are not kept while patients of a stopped clinic choose.  # rule H1"""


@dataclass(frozen=True, slots=True)
class DayAvailability:
    """The free places of a day as they were at `as_of_ms`; at most about a second old.  # rule C6"""

    day: str
    as_of_ms: int
    sessions: tuple[SessionFree, ...]


@dataclass(frozen=True, slots=True)
class SessionView:
    """A published session with what is free in it."""

    id: UUID
    department_id: UUID
    doctor_id: UUID | None
    place_id: UUID
    service_id: UUID | None
    service_date: str
    starts_ms: int
    ends_ms: int
    letters: str
    kind: str
    capacity: int
    fee_cents: int
    is_offered: bool
    """False while booking is switched off for it, its department or its doctor.  # rule C12"""
    is_stopped: bool
    free: SessionFree
    opens_ms: int | None = None
    """When its common places are released, or were."""


@dataclass(frozen=True, slots=True)
class Sessions:
    """Sessions, and when their free places were counted."""

    as_of_ms: int
    sessions: tuple[SessionView, ...]


@dataclass(frozen=True, slots=True)
class SlotView:
    """One numbered place and its time."""

    no: int
    starts_ms: int
    ends_ms: int
    pool: str
    is_free: bool
