"""A session that another system owns: its yes and no to bookings, and who sits today.  # rules C4, D4, D9"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from booking.roster.channels import Channel
from central.appointments.tables import booking
from central.channels.caller import Right
from central.notify.tables import message
from central.orders.tables import owner_answer, refund_order
from central.rosters.tables import session, sitting
from central.staff.tables import staff_task
from central.sync.tables import feed
from tests.plugins.booking_hall import NEXT_WEEK, SECOND, TODAY, Hall
from tests.plugins.hospital_told import AS_OF, answered, paid, payment, put, system, verdicts
from tests.plugins.postgres import on_both_engines

PREPAID = 'preset = "general"\n[payment]\nprepayment = "required"\nhold_min = 15'


def owned(hall: Hall, **changes: Any) -> dict[str, Any]:
    """A pending booking of a session that the hospital's own system owns."""
    session_id = hall.session(NEXT_WEEK, owner_confirms=True, **changes)
    answer = hall.client().book(hall.person(), session_id)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    assert made["state"] == "pending"
    return made


def said(made: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return {"booking_number": made["number"], "as_of_ms": AS_OF, "is_confirmed": True, **changes}


def state(hall: Hall) -> str:
    (row,) = hall.rows(sa.select(booking))
    found: str = row.state
    return found


@on_both_engines
def test_a_yes_books_and_a_later_no_frees_the_place(hall: Hall) -> None:
    made = owned(hall)
    assert answered(hall, said(made, reference="HIS-7"), said(made)) == ["stored", "unchanged"]
    assert state(hall) == "booked"
    no = said(made, as_of_ms=AS_OF + 2, is_confirmed=False)
    assert answered(hall, no, said(made, as_of_ms=AS_OF + 1), no) == ["stored", "older", "unchanged"]
    assert state(hall) == "cancelled"
    assert hall.places(hall.rows(sa.select(session.c.session_id))[0].session_id) == {"free": 6}
    assert {"booked", "cancelled"} <= {it.kind for it in hall.rows(sa.select(message))}
    assert answered(hall, said(made, as_of_ms=AS_OF + 3)) == ["state_forbids"]
    (kept,) = hall.rows(sa.select(owner_answer))
    assert (kept.is_confirmed, kept.as_of_ms) == (False, AS_OF + 2)
    assert hall.breaches() == []


def test_a_no_refunds_what_was_paid(hall: Hall) -> None:
    made = owned(hall, fee_cents=500)
    assert paid(hall, payment(booking_number=made["number"], amount_cents=500)) == ["stored"]
    assert answered(hall, said(made, is_confirmed=False)) == ["stored"]
    assert [(it.amount_cents, it.state) for it in hall.rows(sa.select(refund_order))] == [(500, "ordered")]


def test_where_prepayment_is_needed_both_must_come_in_either_order(hall: Hall) -> None:
    hall.set_policy(PREPAID)
    for is_paid_first in (True, False):
        made = owned(hall, fee_cents=500)
        steps = [
            lambda made=made: paid(hall, payment(str(uuid4()), booking_number=made["number"], amount_cents=500)),
            lambda made=made: answered(hall, said(made)),
        ]
        found = []
        for step in steps if is_paid_first else reversed(steps):
            assert step() == ["stored"]
            mine = sa.select(booking.c.state).where(booking.c.number_last_four == made["number"][-4:])
            found.append(hall.rows(mine)[0].state)
        assert found == ["pending", "booked"]


def test_what_nobody_asked_is_not_answered(hall: Hall) -> None:
    made = hall.client().book(hall.person(), hall.session(NEXT_WEEK)).json()
    other = owned(hall, hour=9)
    found = answered(
        hall,
        said(made),
        said({"number": "123"}),
        {"booking_id": str(uuid4()), "as_of_ms": AS_OF, "is_confirmed": True},
        {"booking_id": other["booking_id"], **said(other)},
        said(other),
        said(other, is_confirmed=False),
    )
    assert found == ["not_asked", "unknown_booking", "unknown_booking", "names_not_one", "stored", "as_of_used"]
    elsewhere = put(system(hall, hospital_id=SECOND), "confirmations", {"confirmations": [said(other)]})
    assert verdicts(elsewhere) == ["unknown_booking"]


def test_the_system_sees_what_waits_for_it(hall: Hall) -> None:
    # All at one instant: their ids alone say which comes first.
    made = sorted((owned(hall, hour=hour) for hour in (9, 10, 11)), key=lambda it: it["booking_id"])
    hall.client().book(hall.person(), hall.session(NEXT_WEEK))
    client = system(hall)
    first = client.get("hospital-system/pending-bookings?limit=2").json()
    rest = client.get(f"hospital-system/pending-bookings?limit=2&after={first['next']}").json()
    assert [it["number"] for it in (*first["bookings"], *rest["bookings"])] == [it["number"] for it in made]
    assert rest["next"] is None
    answered(hall, said(made[0]))
    left = client.get("hospital-system/pending-bookings").json()["bookings"]
    assert [it["number"] for it in left] == [it["number"] for it in made[1:]]
    assert hall.client(Channel.WINDOW, Right.STAFF).get("hospital-system/pending-bookings").status_code == 403


@on_both_engines
def test_the_days_sittings_are_told_and_a_no_goes_to_the_office(hall: Hall) -> None:
    session_id = hall.session(TODAY)
    first = {"session_id": str(session_id), "as_of_ms": AS_OF, "sits": True, "confirmed_by": "护士站"}
    second = {**first, "as_of_ms": AS_OF + 1, "sits": False}
    rows = [first, first, second, first, {**first, "session_id": str(uuid4())}, {**second, "sits": True}]
    found = verdicts(put(system(hall), "sittings", {"sittings": rows}))
    assert found == ["stored", "unchanged", "stored", "older", "unknown_session", "as_of_used"]
    (row,) = hall.rows(sa.select(sitting))
    assert (row.sits, row.as_of_ms) == (False, AS_OF + 1)
    assert [it.kind for it in hall.rows(sa.select(staff_task))] == ["session_does_not_sit"]
    assert [it.entity for it in hall.rows(sa.select(feed))] == ["session", "session"]
