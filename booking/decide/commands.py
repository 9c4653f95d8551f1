"""What somebody asks for: one class a command."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from booking.roster.channels import Channel


class By(StrEnum):
    """Who confirms or cancels.  # rules D4, D13"""

    PATIENT = "patient"
    DOCTOR = "doctor"
    HOSPITAL = "hospital"
    OWNER_SYSTEM = "owner_system"


@dataclass(frozen=True, slots=True)
class CheckIn:
    """The patient is here for this booking (报到)."""


@dataclass(frozen=True, slots=True)
class Book:
    """The patient wants this place.  # rules C5-C8, D1-D4, D8-D12"""

    channel: Channel
    notice_shown: bool = True
    """What to bring, to prepare, how long it takes, what it costs.  # rule D10"""
    is_paid: bool = False


@dataclass(frozen=True, slots=True)
class JoinWaitingList:
    """The session is full; the patient waits for a place.  # rule D6"""

    channel: Channel


@dataclass(frozen=True, slots=True)
class WalkIn:
    """Registration on the spot for one of today's places (现场挂号).  # rule G4"""

    channel: Channel
    notice_shown: bool = True


@dataclass(frozen=True, slots=True)
class AddPlace:
    """Staff add a place above the session's capacity (加号).  # rule C14"""

    channel: Channel
    has_right: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Exempt:
    """Staff book in spite of a limit of D3.  # rule C14"""

    channel: Channel
    has_right: bool
    reason: str
    notice_shown: bool = True


@dataclass(frozen=True, slots=True)
class BookOffHours:
    """A service outside working hours, with the staff member who will be there.  # rule C11"""

    channel: Channel
    staff_name: str = ""
    staff_phone: str = ""
    is_prevented: bool = False
    """Otherwise prevented from coming in working hours."""


@dataclass(frozen=True, slots=True)
class Change:
    """Another place instead of this one, in one step.  # rules E3, E4"""

    channel: Channel
    notice_shown: bool = True
    is_warned: bool = False
    """The patient has seen what it costs.  # rule F5"""


@dataclass(frozen=True, slots=True)
class Cancel:
    """Give the place up.  # rules E1, E2"""

    channel: Channel
    by: By = By.PATIENT
    reason: str = ""
    is_warned: bool = False


@dataclass(frozen=True, slots=True)
class Confirm:
    """The booking stands.  # rule D4"""

    by: By


@dataclass(frozen=True, slots=True)
class Pay:
    """The fee of a booking was paid, the whole of it.  # rule D9"""

    owner_has_confirmed: bool = False
    """The system that owns the session has said yes already.  # rule D4"""
    is_under_review: bool = False
    """The booking is a change that waits for staff.  # rule E4"""


@dataclass(frozen=True, slots=True)
class Lapse:
    """The time for payment, confirmation or check-in is over.  # rules D4, D9, G1"""


@dataclass(frozen=True, slots=True)
class MoveOnMedicalGrounds:
    """The patient's doctor wants another time; the earlier place is kept until the new one is taken.  # rule E5"""

    is_their_doctor: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Retriage:
    """Wrong department: staff send the patient to another.  # rule G6"""

    to_department: str
    has_right: bool


@dataclass(frozen=True, slots=True)
class UndoCheckIn:
    """Staff take a check-in back.  # rule G9"""

    has_right: bool
    reason: str


@dataclass(frozen=True, slots=True)
class EndGrace:
    """The grace is over and the patient is not here.  # rule G9"""


@dataclass(frozen=True, slots=True)
class RecordNoShow:
    """The session is over and the patient never came.  # rule G9"""


@dataclass(frozen=True, slots=True)
class DeliverCheckIn:
    """A terminal that was off line delivers a check-in of this time.  # rule G9"""

    taken_ms: int


@dataclass(frozen=True, slots=True)
class Screen:
    """Temperatures and answers of patient and companion.  # rule G5"""

    channel: Channel
    temperature_tenths_c: int
    companion_tenths_c: int | None = None
    had_contact: bool = False
    """Travel, contact or occupation of this season's question set."""
    has_respiratory_complaint: bool = False
    has_intestinal_complaint: bool = False


@dataclass(frozen=True, slots=True)
class Submit:
    """Ask for a matter without slots.  # rule D14"""


@dataclass(frozen=True, slots=True)
class Review:
    """Staff take a request up, grant it with a time, or refuse it with a reason.  # rule D14"""

    outcome: ReviewOutcome
    reason: str = ""
    starts_ms: int | None = None


class ReviewOutcome(StrEnum):
    """What a review says."""

    TAKEN_UP = "taken_up"
    GRANTED = "granted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Withdraw:
    """Take a request back; a granted one passes the review again.  # rule D14"""


@dataclass(frozen=True, slots=True)
class Look:
    """See a booking or figures, or export them.  # rule A4"""

    exports: bool = False
    for_third_party: bool = False
