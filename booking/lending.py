"""Lent places: how many a terminal is lent, and until when it may sell them.  # sync C4

No clock is part of what keeps a place from being sold twice: a lent place is nobody else's until its terminal has sold
it or given it back. What is decided here keeps a terminal from selling what is past, or more than it needs; by a wrong
clock a place is wasted at the worst.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

MOST_A_SESSION = 4
_OF_DEMAND = (3, 2)
"""Half as much again as was sold lately in as long a time."""
_SHARE_PERCENT = 5
_SHRINKS_MS = 2 * 3_600_000
_MOST_AT_LAST = 2
_DRIFT_PER_MILLE = 1
"""Ten times what a crystal of 100 ppm loses."""
_GUARD_MS = 5_000
_LONGEST_JUMP_MS = 72 * 3_600_000


def places_to_lend(*, demand: int, remaining: int, starts_in_ms: int) -> int:
    """How many places of a session a terminal should have: `demand` is what it sold lately of such sessions in as long
    a time as the lease is good for, `remaining` what is free of the pool. One at least where anything is left.
    """
    if remaining <= 0 or starts_in_ms <= 0:
        return 0
    wanted = max(1, -(-demand * _OF_DEMAND[0] // _OF_DEMAND[1]))
    share = max(1, remaining * _SHARE_PERCENT // 100)
    most = _MOST_AT_LAST if starts_in_ms <= _SHRINKS_MS else MOST_A_SESSION
    return min(wanted, share, most, remaining)


class ClockTrust(StrEnum):
    """How far a terminal's wall clock is believed."""

    SYNCED = "synced"
    """The server has told the time in this boot."""
    HOLDOVER = "holdover"
    """Not lately, but it runs since then: the boot clock counts."""
    REBOOTED = "rebooted"
    """Started anew without the server: the wall clock is what the machine kept, within what it should be."""
    LOST = "lost"
    """It is behind what was seen before, or days ahead of it: check-ins only."""


def trust_after_a_start(*, wall_ms: int, high_water_ms: int) -> ClockTrust:
    """Off line after a start: whether the clock may be believed. `high_water_ms` is the latest time ever seen."""
    is_plausible = high_water_ms <= wall_ms <= high_water_ms + _LONGEST_JUMP_MS
    return ClockTrust.REBOOTED if is_plausible else ClockTrust.LOST


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """When a lease was asked for, kept before the request was sent; a request that is sent again keeps its first."""

    boot_id: str
    boot_ms: int
    wall_ms: int
    """By the best clock there was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """The terminal's clocks, at the moment of a sale."""

    boot_id: str
    boot_ms: int
    wall_ms: int
    trust: ClockTrust


def sells_until(*, asked: Asked, good_for_ms: int, last_sale_ms: int, now: Now) -> int:
    """Until when a lent place may be sold, by the wall clock of `now`: for people to read."""
    since_ms = now.boot_ms - asked.boot_ms if now.boot_id == asked.boot_id else now.wall_ms - asked.wall_ms
    return min(last_sale_ms, now.wall_ms - since_ms + _lasts_ms(good_for_ms))


def may_sell(*, asked: Asked, good_for_ms: int, last_sale_ms: int, now: Now) -> bool:
    """Whether a lent place may still be sold."""
    if now.trust is ClockTrust.LOST or now.wall_ms > last_sale_ms:
        return False
    since_ms = now.boot_ms - asked.boot_ms if now.boot_id == asked.boot_id else now.wall_ms - asked.wall_ms
    return 0 <= since_ms <= _lasts_ms(good_for_ms)


def _lasts_ms(good_for_ms: int) -> int:
    """How long it is good for by a clock that may run slow."""
    return good_for_ms - good_for_ms * _DRIFT_PER_MILLE // 1000 - _GUARD_MS
