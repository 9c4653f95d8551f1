"""Publishing a roster (rules C1, C3, C4): drafts become sessions with letters, numbered places and fixed instants."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta, tzinfo
from enum import StrEnum
from itertools import count, product
from operator import itemgetter
from uuid import UUID

from booking.roster.days import instant_ms
from booking.roster.desk import desk_runs
from booking.roster.plans import Draft, SessionPlan
from booking.roster.settings import RosterPolicy
from booking.roster.slots import Slot, SlotRun

_MINUTE_MS = 60_000
_DAY = timedelta(days=1)
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without I and O, which read like digits in a queue number."""

TakenLetters = tuple[UUID, date, str]
"""Letters in use: waiting area, day, letters."""


@dataclass(frozen=True, slots=True)
class Session:
    """A published session. Its date is the hospital's; its instants never move, whatever clocks do.  # rule C1"""

    session_id: UUID
    plan: SessionPlan
    service_date: date
    starts_ms: int
    ends_ms: int
    letters: str
    runs: tuple[SlotRun, ...]

    @property
    def capacity(self) -> int:
        """How many numbered places it has."""
        return sum(run.count for run in self.runs)

    @property
    def slots(self) -> Iterator[Slot]:
        """Its places in the order of their numbers."""
        return (slot for run in self.runs for slot in run)

    def slot(self, no: int) -> Slot:
        """The place with this number. Raises KeyError when there is none."""
        for run in self.runs:
            if run.first_no <= no <= run.last_no:
                return run.slot(no)
        raise KeyError(no)


class Trouble(StrEnum):
    """Why a draft cannot be published."""

    NO_ROOM_FOR_A_PLACE = "no_room_for_a_place"
    """Not one place fits between start and end: too short, or an hour that the clock skips that day."""
    DOCTOR_SITS_TWICE = "doctor_sits_twice"


@dataclass(frozen=True, slots=True)
class DraftTrouble:
    """One draft that cannot be published, and why."""

    draft: Draft
    trouble: Trouble


@dataclass(frozen=True, slots=True)
class Publication:
    """The sessions that can be published, and what stands against the others."""

    sessions: tuple[Session, ...]
    troubles: tuple[DraftTrouble, ...]


def publish(
    drafts: Iterable[Draft],
    *,
    policy: RosterPolicy,
    zone: tzinfo,
    ids: Iterable[UUID],
    taken: Collection[TakenLetters] = (),
) -> Publication:
    """Number the drafts' places and fix their instants. `ids` are used one a session; `taken` are letters in use.

    A doctor may sit in several departments, but not at the same time.  # rule C4
    """
    times = _Times(policy, zone)
    timed = sorted(((*times.of(draft), draft) for draft in drafts), key=itemgetter(0))
    next_id, letters = iter(ids), _Letters(taken)
    sits_until: dict[UUID, int] = {}
    sessions: list[Session] = []
    troubles: list[DraftTrouble] = []
    for starts_ms, ends_ms, runs, draft in timed:
        plan = draft.plan
        if not runs:
            troubles.append(DraftTrouble(draft, Trouble.NO_ROOM_FOR_A_PLACE))
            continue
        if plan.doctor_id is not None:
            if starts_ms < sits_until.get(plan.doctor_id, starts_ms):
                troubles.append(DraftTrouble(draft, Trouble.DOCTOR_SITS_TWICE))
                continue
            sits_until[plan.doctor_id] = ends_ms
        given = letters.next_for(plan.area_id, draft.service_date)
        sessions.append(Session(next(next_id), plan, draft.service_date, starts_ms, ends_ms, given, runs))
    return Publication(tuple(sessions), tuple(troubles))


class _Times:
    """When drafts begin and end and where their places lie. Most drafts of a day begin together: worked out once."""

    def __init__(self, policy: RosterPolicy, zone: tzinfo) -> None:
        self._length_min = policy.slots.length_min
        self._desk = policy.desk
        self._zone = zone
        self._instants: dict[tuple[date, time], int] = {}
        self._runs: dict[tuple[int, int, int, int | None], tuple[SlotRun, ...]] = {}

    def of(self, draft: Draft) -> tuple[int, int, tuple[SlotRun, ...]]:
        """First and last instant and the runs of places; no run when not one place fits."""
        plan, day = draft.plan, draft.service_date
        starts_ms = self._instant(day, plan.starts)
        if plan.is_desk or plan.desk is not None:
            runs = desk_runs(plan.desk or self._desk, day, self._zone)
            return (runs[0].starts_ms, runs[-1].ends_ms, runs) if runs else (starts_ms, starts_ms, ())
        ends_ms = self._instant(day if plan.ends > plan.starts else day + _DAY, plan.ends)
        key = (starts_ms, ends_ms, plan.slot_min or self._length_min, plan.capacity)
        known = self._runs.get(key)
        if known is None:
            known = self._runs[key] = _clinic_runs(*key)
        return starts_ms, ends_ms, known

    def _instant(self, day: date, at: time) -> int:
        known = self._instants.get((day, at))
        if known is None:
            known = self._instants[day, at] = instant_ms(day, at, self._zone)
        return known


def _clinic_runs(starts_ms: int, ends_ms: int, slot_min: int, capacity: int | None) -> tuple[SlotRun, ...]:
    """Places of one length, as many as fit into the real time between start and end.  # rule C3"""
    step_ms = slot_min * _MINUTE_MS
    fitting = (ends_ms - starts_ms) // step_ms
    places = fitting if capacity is None else min(fitting, capacity)
    return (SlotRun(1, places, starts_ms, step_ms),) if places > 0 else ()


class _Letters:
    """Gives each session of an area and day the next letters that nobody has: A to Z, then AA and on."""

    def __init__(self, taken: Collection[TakenLetters]) -> None:
        self._taken = frozenset(taken)
        self._rows: dict[tuple[UUID, date], Iterator[str]] = defaultdict(_letters_in_order)

    def next_for(self, area_id: UUID, day: date) -> str:
        row = self._rows[area_id, day]
        return next(letters for letters in row if (area_id, day, letters) not in self._taken)


def _letters_in_order() -> Iterator[str]:
    return ("".join(letters) for length in count(1) for letters in product(_LETTERS, repeat=length))
