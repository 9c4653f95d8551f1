"""The messages by which channels and terminals book places and do what follows, version 1. As `booking.wire`: frozen
dataclasses, ids as UUIDs, instants in milliseconds UTC, days as `YYYY-MM-DD`, unknown fields ignored.

All stand below `/v1/hospitals/{hospital_id}/`. Who books names the booking: `booking_id` is a UUIDv7 that the caller
makes, and it never means another booking. Every write has an `Idempotency-Key`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from booking.people import DocumentKind
from booking.wire import WIRE_VERSION, CheckQuestion


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceWish:
    """For whom, and which place. Without a number it is the first one that this person may have."""

    person_id: UUID
    session_id: UUID
    slot_no: int | None = None
    hold_id: UUID | None = None
    """A place that is kept for this person: by `POST holds`, or offered from the waiting list."""
    acting_id: UUID | None = None
    """Who asks, where it is not the patient.  # rule A5"""
    document: DocumentKind | None = None
    """What the person showed; None: what the hospital knows.  # rule A3"""
    order_id: UUID | None = None
    """The doctor's order, for examinations.  # rule D11"""
    is_follow_up: bool = False
    """A doctor asked them to come again; counts from staff only.  # rule D2"""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookPlace(PlaceWish):
    """POST bookings.  # rule D4"""

    booking_id: UUID
    notice_shown: bool = False
    """What to bring, to prepare, how long, what it costs was shown.  # rule D10"""
    is_return_visit: bool = False
    need: str = field(default="", repr=False)
    """In a few words."""
    agent: str = field(default="", repr=False)
    """Who took the call.  # rule B1"""
    recording_ref: str = ""
    v: int = WIRE_VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepPlace(PlaceWish):
    """POST holds: a place is kept while somebody chooses. A person has one such place at a time."""

    v: int = WIRE_VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceKept:
    """The place, and until when it is kept."""

    hold_id: UUID
    session_id: UUID
    slot_no: int
    starts_ms: int
    ends_ms: int
    until_ms: int
    v: int = WIRE_VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePlace:
    """POST bookings/{booking_id}/change: another place instead, in one step.  # rule E3"""

    new_booking_id: UUID
    session_id: UUID
    slot_no: int | None = None
    hold_id: UUID | None = None
    acting_id: UUID | None = None
    notice_shown: bool = False
    is_warned: bool = False
    """What it costs was shown.  # rule F5"""
    v: int = WIRE_VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelBooking:
    """POST bookings/{booking_id}/cancellation. Doctor and hospital give a reason.  # rules D13, E1"""

    by: str = "patient"
    """`patient`, `doctor` or `hospital`."""
    acting_id: UUID | None = None
    is_warned: bool = False
    reason: str = field(default="", repr=False)
    agent: str = field(default="", repr=False)
    v: int = WIRE_VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmBooking:
    """POST bookings/{booking_id}/confirmation.  # rule D4"""

    by: str = "patient"
    """`patient`, `hospital` or `owner_system`."""
    acting_id: UUID | None = None
    v: int = WIRE_VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class AddPlaceForPatient(BookPlace):
    """POST add-ons (加号), POST exemptions: staff book in spite of capacity, or of a limit.  # rule C14"""

    reason: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class BookOutsideHours(BookPlace):
    """POST off-hours-bookings.  # rule C11"""

    staff_name: str = field(default="", repr=False)
    staff_phone: str = field(default="", repr=False)
    is_prevented: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinList(PlaceWish):
    """POST waiting-entries.  # rule D6"""

    entry_id: UUID
    v: int = WIRE_VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingView:
    """Somebody on a waiting list. An offer is taken by booking with its `hold_id`.  # rule E2"""

    entry_id: UUID
    session_id: UUID
    person_id: UUID
    state: str
    """`waiting`, `offered`, `taken`, `lapsed` or `left`."""
    joined_ms: int
    ahead: int = 0
    hold_id: UUID | None = None
    slot_no: int | None = None
    until_ms: int | None = None
    v: int = WIRE_VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffAct:
    """POST bookings/{booking_id}/undo-check-in, /medical-move, /retriage, /change-review.  # rules E4, E5, G6, G9"""

    agent: str = field(default="", repr=False)
    """Who of the staff; it stands in the audit trail."""
    reason: str = field(default="", repr=False)
    to_session_id: UUID | None = None
    """With retriage: where the patient is sent."""
    grants: bool = True
    """With change-review: whether the change is granted."""
    v: int = WIRE_VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class FindBooking:
    """POST booking-lookups: a number, and the second question to it. It changes nothing and needs no key."""

    number: str = field(repr=False)
    question: CheckQuestion
    answer: str = field(repr=False)
    """The phone's last four digits, or the birthday as `MMDD`."""
    v: int = WIRE_VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingView:
    """A booking, to whoever may see it."""

    booking_id: UUID
    number: str = field(repr=False)
    """Twelve digits."""
    state: str
    person_id: UUID
    session_id: UUID
    slot_no: int
    service_date: str
    starts_ms: int
    ends_ms: int
    department_id: UUID
    doctor_id: UUID | None
    place_id: UUID
    channel: str
    made_ms: int
    is_return_visit: bool = False
    is_paid: bool = False
    fee_cents: int = 0
    queue_number: str = ""
    """What will be, or was, called."""
    checked_in_ms: int = 0
    await_until_ms: int | None = None
    """Unless it is paid or confirmed by then, it lapses."""
    earlier_booking_id: UUID | None = None
    later_booking_id: UUID | None = None
    ended_ms: int | None = None
    ended_by: str | None = None
    end_reason: str | None = None
    assumed: tuple[str, ...] = ()
    asks_phone: bool = False
    """The patient is to confirm or correct the phone number.  # rule A2"""
    ver: int = 1
    v: int = WIRE_VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingViews:
    """A person's bookings, the newest day first."""

    bookings: tuple[BookingView, ...]
    v: int = WIRE_VERSION
