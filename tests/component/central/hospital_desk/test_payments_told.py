"""Payments and reversals: items of orders, held bookings, refunds. Money is counted once.  # rules D9, D11"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from central.appointments.tables import booking
from central.notify.tables import message
from central.orders.tables import order_item, payment, refund_order
from central.staff.tables import staff_task
from tests.plugins import hospital_told
from tests.plugins.booking_hall import NEXT_WEEK, Hall
from tests.plugins.hospital_told import AS_OF, item, order, paid, told
from tests.plugins.postgres import on_both_engines

PREPAID = 'preset = "general"\n[payment]\nprepayment = "required"\nhold_min = 15'
FEE = 2_000


def items(hall: Hall) -> list[tuple[bool, str | None]]:
    return [(it.is_paid, it.paid_code) for it in hall.rows(sa.select(order_item).order_by("item_no"))]


def booked(hall: Hall, **changes: Any) -> dict[str, Any]:
    answer = hall.client().book(hall.person(), hall.session(NEXT_WEEK, fee_cents=FEE, **changes))
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def row_of(hall: Hall) -> Any:
    (row,) = hall.rows(sa.select(booking))
    return row


def refunds(hall: Hall) -> list[tuple[int, str]]:
    return [(it.amount_cents, it.state) for it in hall.rows(sa.select(refund_order))]


def tasks(hall: Hall) -> list[str]:
    return [it.kind for it in hall.rows(sa.select(staff_task))]


def of_booking(made: dict[str, Any], reference: str = "P1", **changes: Any) -> dict[str, Any]:
    return hospital_told.payment(reference, booking_number=made["number"], **changes)


def of_order(reference: str = "P1", **changes: Any) -> dict[str, Any]:
    return hospital_told.payment(reference, order_reference="L0001", **changes)


@on_both_engines
def test_items_are_paid_reversed_and_differ_as_the_cashier_says(hall: Hall) -> None:
    person_id = hall.person()
    told(hall, order(person_id, items=[item(1, "GLU"), item(2, "US-HEART")]))
    assert paid(hall, of_order(items=[{"item_no": 1, "code": "GLU"}])) == ["stored"]
    assert items(hall) == [(True, "GLU"), (False, None)]
    assert paid(hall, of_order("P2", items=[{"item_no": 2, "code": "US-ABD"}])) == ["stored"]
    assert items(hall) == [(True, "GLU"), (True, "US-ABD")]
    reversal = of_order(as_of_ms=AS_OF + 5, state="reversed", items=[{"item_no": 1, "code": "GLU"}])
    late = of_order(as_of_ms=AS_OF + 1, items=[{"item_no": 1, "code": "GLU"}])
    assert paid(hall, reversal, late, reversal) == ["stored", "older", "unchanged"]
    assert items(hall) == [(False, None), (True, "US-ABD")]


def test_a_payment_of_the_whole_order_does_not_pay_what_is_added_later(hall: Hall) -> None:
    person_id = hall.person()
    told(hall, order(person_id))
    assert paid(hall, of_order(), of_order()) == ["stored", "unchanged"]
    told(hall, order(person_id, as_of_ms=AS_OF + 1, items=[item(1), item(2, "GLU")]))
    assert items(hall) == [(True, "CBC"), (False, None)]


def test_what_a_payment_may_not_say(hall: Hall) -> None:
    made = booked(hall)
    found = paid(
        hall,
        of_order(),
        hospital_told.payment(),
        of_booking(made, order_reference="L0001"),
        of_booking(made, items=[{"item_no": 1, "code": "CBC"}]),
        of_booking(made, amount_cents=-1),
        of_booking(made, amount_cents=2**60),
        of_booking(made, source="=1+1"),
        of_booking(made, state="lost"),
        hospital_told.payment(booking_number="010000000000"),
        of_booking(made),
        of_booking(made, amount_cents=1),
    )
    assert found == [
        "unknown_order",
        "names_not_one",
        "names_not_one",
        "names_not_one",
        "bad_amount",
        "bad_amount",
        "bad_reference",
        "bad_state",
        "unknown_booking",
        "stored",
        "as_of_used",
    ]
    assert len(hall.rows(sa.select(payment))) == 1


@on_both_engines
def test_a_held_place_stands_once_the_whole_fee_is_paid(hall: Hall) -> None:
    hall.set_policy(PREPAID)
    made = booked(hall)
    assert (made["state"], made["await_until_ms"] is not None) == ("pending", True)
    assert paid(hall, of_booking(made, amount_cents=FEE - 1)) == ["stored"]
    assert (row_of(hall).state, row_of(hall).is_paid, tasks(hall)) == ("pending", False, ["payment_too_little"])
    assert paid(hall, of_booking(made, "P2", amount_cents=1)) == ["stored"]
    row = row_of(hall)
    assert (row.state, row.is_paid, row.await_until_ms) == ("booked", True, None)
    assert "booked" in {it.kind for it in hall.rows(sa.select(message))}
    assert paid(hall, of_booking(made, "P2", amount_cents=1)) == ["unchanged"]
    assert row_of(hall).ver == row.ver
    assert hall.breaches() == []


@on_both_engines
def test_a_prepaid_booking_that_is_cancelled_has_one_refund_of_what_was_paid(hall: Hall) -> None:
    made = booked(hall)
    assert paid(hall, of_booking(made, amount_cents=FEE + 500)) == ["stored"]
    cancelled = hall.client().post(f"bookings/{made['booking_id']}/cancellation", {"is_warned": True})
    assert cancelled.status_code == 200, cancelled.text
    assert refunds(hall) == [(FEE + 500, "ordered")]
    assert paid(hall, of_booking(made, amount_cents=FEE + 500), of_booking(made, "P9", amount_cents=100)) == [
        "unchanged",
        "stored",
    ]
    assert refunds(hall) == [(FEE + 600, "ordered")]
    reversals = [
        of_booking(made, amount_cents=FEE + 500, as_of_ms=AS_OF + 1, state="reversed"),
        of_booking(made, "P9", amount_cents=100, as_of_ms=AS_OF + 1, state="reversed"),
    ]
    assert paid(hall, reversals[0]) == ["stored"]
    assert refunds(hall) == [(100, "ordered")]
    assert paid(hall, reversals[1]) == ["stored"]
    assert refunds(hall) == [(100, "paid_out")]


def test_money_that_comes_when_the_booking_is_over_goes_back(hall: Hall) -> None:
    hall.set_policy(PREPAID)
    made = booked(hall)
    hall.client().post(f"bookings/{made['booking_id']}/cancellation", {"is_warned": True})
    assert refunds(hall) == []
    assert paid(hall, of_booking(made)) == ["stored"]
    assert (row_of(hall).state, refunds(hall)) == ("cancelled", [(FEE, "ordered")])


def test_a_reversal_for_a_booking_that_stands_is_told_to_staff(hall: Hall) -> None:
    made = booked(hall)
    paid(hall, of_booking(made))
    assert paid(hall, of_booking(made, as_of_ms=AS_OF + 1, state="reversed")) == ["stored"]
    assert (row_of(hall).state, row_of(hall).is_paid, tasks(hall)) == ("booked", False, ["payment_reversed"])
    assert refunds(hall) == []


def test_what_was_paid_goes_along_when_the_booking_is_changed(hall: Hall) -> None:
    made = booked(hall)
    paid(hall, of_booking(made))
    body = {
        "new_booking_id": str(uuid4()),
        "session_id": str(hall.session(NEXT_WEEK, hour=9)),
        "notice_shown": True,
    }
    changed = hall.client().post(f"bookings/{made['booking_id']}/change", {**body, "is_warned": True})
    assert changed.status_code == 201, changed.text
    assert changed.json()["is_paid"]
    assert paid(hall, of_booking(made)) == ["unchanged"]
    assert paid(hall, of_booking(made, as_of_ms=AS_OF + 1, state="reversed")) == ["stored"]
    later = hall.rows(sa.select(booking).where(booking.c.state == "booked"))
    assert [it.is_paid for it in later] == [False]
