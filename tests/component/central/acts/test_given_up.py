"""What patients gave up or changed at a terminal that was off line, and wishes to wait.  # rules D6, E1, E3; sync C5"""

from __future__ import annotations

from uuid import UUID

import pytest
import sqlalchemy as sa

from central.appointments.tables import waiting_entry
from tests.plugins.booking_hall import TOMORROW, Hall, new_id
from tests.plugins.lending import Lending, bookings_of
from tests.plugins.postgres import on_both_engines
from tests.plugins.terminal_acts import OffLine, messages, row_of, tasks

pytestmark = on_both_engines

KIOSK = "channel:kiosk"
HOUR_MS = 3_600_000


def test_a_booking_that_only_its_terminal_had_is_given_up_and_its_place_is_lent_again(
    hall: Hall, lending: Lending, off_line: OffLine
) -> None:
    session_id, person = hall.session(TOMORROW, pools={KIOSK: 2}), hall.person()
    (lent,) = bookings_of(off_line.kiosk.ask())
    no = lent["places"][0]["no"]
    booked = off_line.book(person, lent, no)
    off_line.cancel(booked["booking_id"])
    assert off_line.said() == [("applied", ""), ("applied", "")]
    assert row_of(hall, booked["booking_id"]).state == "cancelled"
    assert lending.lent(session_id)[(session_id, no)] == UUID(lent["id"])
    again = off_line.book(hall.person(), lent, no)
    assert off_line.said(("book", again)) == [("applied", "")]
    assert messages(hall, person) == ["booked", "cancelled"]
    assert tasks(hall) == []
    assert hall.breaches() == []


def test_a_cancellation_waits_for_its_booking(hall: Hall, off_line: OffLine) -> None:
    off_line.cancel(str(new_id()))
    assert off_line.said() == [("deferred", "")]
    hall.clock.now_ms += 48 * HOUR_MS
    assert off_line.said() == [("conflict", "unknown_booking")]
    assert tasks(hall) == [("cancel_conflict", "unknown_booking")]


@pytest.mark.parametrize("first", ["cancel", "check_in"])
def test_who_gave_up_and_came_all_the_same_has_another_number_whatever_comes_first(
    hall: Hall, lending: Lending, off_line: OffLine, first: str
) -> None:
    """The place is its terminal's again, and may be sold at any moment."""
    session_id, person = hall.session(TOMORROW, pools={KIOSK: 2}), hall.person()
    (lent,) = bookings_of(off_line.kiosk.ask())
    no = lent["places"][0]["no"]
    booked, elsewhere = off_line.book(person, lent, no), OffLine(lending.kiosk())
    off_line.cancel(booked["booking_id"])
    off_line.tell(off_line.events[0])
    hall.clock.now_ms += 27 * HOUR_MS + HOUR_MS // 2
    elsewhere.check_in(booked, ago_ms=60_000)
    steps = [lambda: off_line.said(off_line.events[1]), elsewhere.said]
    said = [step() for step in (steps if first == "cancel" else reversed(steps))]
    assert [it[0][0] for it in said] == ["applied", "conflict"]
    row = row_of(hall, booked["booking_id"])
    assert (row.state, row.slot_no) == ("checked_in", 3)
    assert lending.lent(session_id)[(session_id, no)] == UUID(lent["id"])
    assert "other_place" in messages(hall, person)
    assert hall.breaches() == []


def test_a_wish_to_cancel_is_granted_by_the_rules_of_when_it_was_asked(hall: Hall, off_line: OffLine) -> None:
    session_id, person, booking_id = hall.session(TOMORROW), hall.person(), new_id()
    assert hall.client().book(person, session_id, booking_id=booking_id).status_code == 201
    off_line.cancel(str(booking_id), is_request=True)
    assert off_line.said() == [("applied", "")]
    assert row_of(hall, str(booking_id)).state == "cancelled"
    assert hall.places(session_id) == {"free": 6}
    off_line.cancel(str(booking_id), is_request=True)
    assert off_line.said() == [("applied", ""), ("duplicate", "booking_cancelled")]


