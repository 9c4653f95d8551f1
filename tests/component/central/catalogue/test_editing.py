"""Staff edit the catalogue and the calendar: terminals follow at the next sync, and the trail says who changed what."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import sqlalchemy as sa

from booking.roster.channels import Channel
from central.channels.caller import Right
from central.channels.service import NewClient, add_client
from central.moment import Moment
from central.rosters.tables import calendar_day, department, doctor, hospital, session, sitting
from central.staff.tables import audit
from tests.plugins.central_desk import Desk
from tests.plugins.postgres import on_both_engines
from tests.plugins.signed_terminal import SignedTerminal

pytestmark = on_both_engines
Send = Callable[..., httpx.Response]
TEXT = {"by_language": {"zh-CN": "请提前十五分钟到达。", "en": "Come fifteen minutes early."}}


def sender(desk: Desk, *rights: Right, code: str = "01") -> Send:
    """A channel's client at the first hospital."""
    (group,) = desk.parts.keys.lookup_keys
    (here,) = desk.rows(sa.select(hospital.c.hospital_id).where(hospital.c.code == code))
    new = NewClient(Channel.GUIDE_DESK, f"desk {uuid4()}", here.hospital_id, frozenset(rights))
    now = Moment(desk.clock.now_ms)
    token = desk.parts.writer.submit(
        lambda connection: add_client(connection, desk.parts.keys, now, group, new)
    ).result(60)

    def send(method: str, path: str, body: dict[str, Any], key: str | None = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key or str(uuid4())}
        return desk.http.request(method, f"/v1/hospitals/{here.hospital_id}/{path}", json=body, headers=headers)

    return send


@pytest.fixture
def staff(desk: Desk) -> Send:
    return sender(desk, Right.STAFF)


def here_of(desk: Desk, table: sa.Table, *where: sa.ColumnElement[bool]) -> Any:
    """A row of the first hospital."""
    mine = sa.select(hospital.c.hospital_id).where(hospital.c.code == "01").scalar_subquery()
    return desk.rows(sa.select(table).where(table.c.hospital_id == mine, *where).limit(1))[0]


def followed(terminal: SignedTerminal, cursor: str) -> list[dict[str, Any]]:
    """What the terminal hears at its next sync."""
    rows: list[dict[str, Any]] = terminal.get(f"/v1/feed?cursor={cursor}").json()["rows"]
    return rows


def test_a_terminal_follows_the_switch_of_a_department_at_the_next_sync(
    desk: Desk, staff: Send, terminal: SignedTerminal
) -> None:
    cursor = terminal.snapshot()[0]["cursor"]
    eyes = here_of(desk, department, department.c.mark.is_(None))
    edit = {"is_bookable": False, "mark": "speciality", "introduction": TEXT}
    answer = staff("PATCH", f"departments/{eyes.department_id}", edit)
    assert (answer.status_code, answer.json()) == (200, {"id": str(eyes.department_id), "ver": 2})
    (row,) = followed(terminal, cursor)
    assert (row["kind"], row["ver"], row["department"]["is_bookable"]) == ("department", 2, False)
    assert (row["department"]["mark"], row["department"]["introduction"]) == ("speciality", TEXT)
    assert staff("PATCH", f"departments/{eyes.department_id}", {"mark": ""}).json()["ver"] == 3
    assert here_of(desk, department, department.c.department_id == eyes.department_id).mark is None


def test_sessions_of_a_department_or_doctor_that_is_switched_off_are_not_offered(desk: Desk, staff: Send) -> None:
    found = here_of(desk, session, session.c.doctor_id.is_not(None), session.c.service_date == "2026-03-18")
    path = f"sessions?doctor_id={found.doctor_id}&first_day=2026-03-18&last_day=2026-03-18"
    assert {it["is_offered"] for it in staff("GET", path, {}).json()["sessions"]} == {True}
    assert staff("PATCH", f"doctors/{found.doctor_id}", {"is_bookable": False}).status_code == 200
    assert {it["is_offered"] for it in staff("GET", path, {}).json()["sessions"]} == {False}


