"""A desk's capacity by windows, rate and season, and what an opened or closed window changes (rule C3)."""

from __future__ import annotations

from collections import Counter
from datetime import date, time, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.roster import steps
from booking.roster.days import instant_ms
from booking.roster.desk import desk_runs, opens_at, periods, windows_at
from booking.roster.laws import numbers_breach, pool_breaches
from booking.roster.places import BlockedFor, Places, unreleased
from booking.roster.plans import ClinicKind, Draft, SessionPlan
from booking.roster.pools import COMMON, WALK_IN
from booking.roster.publish import Session, Trouble, publish
from booking.roster.settings import DeskPolicy, DeskSeason, DeskWindows, RosterPolicy
from booking.roster.states import SlotState
from booking.roster.windows import change_windows

SHANGHAI = timezone(timedelta(hours=8))
BLOOD_DRAW = DeskPolicy()
SUMMER, WINTER = date(2026, 7, 1), date(2026, 12, 1)
SMALL = DeskPolicy(
    rate_per_hour=6,
    period_min=20,
    windows=(DeskWindows(time(8), 2), DeskWindows(time(9), 1)),
    seasons=(DeskSeason(1, 1, time(7)),),
)


@pytest.mark.parametrize(
    ("day", "opens"),
    [
        (date(2026, 1, 1), time(7, 30)),
        (date(2026, 4, 9), time(7, 30)),
        (date(2026, 4, 10), time(7)),
        (date(2026, 9, 15), time(7)),
        (date(2026, 9, 16), time(7, 30)),
        (date(2026, 12, 31), time(7, 30)),
    ],
)
def test_the_blood_draw_opens_by_season(day: date, opens: time) -> None:  # rule C3
    assert opens_at(BLOOD_DRAW, day) == opens


@pytest.mark.parametrize(
    ("at", "windows"), [(time(7), 4), (time(7, 59), 4), (time(8), 6), (time(9, 59), 6), (time(10), 0)]
)
def test_four_windows_before_eight_then_six(at: time, windows: int) -> None:  # rule C3
    assert windows_at(BLOOD_DRAW, at) == windows


def test_capacity_is_windows_times_rate() -> None:  # rule C3
    assert sum(count for _, count in periods(BLOOD_DRAW, SUMMER)) == 1 * 4 * 30 + 2 * 6 * 30
    assert sum(count for _, count in periods(BLOOD_DRAW, WINTER)) == 60 + 2 * 6 * 30
    assert periods(BLOOD_DRAW, WINTER)[:1] == [(time(7, 30), 20)]
    assert periods(BLOOD_DRAW, WINTER)[-1:] == [(time(9, 50), 30)]


@given(st.integers(1, 60), st.integers(1, 9), st.sampled_from([1, 5, 7, 10, 15, 20, 30, 60]))
def test_fractions_of_a_period_are_carried_on(rate: int, windows: int, period_min: int) -> None:
    desk = DeskPolicy(rate, period_min, (DeskWindows(time(11), windows),), (DeskSeason(1, 1, time(8)),))
    served_min = 180 // period_min * period_min
    assert sum(count for _, count in periods(desk, SUMMER)) == windows * rate * served_min // 60


