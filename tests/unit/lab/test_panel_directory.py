"""The order of the panel's patients, and their search."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from lab.panel.directory import entries, found, in_fours
from lab.people import CheckInHours, SampleBooking, SamplePerson

ZONE = ZoneInfo("Asia/Shanghai")


def person(name: str, *bookings: tuple[str, str], note: str = "") -> SamplePerson:
    made = tuple(
        SampleBooking("01", f"0100845952{at:02d}", day, time, "骨科") for at, (day, time) in enumerate(bookings)
    )
    return SamplePerson(
        name=name,
        id_number="",
        card_number="",
        sex="male",
        birth_date="1990-01-01",
        phone="19900005999",
        region="330100",
        note=note,
        bookings=made,
    )


TODAY, YESTERDAY = "2026-11-22", "2026-11-21"
LATE = person("赵", (TODAY, "16:00"))
EARLY = person("钱", (TODAY, "08:00"))
PAST = person("孙", (YESTERDAY, "07:00"))
NONE = person("李")
SHOWN = person("周", (TODAY, "11:00"), (YESTERDAY, "12:00"), note="Two bookings")
ALL = (LATE, PAST, NONE, EARLY, SHOWN)


def test_those_with_a_note_come_first_then_the_main_days_patients_by_time() -> None:
    assert [entry.person for entry in entries(ALL)] == [SHOWN, EARLY, LATE, PAST, NONE]


def test_those_who_may_check_in_now_come_first_and_are_told_apart() -> None:
    hours = CheckInHours("01", ZONE)
    now = datetime(2026, 11, 22, 15, 10, tzinfo=ZONE)
    found_now = entries(ALL, lambda person: hours.open_now(person, now))
    assert [entry.person for entry in found_now] == [LATE, SHOWN, EARLY, PAST, NONE]
    assert [entry.is_open for entry in found_now] == [True, False, False, False, False]


@pytest.mark.parametrize(("clock", "is_open"), [("14:59", False), ("15:01", True), ("16:14", True), ("16:16", False)])
def test_check_in_is_open_from_an_hour_before_to_a_quarter_after(clock: str, is_open: bool) -> None:
    now = datetime.fromisoformat(f"{TODAY} {clock}").replace(tzinfo=ZONE)
    assert bool(CheckInHours("01", ZONE).open_now(LATE, now)) is is_open
    assert CheckInHours("02", ZONE).open_now(LATE, now) == ()


def test_the_hour_before_midnight_opens_the_next_days_first_bookings() -> None:
    night = person("夜", (TODAY, "00:10"))
    now = datetime(2026, 11, 21, 15, 30, tzinfo=UTC)
    assert CheckInHours("01", ZONE).open_now(night, now) == night.bookings


def test_a_booking_noted_as_cancelled_or_used_is_not_open() -> None:
    hours, now = CheckInHours("01", ZONE), datetime(2026, 11, 22, 10, 30, tzinfo=ZONE)
    for note in ("cancelled booking today", "already checked in today"):
        assert hours.open_now(person("周", (TODAY, "11:00"), note=note), now) == ()
    assert hours.open_now(SHOWN, now) == SHOWN.bookings[:1]


def test_a_time_on_another_day_carries_its_day() -> None:
    assert entries(ALL)[0].times == "11:00, 11-21 12:00"
    assert entries((NONE,))[0].times == ""


def test_every_word_must_be_found_in_any_case() -> None:
    everybody = entries(ALL)
    assert [entry.person for entry in found(everybody, "two BOOK")] == [SHOWN]
    assert [entry.person for entry in found(everybody, "骨科 08:00")] == [EARLY]
    assert found(everybody, "two 08:00") == []
    assert found(everybody, "  ") == list(everybody)


def test_a_booking_number_is_found_as_it_is_written_and_as_it_is_typed() -> None:
    everybody = entries(ALL)
    assert in_fours("010084595201") == "0100 8459 5201"
    for written in ("010084595201", "0100 8459 5201"):
        assert [entry.person for entry in found(everybody, written)] == [SHOWN]
