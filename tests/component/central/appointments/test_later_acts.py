"""What follows a booking: cancel, change, confirm, wait, lapse, and what staff do. All places add up after each."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from booking.roster.channels import Channel
from central.appointments.due import Due
from central.appointments.tables import booking, booking_step, hold, waiting_entry
from central.channels.caller import Right
from central.checkins.tables import check_in
from central.credit.tables import told_to_group
from central.notify.tables import message
from central.orders.tables import refund_order
from central.queues.tables import queue_entry
from central.rosters.tables import session, session_pool, slot
from central.staff.tables import audit, staff_task
from tests.plugins.booking_hall import (
    KEYS,
    MINUTE_MS,
    NEXT_WEEK,
    SURGERY,
    TODAY,
    TOMORROW,
    Client,
    Hall,
    new_id,
    wish,
)
from tests.plugins.postgres import on_both_engines

GENERAL = 'preset = "general"\n'
POINTS = 'preset = "trust-points"\n'


def reason_of(answer: Any) -> str:
    assert answer.status_code == 409, answer.text
    reason: str = answer.json()["reason"]
    return reason


def booked(client: Client, person_id: UUID, session_id: UUID, **changes: Any) -> dict[str, Any]:
    answer = client.book(person_id, session_id, **changes)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def change_to(session_id: UUID, **changes: Any) -> dict[str, Any]:
    return {"new_booking_id": str(new_id()), "session_id": str(session_id), "notice_shown": True, **changes}


def pass_time(hall: Hall, minutes: int) -> None:
    """The clock goes on, and what is due is done."""
    hall.clock.now_ms += minutes * MINUTE_MS
    due = Due(ask=hall.parts.reader.submit, write=hall.parts.writer.submit, keys=KEYS)
    due.step(hall.clock.now_ms)


def state_of(hall: Hall, booking_id: str) -> str:
    (row,) = hall.rows(sa.select(booking.c.state).where(booking.c.booking_id == UUID(booking_id)))
    state: str = row.state
    return state


def told(hall: Hall) -> list[str]:
    return [it.body.get("act", it.kind) for it in hall.rows(sa.select(told_to_group))]


@on_both_engines
def test_a_cancelled_place_is_bookable_at_once_and_its_reminders_are_dropped(hall: Hall) -> None:
    client, session_id = hall.client(), hall.session(NEXT_WEEK, pools={"common": 1})
    made = booked(client, hall.person(), session_id)
    answer = client.post(f"bookings/{made['booking_id']}/cancellation", {})
    assert (answer.status_code, answer.json()["state"], answer.json()["ended_by"]) == (200, "cancelled", "patient")
    kinds = {(it.kind, it.state) for it in hall.rows(sa.select(message))}
    assert {("cancelled", "waiting"), ("first_reminder", "dropped"), ("second_reminder", "dropped")} <= kinds
    assert hall.places(session_id) == {"free": 1}
    assert booked(client, hall.person(), session_id)["slot_no"] == 1
    assert hall.breaches() == []


def test_a_place_of_a_pool_that_has_returned_becomes_common(hall: Hall) -> None:
    session_id = hall.session(NEXT_WEEK, pools={"channel:web": 1, "common": 1})
    made = booked(hall.client(), hall.person(), session_id)
    hall.run(session_pool.update().where(session_pool.c.pool == "channel:web").values(returned_ms=1, returns_ms=1))
    hall.client().post(f"bookings/{made['booking_id']}/cancellation", {})
    assert {it.pool for it in hall.rows(sa.select(slot.c.pool))} == {"common"}


def test_what_costs_is_told_before_and_then_told_to_the_group_once(hall: Hall) -> None:
    hall.set_policy(POINTS)
    client, made = (it := hall.client()), booked(it, hall.person(), hall.session(NEXT_WEEK))
    path = f"bookings/{made['booking_id']}/cancellation"
    assert reason_of(client.post(path, {})) == "cost_not_shown"
    first = client.post(path, {"is_warned": True}, key="k")
    assert (first.status_code, client.post(path, {"is_warned": True}, key="k").content) == (200, first.content)
    assert reason_of(client.post(path, {"is_warned": True})) == "state_forbids"
    assert told(hall) == ["cancelled"]


def test_a_stopped_clinic_costs_nothing(hall: Hall) -> None:
    hall.set_policy(POINTS)
    client, made = (it := hall.client()), booked(it, hall.person(), hall.session(NEXT_WEEK))
    hall.run(session.update().values(stopped_ms=1))
    assert client.post(f"bookings/{made['booking_id']}/cancellation", {}).status_code == 200
    assert told(hall) == []


def test_only_staff_cancel_for_the_hospital_and_with_a_reason(hall: Hall) -> None:
    client, made = (it := hall.client()), booked(it, hall.person(), hall.session())
    path = f"bookings/{made['booking_id']}/cancellation"
    assert client.post(path, {"by": "hospital", "reason": "设备故障"}).status_code == 403
    staff = hall.client(Channel.WINDOW, Right.STAFF)
    assert reason_of(staff.post(path, {"by": "hospital"})) == "reason_needed"
    assert staff.post(path, {"by": "hospital", "reason": "设备故障", "agent": "护士 7"}).status_code == 200
    assert "护士 7" in {it.actor for it in hall.rows(sa.select(audit))}


def test_a_prepaid_booking_makes_exactly_one_refund_order(hall: Hall) -> None:
    client, made = (it := hall.client()), booked(it, hall.person(), hall.session(NEXT_WEEK, fee_cents=5000))
    hall.run(booking.update().values(is_paid=True))
    path = f"bookings/{made['booking_id']}/cancellation"
    for _ in range(2):
        client.post(path, {})
    (refund,) = hall.rows(sa.select(refund_order))
    assert (refund.amount_cents, refund.state) == (5000, "ordered")


@on_both_engines
def test_a_change_takes_the_new_place_and_then_frees_the_old_one(hall: Hall) -> None:
    client, person_id = hall.client(), hall.person()
    old, new = hall.session(NEXT_WEEK), hall.session(NEXT_WEEK, hour=9)
    made = booked(client, person_id, old)
    answer = client.post(f"bookings/{made['booking_id']}/change", change_to(new))
    assert answer.status_code == 201, answer.text
    assert answer.json()["earlier_booking_id"] == made["booking_id"]
    assert state_of(hall, made["booking_id"]) == "moved"
    assert (hall.places(old), hall.places(new)) == ({"free": 6}, {"busy": 1, "free": 5})
    assert hall.breaches() == []


def test_a_refused_change_leaves_the_old_place(hall: Hall) -> None:
    client, full = hall.client(), hall.session(NEXT_WEEK, pools={"common": 1}, hour=9)
    booked(client, hall.person(), full)
    made = booked(client, hall.person(), hall.session(NEXT_WEEK))
    assert reason_of(client.post(f"bookings/{made['booking_id']}/change", change_to(full))) == "full"
    assert state_of(hall, made["booking_id"]) == "booked"
    assert hall.breaches() == []


def test_changes_are_limited(hall: Hall) -> None:
    hall.set_policy(GENERAL + "[changing]\nmost = 1")
    client, person_id = hall.client(), hall.person()
    made = booked(client, person_id, hall.session(NEXT_WEEK))
    first = client.post(f"bookings/{made['booking_id']}/change", change_to(hall.session(NEXT_WEEK, hour=9))).json()
    again = client.post(f"bookings/{first['booking_id']}/change", change_to(hall.session(NEXT_WEEK, hour=11)))
    assert reason_of(again) == "too_many_changes"


@pytest.mark.parametrize(
    ("grants", "old_state", "new_state"), [(True, "moved", "booked"), (False, "booked", "cancelled")]
)
def test_staff_review_a_change_and_nobody_ends_with_none(
    hall: Hall, *, grants: bool, old_state: str, new_state: str
) -> None:
    hall.set_policy(GENERAL + "[changing]\nreviewed_by_staff = true")
    client, made = (it := hall.client()), booked(it, hall.person(), hall.session(NEXT_WEEK))
    new = client.post(f"bookings/{made['booking_id']}/change", change_to(hall.session(NEXT_WEEK, hour=9))).json()
    assert (state_of(hall, made["booking_id"]), new["state"]) == ("booked", "pending")
    assert [it.kind for it in hall.rows(sa.select(staff_task))] == ["review_change"]
    path, staff = f"bookings/{new['booking_id']}/change-review", hall.client(Channel.WINDOW, Right.STAFF)
    assert client.post(path, {"grants": grants}).status_code == 403
    assert staff.post(path, {"grants": grants}).status_code == 200
    assert (state_of(hall, made["booking_id"]), state_of(hall, new["booking_id"])) == (old_state, new_state)
    assert hall.rows(sa.select(staff_task).where(staff_task.c.settled_ms.is_(None))) == []
    assert hall.breaches() == []


@on_both_engines
def test_a_freed_place_is_offered_to_who_waits_and_the_offer_lapses_to_the_next(hall: Hall) -> None:
    client, session_id = hall.client(), hall.session(NEXT_WEEK, pools={"common": 1})
    made = booked(client, hall.person(), session_id)
    waiting = [hall.person(), hall.person()]
    entries = []
    for person_id in waiting:
        body = {"entry_id": str(new_id()), "person_id": str(person_id), "session_id": str(session_id)}
        entries.append(client.post("waiting-entries", body).json())
        hall.clock.now_ms += 1000
    assert [it["ahead"] for it in entries] == [0, 1]
    client.post(f"bookings/{made['booking_id']}/cancellation", {})
    first = client.get(f"waiting-entries/{entries[0]['entry_id']}").json()
    assert (first["state"], first["slot_no"]) == ("offered", 1)
    assert reason_of(client.book(hall.person(), session_id)) == "full"
    assert hall.breaches() == []
    pass_time(hall, 31)
    states = [client.get(f"waiting-entries/{it['entry_id']}").json()["state"] for it in entries]
    assert states == ["lapsed", "offered"]
    second = client.get(f"waiting-entries/{entries[1]['entry_id']}").json()
    assert client.book(waiting[0], session_id, hold_id=UUID(second["hold_id"])).status_code == 404
    assert client.book(waiting[1], session_id, hold_id=UUID(second["hold_id"])).status_code == 201
    assert [it.state for it in hall.rows(sa.select(waiting_entry.c.state))].count("taken") == 1
    assert hall.rows(sa.select(hold).where(hold.c.ended_ms.is_(None))) == []
    assert hall.breaches() == []


def test_an_offer_that_nobody_takes_ends_as_a_free_place(hall: Hall) -> None:
    client, session_id = hall.client(), hall.session(NEXT_WEEK, pools={"common": 1})
    made, person_id = booked(client, hall.person(), session_id), hall.person()
    body = {"entry_id": str(new_id()), "person_id": str(person_id), "session_id": str(session_id)}
    assert client.post("waiting-entries", body).status_code == 201
    again = {**body, "entry_id": str(new_id())}
    assert reason_of(client.post("waiting-entries", again)) == "already_waiting"
    client.post(f"bookings/{made['booking_id']}/cancellation", {})
    assert client.post(f"waiting-entries/{body['entry_id']}/end").json()["state"] == "left"
    assert hall.places(session_id) == {"free": 1}
    assert reason_of(client.post("waiting-entries", again)) == "places_are_free"
    assert hall.breaches() == []


def test_a_kept_place_is_nobody_elses_until_it_lapses(hall: Hall) -> None:
    client, session_id, person_id = hall.client(), hall.session(pools={"common": 1}), hall.person()
    body = {"person_id": str(person_id), "session_id": str(session_id)}
    kept = client.post("holds", body).json()
    assert reason_of(client.book(hall.person(), session_id)) == "full"
    assert hall.client().book(person_id, session_id, hold_id=UUID(kept["hold_id"])).status_code == 404
    pass_time(hall, 6)
    assert hall.places(session_id) == {"free": 1}
    assert client.book(person_id, session_id, hold_id=UUID(kept["hold_id"])).status_code == 404
    again = client.post("holds", body).json()
    assert client.book(person_id, session_id, hold_id=UUID(again["hold_id"])).status_code == 201
    assert hall.breaches() == []


def test_a_person_has_one_kept_place_at_a_time(hall: Hall) -> None:
    client, session_id, person_id = hall.client(), hall.session(), hall.person()
    body = {"person_id": str(person_id), "session_id": str(session_id)}
    for slot_no in (1, 2):
        assert client.post("holds", {**body, "slot_no": slot_no}).json()["slot_no"] == slot_no
    assert hall.places(session_id) == {"free": 5, "held": 1}
    (row,) = hall.rows(sa.select(hold.c.hold_id).where(hold.c.ended_ms.is_(None)))
    assert client.post(f"holds/{row.hold_id}/end").status_code == 200
    assert hall.places(session_id) == {"free": 6}
    assert hall.breaches() == []


def test_an_unpaid_booking_lapses_and_its_place_is_free(hall: Hall) -> None:
    hall.set_policy(GENERAL + '[payment]\nprepayment = "required"\nhold_min = 15')
    client, session_id = hall.client(), hall.session(NEXT_WEEK)
    made = booked(client, hall.person(), session_id)
    assert (made["state"], made["await_until_ms"]) == ("pending", hall.clock.now_ms + 15 * MINUTE_MS)
    pass_time(hall, 15)
    assert state_of(hall, made["booking_id"]) == "pending"
    pass_time(hall, 1)
    assert state_of(hall, made["booking_id"]) == "lapsed"
    assert hall.places(session_id) == {"free": 6}
    assert "lapsed" in {it.kind for it in hall.rows(sa.select(message))}
    assert hall.breaches() == []


def test_a_patient_who_does_not_confirm_in_time_loses_the_booking_and_points(hall: Hall) -> None:
    hall.set_policy(POINTS + '[confirmation]\nby = "patient"\nwithin_min = 60')
    client, session_id = hall.client(), hall.session(NEXT_WEEK)
    kept, lost = (booked(client, hall.person(), session_id)["booking_id"] for _ in range(2))
    answer = client.post(f"bookings/{kept}/confirmation", {})
    assert (answer.status_code, answer.json()["state"]) == (200, "confirmed")
    assert client.post(f"bookings/{lost}/confirmation", {"by": "hospital"}).status_code == 403
    pass_time(hall, 61)
    assert (state_of(hall, kept), state_of(hall, lost)) == ("confirmed", "lapsed")
    assert told(hall) == ["lapsed"]


def test_the_owners_system_confirms_what_it_owns(hall: Hall) -> None:
    client, session_id = hall.client(), hall.session(NEXT_WEEK, owner_confirms=True)
    made = booked(client, hall.person(), session_id)
    assert made["state"] == "pending"
    system = hall.client(Channel.PARTNER, Right.HOSPITAL_SYSTEM)
    answer = system.post(f"bookings/{made['booking_id']}/confirmation", {"by": "owner_system"})
    assert answer.json()["state"] == "booked"
    never = booked(client, hall.person(), hall.session(NEXT_WEEK))
    refused = system.post(f"bookings/{never['booking_id']}/confirmation", {"by": "owner_system"})
    assert reason_of(refused) == "confirmation_not_asked"


def test_who_never_comes_is_looked_for_and_then_recorded(hall: Hall) -> None:
    hall.set_policy(POINTS)
    client, session_id = hall.client(), hall.session(TOMORROW, hour=9)
    made = booked(client, hall.person(), session_id)
    pass_time(hall, 23 * 60 + 20)
    assert [it.kind for it in hall.rows(sa.select(staff_task))] == ["missing_patient"]
    assert state_of(hall, made["booking_id"]) == "booked"
    pass_time(hall, 60)
    assert state_of(hall, made["booking_id"]) == "no_show"
    assert told(hall) == ["no_show"]
    assert hall.places(session_id) == {"busy": 1, "free": 5}
    assert hall.breaches() == []


@pytest.fixture
def present(hall: Hall) -> dict[str, Any]:
    """Somebody who was registered on the spot and waits."""
    window = hall.client(Channel.WINDOW)
    made: dict[str, Any] = window.post("walk-ins", wish(hall.person(), hall.session(TODAY))).json()
    assert made["state"] == "checked_in"
    return made


def test_staff_take_a_check_in_back(hall: Hall, present: dict[str, Any]) -> None:
    path = f"bookings/{present['booking_id']}/undo-check-in"
    assert reason_of(hall.client(Channel.WINDOW).post(path, {"reason": "认错人"})) == "right_needed"
    staff = hall.client(Channel.WINDOW, Right.STAFF)
    answer = staff.post(path, {"reason": "认错人", "agent": "护士 7"})
    assert (answer.json()["state"], answer.json()["queue_number"]) == ("booked", "")
    assert hall.rows(sa.select(check_in)) == []
    assert {it.state for it in hall.rows(sa.select(queue_entry))} == {"left"}
    assert reason_of(staff.post(path, {"reason": "认错人"})) == "state_forbids"


def test_a_retriaged_patient_keeps_the_time_of_arrival(hall: Hall, present: dict[str, Any]) -> None:
    hall.clock.now_ms += 20 * MINUTE_MS
    staff, surgery = hall.client(Channel.GUIDE_DESK, Right.STAFF), hall.session(TODAY, department_id=SURGERY)
    path = f"bookings/{present['booking_id']}/retriage"
    assert reason_of(staff.post(path, {"to_session_id": str(hall.session(TODAY))})) == "same_department"
    assert staff.post(path, {"to_session_id": str(surgery)}).status_code == 200
    entries = hall.rows(sa.select(queue_entry).order_by(queue_entry.c.joined_ms))
    assert [(it.state, it.session_id == surgery) for it in entries] == [("left", False), ("waiting", True)]
    assert entries[0].arrived_ms == entries[1].arrived_ms


def test_a_doctors_move_costs_nothing_and_keeps_the_place_until_another_is_taken(hall: Hall) -> None:
    hall.set_policy(POINTS)
    client, session_id = hall.client(), hall.session(NEXT_WEEK)
    made = booked(client, hall.person(), session_id)
    path = f"bookings/{made['booking_id']}"
    assert reason_of(client.post(f"{path}/medical-move", {"reason": "术前检查"})) == "not_their_doctor"
    doctor = hall.client(Channel.CONSULTING_ROOM, Right.STAFF)
    assert doctor.post(f"{path}/medical-move", {"reason": "术前检查"}).status_code == 200
    assert hall.places(session_id)["busy"] == 1
    assert client.post(f"{path}/change", change_to(hall.session(NEXT_WEEK, hour=9))).status_code == 201
    assert told(hall) == []
    assert "medical_move" in {it.reason for it in hall.rows(sa.select(booking_step))}
