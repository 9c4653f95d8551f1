"""Twelve points, three months, ninety days.  # rules F1, F3, F4, G9"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest

from booking.credit import (
    Act,
    Appeal,
    Appealed,
    AppealRefused,
    Arrived,
    Blacklisted,
    Cause,
    Confirmed,
    Ledger,
    Level,
    LineState,
    Reinstated,
    Voided,
    account_of,
)

from .records import NOON_MS, POINTS, did, ledger, on

THREE_NO_SHOWS = (did(Act.NO_SHOW, "01-15"), did(Act.NO_SHOW, "02-10"), did(Act.NO_SHOW, "03-02"))


def test_everybody_starts_with_twelve() -> None:
    fresh = account_of(POINTS, Ledger(), on("01-01"))
    assert (fresh.balance, fresh.level, fresh.may_book, fresh.lines) == (12, Level.GOOD, True, ())


@pytest.mark.parametrize(
    ("act", "left"),
    [
        (Act.NO_SHOW, 8),
        (Act.LATE, 9),
        (Act.CANCELLED, 10),
        (Act.CANCELLED_LATE, 10),
        (Act.LAPSED, 10),
        (Act.CHANGED, 12),
        (Act.GRABBED, 12),
    ],
)
def test_what_each_act_takes(act: Act, left: int) -> None:
    it = account_of(POINTS, ledger(did(act, "03-01")), on("03-01"))
    assert (it.balance, it.strikes, it.bookings_off) == (left, 0, 0)


@pytest.mark.parametrize(
    ("lost_on", "last_day", "lapses_on"),
    [
        ("2026-01-15", "2026-04-14", "2026-04-15"),
        ("2025-11-30", "2026-02-27", "2026-02-28"),
        ("2027-11-30", "2028-02-28", "2028-02-29"),
        ("2027-11-29", "2028-02-28", "2028-02-29"),
        ("2028-02-29", "2028-05-28", "2028-05-29"),
        ("2025-10-31", "2026-01-30", "2026-01-31"),
        ("2025-12-31", "2026-03-30", "2026-03-31"),
        ("2026-01-31", "2026-04-29", "2026-04-30"),
    ],
)
def test_a_loss_counts_for_three_calendar_months(lost_on: str, last_day: str, lapses_on: str) -> None:
    it = ledger(did(Act.NO_SHOW, lost_on))
    assert account_of(POINTS, it, on(last_day)).balance == 8
    assert account_of(POINTS, it, on(last_day)).lines[0].lapses_on == on(lapses_on)
    after = account_of(POINTS, it, on(lapses_on))
    assert (after.balance, after.lines[0].state, after.lines[0].cost) == (12, LineState.LAPSED, 0)


def test_an_act_of_tomorrow_costs_nothing_today() -> None:
    it = ledger(did(Act.NO_SHOW, "03-02"))
    assert account_of(POINTS, it, on("03-01")).balance == 12
    assert account_of(POINTS, it, on("03-01")).lines == ()


def test_the_twelfth_point_suspends_for_ninety_days_from_its_day() -> None:
    it = account_of(POINTS, ledger(*THREE_NO_SHOWS), on("03-02"))
    assert it.suspension is not None
    assert (it.level, it.may_book, it.balance) == (Level.SUSPENDED, False, 0)
    assert (it.suspension.from_day, it.suspension.last_day) == (on("03-02"), on("05-30"))
    assert (it.suspension.last_day - it.suspension.from_day).days + 1 == 90
    assert (it.suspension.free_from, it.suspension.because) == (on("05-31"), Act.NO_SHOW)


def test_eleven_points_do_not_suspend_and_the_day_before_neither() -> None:
    eleven = ledger(did(Act.NO_SHOW, "01-15"), did(Act.NO_SHOW, "02-10"), did(Act.LATE, "03-02"))
    assert account_of(POINTS, eleven, on("03-02")).balance == 1
    assert account_of(POINTS, eleven, on("03-02")).may_book
    assert account_of(POINTS, ledger(*THREE_NO_SHOWS), on("03-01")).may_book


@pytest.mark.parametrize(("third", "level"), [("04-14", Level.SUSPENDED), ("04-15", Level.GOOD)])
def test_twelve_within_three_months_to_the_day(third: str, level: Level) -> None:
    it = ledger(did(Act.NO_SHOW, "01-15"), did(Act.NO_SHOW, "02-10"), did(Act.NO_SHOW, third))
    assert account_of(POINTS, it, on(third)).level is level


def test_a_suspension_does_not_end_when_its_points_would_lapse() -> None:
    it = account_of(POINTS, ledger(*THREE_NO_SHOWS), on("05-30"))
    assert (it.level, it.may_be_reactivated) == (Level.SUSPENDED, False)
    assert [line.state for line in it.lines] == [LineState.COUNTS] * 3
    assert [line.lapses_on for line in it.lines] == [None] * 3, "only staff end it"


def test_after_ninety_days_staff_reactivate_and_the_points_are_full() -> None:
    waiting = account_of(POINTS, ledger(*THREE_NO_SHOWS), on("05-31"))
    assert (waiting.level, waiting.may_book, waiting.may_be_reactivated) == (Level.AWAITING_REACTIVATION, False, True)
    back = account_of(POINTS, ledger(*THREE_NO_SHOWS, Reinstated(id="r", day=on("06-02"), at_ms=NOON_MS)), on("06-02"))
    assert (back.level, back.may_book, back.balance) == (Level.GOOD, True, 12)
    assert {line.state for line in back.lines} == {LineState.SETTLED}


def test_an_act_during_a_suspension_does_not_make_it_longer() -> None:
    it = account_of(POINTS, ledger(*THREE_NO_SHOWS, did(Act.NO_SHOW, "05-01")), on("05-31"))
    assert it.level is Level.AWAITING_REACTIVATION
    assert it.lines[0].state is LineState.SETTLED


def test_reactivating_and_failing_again_on_one_day_goes_by_the_hour() -> None:
    back = Reinstated(id="a", day=on("06-02"), at_ms=NOON_MS)  # whatever its id, entries of that instant come before
    before = ledger(*THREE_NO_SHOWS, back, did(Act.LATE, "06-02", at_ms=NOON_MS))
    after = ledger(*THREE_NO_SHOWS, back, did(Act.LATE, "06-02", at_ms=NOON_MS + 1))
    assert account_of(POINTS, before, on("06-02")).balance == 12
    assert account_of(POINTS, after, on("06-02")).balance == 9


def test_without_reactivation_the_suspension_ends_by_itself() -> None:
    policy = replace(POINTS, points=replace(POINTS.points, staff_reactivate=False))
    it = ledger(*THREE_NO_SHOWS, did(Act.NO_SHOW, "05-30"))
    assert account_of(policy, it, on("05-30")).lines[-1].lapses_on == on("05-31")
    free = account_of(policy, it, on("05-31"))
    assert (free.level, free.balance, free.suspension) == (Level.GOOD, 12, None)
    again = account_of(policy, it.with_record(did(Act.CANCELLED, "05-31")), on("06-01"))
    assert (again.level, again.balance) == (Level.GOOD, 10)
    assert [line.state for line in again.lines] == [LineState.COUNTS, *[LineState.SETTLED] * 4]


def test_voiding_an_entry_undoes_the_suspension_that_it_brought() -> None:
    it = ledger(*THREE_NO_SHOWS, Voided(id="v", day=on("04-20"), at_ms=0, record=THREE_NO_SHOWS[1].id))
    freed = account_of(POINTS, it, on("03-02"))
    assert (freed.level, freed.balance) == (Level.GOOD, 4)
    assert [line.state for line in freed.lines] == [LineState.COUNTS, LineState.VOIDED, LineState.COUNTS]


def test_a_void_cannot_be_voided_and_a_void_of_nothing_is_nothing() -> None:
    first = Voided(id="v", day=on("03-03"), at_ms=0, record=THREE_NO_SHOWS[0].id)
    second = Voided(id="w", day=on("03-04"), at_ms=0, record="v")
    third = Voided(id="x", day=on("03-04"), at_ms=0, record="unknown")
    assert account_of(POINTS, ledger(*THREE_NO_SHOWS, first, second, third), on("03-04")).balance == 4


@pytest.mark.parametrize("cause", [it for it in Cause if it is not Cause.PATIENT])
def test_what_is_not_the_patients_doing_never_costs(cause: Cause) -> None:
    it = account_of(POINTS, ledger(did(Act.NO_SHOW, "03-01", cause=cause)), on("03-01"))
    assert (it.balance, it.lines[0].state, it.lines[0].cost) == (12, LineState.NOT_THE_PATIENT, 0)


def test_a_provisional_no_show_costs_when_seven_days_have_passed() -> None:
    it = ledger(did(Act.NO_SHOW, "03-01", provisional=True))
    open_ = account_of(POINTS, it, on("03-07"))
    assert (open_.balance, open_.lines[0].state) == (12, LineState.PROVISIONAL)
    assert open_.lines[0].appeal_until == on("03-30")
    final = account_of(POINTS, it, on("03-08"))
    assert (final.balance, final.lines[0].lapses_on) == (8, on("06-01"))


def test_a_provisional_no_show_is_final_when_every_terminal_has_delivered() -> None:
    entry = did(Act.NO_SHOW, "03-01", provisional=True)
    it = ledger(entry, Confirmed(id="c", day=on("03-02"), at_ms=0, entry=entry.id))
    assert account_of(POINTS, it, on("03-02")).balance == 8


def test_a_check_in_that_arrives_late_undoes_the_no_show_and_its_suspension() -> None:
    third = did(Act.NO_SHOW, "03-02", booking="b3", provisional=True)
    suspended = ledger(*THREE_NO_SHOWS[:2], third)
    assert account_of(POINTS, suspended, on("03-09")).level is Level.SUSPENDED
    heard = suspended.with_record(Arrived(id="a", day=on("03-20"), at_ms=0, booking="b3"))
    freed = account_of(POINTS, heard, on("03-20"))
    assert (freed.level, freed.balance, freed.lines[0].state) == (Level.GOOD, 4, LineState.ARRIVED)


def test_a_check_in_that_staff_undo_leaves_the_no_show() -> None:
    it = ledger(
        did(Act.NO_SHOW, "03-02", booking="b"),
        Arrived(id="a", day=on("03-02"), at_ms=0, booking="b"),
        Voided(id="v", day=on("03-03"), at_ms=0, record="a", reason="wrong person"),
    )
    assert account_of(POINTS, it, on("03-03")).balance == 8


def test_a_check_in_excuses_no_other_booking_and_no_other_act() -> None:
    it = ledger(
        did(Act.NO_SHOW, "03-02", booking="b"),
        did(Act.NO_SHOW, "03-02"),
        did(Act.LATE, "03-02", booking="c"),
        Arrived(id="a", day=on("03-02"), at_ms=0, booking="c"),
        Arrived(id="e", day=on("03-02"), at_ms=0, booking=""),
    )
    assert account_of(POINTS, it, on("03-03")).balance == 12 - 4 - 4 - 3


def test_one_booking_costs_once_by_its_dearest_entry() -> None:
    late = did(Act.LATE, "03-02", booking="b")
    gone = did(Act.NO_SHOW, "03-02", booking="b", at_ms=NOON_MS + 1)
    twice = did(Act.NO_SHOW, "03-03", booking="b")
    it = account_of(POINTS, ledger(late, gone, twice), on("03-03"))
    assert it.balance == 8
    assert [line.state for line in it.lines] == [
        LineState.ONCE_A_BOOKING, LineState.COUNTS, LineState.ONCE_A_BOOKING
    ]  # fmt: skip
    voided = account_of(
        POINTS,
        ledger(
            late,
            gone,
            Voided(id="v", day=on("03-03"), at_ms=0, record=gone.id),
        ),
        on("03-03"),
    )
    assert voided.balance == 9, "the other one counts again"


def test_acts_of_one_instant_stand_in_one_order_and_two_records_under_one_id_are_one() -> None:
    late, missed = did(Act.LATE, "03-02", entry_id="a"), did(Act.NO_SHOW, "03-02", entry_id="b")
    again = did(Act.CANCELLED, "03-02", entry_id="a")
    answers = [account_of(POINTS, ledger(*it), on("03-02")) for it in permutations((late, missed, again))]
    assert [[line.entry.id for line in it.lines] for it in answers] == [["b", "a"]] * 6
    assert {it.balance for it in answers} == {12 - 4 - 2}, "the same one of them wins, whichever came first"


def test_the_patient_sees_until_when_and_how_far_an_appeal_is() -> None:
    entry = did(Act.NO_SHOW, "03-02")
    appealed = Appealed(id="p", day=on("03-03"), at_ms=0, entry=entry.id)
    voided = Voided(id="v", day=on("03-05"), at_ms=0, record=entry.id)
    refused = AppealRefused(id="q", day=on("03-05"), at_ms=0, entry=entry.id)
    lines = [account_of(POINTS, ledger(entry, *more), on("03-31")).lines[0]
             for more in ((), (appealed,), (appealed, voided), (appealed, refused), (refused,),
                          (appealed, refused, voided))]  # fmt: skip
    assert [it.appeal for it in lines] == [
        Appeal.NONE, Appeal.OPEN, Appeal.UPHELD, Appeal.REFUSED, Appeal.NONE, Appeal.UPHELD
    ]  # fmt: skip
    assert [it.cost for it in lines] == [4, 4, 0, 4, 4, 0], "an appeal alone changes nothing"
    assert lines[0].appeal_until == on("03-31")
    assert lines[2].appeal_until is None
    assert account_of(POINTS, ledger(entry), on("04-01")).lines[0].appeal_until is None
    none = replace(POINTS, appeal_days=0)
    assert account_of(none, ledger(entry), on("03-02")).lines[0].appeal_until is None


def test_lines_are_newest_first() -> None:
    it = account_of(POINTS, ledger(*THREE_NO_SHOWS), on("03-02") + timedelta(days=1))
    assert [line.entry.day for line in it.lines] == [on("03-02"), on("02-10"), on("01-15")]


def test_a_reason_that_staff_wrote_is_not_in_the_repr() -> None:
    day = on("03-05")
    written = (
        Voided(id="v", day=day, at_ms=0, record="e", reason="王医生说的"),
        Reinstated(id="r", day=day, at_ms=0, reason="王医生说的"),
        Blacklisted(id="b", day=day, at_ms=0, reason="王医生说的"),
        AppealRefused(id="q", day=day, at_ms=0, entry="e", reason="王医生说的"),
    )
    assert "王" not in repr(written)