def test_a_wish_that_is_not_granted_is_told_to_patient_and_staff(hall: Hall, off_line: OffLine) -> None:
    session_id, person, booking_id = hall.session(TOMORROW), hall.person(), new_id()
    assert hall.client().book(person, session_id, booking_id=booking_id).status_code == 201
    off_line.cancel(str(booking_id), is_request=True, booking_ver=7)
    (first,) = off_line.tell()
    assert (first["verdict"], first["reason"]) == ("refused", "changed_meanwhile")
    assert first["sentence"]["by_language"]["en"]
    assert off_line.tell() == [first]
    off_line.cancel(str(booking_id), is_request=True, acting_id=str(new_id()))
    assert off_line.said(off_line.events[1]) == [("refused", "not_the_guardian")]
    assert row_of(hall, str(booking_id)).state == "booked"
    assert messages(hall, person) == ["booked", "not_cancelled", "not_cancelled"]
    assert tasks(hall) == [("cancel_refused", "changed_meanwhile"), ("cancel_refused", "not_the_guardian")]


def test_a_change_of_its_own_booking_is_a_fact(hall: Hall, lending: Lending, off_line: OffLine) -> None:
    session_id, person = hall.session(TOMORROW, pools={KIOSK: 2}), hall.person()
    other_id = hall.session(TOMORROW, pools={KIOSK: 2}, hour=9)
    leases = {it["session_id"]: it for it in bookings_of(off_line.kiosk.ask())}
    lent, instead = leases[str(session_id)], leases[str(other_id)]
    no, other = (it["places"][0]["no"] for it in (lent, instead))
    booked = off_line.book(person, lent, no)
    changed = off_line.change(booked["booking_id"], instead, other)
    assert off_line.said() == [("applied", ""), ("applied", "")]
    old, new = row_of(hall, booked["booking_id"]), row_of(hall, changed["new_booking_id"])
    assert (old.state, old.later_booking_id) == ("moved", new.booking_id)
    assert (new.state, new.slot_no, new.earlier_booking_id) == ("booked", other, old.booking_id)
    assert (session_id, no) in lending.lent(session_id)
    assert tasks(hall) == []
    assert hall.breaches() == []


@pytest.mark.parametrize("is_granted", [True, False])
def test_a_wish_to_change_is_all_or_nothing(hall: Hall, lending: Lending, off_line: OffLine, is_granted: bool) -> None:
    session_id, person, booking_id = hall.session(TOMORROW, pools={KIOSK: 2}), hall.person(), new_id()
    elsewhere = hall.session(TOMORROW, hour=9)
    assert hall.client().book(person, elsewhere, booking_id=booking_id).status_code == 201
    (lent,) = (it for it in bookings_of(off_line.kiosk.ask()) if it["session_id"] == str(session_id))
    no = lent["places"][0]["no"]
    ver = 1 if is_granted else 9
    changed = off_line.change(str(booking_id), lent, no, is_request=True, booking_ver=ver)
    if is_granted:
        assert off_line.said() == [("applied", "")]
        assert row_of(hall, str(booking_id)).state == "moved"
        assert row_of(hall, changed["new_booking_id"]).slot_no == no
    else:
        assert off_line.said() == [("refused", "changed_meanwhile")]
        assert row_of(hall, str(booking_id)).state == "booked"
        assert (session_id, no) in lending.lent(session_id)
        assert "not_changed" in messages(hall, person)
        assert tasks(hall) == [("change_refused", "changed_meanwhile")]
    assert hall.breaches() == []


def test_a_wish_to_wait_is_judged_when_it_comes(hall: Hall, off_line: OffLine) -> None:
    full, open_one = hall.session(TOMORROW, pools={"common": 1}), hall.session(TOMORROW, hour=9)
    assert hall.client().book(hall.person(), full).status_code == 201
    person = hall.person()
    entry = off_line.join_list(person, full)
    off_line.join_list(person, open_one)
    off_line.join_list(new_id(), full)
    assert off_line.said() == [("applied", ""), ("refused", "places_are_free"), ("deferred", "")]
    assert [str(it.entry_id) for it in hall.rows(sa.select(waiting_entry))] == [entry["entry_id"]]
    assert messages(hall, person) == ["not_on_list", "waiting"]
    assert tasks(hall) == [("join_list_refused", "places_are_free")]
