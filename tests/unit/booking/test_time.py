"""Over midnight, month ends, leap days, changes of summer time and clock steps: every deadline exists exactly once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta, tzinfo
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booking.credit import Scheme
from booking.decide import Accepted, CheckIn, CheckInFacts, Reason, Refused, check_in_window, decide
from booking.decide.clock import MINUTE_MS, days_on, instant, local, minute_of_day, today
from booking.decide.commands import Book, Cancel, Lapse
from booking.decide.effects import Message, RecordAct, Tell
from booking.decide.given import CHINA, BookingFacts, Free, Place, PlaceFacts
from booking.decide.terms import free_until_ms
from booking.decide.when import cut_off_ms, released_ms
from booking.facts import Known
from booking.policy import (
    CancellingPolicy,
    Channel,
    ChannelRights,
    ChannelsPolicy,
    CheckInOpens,
    CheckInPolicy,
    Confirmation,
    ConfirmationPolicy,
    CreditPolicy,
    CutOff,
    DayMinute,
    FreeUntil,
    Policy,
    RosterPolicy,
    WindowPolicy,
)
from booking.roster import BookingState, Slot
from booking.roster.days import instant_ms
from booking.roster.settings import ReleasePolicy, SetTime

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
HALF_HOUR = ZoneInfo("Australia/Lord_Howe")
"""Its summer time is half an hour."""
AT_MIDNIGHT = ZoneInfo("Asia/Beirut")
"""Its clocks jump at midnight: that day has no 00:00."""
ZONES = st.sampled_from([CHINA, BERLIN, NEW_YORK, HALF_HOUR, AT_MIDNIGHT, ZoneInfo("Asia/Kathmandu")])
TURNS = [
    date.fromisoformat(day)
    for day in (
        *("2027-01-31", "2027-12-31", "2028-02-28", "2028-02-29", "2100-02-28"),
        *("2027-03-28", "2027-10-31", "2027-03-14", "2027-11-07", "2027-04-04", "2027-10-03"),
    )
]
"""Ends of month and year, leap days (2100 has none), and changes of summer time in these zones."""
DAYS = st.builds(days_on, st.sampled_from(TURNS), st.integers(-2, 2)) | st.dates(date(2026, 1, 1), date(2036, 12, 31))
MINUTES = st.integers(0, 1439)
ALWAYS = ChannelRights(opens=DayMinute(0), closes=DayMinute(1440))
DAY_MS = 86_400_000
FEW = settings(max_examples=40)


def place_at(day: date, minute: int, zone: tzinfo) -> Place:
    starts_ms = instant(day, minute, zone)
    return Place(today(starts_ms, zone), starts_ms, starts_ms + 10 * MINUTE_MS)


def reason(decision: object) -> Reason | None:
    return decision.reason if isinstance(decision, Refused) else None


@FEW
@given(day=DAYS, minute=MINUTES, zone=ZONES)
def test_rosters_and_decisions_read_the_same_clock(day: date, minute: int, zone: tzinfo) -> None:  # rules C4, D1
    assert instant(day, minute, zone) == instant_ms(day, time(minute // 60, minute % 60), zone)


@FEW
@given(day=DAYS, minute=MINUTES, zone=ZONES)
def test_the_same_time_of_later_days_is_later(day: date, minute: int, zone: tzinfo) -> None:
    moments = [instant(days_on(day, no), minute, zone) for no in range(4)]
    assert all(DAY_MS * 9 // 10 < after - before < DAY_MS * 11 // 10 for before, after in pairwise(moments))


@FEW
@given(day=DAYS, minute=MINUTES, zone=ZONES)
def test_an_instant_is_the_time_that_the_clock_shows(day: date, minute: int, zone: tzinfo) -> None:
    shown = local(instant(day, minute, zone), zone)
    wanted = day.toordinal() * 1440 + minute
    assert (
        0 <= shown.date().toordinal() * 1440 + shown.hour * 60 + shown.minute - wanted <= 60
    )  # a skipped time is later


@FEW
@given(day=DAYS, zone=ZONES)
def test_the_midnight_that_ends_a_day_begins_the_next(day: date, zone: tzinfo) -> None:
    assert instant(day, 1440, zone) == instant(days_on(day, 1), 0, zone)


@FEW
@given(day=DAYS, minute=MINUTES, at=MINUTES, zone=ZONES)
def test_deadlines_of_the_day_before_are_on_the_day_before(day: date, minute: int, at: int, zone: tzinfo) -> None:
    """Over ends of months and years, leap days and changes of summer time.  # rules C5, D1, E1"""
    place = place_at(day, minute, zone)
    moment = DayMinute(at)
    policy = Policy(
        window=WindowPolicy(cut_off=CutOff.DAY_BEFORE, cut_off_at=moment),
        cancelling=CancellingPolicy(free_until=FreeUntil.DAY_BEFORE, free_day_before_at=moment),
        roster=RosterPolicy(release=ReleasePolicy(opens=SetTime(1, time(at // 60, at % 60)))),
    )
    eve = instant(place.service_date - timedelta(days=1), at, zone)
    assert (
        cut_off_ms(policy, place, zone) == free_until_ms(policy, place, zone) == released_ms(policy, place, zone) == eve
    )
    assert eve < place.starts_ms


STEPS = st.lists(st.integers(-9 * DAY_MS, 3_600_000), min_size=3, max_size=12)


@FEW
@given(day=DAYS, minute=MINUTES, zone=ZONES, steps=STEPS, by_day=st.booleans())
def test_booking_is_open_once_without_a_gap(
    day: date, minute: int, zone: tzinfo, steps: list[int], *, by_day: bool
) -> None:
    """However the clock is stepped, an instant has one answer; the open ones are one interval.  # rules C5, D1, D2"""
    place = place_at(day, minute, zone)
    policy = Policy(
        channels=ChannelsPolicy(web=ALWAYS),
        window=WindowPolicy(cut_off=CutOff.DAY_BEFORE if by_day else CutOff.BEFORE_START),
    )
    facts = PlaceFacts(place, zone=zone, free=Known(Free(in_channel=1)))
    opens_ms, closes_ms = released_ms(policy, place, zone), cut_off_ms(policy, place, zone)
    edges = [opens_ms - 1, opens_ms, closes_ms, closes_ms + 1]
    for now_ms in (*edges, *(place.starts_ms + step for step in steps)):
        decision = decide(policy, facts, Book(Channel.WEB), now_ms)
        is_soon = today(now_ms, zone) == place.service_date
        assert isinstance(decision, Accepted) is (opens_ms <= now_ms <= closes_ms and not is_soon)
        if isinstance(decision, Accepted):
            reminders = [it.at_ms for it in decision.effects if isinstance(it, Tell) and it.at_ms is not None]
            assert all(now_ms < at_ms < place.starts_ms for at_ms in reminders)  # rule D5


@FEW
@given(
    day=DAYS,
    minute=MINUTES | st.sampled_from([0, 1, 5, 1435, 1439]),
    zone=ZONES,
    before=st.integers(0, 180),
    grace=st.integers(0, 90),
    step=st.integers(-300, 300),
)
def test_check_in_over_midnight(day: date, minute: int, zone: tzinfo, before: int, grace: int, step: int) -> None:
    """The window counts, not the date that the clock shows.  # rule G1"""
    place = place_at(day, minute, zone)
    policy = Policy(check_in=CheckInPolicy(opens_before_min=before, grace_min=grace))
    slot = Slot(1, place.starts_ms, place.ends_ms)
    opens_ms, closes_ms = check_in_window(policy, slot, service_date=place.service_date, zone=zone)
    for now_ms in (opens_ms - 1, opens_ms, closes_ms, closes_ms + 1, place.starts_ms + step * MINUTE_MS):
        here = today(now_ms, zone).isoformat()
        facts = CheckInFacts(
            slot, place.service_date.isoformat(), here, Known(BookingState.BOOKED), BookingState.BOOKED, zone=zone
        )
        is_in_time = opens_ms <= now_ms <= closes_ms
        decision = decide(policy, facts, CheckIn(), now_ms)
        assert isinstance(decision, Accepted) is is_in_time
        if not is_in_time and here == facts.service_date:
            assert reason(decision) is (Reason.TOO_EARLY if now_ms < opens_ms else Reason.TOO_LATE)


@FEW
@given(day=DAYS, minute=st.integers(0, 719), zone=ZONES, opening=st.integers(0, 720))
def test_a_morning_list_opens_and_ends_on_its_own_day(day: date, minute: int, zone: tzinfo, opening: int) -> None:
    """From opening, never after the place's own time.  # rule G1"""
    place = place_at(day, minute, zone)
    until = DayMinute(720)
    policy = Policy(
        check_in=CheckInPolicy(opens=CheckInOpens.FROM_OPENING, opening_at=DayMinute(opening), morning_until=until)
    )
    slot = Slot(1, place.starts_ms, place.ends_ms)
    opens_ms, closes_ms = check_in_window(policy, slot, service_date=place.service_date, zone=zone)
    assert opens_ms <= place.starts_ms
    assert closes_ms >= place.starts_ms
    assert today(opens_ms, zone) == place.service_date
    assert minute_of_day(closes_ms, zone) == until


@FEW
@given(day=DAYS, minute=MINUTES, zone=ZONES, steps=STEPS)
def test_cancelling_becomes_dear_once_and_stays_so(day: date, minute: int, zone: tzinfo, steps: list[int]) -> None:
    """Before the deadline free, after it counted, and no clock makes it free again.  # rule E1"""
    place = place_at(day, minute, zone)
    policy = Policy(
        cancelling=CancellingPolicy(free_until=FreeUntil.DAY_BEFORE, free_day_before_at=DayMinute(1020)),
        credit=CreditPolicy(scheme=Scheme.STRIKES),
    )
    deadline_ms = free_until_ms(policy, place, zone)
    assert deadline_ms is not None
    facts = BookingFacts(place, zone=zone)
    for now_ms in (deadline_ms, deadline_ms + 1, *(min(place.starts_ms, place.starts_ms + it) for it in steps)):
        decision = decide(policy, facts, Cancel(Channel.WEB, is_warned=True), now_ms)
        assert isinstance(decision, Accepted)
        assert any(isinstance(it, RecordAct) for it in decision.effects) is (now_ms > deadline_ms)


@FEW
@given(booked=st.integers(0, 3_000), within=st.integers(1, 10_080), day=DAYS, zone=ZONES)
def test_a_lapse_is_a_length_of_time_whatever_the_clock_shows(
    booked: int, within: int, day: date, zone: tzinfo
) -> None:  # rule D4
    place = place_at(day, 600, zone)
    policy = Policy(confirmation=ConfirmationPolicy(by=Confirmation.PATIENT, within_min=within))
    facts = BookingFacts(place, zone=zone, booked_ms=place.starts_ms - booked * MINUTE_MS)
    due_ms = facts.booked_ms + within * MINUTE_MS
    assert reason(decide(policy, facts, Lapse(), due_ms)) is Reason.NOT_YET_DUE
    assert isinstance(decide(policy, facts, Lapse(), due_ms + 1), Accepted)


@pytest.mark.parametrize(
    ("service_date", "eve"),
    [
        ("2028-03-01", "2028-02-29"),
        ("2027-03-01", "2027-02-28"),
        ("2100-03-01", "2100-02-28"),
        ("2028-01-01", "2027-12-31"),
        ("2027-05-01", "2027-04-30"),
    ],
)
def test_the_day_before_by_the_calendar(service_date: str, eve: str) -> None:  # rules D1, D5
    place = place_at(date.fromisoformat(service_date), 570, CHINA)
    policy = Policy(window=WindowPolicy(cut_off=CutOff.DAY_BEFORE, cut_off_at=DayMinute(690)))
    assert cut_off_ms(policy, place, CHINA) == instant(date.fromisoformat(eve), 690, CHINA)
    facts = PlaceFacts(place, free=Known(Free(in_pool=1)))
    accepted = decide(policy, facts, Book(Channel.KIOSK), instant(date.fromisoformat(eve), 600, CHINA))
    assert isinstance(accepted, Accepted)
    assert Tell(Message.SECOND_REMINDER, instant(date.fromisoformat(eve), 1020, CHINA)) in accepted.effects


def test_the_first_and_the_last_day_of_the_calendar_have_deadlines_too() -> None:
    for day in (date.min, date.max):
        assert days_on(day, -1) <= day <= days_on(day, 1)


def test_an_hour_that_the_clock_shows_twice_is_its_first() -> None:  # rule D1
    day = date(2027, 10, 31)
    place = replace(place_at(day, 600, BERLIN), service_date=days_on(day, 1))
    policy = Policy(window=WindowPolicy(cut_off=CutOff.DAY_BEFORE, cut_off_at=DayMinute(150)))
    first_ms = cut_off_ms(policy, place, BERLIN)
    assert local(first_ms, BERLIN).utcoffset() == timedelta(hours=2)
    assert minute_of_day(first_ms, BERLIN) == minute_of_day(first_ms + 60 * MINUTE_MS, BERLIN) == 150


def test_an_hour_that_the_clock_skips_is_as_much_later() -> None:  # rule D1
    day = date(2027, 3, 28)
    place = replace(place_at(day, 600, BERLIN), service_date=days_on(day, 1))
    policy = Policy(window=WindowPolicy(cut_off=CutOff.DAY_BEFORE, cut_off_at=DayMinute(150)))
    assert minute_of_day(cut_off_ms(policy, place, BERLIN), BERLIN) == 210
