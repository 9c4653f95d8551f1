"""Publishing: numbered places with instants fixed through the hospital's time zone (rules C1, C3, C4)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.roster.days import Calendar, instant_ms, local_day, moment_ms, month_days
from booking.roster.plans import ClinicKind, Draft, SessionPlan, Template, Weekly, drafts
from booking.roster.publish import DraftTrouble, Publication, Session, Trouble, publish
from booking.roster.settings import RosterPolicy, SetTime
from booking.roster.slots import Slot, SlotRun

SHANGHAI = timezone(timedelta(hours=8))
BERLIN = ZoneInfo("Europe/Berlin")
MINUTE_MS, HOUR_MS = 60_000, 3_600_000
DAY = date(2026, 11, 23)
AREA = UUID(int=3)
PLAN = SessionPlan(UUID(int=1), UUID(int=2), AREA, ClinicKind.GENERAL, time(8), time(12), UUID(int=4))


def published(*drafts: Draft, zone: object = SHANGHAI, taken: tuple[tuple[UUID, date, str], ...] = ()) -> Publication:
    ids = [UUID(int=n) for n in range(1000, 1100)]
    return publish(drafts, policy=RosterPolicy(), zone=zone, ids=ids, taken=taken)  # type: ignore[arg-type]  # tzinfo


def only(publication: Publication) -> Session:
    (session,) = publication.sessions
    return session


def ms(year: int, month: int, day: int, hour: int, minute: int = 0) -> int:
    return int(datetime(year, month, day, hour, minute, tzinfo=UTC).timestamp()) * 1000


def test_a_session_has_numbered_places_one_after_the_other() -> None:  # rule C1
    session = only(published(Draft(PLAN, DAY)))
    assert (session.starts_ms, session.ends_ms) == (ms(2026, 11, 23, 0), ms(2026, 11, 23, 4))
    slots = list(session.slots)
    assert [slot.no for slot in slots] == list(range(1, 25))
    assert slots[0] == Slot(no=1, starts_ms=session.starts_ms, ends_ms=session.starts_ms + 10 * MINUTE_MS)
    assert slots[-1].ends_ms == session.ends_ms
    assert (session.capacity, session.session_id, session.service_date) == (24, UUID(int=1000), DAY)


@pytest.mark.parametrize(
    ("slot_min", "capacity", "places"),
    [(60, None, 4), (30, None, 8), (1, None, 240), (7, None, 34), (10, 20, 20), (10, 99, 24)],
)
def test_length_and_capacity_are_settings(slot_min: int, capacity: int | None, places: int) -> None:  # rule C3
    session = only(published(Draft(replace(PLAN, slot_min=slot_min, capacity=capacity), DAY)))
    assert session.capacity == places
    assert session.slot(2).starts_ms - session.slot(1).starts_ms == slot_min * MINUTE_MS


def test_a_place_is_found_by_its_number_alone() -> None:
    session = only(published(Draft(PLAN, DAY)))
    assert [session.slot(slot.no) for slot in session.slots] == list(session.slots)
    for no in (0, 25):
        with pytest.raises(KeyError):
            session.slot(no)
    with pytest.raises(KeyError):
        session.runs[0].slot(25)


@given(st.integers(1, 9), st.integers(0, 40), st.integers(1, 5))
def test_a_run_computes_what_it_lists(first_no: int, count: int, per_step: int) -> None:
    run = SlotRun(first_no, count, starts_ms=1000, step_ms=60, per_step=per_step)
    slots = list(run)
    assert slots == [run.slot(no) for no in range(first_no, first_no + count)]
    assert run.ends_ms == max((slot.ends_ms for slot in slots), default=run.starts_ms)
    assert run.last_no == first_no + count - 1


def test_a_session_may_have_a_single_place() -> None:
    assert only(published(Draft(replace(PLAN, capacity=1), DAY))).capacity == 1


def test_a_clinic_round_the_clock_ends_when_it_began() -> None:
    session = only(published(Draft(replace(PLAN, ends=PLAN.starts, slot_min=60), DAY)))
    assert session.capacity == 24


def test_a_night_clinic_runs_into_the_next_day() -> None:
    session = only(published(Draft(replace(PLAN, starts=time(22), ends=time(2)), DAY)))
    assert session.ends_ms - session.starts_ms == 4 * HOUR_MS
    assert session.service_date == DAY


@pytest.mark.parametrize(
    ("day", "hours"),
    [(date(2026, 3, 28), 5), (date(2026, 3, 29), 4), (date(2026, 10, 25), 6), (date(2026, 10, 26), 5)],
)
def test_when_the_clock_changes_only_real_time_has_places(day: date, hours: int) -> None:  # rule C1
    session = only(published(Draft(replace(PLAN, starts=time(1), ends=time(6)), day), zone=BERLIN))
    assert session.ends_ms - session.starts_ms == hours * HOUR_MS
    assert session.capacity == hours * 6
    slots = list(session.slots)
    assert all(earlier.ends_ms == later.starts_ms for earlier, later in pairwise(slots))


def test_a_clinic_in_an_hour_that_the_clock_skips_cannot_be_published() -> None:
    in_the_gap = Draft(replace(PLAN, starts=time(2, 30), ends=time(3, 15)), date(2026, 3, 29))
    found = published(in_the_gap, zone=BERLIN)
    assert found == Publication((), (DraftTrouble(in_the_gap, Trouble.NO_ROOM_FOR_A_PLACE),))


def test_a_session_too_short_for_one_place_cannot_be_published() -> None:
    short = Draft(replace(PLAN, ends=time(8, 9)), DAY)
    assert published(short).troubles == (DraftTrouble(short, Trouble.NO_ROOM_FOR_A_PLACE),)
    none = Draft(replace(PLAN, capacity=0), DAY)
    assert published(none).troubles == (DraftTrouble(none, Trouble.NO_ROOM_FOR_A_PLACE),)


def test_times_that_the_clock_skips_or_repeats() -> None:
    assert instant_ms(date(2026, 3, 29), time(2, 30), BERLIN) == ms(2026, 3, 29, 1, 30)
    assert instant_ms(date(2026, 10, 25), time(2, 30), BERLIN) == ms(2026, 10, 25, 0, 30)


@given(st.dates(date(2020, 1, 1), date(2035, 12, 30)), st.times())
def test_an_instant_is_on_its_day_of_the_hospital(day: date, at: time) -> None:
    for zone in (SHANGHAI, BERLIN, UTC):
        assert local_day(instant_ms(day, at, zone), zone) == day


def test_a_set_time_counts_days_of_the_calendar() -> None:
    noon = SetTime(days_before=1, at=time(12))
    assert moment_ms(noon, date(2026, 3, 29), BERLIN) == ms(2026, 3, 28, 11)
    assert moment_ms(noon, date(2026, 3, 30), BERLIN) == ms(2026, 3, 29, 10)


def test_a_doctor_sits_in_several_departments_but_not_at_once() -> None:  # rule C4
    elsewhere = replace(PLAN, department_id=UUID(int=8))
    overlapping = Draft(replace(elsewhere, starts=time(11, 59), ends=time(13)), DAY)
    following = Draft(replace(elsewhere, starts=time(12), ends=time(13)), DAY)
    found = published(overlapping, Draft(PLAN, DAY), following)
    assert [session.plan.starts for session in found.sessions] == [time(8), time(12)]
    assert found.troubles == (DraftTrouble(overlapping, Trouble.DOCTOR_SITS_TWICE),)


def test_departments_sessions_without_a_doctor_may_be_at_once() -> None:
    nobody = replace(PLAN, doctor_id=None)
    assert len(published(Draft(nobody, DAY), Draft(nobody, DAY)).sessions) == 2


def test_letters_are_unique_in_a_waiting_area_and_day() -> None:
    nobody = replace(PLAN, doctor_id=None)
    elsewhere = replace(nobody, area_id=UUID(int=9))
    found = published(
        *[Draft(nobody, DAY)] * 26,
        Draft(elsewhere, DAY),
        Draft(nobody, DAY + timedelta(days=1)),
        taken=((AREA, DAY, "B"),),
    )
    letters = [session.letters for session in found.sessions]
    assert letters[:3] == ["A", "C", "D"]
    assert letters[22:26] == ["Z", "AA", "AB", "AC"]
    assert letters[26:] == ["A", "A"]
    assert not {"B", "I", "O"} & set(letters)


def test_a_month_of_two_hundred_doctors_has_its_hundred_thousand_places() -> None:
    templates = [
        Template(
            plan=replace(PLAN, doctor_id=UUID(int=n), area_id=UUID(int=n // 20), starts=starts, ends=ends, slot_min=20),
            when=Weekly(frozenset(range(5))),
        )
        for n in range(200)
        for starts, ends in ((time(8), time(12)), (time(13, 30), time(17, 30)))
    ]
    found = publish(
        drafts(templates, month_days(2026, 10), Calendar()),
        policy=RosterPolicy(),
        zone=SHANGHAI,
        ids=(UUID(int=n) for n in range(8800)),
    )
    assert not found.troubles
    assert len({session.session_id for session in found.sessions}) == 8800
    assert sum(session.capacity for session in found.sessions) == 105_600
    assert len({(one.plan.area_id, one.service_date, one.letters) for one in found.sessions}) == 8800


def test_sessions_come_in_the_order_in_which_they_begin() -> None:
    nobody = replace(PLAN, doctor_id=None)
    long, short = Draft(nobody, DAY), Draft(replace(nobody, starts=time(9), ends=time(10)), DAY)
    found = published(short, long)
    assert [(session.plan, session.letters) for session in found.sessions] == [(long.plan, "A"), (short.plan, "B")]


def test_patients_are_asked_to_come_five_minutes_before() -> None:  # rule C3
    session = only(published(Draft(PLAN, DAY)))
    assert RosterPolicy().slots.come_by_ms(session.slot(1).starts_ms) == ms(2026, 11, 22, 23, 55)
