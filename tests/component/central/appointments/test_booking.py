"""Booking a place through HTTP: who gets which place, who is refused, and that each write is done once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from booking.roster.channels import Channel
from central.appointments.tables import booking, booking_step
from central.channels.caller import Right
from central.notify.tables import message
from central.rosters.tables import session, slot
from central.sync.tables import feed
from tests.plugins.booking_hall import (
    ELSEWHERE,
    FIRST,
    NEXT_WEEK,
    SECOND,
    SURGERY,
    TODAY,
    TOMORROW,
    Client,
    Hall,
    wish,
)
from tests.plugins.postgres import on_both_engines


def reason_of(answer: Any) -> str:
    assert answer.status_code == 409, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["sentence"]["by_language"]["zh-CN"]
    assert problem["sentence"]["by_language"]["en"]
    reason: str = problem["reason"]
    return reason


@on_both_engines
def test_a_booking_has_a_number_a_place_a_trail_and_messages(hall: Hall) -> None:
    person_id, session_id = hall.person(), hall.session(NEXT_WEEK)
    answer = hall.client().book(person_id, session_id, need="复查")
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert made["state"] == "booked"
    assert (len(made["number"]), made["number"][:2], made["slot_no"]) == (12, "01", 1)
    (row,) = hall.rows(sa.select(booking))
    assert (row.channel, row.need_sealed is not None, row.number_last_four) == ("web", True, made["number"][-4:])
    (step,) = hall.rows(sa.select(booking_step))
    assert (step.before, step.after, step.by, step.channel) == (None, "booked", "patient", "web")
    assert {it.kind for it in hall.rows(sa.select(message))} == {"booked", "first_reminder", "second_reminder"}
    assert [it.entity for it in hall.rows(sa.select(feed))] == ["booking"]
    assert hall.places(session_id) == {"busy": 1, "free": 5}
    assert hall.breaches() == []


@on_both_engines
def test_a_repeat_gets_the_same_answer_and_does_nothing(hall: Hall) -> None:
    client, body = hall.client(), wish(hall.person(), hall.session())
    answers = [client.post("bookings", body, key=key) for key in ('"k1"', "k1", '"k1"')]
    assert len({it.content for it in answers}) == 1
    assert len(hall.rows(sa.select(booking))) == 1


def test_a_refusal_is_repeated_even_when_a_place_is_free_by_now(hall: Hall) -> None:
    client, session_id = hall.client(), hall.session(pools={"common": 1})
    first = client.book(hall.person(), session_id).json()
    body = wish(hall.person(), session_id)
    assert reason_of(client.post("bookings", body, key="k")) == "full"
    cancelled = client.post(f"bookings/{first['booking_id']}/cancellation", {"is_warned": True})
    assert cancelled.status_code == 200
    assert reason_of(client.post("bookings", body, key="k")) == "full"
    assert client.post("bookings", body, key="another").status_code == 201


def test_a_key_of_another_body_is_a_fault(hall: Hall) -> None:
    client, session_id = hall.client(), hall.session()
    assert client.post("bookings", wish(hall.person(), session_id), key="k").status_code == 201
    answer = client.post("bookings", wish(hall.person(), session_id), key="k")
    assert (answer.status_code, answer.json()["reason"]) == (422, "key_reused")


def test_a_write_without_a_key_is_not_done(hall: Hall) -> None:
    client = hall.client()
    answer = client.post("bookings", wish(hall.person(), hall.session()), key=" ")
    assert answer.status_code == 400
    assert hall.rows(sa.select(booking)) == []


def test_the_same_booking_under_another_key_is_the_same_booking(hall: Hall) -> None:
    client, body = hall.client(), wish(hall.person(), hall.session())
    first, again = (client.post("bookings", body).json() for _ in range(2))
    assert (first["number"], first["slot_no"]) == (again["number"], again["slot_no"])
    assert len(hall.rows(sa.select(booking))) == 1


@on_both_engines
def test_an_id_of_another_persons_booking_is_a_fault(hall: Hall) -> None:
    client, session_id = hall.client(), hall.session()
    made = client.book(hall.person(), session_id).json()
    answer = client.book(hall.person(), session_id, booking_id=UUID(made["booking_id"]))
    assert (answer.status_code, answer.json()["reason"]) == (422, "key_reused")
    assert hall.places(session_id)["busy"] == 1


@on_both_engines
@pytest.mark.parametrize("path", ["bookings", "walk-ins"])
def test_an_id_asked_for_again_with_another_session_is_no_second_booking(hall: Hall, path: str) -> None:
    """What stands in the way is named; where nothing does, the id means another booking already."""
    hall.set_policy('preset = "general"\n[window]\nearliest_days = 0\ncut_off_before_min = 0')
    client, person_id = hall.client(Channel.WINDOW), hall.person()
    first = hall.session(TODAY)
    made = client.post(path, wish(person_id, first)).json()
    booking_id = UUID(made["booking_id"])
    same_time = hall.session(TODAY, department_id=SURGERY)
    refused = client.post(path, wish(person_id, same_time, booking_id=booking_id))
    assert (reason_of(refused), refused.json()["facts"]["collides"]) == ("same_time", made["number"])
    later = hall.session(TODAY, hour=16, department_id=SURGERY)
    reused = client.post(path, wish(person_id, later, booking_id=booking_id))
    assert (reused.status_code, reused.json()["reason"]) == (422, "key_reused")
    assert len(hall.rows(sa.select(booking))) == 1
    assert hall.breaches() == []


@on_both_engines
def test_two_clients_at_once_for_the_last_place_and_one_gets_it(hall: Hall) -> None:
    session_id = hall.session(pools={"common": 1})
    clients = [hall.client(channel) for channel in (Channel.WEB, Channel.APP) * 4]
    bodies = [wish(hall.person(), session_id) for _ in clients]
    with ThreadPoolExecutor(len(clients)) as pool:
        answers = list(pool.map(lambda it: it[0].post("bookings", it[1]), zip(clients, bodies, strict=True)))
    assert sorted(it.status_code for it in answers) == [201] + [409] * 7
    assert {reason_of(it) for it in answers if it.status_code == 409} == {"full"}
    assert hall.breaches() == []


@on_both_engines
def test_one_person_at_many_channels_at_once_never_has_more_than_the_limit(hall: Hall) -> None:
    hall.set_policy('preset = "general"\n[limits]\nper_day = 2\nper_department_and_day = 0')
    person_id = hall.person()
    sessions = [hall.session(hour=8 + at) for at in range(6)]
    clients = [hall.client(channel) for channel in (Channel.WEB, Channel.APP, Channel.PHONE) * 2]
    with ThreadPoolExecutor(len(clients)) as pool:
        answers = list(pool.map(lambda it: it[0].book(person_id, it[1]), zip(clients, sessions, strict=True)))
    assert sorted(it.status_code for it in answers) == [201] * 2 + [409] * 4
    assert {reason_of(it) for it in answers if it.status_code == 409} == {"too_many_that_day"}


def test_a_channel_takes_its_own_places_first_and_then_the_common_ones(hall: Hall) -> None:
    session_id = hall.session(pools={"channel:web": 1, "channel:app": 1, "common": 1})
    web = hall.client()
    assert [web.book(hall.person(), session_id).json()["slot_no"] for _ in range(2)] == [1, 3]
    assert reason_of(web.book(hall.person(), session_id)) == "full"
    assert hall.client(Channel.APP).book(hall.person(), session_id).json()["slot_no"] == 2
    assert hall.breaches() == []


@on_both_engines
def test_reserved_places_are_for_those_they_are_kept_for(hall: Hall) -> None:
    session_id = hall.session(pools={"reserve:elder": 2})
    client = hall.client()
    assert reason_of(client.book(hall.person(), session_id)) == "only_reserved_left"
    assert client.book(hall.person(birth="1950-01-01"), session_id).status_code == 201
    disabled = hall.person(grants=[{"group": "disabled", "until": "2030-01-01"}])
    assert reason_of(client.book(disabled, session_id)) == "full"


def stopped_with(hall: Hall, patient_id: UUID) -> str:
    """The booking of a patient whose clinic was stopped this instant."""
    session_id = hall.session(NEXT_WEEK, hour=8)
    made = hall.client().book(patient_id, session_id).json()
    hall.run(session.update().where(session.c.session_id == session_id).values(stopped_ms=hall.clock.now_ms))
    blocked = {"state": "blocked", "blocked_for": "stopped", "booking_id": None}
    hall.run(slot.update().where(slot.c.session_id == session_id).values(blocked))
    hall.run(booking.update().where(booking.c.session_id == session_id).values(state="stopped"))
    booking_id: str = made["booking_id"]
    return booking_id


@on_both_engines
def test_patients_of_a_clinic_that_was_just_stopped_have_its_departments_places_first(hall: Hall) -> None:
    """Rule H1. Others have what those leave over, however many ask at once."""
    affected = hall.person()
    booking_id = stopped_with(hall, affected)
    few = hall.session(NEXT_WEEK, pools={"common": 2, "channel:app": 1})
    clients = [hall.client() for _ in range(6)]
    bodies = [wish(hall.person(), few, slot_no=1 + at % 2) for at in range(len(clients))]
    with ThreadPoolExecutor(len(clients)) as pool:
        answers = list(pool.map(lambda it: it[0].post("bookings", it[1]), zip(clients, bodies, strict=True)))
    assert sorted(it.status_code for it in answers) == [201] + [409] * 5
    assert reason_of(clients[0].book(hall.person(), few)) == "full"
    assert hall.client(Channel.APP).book(hall.person(), few).status_code == 201
    elsewhere = hall.session(NEXT_WEEK, pools={"common": 1}, department_id=SURGERY)
    assert clients[0].book(hall.person(), elsewhere).status_code == 201
    change = {"new_booking_id": str(uuid4()), "session_id": str(few), "notice_shown": True, "is_warned": True}
    assert clients[0].post(f"bookings/{booking_id}/change", change).status_code == 201
    assert hall.places(few) == {"busy": 3}
    assert hall.breaches() == []


@on_both_engines
def test_what_was_kept_for_patients_of_a_stopped_clinic_is_everybodys_when_their_time_is_up(hall: Hall) -> None:
    stopped_with(hall, hall.person())
    client, few = hall.client(), hall.session(NEXT_WEEK, pools={"common": 1})
    assert reason_of(client.book(hall.person(), few)) == "full"
    hall.clock.now_ms += 121 * 60_000
    assert client.book(hall.person(), few).status_code == 201


def test_a_place_may_be_chosen_and_is_had_once(hall: Hall) -> None:
    client, session_id = hall.client(), hall.session()
    assert client.book(hall.person(), session_id, slot_no=4).json()["slot_no"] == 4
    assert reason_of(client.book(hall.person(), session_id, slot_no=4)) == "full"


GENERAL = 'preset = "general"\n'
REFUSALS: dict[str, Any] = {
    "channel_off": lambda hall: hall.set_policy(GENERAL + "[channels.web]\non = false"),
    "channel_may_not": lambda hall: hall.set_policy(GENERAL + "[channels.web]\nmay_book = false"),
    "channel_closed": lambda hall: hall.set_policy(GENERAL + '[channels.web]\nopens = "12:00"'),
    "not_offered": lambda hall: hall.run(session.update().values(is_offered=False)),
    "clinic_stopped": lambda hall: hall.run(session.update().values(stopped_ms=1)),
}


@pytest.mark.parametrize("reason", REFUSALS)
def test_what_the_hospital_has_set_refuses(hall: Hall, reason: str) -> None:
    person_id, session_id = hall.person(), hall.session()
    REFUSALS[reason](hall)
    assert reason_of(hall.client().book(person_id, session_id)) == reason
    assert hall.places(session_id) == {"free": 6}


PERSONS: dict[str, dict[str, Any]] = {
    "document_needed": {"credential_hashes": [], "document_kinds": []},
    "contact_needed": {"is_reachable": False},
    "suspended": {
        "standing": {
            "suspended_until": "2026-05-01",
            "restricted_until": None,
            "allowance_lost": 0,
            "awaits_reactivation": False,
            "is_barred_by_blacklist": False,
            "as_of_ms": 1,
        }
    },
}


@pytest.mark.parametrize("reason", PERSONS)
def test_who_the_person_is_refuses(hall: Hall, reason: str) -> None:
    answer = hall.client().book(hall.person(**PERSONS[reason]), hall.session())
    assert reason_of(answer) == reason
    if reason == "suspended":
        assert answer.json()["facts"]["until"] == "2026-05-01"


def test_days_hours_and_notices_refuse(hall: Hall) -> None:
    client, person_id = hall.client(), hall.person()
    assert reason_of(client.book(person_id, hall.session(TODAY))) == "day_too_soon"
    far = hall.session(TODAY.replace(month=6))
    assert reason_of(client.book(person_id, far)) == "day_too_far"
    assert reason_of(client.book(person_id, hall.session(), notice_shown=False)) == "notice_not_shown"
    assert reason_of(client.book(person_id, hall.session(kind="laboratory"))) == "order_needed"
    hall.set_policy(GENERAL + '[window]\ncut_off = "day_before"\ncut_off_at = "09:00"')
    assert reason_of(client.book(person_id, hall.session())) == "booking_closed"


def test_what_the_person_has_refuses_and_names_it(hall: Hall) -> None:
    client, person_id = hall.client(), hall.person()
    made = client.book(person_id, hall.session()).json()
    same_time = client.book(person_id, hall.session(department_id=SURGERY))
    assert reason_of(same_time) == "same_time"
    assert same_time.json()["facts"]["collides"] == made["number"]
    assert reason_of(client.book(person_id, hall.session(hour=9))) == "same_department_and_day"


def test_a_stranger_does_not_book_and_a_guardian_does(hall: Hall) -> None:
    mother, stranger = hall.person(), hall.person()
    child = hall.person(guardian_ids=[str(mother)])
    client, session_id = hall.client(), hall.session()
    assert reason_of(client.book(child, session_id, acting_id=stranger)) == "not_the_guardian"
    assert client.book(child, session_id, acting_id=mother).status_code == 201
    (row,) = hall.rows(sa.select(booking.c.guardian_id))
    assert row.guardian_id == mother


def test_what_another_hospital_has_is_not_there(hall: Hall) -> None:
    client = hall.client(hospital_id=FIRST)
    here, there = hall.session(), hall.session(hospital_id=SECOND)
    assert client.book(hall.person(), there).status_code == 404
    assert client.book(hall.person(SECOND), here).status_code == 404
    for hospital_id in (SECOND, ELSEWHERE, UUID(int=999)):
        stranger = Client(hall.http, client.token, hospital_id)
        answer = stranger.book(hall.person(), here)
        assert (answer.status_code, answer.json()["reason"]) == (404, "not_found")
    assert hall.rows(sa.select(booking)) == []


def test_a_client_of_the_group_books_at_each_of_its_hospitals(hall: Hall) -> None:
    client = hall.client()
    for hospital_id in (FIRST, SECOND):
        there = Client(hall.http, client.token, hospital_id)
        made = there.book(hall.person(hospital_id), hall.session(hospital_id=hospital_id))
        assert made.status_code == 201
    assert Client(hall.http, client.token, ELSEWHERE).book(hall.person(), hall.session()).status_code == 404


@on_both_engines
def test_staff_add_a_place_above_capacity_so_often_and_with_a_reason(hall: Hall) -> None:
    staff, session_id = hall.client(Channel.WINDOW, Right.STAFF), hall.session(pools={"common": 1})
    assert staff.book(hall.person(), session_id).status_code == 201
    body = wish(hall.person(), session_id, reason="外地患者", agent="护士 7")
    added = staff.post("add-ons", body)
    assert (added.status_code, added.json()["slot_no"]) == (201, 2)
    assert staff.post("add-ons", wish(hall.person(), session_id, reason="老患者")).json()["slot_no"] == 3
    assert reason_of(staff.post("add-ons", wish(hall.person(), session_id, reason="再加"))) == "add_ons_used_up"
    assert reason_of(staff.post("add-ons", wish(hall.person(), session_id, reason=" "))) == "reason_needed"
    assert reason_of(hall.client().post("add-ons", wish(hall.person(), session_id, reason="x"))) == "channel_may_not"
    assert hall.breaches() == []


def test_staff_exempt_a_booking_from_a_limit(hall: Hall) -> None:
    staff, person_id = hall.client(Channel.WINDOW, Right.STAFF), hall.person()
    assert staff.book(person_id, hall.session()).status_code == 201
    later = hall.session(hour=9)
    assert reason_of(staff.book(person_id, later)) == "same_department_and_day"
    assert staff.post("exemptions", wish(person_id, later, reason="两科会诊")).status_code == 201
    no_right = hall.client(Channel.WINDOW).post("exemptions", wish(person_id, later, reason="x"))
    assert reason_of(no_right) == "right_needed"


@on_both_engines
def test_a_walk_in_is_checked_in_with_a_number_at_once(hall: Hall) -> None:
    session_id = hall.session(TODAY, pools={"walk_in": 1, "common": 1})
    window = hall.client(Channel.WINDOW)
    made = window.post("walk-ins", wish(hall.person(), session_id)).json()
    assert (made["state"], made["slot_no"]) == ("checked_in", 1)
    assert made["queue_number"].endswith("001")
    assert made["asks_phone"]
    assert window.post("walk-ins", wish(hall.person(), session_id)).json()["slot_no"] == 2
    assert reason_of(window.post("walk-ins", wish(hall.person(), session_id))) == "full"
    assert reason_of(hall.client().post("walk-ins", wish(hall.person(), session_id))) == "channel_may_not"
    tomorrow = window.post("walk-ins", wish(hall.person(), hall.session(TOMORROW)))
    assert reason_of(tomorrow) == "not_today"
    assert hall.breaches() == []


def test_an_appointment_outside_working_hours_names_who_will_be_there(hall: Hall) -> None:
    hall.set_policy(GENERAL + "[off_hours]\non = true\nworking_days_ahead = 1")
    client = hall.client()
    evening, elder = hall.session(NEXT_WEEK, hour=19), hall.person(birth="1950-01-01")
    assert reason_of(client.post("off-hours-bookings", wish(elder, evening))) == "staff_not_named"
    named = {"staff_name": "王护士", "staff_phone": "02712345678"}
    assert (
        reason_of(client.post("off-hours-bookings", wish(hall.person(), evening, **named))) == "off_hours_not_entitled"
    )
    assert client.post("off-hours-bookings", wish(elder, evening, **named)).status_code == 201
    (row,) = hall.rows(sa.select(slot.c.no).where(slot.c.state == "busy"))
    assert row.no == 1
