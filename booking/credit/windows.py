"""How long a loss counts, and how breaches within a window add up to a suspension.

One walk serves all schemes: acts in their order, each with a weight, lapsing after its window; when the weights that
count together reach the limit, a suspension begins on that act's day. Where the rules leave a day open, it is the
patient's: a loss of 15 January lapses on 15 April, one of 30 November on the last day of February.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from booking.credit.ledger import Entry, Reinstated, Turn
from booking.credit.settings import Act

_MONTHS_A_YEAR = 12


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or that month's last day where it has no such day."""
    months_from_zero = day.year * _MONTHS_A_YEAR + day.month - 1 + months
    year, month = divmod(months_from_zero, _MONTHS_A_YEAR)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


@dataclass(frozen=True, slots=True)
class Window:
    """How long a loss counts: so many calendar months, and so many days."""

    months: int = 0
    days: int = 0

    def lapses_on(self, day: date) -> date:
        """The first day on which a loss of `day` counts no more."""
        return months_later(day, self.months) + timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class Track:
    """What is counted together, for how long, and what happens at the limit."""

    weights: Mapping[str, int]
    """Entry id -> what it weighs; entries that are not named are not on this track."""
    window: Window
    limit: int | None = None
    """The sum that suspends; None: never."""
    suspended_days: int = 0
    staff_reactivate: bool = False


@dataclass(frozen=True, slots=True)
class Suspension:
    """No booking from `from_day` on. `free_from` is the first day after it.  # rules F1, F2, F6"""

    from_day: date
    last_day: date
    free_from: date
    because: Act
    """The act that brought it."""
    needs_staff: bool
    """From `free_from` on staff reactivate; without them it goes on."""

    def is_in_force(self, day: date) -> bool:
        """Whether it still bars on this day."""
        return self.needs_staff or day < self.free_from


@dataclass(frozen=True, slots=True)
class Walked:
    """Where a track stands at the end of a day."""

    counting: tuple[Entry, ...]
    """What counts against the person, oldest first; with a suspension, what led to it."""
    suspension: Suspension | None
    """The one in force."""
    settled: frozenset[str]
    """Entries that a fresh start, or a suspension that was served, has done away with; or that fell into one."""


def walk(turns: Iterable[Turn], track: Track, today: date) -> Walked:
    """Goes through the turns (in their order, none later than today) and says where the track stands today."""
    counting: list[Entry] = []
    settled: set[str] = set()
    suspension: Suspension | None = None
    for turn in turns:
        if suspension is not None and not suspension.is_in_force(turn.day):
            settled.update(it.id for it in counting)
            counting, suspension = [], None
        if isinstance(turn, Reinstated):
            settled.update(it.id for it in counting)
            counting, suspension = [], None
        elif isinstance(turn, Entry) and track.weights.get(turn.id):
            if suspension is not None:
                settled.add(turn.id)
                continue
            counting = [*_still_counting(counting, track.window, turn.day), turn]
            if track.limit is not None and sum(track.weights[it.id] for it in counting) >= track.limit:
                suspension = _suspension(turn, track)
    if suspension is not None:
        if suspension.is_in_force(today):
            return Walked(tuple(counting), suspension, frozenset(settled))
        settled.update(it.id for it in counting)
        counting = []
    return Walked(tuple(_still_counting(counting, track.window, today)), None, frozenset(settled))


def _still_counting(entries: Iterable[Entry], window: Window, day: date) -> list[Entry]:
    return [it for it in entries if day < window.lapses_on(it.day)]


def _suspension(turn: Entry, track: Track) -> Suspension:
    free_from = turn.day + timedelta(days=track.suspended_days)
    return Suspension(
        from_day=turn.day,
        last_day=free_from - timedelta(days=1),
        free_from=free_from,
        because=turn.act,
        needs_staff=track.staff_reactivate,
    )