def test_departments_are_shown_in_the_order_that_staff_set(desk: Desk, staff: Send, terminal: SignedTerminal) -> None:
    before = [it["id"] for it in staff("GET", "departments", {}).json()]
    cursor = terminal.snapshot()[0]["cursor"]
    wanted = [before[2], before[0], before[1]]
    assert staff("PUT", "department-order", {"department_ids": wanted}).status_code == 200
    assert [it["id"] for it in staff("GET", "departments", {}).json()] == [*wanted, *before[3:]]
    assert {row["id"] for row in followed(terminal, cursor)} == set(wanted)
    assert staff("PUT", "department-order", {"department_ids": [before[0], before[0]]}).status_code == 404


def test_a_service_and_a_notice_are_made_changed_and_taken_away(staff: Send, terminal: SignedTerminal) -> None:
    cursor = terminal.snapshot()[0]["cursor"]
    service_id, notice_id = uuid4(), uuid4()
    name = {"by_language": {"zh-CN": "动态心电图", "en": "Holter ECG"}}
    service = {"kind": "ecg", "name": name, "prepare": TEXT, "fee_cents": 16_000, "duration_min": 20}
    notice = {"kind": "news", "title": name, "body": TEXT, "from_ms": 0}
    assert staff("PUT", f"services/{service_id}", service).json()["ver"] == 1
    assert staff("PUT", f"services/{service_id}", service | {"fee_cents": 15_000}).json()["ver"] == 2
    assert staff("PUT", f"notices/{notice_id}", notice).json()["ver"] == 1
    rows = {row["id"]: row for row in followed(terminal, cursor)}
    assert rows[str(service_id)]["service"]["fee_cents"] == 15_000
    assert rows[str(notice_id)]["notice"]["body"] == TEXT
    assert staff("PUT", f"notices/{notice_id}", notice | {"is_retired": True}).json()["ver"] == 2
    rows = {row["id"]: row for row in followed(terminal, cursor)}
    assert (rows[str(notice_id)]["is_deleted"], rows[str(notice_id)]["ver"]) == (True, 2)


def test_a_day_becomes_a_holiday_a_workday_and_ordinary_again(desk: Desk, staff: Send) -> None:
    day = calendar_day.c.day == "2026-04-06"
    assert staff("PUT", "calendar/2026-04-06", {"kind": "holiday", "name": TEXT}).json()["ver"] == 1
    assert staff("PUT", "calendar/2026-04-06", {"kind": "make_up", "name": TEXT, "serves_as": 4}).json()["ver"] == 2
    assert (here_of(desk, calendar_day, day).kind, here_of(desk, calendar_day, day).serves_as) == ("make_up", 4)
    assert staff("PUT", "calendar/2026-04-06", {"kind": "ordinary"}).status_code == 200
    assert desk.rows(sa.select(calendar_day).where(day)) == []


def test_a_department_says_who_sits_and_terminals_hear_it(desk: Desk, staff: Send, terminal: SignedTerminal) -> None:
    cursor = terminal.snapshot()[0]["cursor"]
    found = here_of(desk, session, session.c.service_date == "2026-03-18")
    said = {"sits": False, "confirmed_by": "骨科 护士长"}
    assert staff("PUT", f"sessions/{found.session_id}/sitting", said).json()["ver"] == found.ver + 1
    kept = here_of(desk, sitting, sitting.c.session_id == found.session_id)
    assert (kept.sits, kept.confirmed_by, kept.confirmed_ms) == (False, "骨科 护士长", desk.clock.now_ms)
    (row,) = followed(terminal, cursor)
    assert (row["kind"], row["session"]["sits"], row["ver"]) == ("session", False, found.ver + 1)


