"""The patients of a changed session (rules H1, H3): who they are, what they are offered, how long we follow them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta, tzinfo
from enum import StrEnum
from uuid import UUID

from booking.roster.changes import ChangeKind
from booking.roster.days import instant_ms, local_day
from booking.roster.places import Places
from booking.roster.settings import ChangePolicy
from booking.roster.states import BookingState, SlotState

_MINUTE_MS = 60_000

AFFECTED_STATES = frozenset(
    {
        BookingState.PENDING,
        BookingState.BOOKED,
        BookingState.CONFIRMED,
        BookingState.CHECKED_IN,
        BookingState.CALLED,
    }
)
"""Who has not yet seen the doctor and still means to.  # rule D13"""


class Told(StrEnum):
    """Who and what hears of a change at once.  # rule H1"""

    DOCTOR = "doctor"
    SUBSTITUTE = "substitute"
    DESK = "desk"
    PATIENTS = "patients"
    KIOSKS = "kiosks"
    BOARDS = "boards"
    SLIPS = "slips"


def told_of(kind: ChangeKind) -> frozenset[Told]:
    """Everybody who hears of a change of this kind; kiosks, boards and slips name the doctor's next session."""
    everybody = frozenset(Told)
    return everybody if kind is ChangeKind.SUBSTITUTE else everybody - {Told.SUBSTITUTE}


def affected(places: Places, states: Mapping[UUID, BookingState]) -> tuple[UUID, ...]:
    """The bookings of this session that a change affects, in the order of their numbers.

    A booking whose state is not at hand counts as affected: nobody is forgotten.
    """
    within = [
        (place.no, place.holder)
        for place in places.places
        if place.state is SlotState.BUSY and place.holder is not None
    ]
    above = [(extra.no, extra.booking_id) for extra in places.extras]
    return tuple(
        booking_id
        for _, booking_id in sorted(within + above, key=lambda numbered: numbered[0])
        if states.get(booking_id, BookingState.BOOKED) in AFFECTED_STATES
    )


class Choice(StrEnum):
    """What an affected patient may do, at the kiosk too.  # rule H1"""

    TAKE_SUBSTITUTE = "take_substitute"
    TAKE_NEXT_SESSION = "take_next_session"
    TAKE_OTHER_PLACE = "take_other_place"
    CANCEL_FREE = "cancel_free"


def choices(kind: ChangeKind) -> tuple[Choice, ...]:
    """What is offered after a change of this kind, the easiest first."""
    own = {ChangeKind.SUBSTITUTE: (Choice.TAKE_SUBSTITUTE,), ChangeKind.MOVE: (Choice.TAKE_NEXT_SESSION,)}
    return (*own.get(kind, ()), Choice.TAKE_OTHER_PLACE, Choice.CANCEL_FREE)


def first_choice_until_ms(changed_ms: int, policy: ChangePolicy) -> int:
    """Until then affected patients choose ahead of everybody else.  # rule H1"""
    return changed_ms + policy.first_choice_min * _MINUTE_MS


def open_to_others(free: int, *, still_choosing: int, changed_ms: int, now_ms: int, policy: ChangePolicy) -> int:
    """How many of the free places others may book while affected patients are choosing.  # rule H1"""
    if now_ms >= first_choice_until_ms(changed_ms, policy):
        return free
    return max(0, free - still_choosing)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracked:
    """One affected patient. A message that could not be delivered leaves `told_ms` empty."""

    booking_id: UUID
    told_ms: int | None = None
    reached_ms: int | None = None
    """When the patient is known to have heard: a read message, a call, a word at the desk."""
    choice: Choice | None = None
    excused_why: str = ""
    """Why staff need not try any longer."""

    @property
    def is_followed(self) -> bool:
        """Every affected patient is followed until reached or excused.  # rule H3"""
        return self.reached_ms is None and self.choice is None and not self.excused_why

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to do: the patient has chosen, or is excused."""
        return self.choice is not None or bool(self.excused_why)


def answer_due_ms(told_ms: int, starts_ms: int, policy: ChangePolicy, zone: tzinfo) -> int:
    """Until when an answer is awaited: the next set hour after the message, at latest the session's start."""
    day = local_day(told_ms, zone)
    due_ms = instant_ms(day, policy.answer_by, zone)
    if due_ms <= told_ms:
        due_ms = instant_ms(day + timedelta(days=1), policy.answer_by, zone)
    return min(due_ms, starts_ms)


def phone_list(
    patients: Iterable[Tracked], *, starts_ms: int, now_ms: int, policy: ChangePolicy, zone: tzinfo
) -> tuple[Tracked, ...]:
    """Whom staff call until settled: who could not be told, and who has not answered in time.  # rule H3"""
    return tuple(
        patient
        for patient in patients
        if not patient.is_settled
        and (patient.told_ms is None or now_ms >= answer_due_ms(patient.told_ms, starts_ms, policy, zone))
    )
