"""A hospital's system says which orders there are: the newest word counts, row by row, on both engines."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa

from booking.roster.channels import Channel
from central.channels.caller import Right
from central.orders.tables import doctor_order, order_item
from central.people.tables import patient
from central.staff.tables import audit
from tests.plugins.booking_hall import FIRST, NOW_MS, SECOND, Hall
from tests.plugins.hospital_told import AS_OF, item, order, put, system, told, verdicts
from tests.plugins.postgres import on_both_engines
from tests.plugins.two_hospitals import resident_number


@on_both_engines
def test_the_newest_word_counts_in_whatever_order_it_comes(hall: Hall) -> None:
    person_id, client = hall.person(), system(hall)
    first = order(person_id)
    later = order(
        person_id, as_of_ms=AS_OF + 1, is_urgent=True, items=[item(1, "GLU"), item(2, "CBC", is_fasting=True)]
    )
    for body, expected in ((first, "stored"), (first, "unchanged"), (later, "stored"), (first, "older")):
        assert verdicts(put(client, "orders", {"orders": [body]})) == [expected]
    assert verdicts(put(client, "orders", {"orders": [{**later, "is_urgent": False}]})) == ["as_of_used"]
    (row,) = hall.rows(sa.select(doctor_order))
    assert (row.as_of_ms, row.is_urgent, row.state, row.person_id) == (AS_OF + 1, True, "open", person_id)
    assert [(it.item_no, it.code, it.is_fasting) for it in hall.rows(sa.select(order_item).order_by("item_no"))] == [
        (1, "GLU", False),
        (2, "CBC", True),
    ]
    assert [it.action for it in hall.rows(sa.select(audit).where(audit.c.entity == "order"))] == ["order told"] * 2


def test_a_batch_has_a_verdict_for_each_row_and_nothing_of_a_bad_one_stays(hall: Hall) -> None:
    person_id = hall.person()
    found = told(
        hall,
        order(person_id, "A1"),
        order(uuid4(), "A2"),
        order(person_id, "A3", items=[item(1), item(1, "GLU")]),
        order(person_id, "A4", items=[item(1, service_id=str(uuid4()))]),
        order(person_id, "A5", department_id=str(uuid4())),
        order(person_id, "A6"),
        order(person_id, "A1"),
    )
    assert found == [
        "stored",
        "unknown_person",
        "bad_items",
        "unknown_service",
        "unknown_department",
        "stored",
        "unchanged",
    ]
    assert len(hall.rows(sa.select(doctor_order))) == len(hall.rows(sa.select(order_item))) == 2


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"as_of_ms": NOW_MS + 3_600_000}, "as_of_in_future"),
        ({"as_of_ms": -1}, "bad_as_of"),
        ({"as_of_ms": 2**70}, "as_of_in_future"),
        ({"ordered_ms": 0}, "bad_time"),
        ({"reference": ""}, "bad_reference"),
        ({"reference": "L\u0000"}, "bad_reference"),
        ({"reference": "L" * 65}, "bad_reference"),
        ({"state": "lost"}, "bad_state"),
        ({"items": []}, "bad_items"),
        ({"items": [item(0)]}, "bad_items"),
        ({"items": [item(number) for number in range(1, 60)]}, "bad_items"),
        ({"items": [item(code="a,b")]}, "bad_code"),
        ({"items": [item(name="=HYPERLINK(1)")]}, "bad_text"),
        ({"items": [item(name="a\u0000b")]}, "bad_text"),
        ({"items": [item(name="a\u202eb")]}, "bad_text"),
        ({"items": [item(series_minutes=[60, 0])]}, "bad_items"),
        ({"patient": {}}, "names_not_one"),
        ({"patient": {"document_kind": "library_card", "document_number": "1"}}, "bad_document"),
        ({"patient": {"document_kind": "resident_id", "document_number": "123"}}, "bad_document"),
        ({"patient": {"document_kind": "resident_id", "document_number": resident_number()}}, "unknown_person"),
    ],
)
def test_a_hostile_row_gets_its_reason(hall: Hall, changes: dict[str, Any], why: str) -> None:
    assert told(hall, {**order(hall.person()), **changes}) == [why]
    assert hall.rows(sa.select(doctor_order)) == []


@on_both_engines
def test_a_patient_named_by_a_document_is_brought_to_the_hospital(hall: Hall) -> None:
    number = resident_number()
    staff = hall.client(Channel.WINDOW, Right.STAFF, hospital_id=SECOND)
    document = {"kind": "resident_id", "number": number, "was_read": True}
    registered = staff.post("people", {"name": "张三丰", "documents": [document], "phone": "13812345678"}).json()
    named = {"document_kind": "resident_id", "document_number": f"{number[:6]} {number[6:]}"}
    assert told(hall, order(uuid4(), patient=named)) == ["stored"]
    (row,) = hall.rows(sa.select(doctor_order))
    assert str(row.person_id) == registered["person_id"]
    here = sa.select(patient.c.person_id).where(patient.c.hospital_id == FIRST)
    assert [str(it.person_id) for it in hall.rows(here)] == [registered["person_id"]]


def test_only_a_hospitals_own_system_is_heard(hall: Hall) -> None:
    body = {"orders": [order(hall.person())]}
    assert put(hall.client(Channel.WINDOW, Right.STAFF), "orders", body).status_code == 403
    elsewhere = system(hall, hospital_id=SECOND)
    elsewhere.hospital_id = FIRST
    assert put(elsewhere, "orders", body).status_code == 404
    assert put(system(hall), "orders", {"orders": [{"reference": 1}]}).status_code == 400
    assert put(system(hall), "orders", {"orders": [order(uuid4())] * 501}).status_code == 400
    assert hall.rows(sa.select(doctor_order)) == []


def test_an_order_of_another_hospital_is_another_order(hall: Hall) -> None:
    person_id = hall.person()
    hall.person(SECOND, person_id=person_id)
    for hospital_id in (FIRST, SECOND):
        client = system(hall, hospital_id=hospital_id)
        assert verdicts(put(client, "orders", {"orders": [order(person_id)]})) == ["stored"]
    assert len(hall.rows(sa.select(doctor_order))) == 2
