"""The invented group: right in every number, the same for the same seed, and good at any hour."""

from __future__ import annotations

from datetime import date

import pytest

from booking.numbers import GoodNumber, read_booking_number
from booking.people import is_resident_number
from booking.roster import BookingState
from central.sample.names import REGION
from central.sample.plan import SamplePlan, instant_ms, plan_sample

DAY = date(2026, 3, 18)
MINUTE_MS = 60_000


@pytest.fixture(scope="module")
def plan() -> SamplePlan:
    return plan_sample(seed=7, today=DAY, bookings_today=300)


def todays_starts(plan: SamplePlan) -> list[int]:
    return [
        one.session.slot_starts_ms(one.slot_no)
        for it in plan.people
        for one in it.bookings
        if one.hospital.code == "01" and one.session.day == DAY and one.state is not BookingState.CANCELLED
    ]


def test_the_same_seed_and_day_make_the_same_sample(plan: SamplePlan) -> None:
    assert plan_sample(seed=7, today=DAY, bookings_today=300) == plan
    assert plan_sample(seed=8, today=DAY, bookings_today=300) != plan


def test_numbers_are_right_and_each_is_given_once(plan: SamplePlan) -> None:
    numbers = []
    for it in plan.people:
        assert is_resident_number(it.person.id_number)
        assert it.person.id_number[:6] == REGION
        assert it.person.id_number[6:14] == f"{it.person.birth:%Y%m%d}"
        assert (int(it.person.id_number[16]) % 2 == 1) == (it.person.sex == "male")
        for one in it.bookings:
            assert read_booking_number(one.number, hospital_code=one.hospital.code) == GoodNumber(one.number)
            numbers.append(one.number)
    assert len(set(numbers)) == len(numbers)
    assert len({it.person.id_number for it in plan.people}) == len(plan.people)
    assert len({it.person.card_number for it in plan.people}) == len(plan.people)


def test_names_and_ages_are_of_many_kinds(plan: SamplePlan) -> None:
    names = "".join(it.person.name for it in plan.people)
    assert all(rare in names for rare in "䶮𠮷㛃·")
    ages = [DAY.year - it.person.birth.year for it in plan.people]
    assert (min(ages) <= 5, max(ages) >= 85, max(ages) <= 96) == (True, True, True)


def test_every_place_is_given_once_and_letters_are_unique_in_area_and_day(plan: SamplePlan) -> None:
    places = [(one.session.session_id, one.slot_no) for it in plan.people for one in it.bookings]
    assert len(set(places)) == len(places)
    for sessions in plan.sessions.values():
        letters = [(it.area_id, it.day, it.letters) for it in sessions]
        assert len(set(letters)) == len(letters)
        assert len({it.day for it in sessions}) == 14


def test_at_every_minute_of_the_day_some_are_early_some_in_time_and_some_late(plan: SamplePlan) -> None:
    starts = todays_starts(plan)
    assert 285 <= len(starts) <= 300
    for minute in range(60, 22 * 60):
        now_ms = instant_ms(DAY, 0) + minute * MINUTE_MS
        assert any(start - 60 * MINUTE_MS > now_ms for start in starts)
        assert any(start + 15 * MINUTE_MS < now_ms for start in starts)
    for minute in range(24 * 60):
        now_ms = instant_ms(DAY, 0) + minute * MINUTE_MS
        assert any(start - 60 * MINUTE_MS <= now_ms <= start + 15 * MINUTE_MS for start in starts), minute


def test_the_showcase_shows_each_case_once(plan: SamplePlan) -> None:
    by_note = {it.note: it for it in plan.people if it.note}
    assert len(by_note["two bookings today"].bookings) == 2
    assert [it.state for it in by_note["cancelled booking today"].bookings] == [BookingState.CANCELLED]
    assert [it.state for it in by_note["already checked in today"].bookings] == [BookingState.CHECKED_IN]
    assert [it.hospital.code for it in by_note["booked at the other hospital only"].bookings] == ["02"]
    assert [it.session.day for it in by_note["booked tomorrow only"].bookings] == [date(2026, 3, 19)]
    assert by_note["no booking"].bookings == []


@pytest.mark.parametrize("wanted", [20, 1000])
def test_a_bench_may_ask_for_any_number_of_bookings(wanted: int) -> None:
    plan = plan_sample(seed=1, today=DAY, bookings_today=wanted)
    todays = [one for it in plan.people for one in it.bookings if one.hospital.code == "01" and one.session.day == DAY]
    assert len(todays) == wanted