def test_places_of_one_period_share_its_time_and_number_on() -> None:
    runs = desk_runs(SMALL, SUMMER, SHANGHAI)
    slots = [slot for run in runs for slot in run]
    assert [slot.no for slot in slots] == list(range(1, 19))
    seven = instant_ms(SUMMER, time(7), SHANGHAI)
    by_start = Counter((slot.starts_ms - seven) // 60_000 for slot in slots)
    assert by_start == {0: 4, 20: 4, 40: 4, 60: 2, 80: 2, 100: 2}
    assert all(slot.ends_ms - slot.starts_ms == 20 * 60_000 for slot in slots)


def desk_session(desk: DeskPolicy = SMALL) -> Session:
    plan = SessionPlan(UUID(int=1), UUID(int=2), UUID(int=3), ClinicKind.BLOOD_DRAW, time(6), time(18), desk=desk)
    published = publish([Draft(plan, SUMMER)], policy=RosterPolicy(), zone=SHANGHAI, ids=[UUID(int=5)])
    return published.sessions[0]


def opened(session: Session) -> Places:
    return steps.release(unreleased(session.runs, {COMMON: session.capacity}), [COMMON])


def times(session: Session, places: Places) -> dict[int, int]:
    """Places that may be used, by minutes after the start."""
    in_use = [place.no for place in places.places if place.state is not SlotState.BLOCKED]
    return dict(sorted(Counter((session.slot(no).starts_ms - session.starts_ms) // 60_000 for no in in_use).items()))


def test_a_desks_session_takes_its_hours_from_the_desk() -> None:
    session = desk_session()
    assert session.starts_ms == instant_ms(SUMMER, time(7), SHANGHAI)
    assert session.ends_ms == instant_ms(SUMMER, time(9), SHANGHAI)


def test_a_desk_without_windows_cannot_be_published() -> None:
    shut = DeskPolicy(windows=(DeskWindows(time(10), 0),))
    plan = SessionPlan(UUID(int=1), UUID(int=2), UUID(int=3), ClinicKind.BLOOD_DRAW, time(6), time(18), desk=shut)
    published = publish([Draft(plan, SUMMER)], policy=RosterPolicy(), zone=SHANGHAI, ids=[])
    assert [one.trouble for one in published.troubles] == [Trouble.NO_ROOM_FOR_A_PLACE]


def test_another_window_adds_places_from_then_on() -> None:  # rule C3
    session = desk_session()
    eight = instant_ms(SUMMER, time(8), SHANGHAI)
    after = change_windows(session, opened(session), SMALL, windows=3, from_ms=eight)
    assert times(after.session, after.places) == {0: 4, 20: 4, 40: 4, 60: 6, 80: 6, 100: 6}
    assert [slot.no for slot in after.session.slots] == list(range(1, 31))
    assert after.session.slot(19).starts_ms == eight
    assert after.over == 0


def test_a_closed_window_blocks_free_places_and_leaves_taken_ones() -> None:  # rule C3
    session = desk_session()
    places = opened(session)
    for no in (13, 14):
        sold = steps.sell(places, no, UUID(int=no))
        assert isinstance(sold, Places)
        places = sold
    eight = instant_ms(SUMMER, time(8), SHANGHAI)
    after = change_windows(session, places, SMALL, windows=0, from_ms=eight)
    assert times(after.session, after.places) == {0: 4, 20: 4, 40: 4, 60: 2}
    assert after.over == 2
    again = change_windows(after.session, after.places, SMALL, windows=1, from_ms=eight)
    assert times(again.session, again.places) == times(session, places)
    assert (again.session, again.over) == (session, 0)


def test_a_period_of_one_place_too_many_gives_up_one() -> None:  # rule C3
    single = DeskPolicy(3, 20, (DeskWindows(time(8), 2),), (DeskSeason(1, 1, time(7)),))
    session = desk_session(single)
    sold = steps.sell(opened(session), 2, UUID(int=1))
    assert isinstance(sold, Places)
    after = change_windows(session, sold, single, windows=1, from_ms=session.starts_ms)
    assert times(after.session, after.places) == {0: 1, 20: 1, 40: 1}
    assert (after.over, after.places.place(2)) == (0, sold.place(2))
    none = change_windows(after.session, after.places, single, windows=0, from_ms=session.starts_ms)
    assert (times(none.session, none.places), none.over) == ({0: 1}, 1)


def test_places_that_wait_for_their_release_are_closed_with_the_window() -> None:
    session = desk_session()
    waiting = unreleased(session.runs, {COMMON: 9, WALK_IN: 9})
    after = change_windows(session, waiting, SMALL, windows=1, from_ms=session.starts_ms)
    closed = [place for place in after.places.places if place.blocked_for is BlockedFor.WINDOW_CLOSED]
    assert [place.no for place in closed] == [3, 4, 7, 8, 11, 12]
    assert times(after.session, steps.release(after.places, [COMMON, WALK_IN])) == dict.fromkeys(range(0, 120, 20), 2)


def test_a_place_that_staff_blocked_stays_out_of_use() -> None:
    session = desk_session()
    blocked = steps.block(opened(session), 18)
    assert isinstance(blocked, Places)
    after = change_windows(session, blocked, SMALL, windows=1, from_ms=session.starts_ms)
    assert after.places.place(18) == blocked.place(18)
    assert times(after.session, after.places) == dict.fromkeys(range(0, 120, 20), 2)


def test_a_stopped_desk_opens_no_window() -> None:
    session = desk_session()
    stopped = steps.stop(opened(session))
    after = change_windows(session, stopped, SMALL, windows=9, from_ms=session.starts_ms)
    assert (after.session, after.places) == (session, stopped)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 130), st.integers(1, 30)), max_size=8))
def test_whatever_windows_do_the_laws_hold_and_numbers_match(changes: list[tuple[int, int, int]]) -> None:
    session = desk_session()
    places = opened(session)
    for windows, minutes, no in changes:
        sold = steps.sell(places, no, UUID(int=len(changes)))
        places = sold if isinstance(sold, Places) else places
        taken = [place for place in places.places if place.state.is_somebodys]
        from_ms = session.starts_ms + minutes * 60_000
        after = change_windows(session, places, SMALL, windows=windows, from_ms=from_ms)
        session, places = after.session, after.places
        assert pool_breaches(places) == ()
        assert numbers_breach(places) is None
        assert {place.no for place in places.places} == {slot.no for slot in session.slots}
        assert set(taken) <= set(places.places)
