"""The settings of what follows a booking: change and cancel, the day of the visit, requests and what staff may do."""

from __future__ import annotations

from dataclasses import dataclass, field

from booking.policy.choices import (
    AfterDeadline,
    CheckInOpens,
    EarlyArrival,
    FreeUntil,
    LateArrival,
    ProvedWrong,
    QueueOrder,
    WhenUnknown,
)
from booking.policy.fields import DayMinute, at, whole
from booking.roster.channels import Channel


@dataclass(frozen=True, slots=True)
class CancellingPolicy:
    """Until when cancelling is free of consequence, and what it is afterwards.  # rules E1, F5"""

    free_until: FreeUntil = FreeUntil.BEFORE_START
    free_before_min: int = whole(1440, 0, 20_160)
    """With `before_start`: so long before the place's time."""
    free_day_before_at: DayMinute = field(default=at(17))
    """With `day_before`: this time of the day before."""
    afterwards: AfterDeadline = AfterDeadline.COUNTS
    warned_before: bool = True
    """The screen says what it costs before it happens."""


@dataclass(frozen=True, slots=True)
class ChangingPolicy:
    """How often a booking may be changed.  # rules E3, E4"""

    most: int = whole(2, 0, 50)
    within_days: int = whole(30, 1, 366)
    reviewed_by_staff: bool = False


@dataclass(frozen=True, slots=True)
class CheckInPolicy:
    """When a patient may check in.  # rules G1, G2"""

    opens_before_min: int = whole(60, 0, 1440)
    """Minutes before the slot's start from which check-in is possible."""
    grace_min: int = whole(15, 0, 720)
    """Minutes after the slot's start until which it counts as in time."""
    late: LateArrival = LateArrival.REFUSE
    booking_state_unknown: WhenUnknown = WhenUnknown.ASSUME
    """A terminal off line holds the booking as it was at the last sync."""
    opens: CheckInOpens = CheckInOpens.BEFORE_SLOT
    opening_at: DayMinute = field(default=at(7))
    """With `from_opening`: this time of the visit's day."""
    morning_until: DayMinute | None = None
    """A morning list's check-in ends at this time, whatever the slot."""
    early: EarlyArrival = EarlyArrival.COME_BACK
    overdue_lapses: bool = False
    """A booking that nobody checked in lapses when its grace ends."""


@dataclass(frozen=True, slots=True)
class QueuePolicy:
    """The order of a queue, as board and ticket tell it.  # rule G3"""

    order: QueueOrder = QueueOrder.BOOKED_FIRST
    booked_per_walk_in: int = whole(2, 1, 10)
    others_per_returning: int = whole(3, 1, 10)
    calls_before_passed: int = whole(2, 1, 5)
    """Nobody is passed over (过号) who was not called so often.  # rule J4"""


@dataclass(frozen=True, slots=True)
class WalkInPolicy:
    """Registration for today's remaining places.  # rule G4"""

    on: bool = True
    ends_before_min: int = whole(0, 0, 480)
    """Walk-in registration closes so long before the session ends."""


@dataclass(frozen=True, slots=True)
class ScreeningPolicy:
    """Infection screening (预检分诊) before check-in, booking on the spot and walk-in.  # rule G5"""

    on: bool = False
    fever_from_tenths_c: int = whole(373, 360, 400)
    """Tenths of a degree: 373 is 37.3 C."""
    asks_companion: bool = True
    closes_kiosk: bool = False
    """A finding closes the kiosk until a nurse confirms."""
    valid_min: int = whole(720, 10, 1440)
    """A screening counts so long."""


@dataclass(frozen=True, slots=True)
class MissingPolicy:
    """Patients who did not come; `credit.provisional_days` says when an entry is final.  # rule G9"""

    message: bool = True
    call_list: bool = False


@dataclass(frozen=True, slots=True)
class StandingPolicy:
    """Where a suspended person is served all the same.  # rule F1"""

    suspended_channels: tuple[Channel, ...] = (Channel.WINDOW,)


@dataclass(frozen=True, slots=True)
class OffHoursPolicy:
    """Appointments outside working hours.  # rule C11"""

    on: bool = False
    from_age: int = whole(65, 50, 120)
    working_days_ahead: int = whole(2, 0, 30)
    staff_there_before_min: int = whole(10, 0, 120)
    day_begins: DayMinute = field(default=at(8))
    day_ends: DayMinute = field(default=at(17))


@dataclass(frozen=True, slots=True)
class AddOnPolicy:
    """Places above capacity (加号; `roster.extras` says how many) and exemptions from a limit.  # rule C14"""

    exemptions_per_session: int = whole(1, 0, 50)
    channels: tuple[Channel, ...] = (Channel.CONSULTING_ROOM, Channel.WINDOW, Channel.GUIDE_DESK)


@dataclass(frozen=True, slots=True)
class RequestsPolicy:
    """Matters without slots: bed, operation, consultation, family-doctor signing.  # rule D14"""

    on: bool = True
    review_min: int = whole(1440, 30, 20_160)


@dataclass(frozen=True, slots=True)
class UnknownPolicy:
    """What a fact means that is not at hand. What is assumed makes the booking pending.  # rules D3, F1, C6, G5"""

    profile: WhenUnknown = WhenUnknown.ASK_SERVER
    """Who the person is: document, contact, guardian."""
    bookings: WhenUnknown = WhenUnknown.ASK_SERVER
    """What else the person has booked."""
    standing: WhenUnknown = WhenUnknown.ASK_SERVER
    """Whether the person is suspended or restricted."""
    free_places: WhenUnknown = WhenUnknown.ASK_SERVER
    order: WhenUnknown = WhenUnknown.REFUSE
    """The doctor's order, and whether it is paid."""
    turn: WhenUnknown = WhenUnknown.REFUSE
    """Whether it is this person's turn in a release rush."""
    screening: WhenUnknown = WhenUnknown.REFUSE
    changes: WhenUnknown = WhenUnknown.ASK_SERVER
    booking_state: WhenUnknown = WhenUnknown.ASK_SERVER
    """For change, cancel and confirm; check-in has its own setting."""
    session: WhenUnknown = WhenUnknown.ASK_SERVER
    """Whether the session is stopped or switched off."""
    waiting: WhenUnknown = WhenUnknown.ASK_SERVER
    proved_wrong: ProvedWrong = ProvedWrong.STANDS_WITH_NOTICE
    """What becomes of a booking made off line that would have been refused had all been known."""
