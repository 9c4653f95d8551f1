"""The order of several examinations and clinics on one day that waits least (rule G7), obeying rule D11.

Least waiting is the earliest end: what has to be done takes as long in any order, so all else is waiting and walking.
Coming later never means being taken earlier, hence of two ways to have done the same stops the one that ends sooner is
better, and orders are built stop by stop from the best ways so far: exact for eight stops, of which no more ways exist
than are kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from itertools import combinations
from operator import attrgetter

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
    asked = _Asked(stops, orders, walks, fasting_until_ms=instant(today(from_ms, zone), orders.fasting_until, zone))
    found = _obstacle(asked, orders, from_ms)
    if found is not None:
        return found
    ways, is_exact = [_Way(from_ms, from_place)], True
    for _ in stops:
        ways = _best_of_each(longer for way in ways for longer in asked.one_more(way))
        if len(ways) > _KEPT:
            is_exact = len(stops) <= EXACT_UP_TO
            ways = ways if is_exact else ways[:_KEPT]
    if not ways:
        return NoOrder(Obstacle.NOT_TOGETHER, tuple(it.name for it in stops))
    visits = ways[0].visits
    waits_ms = sum(it.begins_ms - it.arrives_ms for it in visits)
    return Itinerary(visits, waits_ms // MINUTE_MS, is_exact)


def begins_ms(stop: Stop, arrives_ms: int, *, last_ms: int) -> int | None:
    """When the desk takes a patient who arrives then; one may also wait for a stretch with a shorter queue. None: not
    before `last_ms`, or not at all.
    """
    taken = (_taken_ms(stop.hours, it, arrives_ms) for it in stop.hours if arrives_ms < it.closes_ms)
    first_ms = min((it for it in taken if it is not None), default=None)
    return first_ms if first_ms is not None and first_ms <= last_ms else None


def _taken_ms(hours: Iterable[Hours], joined: Hours, arrives_ms: int) -> int | None:
    """Who joins the queue in this stretch and would be taken in a break is taken when it is over."""
    wanted_ms = max(arrives_ms, joined.opens_ms) + joined.wait_min * MINUTE_MS
    open_then = (max(wanted_ms, it.opens_ms) for it in hours if wanted_ms < it.closes_ms)
    return min(open_then, default=None)


@dataclass(frozen=True, slots=True)
class _Way:
    """Some of the stops done, one after the other."""

    ends_ms: int
    place: str
    done: int = 0
    """A bit for each stop."""
    last: int = -1
    visits: tuple[Visit, ...] = ()
    awaited: tuple[int, ...] = ()
    """For each stop still to come that needs reports: when those so far are ready."""


class _Asked:
    """The stops with their constraints, as numbers and bits."""

    def __init__(self, stops: Sequence[Stop], orders: OrdersPolicy, walks: Walks, *, fasting_until_ms: int) -> None:
        self.stops, self._walks = stops, walks
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
        """When this stop takes a patient who arrives then."""
        return begins_ms(self.stops[no], arrives_ms, last_ms=self._last_ms[no])

    def one_more(self, way: _Way) -> Iterable[_Way]:
        """The same way with one stop more, each that may be next."""
        ready = dict(zip(self._waiting_for_reports, way.awaited, strict=False))
        for no, stop in enumerate(self.stops):
            bit = 1 << no
            if way.done & bit or self.first[no] & ~way.done:
                continue
            arrives_ms = way.ends_ms + self._walks.minutes(way.place, stop.place) * MINUTE_MS
            taken_ms = self.begins_ms(no, max(arrives_ms, ready.get(no, 0)))
            if taken_ms is None:
                continue
            ends_ms = taken_ms + self._takes_ms[no]
            visits = (*way.visits, Visit(stop, arrives_ms, taken_ms, ends_ms))
            awaited = self._awaited(ready, no, way.done | bit, ready_ms=ends_ms + stop.ready_min * MINUTE_MS)
            yield _Way(ends_ms, stop.place, way.done | bit, no, visits, awaited)

    def _awaited(self, ready: dict[int, int], no: int, done: int, *, ready_ms: int) -> tuple[int, ...]:
        """0 for who waits no longer, so that ways are compared by what still counts."""
        return tuple(
            0 if done >> it & 1 else max(ready.get(it, 0), ready_ms if self._needed[it] >> no & 1 else 0)
            for it in self._waiting_for_reports
        )


def _takes_min(stop: Stop, orders: OrdersPolicy) -> int:
    return max(stop.takes_min, orders.series_min) if stop.is_series else stop.takes_min


def _best_of_each(ways: Iterable[_Way]) -> list[_Way]:
    """Of those that have done the same and stand at the same stop, only what no other one beats; the earliest first."""
    found: dict[tuple[int, int], list[_Way]] = {}
    for way in sorted(ways, key=attrgetter("ends_ms")):  # stable: among equals the order given
        kept = found.setdefault((way.done, way.last), [])
        if not any(all(a <= b for a, b in zip(it.awaited, way.awaited, strict=True)) for it in kept):
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
