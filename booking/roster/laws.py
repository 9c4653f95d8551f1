"""The two quota laws. They hold after every step; whoever finds a breach stops and tells staff."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from booking.roster.places import ExtraKind, Places
from booking.roster.pools import Pool
from booking.roster.states import SlotState


@dataclass(frozen=True, slots=True)
class PoolBreach:
    """A pool whose places do not add up to its capacity."""

    pool: Pool
    counted: int
    capacity: int


@dataclass(frozen=True, slots=True)
class NumbersBreach:
    """Numbers given that do not add up."""

    given: int
    busy: int
    overflow: int
    add_on: int
    cancelled_after_print: int


def pool_breaches(places: Places) -> tuple[PoolBreach, ...]:
    """First law: free + held + leased + busy + blocked = capacity, for every pool."""
    counted: Counter[Pool] = Counter()
    for state in SlotState:
        counted.update(place.pool for place in places.places if place.state is state)
    pools = dict.fromkeys((*places.quotas, *counted))
    return tuple(
        PoolBreach(pool, counted[pool], places.quotas.get(pool, 0))
        for pool in pools
        if counted[pool] != places.quotas.get(pool, 0)
    )


def numbers_breach(places: Places) -> NumbersBreach | None:
    """Second law: numbers given = busy + overflow + add-on + cancelled after print."""
    busy = sum(place.state is SlotState.BUSY for place in places.places)
    kinds = Counter(extra.kind for extra in places.extras)
    overflow, add_on = kinds[ExtraKind.OVERFLOW], kinds[ExtraKind.ADD_ON]
    if places.numbers_given == busy + overflow + add_on + places.cancelled_after_print:
        return None
    return NumbersBreach(places.numbers_given, busy, overflow, add_on, places.cancelled_after_print)
