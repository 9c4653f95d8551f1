"""Booking an examination from its order, finding it by its barcode, and refunds at the cashier's.  # rules D9, D11"""

from __future__ import annotations

import base64
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa

from booking.roster.channels import Channel
from central.appointments.tables import booking
from central.catalogue.tables import service
from central.channels.caller import Right
from central.orders.references import hash_of
from central.orders.tables import doctor_order, refund_order
from central.staff.tables import audit
from tests.plugins.booking_hall import FIRST, GROUP, KEYS, LABORATORY, NEXT_WEEK, SECOND, Hall
from tests.plugins.hospital_told import item, order, paid, payment, system, told
from tests.plugins.postgres import on_both_engines

CBC = UUID(int=71)


def laboratory(hall: Hall, service_id: UUID | None = CBC) -> UUID:
    return hall.session(NEXT_WEEK, department_id=LABORATORY, kind="blood_draw", hour=8, service_id=service_id)


def serves(hall: Hall) -> None:
    names = {"name": {"zh-CN": "血常规"}}
    hall.run(service.insert().values(hospital_id=FIRST, service_id=CBC, kind="blood_draw", ver=1, **names))


def cbc(number: int = 1, **changes: Any) -> dict[str, Any]:
    return item(number, "CBC", service_id=str(CBC), **changes)


def paid_items(*items: tuple[int, str]) -> dict[str, Any]:
    return payment(
        str(uuid4()), order_reference="L0001", items=[{"item_no": number, "code": code} for number, code in items]
    )


@on_both_engines
def test_an_examination_is_booked_once_its_order_is_paid_and_agrees(hall: Hall) -> None:
    serves(hall)
    person_id, session_id, client = hall.person(), laboratory(hall), hall.client()
    assert client.book(person_id, session_id).json()["reason"] == "order_needed"
    told(hall, order(person_id, items=[cbc(), item(2, "CT-CHEST")]))
    unpaid = client.book(person_id, session_id).json()
    assert (unpaid["reason"], unpaid["facts"]) == ("order_unpaid", {"items": "CBC"})
    assert paid(hall, paid_items((1, "GLU"))) == ["stored"]
    assert client.book(person_id, session_id).json()["reason"] == "order_differs"
    assert paid(hall, paid_items((1, "CBC"))) == ["stored"]
    made = client.book(person_id, session_id)
    assert made.status_code == 201, made.text
    (row,) = hall.rows(sa.select(booking.c.order_id))
    (its,) = hall.rows(sa.select(doctor_order.c.order_id))
    assert row.order_id == its.order_id


def test_between_two_orders_nobody_guesses_and_one_that_is_done_is_none(hall: Hall) -> None:
    serves(hall)
    person_id, session_id, client = hall.person(), laboratory(hall), hall.client()
    told(hall, order(person_id, "A", items=[cbc()]), order(person_id, "B", items=[cbc()]))
    told(hall, order(person_id, "C", items=[cbc()], state="done"))
    assert client.book(person_id, session_id).json()["reason"] == "order_needed"
    ids = {it.state: it.order_id for it in hall.rows(sa.select(doctor_order))}
    assert client.book(person_id, session_id, order_id=ids["open"]).json()["reason"] == "order_unpaid"
    assert client.book(person_id, session_id, order_id=ids["done"]).status_code == 404
    assert client.book(hall.person(), session_id, order_id=ids["open"]).status_code == 404


def test_a_desk_finds_an_order_by_its_barcode_and_sees_a_masked_name(hall: Hall) -> None:
    person_id = hall.person()
    told(hall, order(person_id, "L0001", items=[item(1, "GLU", series_minutes=[0, 60, 120])]))
    paid(hall, payment(order_reference="L0001", items=[{"item_no": 1, "code": "CBC"}]))
    staff = hall.client(Channel.GUIDE_DESK, Right.STAFF)
    number_hash = base64.b64encode(hash_of(KEYS.lookup(GROUP), "L0001")).decode()
    answers = [staff.post("orders/find", body) for body in ({"reference": " L0001"}, {"reference_hash": number_hash})]
    for found in (it.json() for it in answers):
        assert (found["masked_name"], found["person_id"], found["differing"]) == ("张*丰", str(person_id), ["GLU"])
        assert found["items"][0]["series_minutes"] == [0, 60, 120]
    assert {it.action for it in hall.rows(sa.select(audit).where(audit.c.entity == "person"))} == {"looked at orders"}
    assert hall.client().post("orders/find", {"reference": "L0001"}).status_code == 403
    for wrong in ({"reference": "L9"}, {"reference": "\u0000"}, {"reference_hash": "!"}, {"reference_hash": "AA=="}):
        assert staff.post("orders/find", wrong).status_code == 404
    assert staff.post("orders/find", {}).status_code == 400
    assert (
        hall.client(Channel.GUIDE_DESK, Right.STAFF, hospital_id=SECOND)
        .post("orders/find", {"reference": "L0001"})
        .status_code
        == 404
    )


def test_guessing_barcodes_comes_to_an_end(hall: Hall) -> None:
    staff = hall.client(Channel.GUIDE_DESK, Right.STAFF)
    codes = [staff.post("orders/find", {"reference": f"X{at}"}).status_code for at in range(32)]
    assert codes == [404] * 30 + [429] * 2


def test_orders_of_a_person_are_for_them_and_their_guardian(hall: Hall) -> None:
    guardian_id = uuid4()
    person_id = hall.person(guardian_ids=[str(guardian_id)])
    told(hall, order(person_id, "A"), order(person_id, "B", state="withdrawn"))
    client = hall.client()
    for path in (f"persons/{person_id}/orders", f"persons/{person_id}/orders?acting_id={guardian_id}"):
        (found,) = client.get(path).json()["orders"]
        assert found["unpaid"] == ["CBC"]
    stranger = client.get(f"persons/{person_id}/orders?acting_id={uuid4()}")
    assert (stranger.status_code, stranger.json()["reason"]) == (409, "not_for_these_eyes")
    assert client.get(f"persons/{uuid4()}/orders").status_code == 404


@on_both_engines
def test_a_refund_is_settled_once(hall: Hall) -> None:
    made = hall.client().book(hall.person(), hall.session(NEXT_WEEK, fee_cents=700)).json()
    paid(hall, payment(booking_number=made["number"], amount_cents=700))
    hall.client().post(f"bookings/{made['booking_id']}/cancellation", {"is_warned": True})
    cashier = system(hall)
    (due,) = cashier.get("refunds").json()["refunds"]
    assert (due["amount_cents"], due["state"], due["booking_id"]) == (700, "ordered", made["booking_id"])
    path = f"refunds/{due['refund_id']}/settlement"
    assert cashier.post(path, {"is_paid_out": True}).json()["state"] == "paid_out"
    assert cashier.post(path, {"is_paid_out": False}).json()["state"] == "paid_out"
    assert cashier.get("refunds").json()["refunds"] == []
    assert len(cashier.get("refunds?state=paid_out").json()["refunds"]) == 1
    assert hall.client().get("refunds").status_code == 403
    assert system(hall, hospital_id=SECOND).post(path, {"is_paid_out": True}).status_code == 404
    assert [it.state for it in hall.rows(sa.select(refund_order))] == ["paid_out"]
