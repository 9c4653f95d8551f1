"""Expected times (rules G3, G8): by hand, never before now, and as often right as they say."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.queue import Ahead, Pace, expected, pace_of
from booking.queue.expect import COVERAGES

MINUTE_MS = 60_000
USUAL = Pace(6 * MINUTE_MS, 3 * MINUTE_MS, 20)
NOW = 1_000_000_000


def minutes(ahead: Ahead, pace: Pace = USUAL, **more: int) -> tuple[float, float]:
    found = expected(ahead, pace, now_ms=NOW, **more)
    return round((found.from_ms - NOW) / MINUTE_MS, 1), round((found.until_ms - NOW) / MINUTE_MS, 1)


def test_nobody_ahead_and_the_room_free_means_now() -> None:
    assert minutes(Ahead(0)) == (0, 0)


def test_without_any_spread_it_is_the_sum() -> None:
    steady = Pace(6 * MINUTE_MS, 0, 20)
    assert minutes(Ahead(5), steady) == (30, 30)
    assert minutes(Ahead(5), steady, rooms=2) == (15, 15)
    assert minutes(Ahead(5), steady, since_ms=NOW - 2 * MINUTE_MS) == (34, 34)
    assert minutes(Ahead(5), steady, since_ms=NOW - 60 * MINUTE_MS) == (30, 30)
    assert minutes(Ahead(0), steady, starts_ms=NOW + 15 * MINUTE_MS) == (15, 15)


def test_a_range_that_widens_with_people_ahead() -> None:
    assert minutes(Ahead(4)) == (16.1, 32.7)
    assert minutes(Ahead(9)) == (40.7, 68.3)
    assert minutes(Ahead(4), coverage_percent=50) == (19.3, 28.0)


def test_the_ranges_that_can_be_asked_for() -> None:
    assert COVERAGES == (50, 80, 90, 95)
    assert minutes(Ahead(4), coverage_percent=90) == (14.3, 35.7)
    assert minutes(Ahead(4), coverage_percent=95) == (12.9, 38.5)


def test_two_rooms_halve_time_and_spread() -> None:
    """To the millisecond, so that the one figure is half the other."""
    one = expected(Ahead(4), USUAL, now_ms=0)
    two = expected(Ahead(4), USUAL, now_ms=0, rooms=2)
    assert abs(one.from_ms - 2 * two.from_ms) <= 1
    assert abs(one.until_ms - 2 * two.until_ms) <= 1


def test_nine_of_ten_come_where_nothing_else_is_said() -> None:
    steady = Pace(10 * MINUTE_MS, 0, 20)
    assert Ahead(1, to_come=2) == Ahead(1, to_come=2, coming_percent=90)
    assert minutes(Ahead(0, to_come=2, coming_percent=100), steady) == (20, 20)
    assert minutes(Ahead(0, to_come=10, coming_percent=50), steady, coverage_percent=50) == (38.7, 59.5)


def test_a_pace_that_rests_on_nothing_is_taken_as_resting_on_one() -> None:
    one, nothing = Pace(6 * MINUTE_MS, 3 * MINUTE_MS, 1), Pace(6 * MINUTE_MS, 3 * MINUTE_MS, 0)
    assert minutes(Ahead(4), one) == minutes(Ahead(4), nothing) == (9.2, 41.9)


def test_on_no_time_at_all_it_is_now() -> None:
    assert expected(Ahead(3), Pace(0, 0, 0), now_ms=0) == expected(Ahead(0), USUAL, now_ms=0)
    assert expected(Ahead(0), USUAL, now_ms=0).until_ms == 0
    assert expected(Ahead(0), Pace(1, 0, 1), now_ms=0, since_ms=5).until_ms > 0


def test_who_may_still_come_widens_and_delays_it() -> None:
    here, more = minutes(Ahead(4)), minutes(Ahead(4, to_come=3))
    assert more[0] > here[0]
    assert more[1] - more[0] > here[1] - here[0]
    assert minutes(Ahead(4, to_come=3, coming_percent=0)) == here


def test_the_longer_one_is_in_the_room_the_sooner_it_ends_but_never_at_once() -> None:
    just_in = minutes(Ahead(0), since_ms=NOW)
    assert just_in == (2.6, 10.0)
    assert minutes(Ahead(0), since_ms=NOW - 4 * MINUTE_MS) < just_in
    assert minutes(Ahead(0), since_ms=NOW - 90 * MINUTE_MS) == (0.3, 6.8)


def test_todays_pace_weighs_as_much_as_was_seen_of_it() -> None:
    assert pace_of((), USUAL) == USUAL
    assert pace_of((), Pace(5, 1, 0)) == Pace(5, 1, 0)
    assert pace_of((12 * MINUTE_MS,) * 20, USUAL).mean_ms == 9 * MINUTE_MS
    today = pace_of((12 * MINUTE_MS,) * 20, USUAL)
    assert (today.spread_ms, today.seen) == (round(13.5**0.5 * MINUTE_MS), 40)
    assert pace_of((4 * MINUTE_MS, 8 * MINUTE_MS), Pace(0, 0, 0)) == Pace(6 * MINUTE_MS, 2 * MINUTE_MS, 2)


@given(
    st.builds(Ahead, st.integers(0, 300), st.integers(0, 50), st.integers(0, 100)),
    st.builds(Pace, st.integers(0, 60 * MINUTE_MS), st.integers(0, 60 * MINUTE_MS), st.integers(0, 500)),
    st.one_of(st.none(), st.integers(NOW - 10**8, NOW)),
    st.integers(1, 8),
)
def test_never_before_now_and_a_higher_coverage_is_wider(
    ahead: Ahead, pace: Pace, since_ms: int | None, rooms: int
) -> None:
    ranges = [
        expected(ahead, pace, now_ms=NOW, since_ms=since_ms, rooms=rooms, coverage_percent=it) for it in COVERAGES
    ]
    assert all(NOW <= it.from_ms <= it.until_ms for it in ranges)
    assert [it.from_ms for it in ranges] == sorted((it.from_ms for it in ranges), reverse=True)
    assert [it.until_ms for it in ranges] == sorted(it.until_ms for it in ranges)
    assert [it.coverage_percent for it in ranges] == list(COVERAGES)


@pytest.mark.parametrize("ahead", [Ahead(1), Ahead(3), Ahead(12), Ahead(40), Ahead(5, to_come=6, coming_percent=70)])
def test_eighty_of_a_hundred_turns_come_within_the_range(ahead: Ahead) -> None:
    """Replayed with log-normal consultations, which the formula does not know, at a pace learnt from twenty of them."""
    dice, inside, replays = Random(7), 0, 600
    for _ in range(replays):
        doctor = dice.gauss(1.7, 0.15)
        seen = [round(dice.lognormvariate(doctor, 0.5) * MINUTE_MS) for _ in range(20)]
        people = ahead.here + sum(dice.random() * 100 < ahead.coming_percent for _ in range(ahead.to_come))
        took = sum(dice.lognormvariate(doctor, 0.5) for _ in range(people)) * MINUTE_MS
        found = expected(ahead, pace_of(seen, Pace(6 * MINUTE_MS, 3 * MINUTE_MS, 2)), now_ms=NOW)
        inside += found.from_ms <= NOW + took <= found.until_ms
    assert 75 <= inside * 100 / replays <= 85
