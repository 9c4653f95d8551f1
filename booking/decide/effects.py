"""What an accepted act brings about. Whoever asked carries it out, in this order; nothing here does anything."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from booking.credit.settings import Act
from booking.decide.given import RequestState
from booking.policy.choices import Clinic
from booking.roster import BookingState


class Pool(StrEnum):
    """Where a place is taken from or returns to.  # rules C5, C8, C14"""

    CHANNEL = "channel"
    COMMON = "common"
    RESERVED = "reserved"
    ADD_ON = "add_on"


class Message(StrEnum):
    """What the patient is told."""

    BOOKED = "booked"
    PENDING = "pending"
    CANCELLED = "cancelled"
    CHANGED = "changed"
    LAPSED = "lapsed"
    VOID = "void"
    MOVE_OFFERED = "move_offered"
    WAITING = "waiting"
    PLACE_OFFERED = "place_offered"
    """From the waiting list; the offer lapses.  # rule E2"""
    FIRST_REMINDER = "first_reminder"
    SECOND_REMINDER = "second_reminder"
    REQUEST_STEP = "request_step"
    OTHER_PLACE = "other_place"
    """The place on the ticket had gone: there is another number.  # sync C5"""
    BOOKED_TWICE = "booked_twice"
    """Two bookings for one session: one is cancelled, at no cost."""
    STANDS_NOTED = "stands_noted"
    """Booked off line against a rule that the terminal could not ask: it stands."""
    DOES_NOT_STAND = "does_not_stand"
    """Booked off line against a rule that the terminal could not ask: it is cancelled, at no cost."""
    NOT_CANCELLED = "not_cancelled"
    """What was asked for off line could not be done; so the next two."""
    NOT_CHANGED = "not_changed"
    NOT_ON_LIST = "not_on_list"
    DETAILS_NEEDED = "details_needed"
    """Registered off line with something that cannot be right: staff complete it."""


class Band(StrEnum):
    """Where in the queue a patient belongs; the queue's own rule orders each band.  # rule G3"""

    PRIORITY = "priority"
    BOOKED = "booked"
    WALK_IN = "walk_in"
    LATE = "late"


class Work(StrEnum):
    """What appears on a work list of staff."""

    CONFIRM_BOOKING = "confirm_booking"
    REVIEW_CHANGE = "review_change"
    REVIEW_REQUEST = "review_request"
    MISSING_PATIENT = "missing_patient"
    PERHAPS_HERE = "perhaps_here"
    CALL_PATIENT = "call_patient"
    FEVER_CLINIC_REGISTER = "fever_clinic_register"
    DISINFECT_KIOSK = "disinfect_kiosk"
    BE_THERE = "be_there"
    REFERRAL_OFFICE = "referral_office"
    AUDIT_TRAIL = "audit_trail"


@dataclass(frozen=True, slots=True)
class EnterState:
    """The booking is in this state from now on.  # rule D13"""

    state: BookingState
    is_earlier: bool = False
    """Of the booking that was given up for the new one.  # rule E3"""


@dataclass(frozen=True, slots=True)
class TakePlace:
    """Take the place from this pool."""

    pool: Pool


@dataclass(frozen=True, slots=True)
class GiveNumber:
    """The booking gets a number at once.  # rule D4"""


@dataclass(frozen=True, slots=True)
class FreePlace:
    """The place (of two, the earlier) is free again; with `offer_min`, first for whoever waits.  # rule E2"""

    offer_min: int | None = None


@dataclass(frozen=True, slots=True)
class KeepPlace:
    """The earlier place stays until the new one is taken.  # rule E5"""


@dataclass(frozen=True, slots=True)
class Tell:
    """A message to the patient; `at_ms` None: at once.  # rules D4, D5"""

    message: Message
    at_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Await:
    """Unless it is paid, confirmed or answered by then, the booking lapses or staff are called.  # rules D4, D9"""

    until_ms: int


@dataclass(frozen=True, slots=True)
class RecordAct:
    """An entry for the credit ledger; the credit rules say what it costs.  # rules D4, F1, F2, G9"""

    act: Act
    is_provisional: bool = False


@dataclass(frozen=True, slots=True)
class VoidAct:
    """The entry for this booking is void.  # rules F4, G9"""


@dataclass(frozen=True, slots=True)
class OrderRefund:
    """Exactly one refund order.  # rule D9"""


@dataclass(frozen=True, slots=True)
class JoinQueue:
    """The patient waits from now on.  # rule G3"""

    band: Band
    keeps_time: bool = False
    """The time of the first check-in counts.  # rule G6"""


@dataclass(frozen=True, slots=True)
class LeaveQueue:
    """The patient no longer waits there."""


@dataclass(frozen=True, slots=True)
class JoinList:
    """The patient is on the waiting list.  # rule D6"""


@dataclass(frozen=True, slots=True)
class ForStaff:
    """An entry on a work list of staff."""

    work: Work
    at_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Lead:
    """The patient goes to this clinic, without an ordinary ticket.  # rule G5"""

    clinic: Clinic


@dataclass(frozen=True, slots=True)
class CloseKiosk:
    """Until a nurse confirms by card or PIN.  # rule G5"""


@dataclass(frozen=True, slots=True)
class AskPhone:
    """The patient confirms or corrects the phone number.  # rule A2"""


@dataclass(frozen=True, slots=True)
class EnterRequest:
    """The request is in this state from now on.  # rule D14"""

    state: RequestState


Effect = (
    EnterState
    | TakePlace
    | GiveNumber
    | FreePlace
    | KeepPlace
    | Tell
    | Await
    | RecordAct
    | VoidAct
    | OrderRefund
    | JoinQueue
    | LeaveQueue
    | JoinList
    | ForStaff
    | Lead
    | CloseKiosk
    | AskPhone
    | EnterRequest
)
