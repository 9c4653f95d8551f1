"""A ticket that was shown before its sale was heard of: the ticket is the proof.  # sync C5"""

from __future__ import annotations

from uuid import UUID

import pytest
import sqlalchemy as sa

from central.checkins.tables import check_in
from central.people.tables import patient
from central.queues.tables import queue_entry
from central.rosters.tables import extra_place
from central.staff.tables import staff_task
from tests.plugins.booking_hall import TOMORROW, Hall
from tests.plugins.lending import Lending, bookings_of
from tests.plugins.postgres import on_both_engines
from tests.plugins.terminal_acts import OffLine, messages, release, row_of, tasks

pytestmark = on_both_engines

KIOSK = "channel:kiosk"
UNTIL_THE_VISIT_MS = 27 * 3_600_000 + 1_800_000


@pytest.fixture
def elsewhere(lending: Lending, off_line: OffLine) -> OffLine:
    """Another terminal, which is on line when the patient comes."""
    assert off_line.events == []
    return OffLine(lending.kiosk())


def test_the_booking_is_made_from_the_ticket_and_its_sale_says_whose_it_is(
    hall: Hall, off_line: OffLine, elsewhere: OffLine
) -> None:
    session_id, person = hall.session(TOMORROW, pools={KIOSK: 2}), hall.person()
    (lent,) = bookings_of(off_line.kiosk.ask())
    no = lent["places"][0]["no"]
    booked = off_line.book(person, lent, no)
    ticket = off_line.ticket(booked)
    hall.clock.now_ms += UNTIL_THE_VISIT_MS
    elsewhere.check_in(booked, ago_ms=60_000, ticket=ticket)
    (shown,) = elsewhere.tell()
    assert (shown["verdict"], shown["reason"]) == ("applied", "made_from_ticket")
    row = row_of(hall, booked["booking_id"])
    assert (row.state, row.slot_no) == ("checked_in", no)
    assert hall.places(session_id)["busy"] == 1
    assert tasks(hall) == [("check_in_made_from_ticket", "made_from_ticket")]
    assert hall.breaches() == []
    assert off_line.said() == [("duplicate", "")]
    row = row_of(hall, booked["booking_id"])
    assert (row.state, row.person_id, row.slot_no) == ("checked_in", person, no)
    assert row.number_last_four == booked["place"]["number"][-4:]
    assert {it.person_id for it in hall.rows(sa.select(patient.c.person_id))} == {person}
    assert {it.person_id for it in hall.rows(sa.select(queue_entry.c.person_id))} == {person}
    assert tasks(hall) == []
    assert hall.breaches() == []
    assert elsewhere.tell()[0]["verdict"] == "applied"


def test_two_terminals_that_see_the_ticket_make_one_arrival(
    hall: Hall, lending: Lending, off_line: OffLine, elsewhere: OffLine
) -> None:
    hall.session(TOMORROW, pools={KIOSK: 2})
    (lent,) = bookings_of(off_line.kiosk.ask())
    booked = off_line.book(hall.person(), lent, lent["places"][0]["no"])
    ticket, third = off_line.ticket(booked), OffLine(lending.kiosk())
    hall.clock.now_ms += UNTIL_THE_VISIT_MS
    for it in (elsewhere, third):
        it.check_in(booked, ago_ms=60_000, ticket=ticket)
    assert [it.said()[0][0] for it in (elsewhere, third)] == ["applied", "duplicate"]
    assert len(hall.rows(sa.select(check_in))) == 1
    assert off_line.said() == [("duplicate", "")]


def test_the_place_of_a_ticket_had_gone(hall: Hall, lending: Lending, off_line: OffLine, elsewhere: OffLine) -> None:
    hall.session(TOMORROW, pools={KIOSK: 1})
    person = hall.person()
    (lent,) = bookings_of(off_line.kiosk.ask())
    booked = off_line.book(person, lent, 1)
    ticket = off_line.ticket(booked)
    release(lending, lent["id"])
    assert bookings_of(elsewhere.kiosk.ask())[0]["places"][0]["no"] == 1
    hall.clock.now_ms += UNTIL_THE_VISIT_MS
    elsewhere.check_in(booked, ago_ms=60_000, ticket=ticket)
    assert elsewhere.said() == [("conflict", "place_taken")]
    row = row_of(hall, booked["booking_id"])
    assert (row.state, row.slot_no) == ("checked_in", 2)
    (extra,) = hall.rows(sa.select(extra_place))
    assert (extra.kind, extra.booking_id) == ("overflow", UUID(booked["booking_id"]))
    assert off_line.said() == [("duplicate", "")]
    assert row_of(hall, booked["booking_id"]).person_id == person
    assert messages(hall, person) == []
    open_ones = [it.reason for it in hall.rows(sa.select(staff_task).where(staff_task.c.settled_ms.is_(None)))]
    assert "place_taken" in open_ones
    assert hall.breaches() == []
