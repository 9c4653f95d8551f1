"""Help calls, ratings and complaints: who owns a call, which visits may be rated, what goes to staff by the clock.

# rules B4, I4
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa

from booking.roster.channels import Channel
from central.appointments.tables import booking
from central.channels.caller import Right
from central.feedback.due import TAKEN_WITHIN_MS, FeedbackDue
from central.feedback.tables import complaint, help_call, rating
from central.moment import Moment
from central.sample.plan import instant_ms
from central.staff.tables import audit, staff_task
from central.terminals.service import make_code
from tests.plugins.booking_hall import KEYS, NEXT_WEEK, NOW_MS, SECOND, TODAY, Client, Hall
from tests.plugins.postgres import on_both_engines
from tests.plugins.signed_terminal import SignedTerminal

MINUTE_MS = 60_000


def staff(hall: Hall, **changes: Any) -> Client:
    return hall.client(Channel.GUIDE_DESK, Right.STAFF, **changes)


def called(hall: Hall, kind: str = "help", call_id: UUID | None = None) -> UUID:
    """As a terminal's call stands in the store."""
    found = call_id or uuid4()
    values = {"hospital_id": UUID(int=101), "call_id": found, "terminal_id": uuid4(), "kind": kind}
    hall.run(help_call.insert().values(**values, made_ms=NOW_MS, ver=1))
    return found


def step(hall: Hall, now_ms: int) -> None:
    FeedbackDue(ask=hall.parts.reader.submit, write=hall.parts.writer.submit).step(now_ms)


def tasks(hall: Hall) -> list[str]:
    return sorted(it.kind for it in hall.rows(sa.select(staff_task)))


def refused(answer: Any) -> str:
    assert answer.status_code == 409, answer.text
    assert set(answer.json()["sentence"]["by_language"]) == {"zh-CN", "en"}
    reason: str = answer.json()["reason"]
    return reason


def test_a_terminal_calls_and_pressed_again_it_is_the_same_call(hall: Hall) -> None:
    code = hall.do(lambda it: make_code(it, KEYS, Moment(NOW_MS), hospital_code="01", label="L1"))
    terminal = SignedTerminal(hall.http)
    assert terminal.enrol(code).status_code == 200
    first, again = (
        terminal.post(
            f"/v1/hospitals/{UUID(int=101)}/help-calls",
            {"call_id": str(uuid4()), "kind": "wheelchair"},
            **{"Idempotency-Key": str(uuid4())},
        )
        for _ in range(2)
    )
    assert (first.status_code, first.json()["state"], first.json()["owner"]) == (201, "called", "")
    assert first.json()["call_id"] == again.json()["call_id"]
    assert len(hall.rows(sa.select(help_call))) == 1
    assert hall.client().post("help-calls", {"call_id": str(uuid4()), "kind": "help"}).status_code == 403


@on_both_engines
def test_who_takes_a_call_first_owns_it_until_it_is_handed_over_or_solved(hall: Hall) -> None:
    call_id, desk = called(hall), staff(hall)
    path = f"help-calls/{call_id}"
    assert desk.post(f"{path}/take", {"agent": "王芳"}).json()["state"] == "taken"
    assert refused(desk.post(f"{path}/take", {"agent": "李娜"})) == "already_taken"
    assert refused(desk.post(f"{path}/solved", {"agent": "李娜"})) == "not_the_owner"
    assert refused(desk.post(f"{path}/hand-over", {"agent": "李娜", "to": "李娜"})) == "not_the_owner"
    assert desk.post(f"{path}/hand-over", {"agent": "王芳", "to": "李娜"}).json()["owner"] == "李娜"
    assert [it["owner"] for it in desk.get("help-calls").json()["calls"]] == ["李娜"]
    assert desk.post(f"{path}/solved", {"agent": "李娜"}).json()["state"] == "solved"
    assert refused(desk.post(f"{path}/solved", {"agent": "李娜"})) == "already_solved"
    assert desk.get("help-calls").json()["calls"] == []
    actions = {it.action for it in hall.rows(sa.select(audit).where(audit.c.entity == "help_call"))}
    assert actions == {"help call taken", "help call handed over", "help call solved"}
    assert hall.client().post(f"{path}/take", {"agent": "x"}).status_code == 403
    assert staff(hall, hospital_id=SECOND).post(f"{path}/take", {"agent": "x"}).status_code == 404


