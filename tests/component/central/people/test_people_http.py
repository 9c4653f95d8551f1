"""People through the interface: who may do what, once, in the trail, in every hospital (rules A1, A2, A4, C8)."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from central.appointments.tables import booking
from central.people.tables import patient, person
from tests.plugins.booking_hall import FIRST, SECOND, TODAY, Hall
from tests.plugins.people_hall import (
    BIRTH,
    NAME,
    NUMBER,
    PHONE,
    document,
    registered,
    registration,
    relay,
    staff,
    trail,
)
from tests.plugins.postgres import on_both_engines
from tests.plugins.two_hospitals import resident_number


def test_who_registered_can_book_at_once(hall: Hall) -> None:
    web = hall.client()
    person_id = registered(web)
    answer = web.book(person_id, hall.session())
    assert answer.status_code == 201, answer.text
    row = hall.rows(sa.select(booking.c.check_phone, booking.c.check_birthday))[0]
    assert row.check_phone is not None
    assert row.check_birthday is not None
    assert trail(hall, person_id) == ["registered"]


def test_a_repeat_is_the_same_registration_and_another_body_is_not(hall: Hall) -> None:
    web = hall.client()
    first = web.post("people", registration(), key="k1")
    again = web.post("people", registration(), key="k1")
    assert (first.status_code, again.status_code, first.content) == (201, 201, again.content)
    assert web.post("people", registration(phone="13900000000"), key="k1").status_code == 422
    assert len(hall.rows(sa.select(person))) == 1


@on_both_engines
def test_one_document_at_eight_windows_at_once_makes_one_person(hall: Hall) -> None:
    clients = [hall.client() for _ in range(8)]
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda client: client.post("people", registration()), clients))
    assert {it.status_code for it in answers} == {201}
    assert len({it.json()["person_id"] for it in answers}) == 1
    assert [it.json()["is_new"] for it in answers].count(True) == 1


def test_a_web_sites_word_that_it_read_a_card_does_not_count(hall: Hall) -> None:
    read = [document(was_read=True)]
    typed = hall.client().post("people", registration(documents=read)).json()
    assert not typed["is_verified"]
    shown = staff(hall).post("people", registration(documents=read)).json()
    assert shown == {"person_id": typed["person_id"], "is_new": False, "is_verified": True}


def test_a_refused_registration_says_all_and_repeats_itself(hall: Hall) -> None:
    web = hall.client()
    wrong = registration(name=" ", phone="1", number=NUMBER[:-1])
    answer = web.post("people", wrong, key="k1")
    problem = answer.json()
    assert (answer.status_code, problem["reason"]) == (409, "name_missing")
    assert set(problem["facts"]["items"].split(",")) == {"name_missing", "document_wrong", "phone_wrong"}
    assert problem["sentence"]["by_language"]["zh-CN"]
    assert web.post("people", wrong, key="k1").content == answer.content
    assert hall.rows(sa.select(person)) == []


def test_what_cannot_be_kept_is_not_understood(hall: Hall) -> None:
    web = hall.client()
    for changes in (
        {"name": "x" * 200},
        {"name": "a\x00b"},
        {"documents": []},
        {"documents": [document(kind="library_card")]},
        {"sex": "other"},
        {"guardian_id": "me"},
    ):
        answer = web.post("people", registration(**changes))
        assert (answer.status_code, answer.json()["reason"]) == (400, "bad_request"), changes
    half = json.dumps(registration(name="\ud800")).encode("ascii")
    headers = {"Authorization": f"Bearer {web.token}", "Idempotency-Key": "half", "Content-Type": "application/json"}
    answer = hall.http.post(f"/v1/hospitals/{FIRST}/people", content=half, headers=headers)
    assert (answer.status_code, answer.json()["reason"]) == (400, "bad_request")
    assert hall.rows(sa.select(person)) == []


def test_a_guardian_nobody_knows(hall: Hall) -> None:
    answer = hall.client().post("people", registration(guardian_id=str(uuid4())))
    assert (answer.status_code, answer.json()["reason"]) == (404, "not_found")
    assert hall.rows(sa.select(person)) == []


def test_finding_needs_document_and_name_and_tells_nothing_else(hall: Hall) -> None:
    web = hall.client()
    person_id = registered(web)
    found = web.post("people/find", {"document": document(), "name": " 欧阳测试 "}).json()
    assert (found["is_known"], found["person_id"], found["masked_name"]) == (True, str(person_id), "欧*试")
    wrong_name = web.post("people/find", {"document": document(), "name": "李四"})
    unknown = web.post("people/find", {"document": document(resident_number()), "name": NAME})
    impossible = web.post("people/find", {"document": document("12"), "name": NAME})
    pretended = web.post("people/find", {"document": document(was_read=True)})
    assert wrong_name.content == unknown.content == impossible.content == pretended.content
    assert trail(hall, person_id) == [
        "found by document",
        "found by document, other name",
        "found by document, other name",
        "registered",
    ]


def test_nobody_tries_names_until_one_fits(hall: Hall) -> None:
    web = hall.client()
    registered(web)
    answers = [web.post("people/find", {"document": document(), "name": f"李{at}"}) for at in range(12)]
    assert [it.status_code for it in answers] == [200] * 10 + [429] * 2
    assert int(answers[-1].headers["Retry-After"]) >= 1


def test_who_is_found_at_another_hospital_can_book_there(hall: Hall) -> None:
    person_id = registered(hall.client())
    there = hall.client(hospital_id=SECOND)
    session_id = hall.session(hospital_id=SECOND)
    assert there.book(person_id, session_id).status_code == 404
    there.post("people/find", {"document": document(), "name": NAME})
    assert there.book(person_id, session_id).status_code == 201


@on_both_engines
def test_staff_search_by_name_or_phone_and_nobody_else(hall: Hall) -> None:
    person_id, window = registered(hall.client()), staff(hall)
    for wanted in ({"name": NAME}, {"phone": "139 1234 7788"}, {"name": NAME, "phone": PHONE}):
        (line,) = window.post("people/search", wanted).json()["people"]
        assert line["person_id"] == str(person_id)
        assert NAME not in str(line)
    for wanted in ({"name": "欧阳"}, {"phone": "13900000000"}, {"phone": "x"}, {}, {"name": "李四", "phone": PHONE}):
        assert window.post("people/search", wanted).json()["people"] == []
    assert hall.client().post("people/search", {"name": NAME}).status_code == 403
    assert trail(hall, person_id).count("found by search") == 3


def test_a_record_is_whole_for_staff_masked_for_others_and_every_look_is_kept(hall: Hall) -> None:
    web, window = hall.client(), staff(hall)
    person_id = registered(web)
    masked, whole = web.get(f"people/{person_id}"), window.get(f"people/{person_id}").json()
    assert (whole["name"], whole["birth_date"], whole["phone_last_four"]) == (NAME, BIRTH, "7788")
    assert NAME not in masked.text
    assert BIRTH not in masked.text
    assert masked.json()["credentials"][0]["last_four"] == NUMBER[-4:]
    assert trail(hall, person_id) == ["read", "read", "registered"]
    assert web.get(f"people/{uuid4()}").status_code == 404


def test_only_staff_touch_what_needs_a_document(hall: Hall) -> None:
    web = hall.client()
    person_id, why = registered(web), {"reason": "seen"}
    writes: dict[str, dict[str, Any]] = {
        f"people/{person_id}/profile": {"name": "李四", **why},
        f"people/{person_id}/review": {"approve": True, **why},
        f"people/{person_id}/credentials": document("E1234567", "passport"),
        f"people/{person_id}/credentials/{uuid4()}/end": why,
        f"people/{person_id}/guardians": {"guardian_id": str(uuid4()), "relation": "mother"},
        f"people/{person_id}/guardians/{uuid4()}/end": why,
        f"people/{person_id}/grants": {"group": "disabled", "until": "2027-01-01", "document_seen": "card"},
        f"grants/{uuid4()}/withdrawal": why,
        "merges": {"kept_id": str(person_id), "merged_id": str(uuid4()), **why},
        f"people/{person_id}/voids": {"entry_id": str(uuid4()), **why},
        f"people/{person_id}/appeal-refusals": {"entry_id": str(uuid4()), **why},
        f"people/{person_id}/reinstatements": why,
        f"people/{person_id}/blacklistings": why,
        f"requests/{uuid4()}/review": {"outcome": "taken_up"},
        "referrals": {"person_id": str(person_id), "direction": "in", "referred_by": "x", "valid_until_ms": 1},
    }
    for path, body in writes.items():
        assert web.post(path, body).status_code == 403, path
    for path in ("people/to-review", "grants/to-reverify", "requests", "referrals"):
        assert web.get(path).status_code == 403, path
    assert trail(hall, person_id) == ["registered"]


def test_review_phone_documents_and_guardians_reach_the_copy(hall: Hall) -> None:
    web, window = hall.client(), staff(hall)
    person_id = registered(web)
    child = registered(web, name="欧阳小", number=resident_number("20200506"))
    to_review = window.get("people/to-review").json()["people"]
    assert {it["person_id"] for it in to_review} == {str(person_id), str(child)}
    approved = window.post(f"people/{person_id}/review", {"approve": True, "reason": "seen"})
    refused = window.post(f"people/{child}/review", {"approve": False, "reason": "no such child"})
    assert (approved.status_code, refused.status_code) == (200, 200)
    assert window.get("people/to-review").json()["people"] == []
    assert web.post(f"people/{person_id}/phone", {"phone": "12"}).json()["reason"] == "phone_wrong"
    assert web.post(f"people/{person_id}/phone", {"phone": "13800001234"}).status_code == 200
    passport = document("E1234567", "passport", was_read=True)
    assert window.post(f"people/{person_id}/credentials", passport).status_code == 201
    assert window.post(f"people/{child}/credentials", passport).json()["reason"] == "two_records"
    assert window.post(f"people/{child}/guardians", {"guardian_id": str(person_id), "relation": "mother"}).is_success
    copies = {it.person_id: it for it in hall.rows(sa.select(patient))}
    assert copies[person_id].is_verified
    assert sorted(copies[person_id].document_kinds) == ["passport", "resident_id"]
    assert copies[child].guardian_ids == [str(person_id)]
    record = window.get(f"people/{person_id}").json()
    assert (record["phone_last_four"], record["wards"]) == ("1234", [str(child)])
    assert window.post(f"people/{child}/guardians/{person_id}/end", {"reason": "of age"}).json()["is_changed"]
    assert hall.rows(sa.select(patient.c.guardian_ids).where(patient.c.person_id == child))[0].guardian_ids == []
    card_id = next(it["credential_id"] for it in record["credentials"] if it["kind"] == "passport")
    assert window.post(f"people/{person_id}/credentials/{card_id}/end", {"reason": "lost"}).json()["is_changed"]
    lost = {"document": document("E1234567", "passport"), "name": NAME}
    assert not web.post("people/find", lost).json()["is_known"]


@on_both_engines
def test_a_priority_group_is_granted_seen_again_and_withdrawn(hall: Hall) -> None:
    window = staff(hall)
    person_id = registered(window)
    until = (TODAY + timedelta(days=20)).isoformat()
    body = {"group": "disabled", "until": until, "document_seen": "disability card"}
    grant = window.post(f"people/{person_id}/grants", body)
    assert grant.status_code == 201
    copied = hall.rows(sa.select(patient.c.grants))[0].grants
    assert copied == [{"group": "disabled", "until": until}]
    (due,) = window.get("grants/to-reverify").json()["grants"]
    assert due == grant.json()
    ended = window.post(f"grants/{due['grant_id']}/withdrawal", {"reason": "no longer holds"})
    assert ended.status_code == 200
    assert window.get("grants/to-reverify").json()["grants"] == []
    assert hall.rows(sa.select(patient.c.grants))[0].grants == []
    assert window.post(f"grants/{due['grant_id']}/withdrawal", {"reason": "again"}).status_code == 404


@on_both_engines
def test_two_records_become_one_in_both_hospitals(hall: Hall) -> None:
    window, there = staff(hall), hall.client(hospital_id=SECOND)
    kept = registered(window)
    merged = registered(there, name="OUYANG CESHI", documents=[document("E1234567", "passport")])
    booked = there.book(merged, hall.session(hospital_id=SECOND)).json()
    body = {"kept_id": str(kept), "merged_id": str(merged), "reason": "both documents seen"}
    assert window.post("merges", body, key="m1").status_code == 201
    assert window.post("merges", body, key="m1").status_code == 201
    relay(hall)
    (row,) = hall.rows(sa.select(booking.c.booking_id, booking.c.person_id))
    assert (str(row.booking_id), row.person_id) == (booked["booking_id"], kept)
    assert there.book(merged, hall.session(hospital_id=SECOND, hour=16)).status_code == 404
    found = there.post("people/find", {"document": document("E1234567", "passport"), "name": NAME}).json()
    assert found["person_id"] == str(kept)
    assert window.get(f"people/{merged}").json()["person_id"] == str(kept)
    assert window.post("merges", {**body, "kept_id": str(merged)}).status_code == 404
