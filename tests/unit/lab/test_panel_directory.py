"""The order of the panel's patients, and their search."""

from __future__ import annotations

from lab.panel.directory import entries, found, in_fours
from lab.people import SampleBooking, SamplePerson


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