def test_the_trail_says_who_changed_what_from_what(desk: Desk, staff: Send) -> None:
    who = here_of(desk, doctor)
    staff("PATCH", f"doctors/{who.doctor_id}", {"is_bookable": False})
    (row,) = desk.rows(sa.select(audit).where(audit.c.entity_id == who.doctor_id))
    opened = {
        side: json.loads(
            desk.parts.keys.seal.open(getattr(row, side), table="audit", column=side, row=UUID(str(row.audit_id)))
        )
        for side in ("before_sealed", "after_sealed")
    }
    assert (row.action, row.entity, row.actor.split()[0]) == ("edited", "doctor", "client")
    assert opened == {"before_sealed": {"is_bookable": True}, "after_sealed": {"is_bookable": False}}


def test_a_repeat_changes_nothing_and_gets_the_same_answer(desk: Desk, staff: Send) -> None:
    who = here_of(desk, doctor)
    answers = [staff("PATCH", f"doctors/{who.doctor_id}", {"is_bookable": False}, "one-key") for _ in range(2)]
    assert [it.json()["ver"] for it in answers] == [2, 2]
    assert staff("PATCH", f"doctors/{who.doctor_id}", {"is_bookable": True}, "one-key").status_code == 422


def test_only_staff_edit(desk: Desk, terminal: SignedTerminal) -> None:
    who = here_of(desk, doctor)
    path = f"doctors/{who.doctor_id}"
    assert sender(desk)("PATCH", path, {"is_bookable": False}).status_code == 403
    assert sender(desk, Right.STAFF, code="02")("PATCH", path, {"is_bookable": False}).status_code == 404
    body = b'{"is_bookable": false}'
    signed = terminal.send("PATCH", f"/v1/hospitals/{who.hospital_id}/{path}", body, Idempotency_Key="k")
    assert signed.status_code == 403
    assert here_of(desk, doctor, doctor.c.doctor_id == who.doctor_id).is_bookable is True


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PATCH", "departments/{0}", {"mark": "best"}),
        ("PATCH", "departments/{0}", {"introduction": {"by_language": {"zh-CN": "好\x00"}}}),
        ("PATCH", "departments/{0}", {"introduction": {"by_language": {"zh-CN": "长" * 4_001}}}),
        ("PUT", "services/{0}", {"kind": "magic", "name": TEXT}),
        ("PUT", "services/{0}", {"kind": "ecg", "name": TEXT, "fee_cents": -1}),
        ("PUT", "services/{0}", {"kind": "ecg", "name": {"by_language": {}}}),
        ("PUT", "notices/{0}", {"kind": "news", "title": TEXT, "body": TEXT, "from_ms": 2, "until_ms": 1}),
        ("PUT", "calendar/2026-02-30", {"kind": "holiday"}),
        ("PUT", "calendar/20260406", {"kind": "holiday"}),
        ("PUT", "calendar/2026-04-06", {"kind": "make_up"}),
        ("PUT", "calendar/2026-04-06", {"kind": "holiday", "serves_as": 1}),
        ("PUT", "sessions/{0}/sitting", {"sits": True, "confirmed_by": ""}),
        ("PUT", "sessions/{0}/sitting", {"sits": "perhaps", "confirmed_by": "x"}),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_stored(
    desk: Desk, staff: Send, method: str, path: str, body: dict[str, Any]
) -> None:
    before = len(desk.rows(sa.select(audit)))
    answer = staff(method, path.format(uuid4()), body)
    assert (answer.status_code, answer.json()["reason"]) == (400, "bad_request")
    assert len(desk.rows(sa.select(audit))) == before


@pytest.mark.parametrize("path", ["departments/{0}", "doctors/{0}", "sessions/{0}/sitting"])
def test_what_is_not_here_is_not_found(staff: Send, path: str) -> None:
    method, body = ("PUT", {"sits": True, "confirmed_by": "x"}) if "sitting" in path else ("PATCH", {})
    assert staff(method, path.format(uuid4()), body).status_code == 404