@on_both_engines
def test_a_call_that_nobody_takes_goes_to_the_duty_leader_once(hall: Hall) -> None:
    call_id, taken = called(hall), called(hall, "guide")
    staff(hall).post(f"help-calls/{taken}/take", {"agent": "王芳"})
    step(hall, NOW_MS + TAKEN_WITHIN_MS - 1)
    assert tasks(hall) == []
    for _ in range(2):
        step(hall, NOW_MS + TAKEN_WITHIN_MS)
    assert tasks(hall) == ["help_call_raised"]
    assert staff(hall).get(f"help-calls/{call_id}").json()["state"] == "raised"


@on_both_engines
def test_only_a_kept_visit_is_rated_once_by_the_patient_or_a_guardian(hall: Hall) -> None:
    guardian_id = uuid4()
    made = hall.client().book(hall.person(guardian_ids=[str(guardian_id)]), hall.session(NEXT_WEEK)).json()
    path, client = f"bookings/{made['booking_id']}/rating", hall.client()
    assert refused(client.post(path, {"stars": 5})) == "not_visited"
    hall.run(booking.update().values(state="visited"))
    assert refused(client.post(path, {"stars": 5, "acting_id": str(uuid4())})) == "not_their_visit"
    assert client.post(path, {"stars": 6}).status_code == 400
    assert client.post(path, {"stars": 4, "comment": "a\u0000"}).status_code == 400
    assert client.post(path, {"stars": 4, "comment": "医生很耐心", "acting_id": str(guardian_id)}).status_code == 201
    assert refused(client.post(path, {"stars": 1})) == "already_rated"
    (row,) = hall.rows(sa.select(rating))
    assert (row.stars, row.moderation, "医生".encode() in row.comment_sealed) == (4, "waiting", False)
    (waiting,) = staff(hall).get("ratings/waiting").json()["comments"]
    assert waiting["comment"] == "医生很耐心"
    assert staff(hall).post(f"{path}/moderation", {"is_shown": True}).status_code == 200
    assert [it.moderation for it in hall.rows(sa.select(rating))] == ["shown"]
    assert staff(hall).get("ratings/waiting").json()["comments"] == []
    assert client.get("ratings/waiting").status_code == 403
    assert client.post(f"bookings/{uuid4()}/rating", {"stars": 5}).status_code == 404


@on_both_engines
def test_a_complaint_has_a_deadline_is_traced_and_keeps_who_made_it_secret(hall: Hall) -> None:
    ask = {"complaint_id": str(uuid4()), "text": "等候太久\n无人解释", "complainant": "张三 13812345678"}
    made = [hall.client().post("complaints", {**ask, "deadline": "at_once"}).json() for _ in range(2)]
    assert made[0] == made[1]
    assert made[0]["due_ms"] == instant_ms(TODAY + timedelta(days=7), 17)
    desk = staff(hall)
    listed = desk.get("complaints")
    assert "张三" not in listed.text
    assert [(it["way"], it["state"]) for it in listed.json()["complaints"]] == [("on_line", "open")]
    path = f"complaints/{ask['complaint_id']}"
    assert desk.post(f"{path}/complainant", {"reason": ""}).status_code == 400
    assert desk.post(f"{path}/complainant", {"reason": "回访"}).json() == {"complainant": ask["complainant"]}
    assert desk.post(f"{path}/closing", {"is_upheld": True}).json()["state"] == "closed"
    assert refused(desk.post(f"{path}/closing", {"is_upheld": False})) == "already_closed"
    assert desk.get("complaints").json()["complaints"] == []
    actions = [it.action for it in hall.rows(sa.select(audit).where(audit.c.entity == "complaint"))]
    assert sorted(actions) == ["complainant read", "complaint made", "complaint read", "complaint upheld"]
    assert hall.client().get("complaints").status_code == 403


def test_staff_hear_before_a_deadline_is_missed_once(hall: Hall) -> None:
    ask = {"complaint_id": str(uuid4()), "text": "收费有误", "way": "phone", "deadline": "at_once"}
    due_ms = staff(hall).post("complaints", ask).json()["due_ms"]
    assert due_ms == NOW_MS + 30 * MINUTE_MS
    step(hall, NOW_MS + 14 * MINUTE_MS)
    assert tasks(hall) == []
    for _ in range(2):
        step(hall, NOW_MS + 15 * MINUTE_MS)
    assert tasks(hall) == ["complaint_late"]
    assert [it.state for it in hall.rows(sa.select(complaint))] == ["late"]
