"""What a terminal sold from its leases while it was off line.  # rules D4, F4, G4; sync C5"""

from __future__ import annotations

from uuid import UUID

import pytest
import sqlalchemy as sa

from central.checkins.tables import check_in
from central.queues.tables import queue_entry
from central.rosters.tables import extra_place
from tests.plugins.booking_hall import FIRST, TODAY, TOMORROW, Hall, new_id
from tests.plugins.lending import Lending, bookings_of, walk_ins_of
from tests.plugins.postgres import on_both_engines
from tests.plugins.terminal_acts import OffLine, messages, release, row_of, tasks

pytestmark = on_both_engines

KIOSK = "channel:kiosk"
HOUR_MS = 3_600_000


def test_a_lent_place_that_was_sold_is_the_patients(hall: Hall, off_line: OffLine) -> None:
    session_id, person = hall.session(TOMORROW, pools={KIOSK: 3}), hall.person()
    (lent,) = bookings_of(off_line.kiosk.ask())
    no = lent["places"][0]["no"]
    booked = off_line.book(person, lent, no, ago_ms=2 * HOUR_MS, is_return_visit=True)
    (result,) = off_line.tell()
    assert (result["verdict"], result["reason"]) == ("applied", "")
    assert result["booking"]["booking"]["slot_no"] == no
    row = row_of(hall, booked["booking_id"])
    assert (row.state, row.person_id, row.is_return_visit) == ("booked", person, True)
    assert row.made_ms == hall.clock.now_ms - 2 * HOUR_MS
    assert row.number_last_four == booked["place"]["number"][-4:]
    assert hall.places(session_id)["busy"] == 1
    assert (messages(hall, person), tasks(hall)) == (["booked"], [])
    assert hall.breaches() == []


def test_the_whole_outbox_again_changes_nothing(hall: Hall, off_line: OffLine) -> None:
    hall.session(TOMORROW, pools={KIOSK: 3})
    (lent,) = bookings_of(off_line.kiosk.ask())
    booked = off_line.book(hall.person(), lent, lent["places"][0]["no"])
    first = off_line.tell()
    assert off_line.tell() == first
    reused = ("book", booked | {"person_id": str(hall.person())})
    assert off_line.said(reused) == [("conflict", "key_reused")]
    assert off_line.said(reused) == [("conflict", "key_reused")]
    assert [it for it in tasks(hall) if it[1] == "key_reused"] == [("check_in_conflict", "key_reused")]
    assert off_line.said(("book", booked | {"operation_id": str(new_id())})) == [("duplicate", "")]
    assert hall.breaches() == []


def test_a_released_place_that_was_sold_again_makes_an_overflow(
    hall: Hall, lending: Lending, off_line: OffLine
) -> None:
    session_id, person = hall.session(TOMORROW, pools={KIOSK: 1}), hall.person()
    (lent,) = bookings_of(off_line.kiosk.ask())
    booked = off_line.book(person, lent, 1)
    release(lending, lent["id"])
    assert hall.client().book(hall.person(), session_id).status_code in (201, 409)
    other = lending.kiosk()
    (again,) = bookings_of(other.ask())
    (result,) = off_line.tell()
    assert (result["verdict"], result["reason"]) == ("conflict", "place_taken")
    assert result["sentence"]["by_language"]["zh-CN"]
    assert result["booking"]["booking"]["slot_no"] == 2
    (extra,) = hall.rows(sa.select(extra_place))
    assert (extra.kind, extra.no, extra.booking_id) == ("overflow", 2, UUID(booked["booking_id"]))
    assert ("book_conflict", "place_taken") in tasks(hall)
    assert messages(hall, person) == ["booked", "other_place"]
    assert again["places"][0]["no"] == 1
    assert hall.breaches() == []


def test_a_released_place_that_is_still_free_is_the_patients(hall: Hall, lending: Lending, off_line: OffLine) -> None:
    session_id = hall.session(TOMORROW, pools={KIOSK: 1})
    (lent,) = bookings_of(off_line.kiosk.ask())
    off_line.book(hall.person(), lent, 1)
    release(lending, lent["id"])
    assert off_line.said() == [("applied", "")]
    assert hall.places(session_id) == {"busy": 1}
    assert hall.breaches() == []


def test_a_sale_waits_for_its_person_and_not_for_ever(hall: Hall, off_line: OffLine) -> None:
    hall.session(TOMORROW, pools={KIOSK: 2})
    (lent,) = bookings_of(off_line.kiosk.ask())
    person_id = new_id()
    booked = off_line.book(person_id, lent, lent["places"][0]["no"])
    off_line.check_in(booked)
    assert off_line.said() == [("deferred", ""), ("deferred", "")]
    hall.clock.now_ms += 48 * HOUR_MS
    assert off_line.said(("book", booked)) == [("conflict", "unknown_person")]
    assert tasks(hall) == [("book_conflict", "unknown_person")]
    assert hall.breaches() == []


