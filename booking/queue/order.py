"""Who comes next, and why (rules G2, G3): one fixed order of all who wait.

Emergencies come first. A patient back with results takes a turn after so many others. Then, booked first: the booked
in the order of their numbers, and walk-ins in the gaps, when nobody booked is there; with the ratio, one walk-in after
so many booked. Whoever is late goes behind everybody who was there before, and then has the next turn of a gap.

The order depends on nothing but who waits and whose turns were taken: not on the order in which computers heard of
them, and not on the clock. Within a line nobody who joins changes the order of two others; across lines only a turn
(`Why.RATIO`, `Why.RETURNING`, `Why.LATE`) does. Calling the first leaves the order of the others as it was.

Nobody starves. Emergencies aside, and with `own` for those of the same line who go ahead (each at most once, by number
or priority), at most so many are called before a patient, K being `booked_per_walk_in`, N `others_per_returning`:
- returning: own + (own + 1) x N;
- with the ratio, a walk-in: t = own + (own + 1) x K, and t / N + 1 returning;
- with the ratio, a booked patient: t = own + own / K + 1, and t / N + 1 returning;
- booked first, a booked patient: own, and own / N + 1 returning;
- booked first, a walk-in: t = own + the session's booked patients, each once, and t / N + 1 returning;
- late: those who were there, and who goes ahead of them; then as a walk-in with nobody ahead.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from operator import attrgetter
from uuid import UUID

from booking.policy.after import QueuePolicy
from booking.policy.choices import QueueOrder
from booking.queue.entries import Entry, Line


class Why(StrEnum):
    """Why somebody stands at this place, as board and ticket tell it.  # rule G3"""

    EMERGENCY = "emergency"
    NUMBER = "number"
    """Booked and here: by the number."""
    KEPT_TIME = "kept_time"
    """From another department, by the time that was due there.  # rule G6"""
    GAP = "gap"
    """A walk-in; nobody booked is here before."""
    RATIO = "ratio"
    """A walk-in, after so many booked."""
    RETURNING = "returning"
    """Back with results, after so many others."""
    LATE = "late"
    """Behind those who were here before.  # rule G2"""
    PRIORITY = "priority"
    """Besides: ahead in the line.  # rule C8"""


@dataclass(frozen=True, slots=True)
class Turns:
    """Whose turns were taken so far: what the ratios count from."""

    since_walk_in: int = 0
    """Booked patients called since the last walk-in or late one."""
    since_returning: int = 0
    """Others called since the last patient who was back with results."""

    def after(self, line: Line) -> Turns:
        """The same after somebody of this line was called. Emergencies take nobody's turn."""
        match line:
            case Line.BOOKED:
                return Turns(self.since_walk_in + 1, self.since_returning + 1)
            case Line.WALK_IN | Line.LATE:
                return Turns(0, self.since_returning + 1)
            case Line.RETURNING:
                return Turns(self.since_walk_in, 0)
            case Line.EMERGENCY:
                return self


@dataclass(frozen=True, slots=True)
class Place:
    """One patient's place in the queue; 1 is next."""

    no: int
    entry: Entry
    whys: tuple[Why, ...]
    """The reason, and whether priority helped."""


def order(policy: QueuePolicy, waiting: Iterable[Entry], turns: Turns | None = None) -> tuple[Place, ...]:
    """Everybody who waits, each once, the next one first.  # rule G3"""
    lines, turns = _Lines(waiting), turns or Turns()
    places: list[Place] = []
    while (chosen := _next(policy, lines, turns)) is not None:
        entry, why = lines.take(chosen), _why(lines, chosen)
        if entry.keeps_time and why is Why.NUMBER:
            why = Why.KEPT_TIME
        is_ahead = entry.has_priority and chosen not in (Line.EMERGENCY, Line.LATE)
        places.append(Place(len(places) + 1, entry, (why, Why.PRIORITY) if is_ahead else (why,)))
        turns = turns.after(chosen)
    return tuple(places)


def _next(policy: QueuePolicy, lines: _Lines, turns: Turns) -> Line | None:
    """The line whose turn it is."""
    if lines.emergency:
        return Line.EMERGENCY
    walk_in = lines.for_a_gap()
    has_others = bool(lines.booked) or walk_in is not None
    if lines.returning and (not has_others or turns.since_returning >= policy.others_per_returning):
        return Line.RETURNING
    if not lines.booked:
        return walk_in
    is_walk_in_turn = policy.order is QueueOrder.RATIO and turns.since_walk_in >= policy.booked_per_walk_in
    return walk_in if walk_in is not None and is_walk_in_turn else Line.BOOKED


def _why(lines: _Lines, chosen: Line) -> Why:
    match chosen:
        case Line.BOOKED:
            return Why.NUMBER
        case Line.WALK_IN:
            return Why.RATIO if lines.booked else Why.GAP
        case Line.LATE:
            return Why.LATE
        case Line.RETURNING:
            return Why.RETURNING
        case Line.EMERGENCY:
            return Why.EMERGENCY


class _Lines:
    """The lines while they are emptied from the front."""

    def __init__(self, waiting: Iterable[Entry]) -> None:
        self.emergency, self.returning = deque[Entry](), deque[Entry]()
        self.booked, self.walk_in, self.late = deque[Entry](), deque[Entry](), deque[Entry]()
        by_claim = sorted(waiting, key=attrgetter("claim"))
        for entry in by_claim:
            self.of(entry.line).append(entry)
        self._in_time = deque(sorted((it for it in by_claim if it.line is not Line.LATE), key=attrgetter("came")))
        """Who has to go before somebody late may, the first to come first."""
        self._gone: set[UUID] = set()

    def of(self, line: Line) -> deque[Entry]:
        """Those of this line who are left."""
        left: deque[Entry] = getattr(self, line)
        return left

    def take(self, line: Line) -> Entry:
        """The first of this line leaves it."""
        entry = self.of(line).popleft()
        self._gone.add(entry.id)
        return entry

    def for_a_gap(self) -> Line | None:
        """Who takes a gap: first a late one behind whom everybody who was there has gone, then a walk-in.  # rule G2"""
        if self.late:
            while self._in_time and self._in_time[0].id in self._gone:
                self._in_time.popleft()
            if not self._in_time or self.late[0].came < self._in_time[0].came:
                return Line.LATE
        return Line.WALK_IN if self.walk_in else None
