"""Laws of the rule book, over any sequence, any gap of knowledge, and any clock that a hospital can have."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.credit import CreditPolicy, Scheme
from booking.decide import Accepted, Refused, commands
from booking.decide.clock import days_on, instant, minute_of_day, today
from booking.decide.given import (
    BookingFacts,
    ChangeFacts,
    Free,
    Held,
    Order,
    Person,
    PlaceFacts,
    Screened,
    Standing,
    Waiting,
)
from booking.decide.states import TABLE, Step, after, counts_for_limits, is_kept
from booking.decide.terms import free_until_ms
from booking.decide.when import cut_off_ms, released_ms
from booking.facts import UNKNOWN, Known
from booking.policy import (
    CancellingPolicy,
    Channel,
    CutOff,
    FreeUntil,
    LimitsPolicy,
    Policy,
    ScreeningPolicy,
    UnknownPolicy,
    WhenUnknown,
    WindowPolicy,
)
from booking.roster import BookingState
from tests.unit.booking.acts import BOOK, DAY, FACTS, NOW, ask, at, place

ZONES = [ZoneInfo(name) for name in ("Asia/Shanghai", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe")]
DAYS = st.dates(date(2024, 1, 1), date(2029, 12, 31))
MINUTE_MS = 60_000


# A person's limits hold over any sequence of bookings and changes (rules D3, F6)

WISHES = st.lists(
    st.tuples(st.integers(0, 9), st.integers(8, 16), st.sampled_from(("eyes", "skin", "heart")), st.booleans()),
    max_size=25,
)


@given(wishes=WISHES, per_day=st.integers(1, 3), per_week=st.integers(1, 5), lost=st.integers(0, 2))
def test_limits_hold_over_any_sequence(
    wishes: list[tuple[int, int, str, bool]], per_day: int, per_week: int, lost: int
) -> None:
    limits = LimitsPolicy(per_department_and_day=1, per_day=per_day, per_week=per_week)
    policy = Policy(limits=limits, window=WindowPolicy(earliest_days=0), credit=CreditPolicy(scheme=Scheme.ALLOWANCE))
    policy = replace(policy, roster=replace(policy.roster, release=replace(policy.roster.release, opens=_FAR)))
    have: list[Held] = []
    for number, (days, hour, department, is_change) in enumerate(wishes):
        wanted = place(days_on(DAY, days), hour, department=department)
        new = replace(FACTS, place=wanted, bookings=Known(tuple(have)), standing=Known(Standing(allowance_lost=lost)))
        taken = Held(str(number), wanted.service_date, wanted.starts_ms, wanted.ends_ms, department)
        if is_change and have:
            left = have[0]
            old = BookingFacts(place(left.service_date, 17), number=left.number)
            decision = ask(ChangeFacts(old, new), commands.Change(Channel.PHONE), NOW, policy)
            if isinstance(decision, Accepted):
                have = [*have[1:], taken]
        elif isinstance(ask(new, commands.Book(Channel.PHONE), NOW, policy), Accepted):
            have.append(taken)
        _assert_within(have, per_day, max(0, per_week - lost))


_FAR = replace(Policy().roster.release.opens, days_before=60)


def _assert_within(have: list[Held], per_day: int, per_week: int) -> None:
    days = [it.service_date for it in have]
    weeks = [it.isocalendar()[:2] for it in days]
    assert all(days.count(it) <= per_day for it in days)
    assert all(weeks.count(it) <= per_week for it in weeks)
    assert len({(it.service_date, it.department) for it in have}) == len(have)
    assert len({it.starts_ms for it in have}) == len(have), "never the same time twice"


# What is not known is never the lenient answer without being named

FORGETTABLE = ("person", "session", "free", "bookings", "standing", "order", "turn", "screening", "waiting")


@st.composite
def asked(draw: st.DrawFn) -> PlaceFacts:
    return replace(
        FACTS,
        person=Known(
            draw(st.builds(Person, has_name=st.booleans(), age=st.integers(0, 99), is_referred=st.booleans()))
        ),
        free=Known(draw(st.builds(Free, st.integers(0, 1), st.integers(0, 1), st.integers(0, 1)))),
        bookings=Known(tuple(draw(st.lists(st.builds(_held, st.integers(8, 18)), max_size=4)))),
        standing=Known(draw(st.builds(Standing, suspended_until=st.sampled_from((None, DAY))))),
        order=Known(draw(st.sampled_from((None, Order(("a",)), Order(("a",), unpaid=("a",)))))),
        turn=Known(draw(st.booleans())),
        screening=Known(draw(st.sampled_from((None, Screened(NOW))))),
        waiting=Known(Waiting(draw(st.integers(0, 12)))),
    )


def _held(hour: int) -> Held:
    return Held(str(hour), DAY, at(DAY, hour), at(DAY, hour, 10), "eyes")


COMMANDS = st.sampled_from((BOOK, commands.WalkIn(Channel.KIOSK), commands.JoinWaitingList(Channel.KIOSK)))
MEANINGS = st.builds(UnknownPolicy, **{name: st.sampled_from(WhenUnknown) for name in UnknownPolicy.__slots__})


@given(facts=asked(), names=st.sets(st.sampled_from(FORGETTABLE)), meanings=MEANINGS, command=COMMANDS)
def test_what_is_not_known_is_never_silently_lenient(
    facts: PlaceFacts, names: set[str], meanings: UnknownPolicy, command: Any
) -> None:
    policy = Policy(unknown=meanings, screening=ScreeningPolicy(on=True))
    now_ms = at(DAY, 9) if isinstance(command, commands.WalkIn) else NOW
    known = ask(facts, command, now_ms, policy)
    half = ask(replace(facts, **dict.fromkeys(names, UNKNOWN)), command, now_ms, policy)
    if isinstance(half, Accepted) and not half.assumed:
        assert isinstance(known, Accepted)
    if isinstance(known, Accepted) and isinstance(half, Refused):
        assert half.facts.missing or half.reason.value == "only_reserved_left"
    assert isinstance(known, Refused) or known.assumed == ()


# Time: midnight, month ends, leap days, summer time


@given(day=DAYS, minute=st.integers(0, 1440), zone=st.sampled_from(ZONES))
def test_every_deadline_exists_once_on_every_day(day: date, minute: int, zone: tzinfo) -> None:
    at_ms = instant(day, minute, zone)
    shown = datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(zone)
    naive = datetime(day.year, day.month, day.day) + timedelta(minutes=minute)  # noqa: DTZ001 - a clock on a wall
    off_by = abs(shown.replace(tzinfo=None) - naive)
    assert off_by <= timedelta(hours=1), "only a time that the change leaves out is shown otherwise"
    assert off_by == timedelta(0) or zone is not ZONES[0]
    if off_by == timedelta(0):
        assert today(at_ms, zone) == days_on(day, minute // 1440)
        assert minute_of_day(at_ms, zone) == minute % 1440


@given(day=DAYS, minute=st.integers(0, 1439), zone=st.sampled_from(ZONES))
def test_deadlines_follow_the_days(day: date, minute: int, zone: tzinfo) -> None:
    assert instant(day, minute, zone) < instant(days_on(day, 1), minute, zone)
    assert instant(day, 1440, zone) == instant(days_on(day, 1), 0, zone)


@pytest.mark.parametrize("zone", ZONES)
@given(day=DAYS)
def test_the_cut_off_is_the_same_minute_whatever_the_calendar_does(zone: tzinfo, day: date) -> None:
    policy = Policy(window=WindowPolicy(cut_off=CutOff.DAY_BEFORE))
    wanted = replace(FACTS, place=place(day, 9, zone=zone), zone=zone)
    last_ms = cut_off_ms(policy, wanted.place, zone)
    assert today(last_ms, zone) == days_on(day, -1)
    assert minute_of_day(last_ms, zone) == 14 * 60
    assert isinstance(ask(wanted, BOOK, last_ms, policy), Accepted)
    assert isinstance(ask(wanted, BOOK, last_ms + 1, policy), Refused)


@given(day=DAYS, minute=st.integers(0, 1439), zone=st.sampled_from(ZONES))
def test_a_day_opens_at_its_release_hour_and_not_before(day: date, minute: int, zone: tzinfo) -> None:
    policy = Policy()
    wanted = replace(FACTS, place=place(day, 9, zone=zone), zone=zone)
    opens_ms = released_ms(policy, wanted.place, zone)
    now_ms = instant(days_on(day, -7), minute, zone)
    refused = ask(wanted, commands.Book(Channel.PHONE), now_ms, policy)
    is_refused_by_release = isinstance(refused, Refused) and refused.reason.value in ("not_yet_released", "day_too_far")
    assert is_refused_by_release <= (now_ms < opens_ms)


@given(day=DAYS, hour=st.integers(0, 23), zone=st.sampled_from(ZONES))
def test_24_hours_before_are_24_hours_on_every_clock(day: date, hour: int, zone: tzinfo) -> None:
    policy = Policy(cancelling=CancellingPolicy(free_until=FreeUntil.BEFORE_START))
    wanted = place(day, hour, zone=zone)
    assert free_until_ms(policy, wanted, zone) == wanted.starts_ms - 1440 * MINUTE_MS


def test_the_calendar_ends_without_an_error() -> None:
    assert days_on(date.max, 5) == date.max
    assert days_on(date.min, -5) == date.min


# The states of D13


def test_the_ends_of_a_booking() -> None:
    ends = {state for state in BookingState if not any(after(state, step) for step in Step)}
    assert ends == {BookingState.VISITED, BookingState.CANCELLED, BookingState.MOVED}
    assert [state for state in BookingState if is_kept(state)] == [BookingState.VISITED]


def test_every_state_can_be_reached_from_a_new_booking() -> None:
    reached, seen = {BookingState.PENDING}, set[BookingState]()
    while reached - seen:
        state = (reached - seen).pop()
        seen.add(state)
        reached |= {target for (source, _), target in TABLE.items() if source is state}
    assert seen == set(BookingState)


@given(steps=st.lists(st.sampled_from(Step), max_size=30))
def test_a_visit_begins_only_with_a_check_in(steps: list[Step]) -> None:
    state, was_in = BookingState.PENDING, False
    for step in steps:
        state = after(state, step) or state
        was_in |= state is BookingState.CHECKED_IN
        if state in (BookingState.CALLED, BookingState.IN_CONSULTATION, BookingState.VISITED):
            assert was_in


def test_what_counts_for_limits() -> None:
    counting = {state for state in BookingState if counts_for_limits(state)}
    assert counting.isdisjoint({BookingState.CANCELLED, BookingState.MOVED, BookingState.STOPPED, BookingState.LAPSED})
    assert BookingState.PENDING in counting