def test_the_place_on_the_ticket_stands_where_the_server_had_given_another(hall: Hall, off_line: OffLine) -> None:
    session_id, person = hall.session(TOMORROW, pools={KIOSK: 1, "common": 3}), hall.person()
    (lent,) = bookings_of(off_line.kiosk.ask())
    no, booking_id = lent["places"][0]["no"], new_id()
    answer = hall.client().book(person, session_id, booking_id=booking_id)  # whose answer the terminal never got
    assert answer.status_code == 201
    off_line.book(person, lent, no, booking_id=str(booking_id))
    assert off_line.said() == [("applied", "")]
    row = row_of(hall, str(booking_id))
    assert (row.slot_no, row.number_last_four) == (no, off_line.events[0][1]["place"]["number"][-4:])
    assert hall.places(session_id)["busy"] == 1
    assert hall.breaches() == []


def test_a_booking_of_another_person_is_not_touched(hall: Hall, off_line: OffLine) -> None:
    session_id = hall.session(TOMORROW, pools={KIOSK: 1, "common": 3})
    (lent,) = bookings_of(off_line.kiosk.ask())
    booking_id, theirs = new_id(), hall.person()
    assert hall.client().book(theirs, session_id, booking_id=booking_id).status_code == 201
    off_line.book(hall.person(), lent, lent["places"][0]["no"], booking_id=str(booking_id))
    assert off_line.said() == [("conflict", "booking_id_in_use")]
    assert row_of(hall, str(booking_id)).person_id == theirs
    assert hall.breaches() == []


@pytest.mark.parametrize("first", ["earlier", "later"])
def test_of_two_bookings_for_one_session_the_earlier_stays(
    hall: Hall, lending: Lending, off_line: OffLine, first: str
) -> None:
    hall.session(TOMORROW, pools={KIOSK: 4})
    person, other = hall.person(), OffLine(lending.kiosk())
    one, two = (bookings_of(it.kiosk.ask())[0] for it in (off_line, other))
    earlier = off_line.book(person, one, one["places"][0]["no"], ago_ms=2 * HOUR_MS)
    later = other.book(person, two, two["places"][0]["no"], ago_ms=HOUR_MS)
    tellers = [off_line, other] if first == "earlier" else [other, off_line]
    assert [it.said()[0] for it in tellers] == [("applied", ""), ("conflict", "booked_twice")]
    assert row_of(hall, earlier["booking_id"]).state == "booked"
    lost = row_of(hall, later["booking_id"])
    assert (lost.state, lost.end_reason) == ("cancelled", "booked_twice")
    assert "booked_twice" in messages(hall, person)
    assert ("book_conflict", "booked_twice") in tasks(hall)
    assert hall.breaches() == []


def test_whoever_walked_in_waits_from_when_they_came(hall: Hall, off_line: OffLine) -> None:
    hall.session(TODAY, pools={"walk_in": 2})
    person = hall.person()
    (lent,) = walk_ins_of(off_line.kiosk.ask())
    off_line.book(person, lent, lent["places"][0]["no"], ago_ms=HOUR_MS, is_walk_in=True)
    assert off_line.said() == [("applied", "")]
    came_ms = hall.clock.now_ms - HOUR_MS
    (arrival,) = hall.rows(sa.select(check_in))
    (waits,) = hall.rows(sa.select(queue_entry))
    assert (arrival.arrived_ms, waits.arrived_ms, waits.band) == (came_ms, came_ms, "walk_in")
    assert waits.number == arrival.queue_number
    assert tasks(hall) == [("arrivals_came_late", "off_line")]
    assert hall.breaches() == []


@pytest.mark.parametrize(
    ("outcome", "verdict", "state", "told"),
    [
        ("stands", "applied", "booked", ["booked"]),
        ("stands_with_notice", "applied", "booked", ["booked", "stands_noted"]),
        ("cancelled_with_notice", "conflict", "cancelled", ["booked", "does_not_stand"]),
    ],
)
def test_what_the_rules_would_have_refused_ends_as_the_hospital_has_it(
    hall: Hall, off_line: OffLine, outcome: str, verdict: str, state: str, told: list[str]
) -> None:
    """Never with points.  # rule F4"""
    hall.set_policy(f'[unknown]\nproved_wrong = "{outcome}"\n')
    session_id = hall.session(TOMORROW, pools={KIOSK: 2})
    standing = {
        "suspended_until": "2026-12-31",
        "restricted_until": None,
        "allowance_lost": 0,
        "awaits_reactivation": False,
        "is_barred_by_blacklist": False,
        "as_of_ms": 0,
    }
    person = hall.person(standing=standing)
    (lent,) = bookings_of(off_line.kiosk.ask())
    booked = off_line.book(
        person, lent, lent["places"][0]["no"], assumed=["standing"], policy_version=hall.versions[FIRST]
    )
    assert off_line.said() == [(verdict, "suspended")]
    assert row_of(hall, booked["booking_id"]).state == state
    assert messages(hall, person) == told
    assert [it[1] for it in tasks(hall)] == ["suspended"]
    assert hall.places(session_id).get("busy", 0) == (1 if state == "booked" else 0)
    assert hall.breaches() == []
