"""Pools in the store: `common`, `walk_in`, `channel:web`, `reserve:elder`; and how a session's places go into them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, tzinfo

from booking.roster.channels import Channel
from booking.roster.pools import COMMON, Pool, PoolKind, opens_ms, returns_ms, split, spread
from booking.roster.settings import RosterPolicy

_BETWEEN = ":"
COMMON_TEXT = PoolKind.COMMON.value


def pool_text(pool: Pool) -> str:
    """A pool as a column has it."""
    return f"{pool.kind.value}{_BETWEEN}{pool.key}" if pool.key else pool.kind.value


def pool_of(text: str) -> Pool:
    """A pool from its column. Raises ValueError."""
    kind, _, name = text.partition(_BETWEEN)
    found = Pool(PoolKind(kind), name)
    if found.kind is PoolKind.CHANNEL:
        Channel(name)
    if (found.kind in {PoolKind.CHANNEL, PoolKind.RESERVE}) != bool(name):
        raise ValueError(text)
    return found


@dataclass(frozen=True, slots=True)
class PoolDay:
    """One pool of a session as it was published: how many places, when they open, when the unused become common."""

    pool: str
    capacity: int
    opens_ms: int
    returns_ms: int | None


@dataclass(frozen=True, slots=True)
class Division:
    """The pools of a session, and the pool of each of its places in the order of numbers."""

    pools: tuple[PoolDay, ...]
    row: tuple[str, ...]


class Divisions:
    """How sessions of these settings are divided. Those of one day and capacity are divided alike: worked out once."""

    def __init__(self, policy: RosterPolicy, zone: tzinfo) -> None:
        self._policy = policy
        self._zone = zone
        self._known: dict[tuple[int, date], Division] = {}

    def of(self, capacity: int, day: date) -> Division:
        """The division of so many places of that day. The common pool is always there.  # rules C5, C8"""
        known = self._known.get((capacity, day))
        if known is None:
            sizes = split(capacity, self._policy)
            row = tuple(pool_text(pool) for pool in spread(sizes))
            pools = tuple(self._pool(pool, places, day) for pool, places in {COMMON: 0, **sizes}.items())
            known = self._known[capacity, day] = Division(pools, row)
        return known

    def _pool(self, pool: Pool, places: int, day: date) -> PoolDay:
        return PoolDay(
            pool=pool_text(pool),
            capacity=places,
            opens_ms=opens_ms(pool, day, self._policy, self._zone),
            returns_ms=returns_ms(pool, day, self._policy, self._zone),
        )
