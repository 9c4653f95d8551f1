"""The order of several examinations and clinics on one day that waits least (rule G7), obeying rule D11.

Least waiting is the earliest end: what has to be done takes as long in any order, so all else is waiting and walking.
Coming later never means being taken earlier, hence of two ways to have done the same stops the one that ends sooner is
better, and orders are built stop by stop from the best ways so far: exact for eight stops, of which no more ways exist
than are kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import tzinfo
from itertools import combinations
from operator import attrgetter, le
from typing import NamedTuple

from booking.decide.clock import MINUTE_MS, instant, today
from booking.decide.given import CHINA
from booking.policy.before import OrdersPolicy
from booking.suggest.day import Hours, Itinerary, NoOrder, Obstacle, Stop, Visit, Walks

EXACT_UP_TO = 8
_KEPT = 400
"""Ways that are followed further. Of four or five out of eight stops there are 280, each with one best way, but for
reports that are still awaited."""


def itinerary(
    stops: Sequence[Stop],
    orders: OrdersPolicy,
    walks: Walks,
    *,
    from_ms: int,
    from_place: str = "",
    zone: tzinfo = CHINA,
) -> Itinerary | NoOrder:
    """The order that ends first, for a patient who is free from `from_ms` on. Names are unique."""
    day = today(from_ms, zone)
    asked = _Asked(stops, orders, walks, from_place, fasting_until_ms=instant(day, orders.fasting_until, zone))
    found = _obstacle(asked, orders, from_ms)
    if found is not None:
        return found
    ways, is_exact = [_Way(from_ms, from_ms, from_ms)], True
    for _ in stops:
        ways = _best_of_each(longer for way in ways for longer in asked.one_more(way))
        if len(ways) > _KEPT and len(stops) > EXACT_UP_TO:
            ways, is_exact = ways[:_KEPT], False
    if not ways:
        return NoOrder(Obstacle.NOT_TOGETHER, tuple(it.name for it in stops))
    visits = tuple(Visit(stops[it.last], it.arrives_ms, it.begins_ms, it.ends_ms) for it in _steps(ways[0]))
    waits_ms = sum(it.begins_ms - it.arrives_ms for it in visits)
    return Itinerary(visits, waits_ms // MINUTE_MS, is_exact)


def begins_ms(hours: Sequence[Hours], arrives_ms: int) -> int | None:
    """When a desk takes a patient who arrives then; None: not at all. One may also wait for a shorter queue."""
    first_ms: int | None = None
    for joined in hours:
        if arrives_ms < joined.closes_ms:
            taken_ms = _open_again(hours, max(arrives_ms, joined.opens_ms) + joined.wait_min * MINUTE_MS)
            if taken_ms is not None and (first_ms is None or taken_ms < first_ms):
                first_ms = taken_ms
    return first_ms


def _open_again(hours: Sequence[Hours], wanted_ms: int) -> int | None:
    """Whose turn would come in a break is taken when it is over."""
    for it in hours:
        if wanted_ms < it.closes_ms:
            return max(wanted_ms, it.opens_ms)
    return None


class _Way(NamedTuple):
    """Some of the stops done, one after the other. A plain tuple, for some thousand are looked at."""

    ends_ms: int
    arrives_ms: int
    begins_ms: int
    last: int = -1
    done: int = 0
    """A bit for each stop."""
    awaited: tuple[int, ...] = ()
    """For each stop still to come that needs reports: when those so far are ready."""
    before: _Way | None = None


def _steps(way: _Way) -> list[_Way]:
    """The way from its first stop on."""
    found: list[_Way] = []
    at: _Way | None = way
    while at is not None and at.last >= 0:
        found.append(at)
        at = at.before
    return found[::-1]


class _Asked:
    """The stops with their constraints, as numbers and bits."""

    def __init__(
        self, stops: Sequence[Stop], orders: OrdersPolicy, walks: Walks, from_place: str, *, fasting_until_ms: int
    ) -> None:
        self.stops = stops
        places = [*(it.place for it in stops), from_place]
        self._walks_ms = [[walks.minutes(one, it.place) * MINUTE_MS for it in stops] for one in places]
        """From each place, the last one being where the patient is at first, to each stop."""
        numbers = {it.name: no for no, it in enumerate(stops)}
        fasting = _bits(no for no, it in enumerate(stops) if it.is_fasting)
        self._needed = [_bits(numbers[name] for name in it.needs if name in numbers) for it in stops]
        self.first = list(self._needed)
        """What has to be done before: what is needed, fasting ones, urgent ones."""
        for no, stop in enumerate(stops):
            if stop.ends_fasting:  # rule D11
                self.first[no] |= fasting & ~(1 << no)
        self._put_urgent_first()
        self._takes_ms = [_takes_min(it, orders) * MINUTE_MS for it in stops]
        self._last_ms = [self._latest_ms(it, orders, fasting_until_ms) for it in stops]
        self._waiting_for_reports = [no for no, bits in enumerate(self._needed) if bits]

    def _put_urgent_first(self) -> None:
        """Orders marked urgent go first, but for booked times and what must be before them anyway.  # rule D11"""
        before = [self._all_before(no) for no in range(len(self.stops))]
        for urgent, stop in enumerate(self.stops):
            if not stop.is_urgent:
                continue
            for no, other in enumerate(self.stops):
                if not (other.is_urgent or other.is_booked or before[urgent] >> no & 1 or stop.is_booked):
                    self.first[no] |= 1 << urgent

    def _all_before(self, no: int) -> int:
        found, waiting = 0, self.first[no]
        while waiting:
            low = waiting & -waiting
            found |= low
            waiting = (waiting | self.first[low.bit_length() - 1]) & ~found
        return found

    def needs_in_circle(self) -> tuple[str, ...]:
        """The stops that would have to be before themselves."""
        return tuple(it.name for no, it in enumerate(self.stops) if self._all_before(no) >> no & 1)

    @staticmethod
    def _latest_ms(stop: Stop, orders: OrdersPolicy, fasting_until_ms: int) -> int:
        """The last instant at which it may begin."""
        closes_ms = max((it.closes_ms for it in stop.hours), default=0)
        last_ms = closes_ms - 1
        if stop.is_fasting:
            last_ms = min(last_ms, fasting_until_ms - 1)
        if stop.is_series:
            last_ms = min(last_ms, closes_ms - orders.series_min * MINUTE_MS)
        return last_ms

    def begins_ms(self, no: int, arrives_ms: int) -> int | None:
        """When this stop takes a patient who arrives then; None: no more, or too late for it."""
        taken_ms = begins_ms(self.stops[no].hours, arrives_ms)
        return taken_ms if taken_ms is not None and taken_ms <= self._last_ms[no] else None

    def one_more(self, way: _Way) -> Iterator[_Way]:
        """The same way with one stop more, each that may be next."""
        walks_ms, done = self._walks_ms[way.last], way.done
        for no, first in enumerate(self.first):
            if done >> no & 1 or first & ~done:
                continue
            arrives_ms = way.ends_ms + walks_ms[no]
            taken_ms = self.begins_ms(no, max(arrives_ms, self._ready_ms(way, no)))
            if taken_ms is not None:
                ends_ms = taken_ms + self._takes_ms[no]
                now_done = done | 1 << no
                awaited = self._awaited(way, no, now_done, ends_ms) if self._waiting_for_reports else ()
                yield _Way(ends_ms, arrives_ms, taken_ms, no, now_done, awaited, way)

    def _ready_ms(self, way: _Way, no: int) -> int:
        """When the reports that this stop needs are all ready."""
        return way.awaited[self._waiting_for_reports.index(no)] if way.awaited and self._needed[no] else 0

    def _awaited(self, way: _Way, no: int, done: int, ends_ms: int) -> tuple[int, ...]:
        """0 for who waits no longer, so that ways are compared by what still counts."""
        ready_ms = ends_ms + self.stops[no].ready_min * MINUTE_MS
        so_far = way.awaited or (0,) * len(self._waiting_for_reports)
        return tuple(
            0 if done >> it & 1 else max(was_ms, ready_ms) if self._needed[it] >> no & 1 else was_ms
            for it, was_ms in zip(self._waiting_for_reports, so_far, strict=True)
        )


