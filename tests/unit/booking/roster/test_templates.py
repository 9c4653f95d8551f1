"""Templates by week, month and day; holidays and make-up days (rules C4, C10)."""

from __future__ import annotations

from datetime import date, time
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.roster.days import Calendar, days_from, month_days
from booking.roster.plans import (
    ClinicKind,
    Draft,
    MonthDays,
    MonthWeekday,
    OneDay,
    SessionPlan,
    Template,
    Weekly,
    When,
    drafts,
)

MON, TUE, WED, SAT = 0, 1, 2, 5
PLAN = SessionPlan(UUID(int=1), UUID(int=2), UUID(int=3), ClinicKind.GENERAL, time(8), time(12))
NATIONAL_DAY = Calendar(
    holidays=frozenset(days_from(date(2026, 10, 1), date(2026, 10, 7))),
    make_up_days={date(2026, 9, 20): TUE, date(2026, 10, 10): WED},
)


def days_of(when: When, *, year: int = 2026, month: int = 10, calendar: Calendar | None = None) -> list[int]:
    found = drafts([Template(plan=PLAN, when=when)], month_days(year, month), calendar or Calendar())
    return [draft.service_date.day for draft in found]


def test_a_weekly_clinic_sits_on_its_weekdays() -> None:  # rule C4
    assert days_of(Weekly(frozenset({MON, WED}))) == [5, 7, 12, 14, 19, 21, 26, 28]


def test_every_other_week_is_counted_from_the_week_named() -> None:  # rule C4
    assert days_of(Weekly(frozenset({TUE}), every_weeks=2, counted_from=date(2026, 10, 8))) == [6, 20]
    assert days_of(Weekly(frozenset({TUE}), every_weeks=2, counted_from=date(2026, 10, 12))) == [13, 27]
    assert days_of(Weekly(frozenset({TUE}), every_weeks=7)) == [27], "147 weeks after that of 1 January 2024"


def test_a_monthly_clinic_sits_on_its_days() -> None:  # rule C4
    assert days_of(MonthDays(frozenset({1, 15, -1}))) == [1, 15, 31]
    assert days_of(MonthDays(frozenset({29, 30, -1})), year=2027, month=2) == [28]
    assert days_of(MonthDays(frozenset({29, -2})), year=2028, month=2) == [28, 29]


def test_a_monthly_clinic_sits_on_its_weekday_of_the_month() -> None:  # rule C4
    assert days_of(MonthWeekday(nth=1, weekday=MON)) == [5]
    assert days_of(MonthWeekday(nth=-1, weekday=MON)) == [26]
    assert days_of(MonthWeekday(nth=-1, weekday=SAT)) == [31]
    assert days_of(MonthWeekday(nth=-2, weekday=SAT)) == [24]
    assert days_of(MonthWeekday(nth=5, weekday=MON)) == []
    assert days_of(MonthWeekday(nth=5, weekday=SAT)) == [31]
    assert days_of(MonthWeekday(nth=-1, weekday=MON), month=12) == [28]


@given(st.integers(2024, 2030), st.integers(1, 12), st.integers(0, 6))
def test_every_month_has_one_last_weekday_and_it_is_the_last(year: int, month: int, weekday: int) -> None:
    of_weekday = days_of(Weekly(frozenset({weekday})), year=year, month=month)
    assert days_of(MonthWeekday(nth=-1, weekday=weekday), year=year, month=month) == of_weekday[-1:]
    assert days_of(MonthWeekday(nth=4, weekday=weekday), year=year, month=month) == of_weekday[3:4]


def test_on_a_public_holiday_no_clinic_sits_that_does_not_say_so() -> None:  # rule C10
    assert days_of(Weekly(frozenset({MON, WED})), calendar=NATIONAL_DAY) == [10, 12, 14, 19, 21, 26, 28]
    assert days_of(MonthDays(frozenset({1, 15})), calendar=NATIONAL_DAY) == [15]


def test_a_clinic_that_says_so_sits_on_holidays_too() -> None:  # rule C10
    always = Template(plan=PLAN, when=Weekly(frozenset({MON, WED})), sits_on_holidays=True)
    found = drafts([always], month_days(2026, 10), NATIONAL_DAY)
    assert [draft.service_date.day for draft in found] == [5, 7, 10, 12, 14, 19, 21, 26, 28]


def test_a_make_up_day_has_the_clinics_of_the_weekday_it_stands_for() -> None:  # rule C10
    assert days_of(Weekly(frozenset({SAT})), calendar=NATIONAL_DAY) == [17, 24, 31]
    assert days_of(Weekly(frozenset({TUE})), month=9, calendar=NATIONAL_DAY) == [1, 8, 15, 20, 22, 29]


def test_an_extra_session_for_a_peak_is_meant_even_on_a_holiday() -> None:  # rule C10
    assert days_of(OneDay(date(2026, 10, 2)), calendar=NATIONAL_DAY) == [2]


def test_a_template_holds_only_in_its_time() -> None:
    bounded = Template(
        plan=PLAN, when=Weekly(frozenset({MON})), from_day=date(2026, 10, 12), until_day=date(2026, 10, 19)
    )
    found = drafts([bounded], month_days(2026, 10), Calendar())
    assert list(found) == [Draft(PLAN, date(2026, 10, 12)), Draft(PLAN, date(2026, 10, 19))]


def test_drafts_come_in_the_order_of_days_and_templates() -> None:
    other = SessionPlan(UUID(int=9), UUID(int=2), UUID(int=3), ClinicKind.GENERAL, time(8), time(12))
    templates = [
        Template(plan=PLAN, when=OneDay(date(2026, 10, 12))),
        Template(plan=other, when=Weekly(frozenset({MON}))),
    ]
    found = list(drafts(templates, days_from(date(2026, 10, 12), date(2026, 10, 19)), Calendar()))
    assert [draft.plan for draft in found] == [PLAN, other, other]


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 9, 30), True),
        (date(2026, 10, 1), False),
        (date(2026, 10, 9), True),
        (date(2026, 10, 10), True),
        (date(2026, 10, 11), False),
        (date(2026, 9, 20), True),
        (date(2026, 10, 17), False),
    ],
)
def test_offices_work_on_weekdays_and_make_up_days(day: date, works: bool) -> None:  # rule C10
    assert NATIONAL_DAY.is_working_day(day) is works


def test_working_days_ahead_skip_the_holidays() -> None:  # rule C11
    assert NATIONAL_DAY.working_days_ahead(date(2026, 9, 30), date(2026, 10, 8)) == 1
    assert NATIONAL_DAY.working_days_ahead(date(2026, 9, 30), date(2026, 10, 10)) == 3
    assert NATIONAL_DAY.working_days_ahead(date(2026, 9, 30), date(2026, 9, 30)) == 0
    assert NATIONAL_DAY.working_days_ahead(date(2026, 10, 8), date(2026, 9, 30)) == 0


def test_a_month_has_its_days_in_leap_years_too() -> None:
    assert list(month_days(2028, 2))[-1] == date(2028, 2, 29)
    assert list(month_days(2026, 12))[-1] == date(2026, 12, 31)
    assert len(list(month_days(2026, 11))) == 30
