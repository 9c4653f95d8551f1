"""How many places a terminal is lent, and until when it may sell them (sync C4)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from booking.lending import Asked, ClockTrust, Now, may_sell, places_to_lend, trust_after_a_start

HOUR_MS = 3_600_000
ASKED = Asked(boot_id="one", boot_ms=1_000_000, wall_ms=50 * HOUR_MS)


@pytest.mark.parametrize(
    ("demand", "remaining", "starts_in_ms", "lent"),
    [
        (0, 100, 24 * HOUR_MS, 1),  # somebody may come
        (1, 100, 24 * HOUR_MS, 2),
        (2, 100, 24 * HOUR_MS, 3),
        (3, 100, 24 * HOUR_MS, 4),
        (30, 100, 24 * HOUR_MS, 4),
        (30, 39, 24 * HOUR_MS, 1),  # a twentieth of what is left
        (30, 40, 24 * HOUR_MS, 2),
        (30, 1, 24 * HOUR_MS, 1),
        (30, 100, 2 * HOUR_MS + 1, 4),
        (30, 100, 2 * HOUR_MS, 2),
        (30, 0, 24 * HOUR_MS, 0),
        (30, -1, 24 * HOUR_MS, 0),
        (30, 100, 1, 2),
        (30, 100, 0, 0),
    ],
)
def test_a_lease_is_as_large_as_what_was_sold_lately_wants(
    demand: int, remaining: int, starts_in_ms: int, lent: int
) -> None:
    assert places_to_lend(demand=demand, remaining=remaining, starts_in_ms=starts_in_ms) == lent


@pytest.mark.parametrize(
    ("wall_ms", "trust"),
    [
        (99, ClockTrust.LOST),
        (100, ClockTrust.REBOOTED),
        (100 + 72 * HOUR_MS, ClockTrust.REBOOTED),
        (101 + 72 * HOUR_MS, ClockTrust.LOST),
    ],
)
def test_after_a_start_the_clock_is_believed_within_three_days_of_what_was_seen(
    wall_ms: int, trust: ClockTrust
) -> None:
    assert trust_after_a_start(wall_ms=wall_ms, high_water_ms=100) is trust


def sells(now: Now, *, good_for_ms: int = 10 * HOUR_MS, last_sale_ms: int = 100 * HOUR_MS) -> bool:
    return may_sell(asked=ASKED, good_for_ms=good_for_ms, last_sale_ms=last_sale_ms, now=now)


def after(ms: int, *, trust: ClockTrust = ClockTrust.HOLDOVER) -> Now:
    """So long after it was asked for, by both clocks."""
    return Now(boot_id=ASKED.boot_id, boot_ms=ASKED.boot_ms + ms, wall_ms=ASKED.wall_ms + ms, trust=trust)


LASTS_MS = 10 * HOUR_MS - 36_000 - 5_000
"""Ten hours less a thousandth and five seconds."""


@pytest.mark.parametrize("trust", [ClockTrust.SYNCED, ClockTrust.HOLDOVER, ClockTrust.REBOOTED])
def test_it_sells_for_a_little_less_than_the_lease_says(trust: ClockTrust) -> None:
    assert sells(after(0, trust=trust))
    assert sells(after(LASTS_MS, trust=trust))
    assert not sells(after(LASTS_MS + 1, trust=trust))


def test_in_the_same_boot_the_wall_clock_does_not_lengthen_it() -> None:
    put_back = replace(after(LASTS_MS + 1), wall_ms=ASKED.wall_ms)
    assert not sells(put_back)
    put_forward = replace(after(LASTS_MS), wall_ms=ASKED.wall_ms + 20 * HOUR_MS)
    assert sells(put_forward)


def test_in_another_boot_the_wall_clock_counts_and_must_not_be_before_the_request() -> None:
    rebooted = Now(boot_id="two", boot_ms=5, wall_ms=ASKED.wall_ms + LASTS_MS, trust=ClockTrust.REBOOTED)
    assert sells(rebooted)
    assert not sells(replace(rebooted, wall_ms=rebooted.wall_ms + 1))
    assert sells(replace(rebooted, wall_ms=ASKED.wall_ms))
    assert not sells(replace(rebooted, wall_ms=ASKED.wall_ms - 1))


def test_never_after_the_last_sale_and_never_by_a_clock_that_is_lost() -> None:
    assert sells(after(HOUR_MS), last_sale_ms=ASKED.wall_ms + HOUR_MS)
    assert not sells(after(HOUR_MS), last_sale_ms=ASKED.wall_ms + HOUR_MS - 1)
    assert not sells(after(0, trust=ClockTrust.LOST))