def _takes_min(stop: Stop, orders: OrdersPolicy) -> int:
    return max(stop.takes_min, orders.series_min) if stop.is_series else stop.takes_min


def _best_of_each(ways: Iterable[_Way]) -> list[_Way]:
    """Of those that have done the same and stand at the same stop, only what no other one beats; the earliest first."""
    found: dict[tuple[int, int], list[_Way]] = {}
    for way in sorted(ways, key=attrgetter("ends_ms")):  # stable: among equals the order given
        kept = found.setdefault((way.done, way.last), [])
        if not any(all(map(le, it.awaited, way.awaited)) for it in kept):
            kept.append(way)
    return sorted((way for kept in found.values() for way in kept), key=attrgetter("ends_ms"))


def _obstacle(asked: _Asked, orders: OrdersPolicy, from_ms: int) -> NoOrder | None:
    """What can be said before any order is tried."""
    stops = asked.stops
    for one, other in combinations(stops, 2):
        if any(_both(pair, one, other) for pair in orders.incompatible_pairs):
            return NoOrder(Obstacle.INCOMPATIBLE, (one.name, other.name))
    names = {it.name for it in stops}
    lacking = tuple(it.name for it in stops if not names.issuperset(it.needs))
    if lacking:
        return NoOrder(Obstacle.NEEDS_MISSING, lacking)
    if circle := asked.needs_in_circle():
        return NoOrder(Obstacle.NEEDS_IN_CIRCLE, circle)
    late = tuple(it.name for no, it in enumerate(stops) if asked.begins_ms(no, from_ms) is None)
    return NoOrder(Obstacle.TOO_LATE, late) if late else None


def _both(pair: tuple[str, str], one: Stop, other: Stop) -> bool:
    first, second = pair
    return (first in one.items and second in other.items) or (second in one.items and first in other.items)


def _bits(numbers: Iterable[int]) -> int:
    found = 0
    for no in numbers:
        found |= 1 << no
    return found
