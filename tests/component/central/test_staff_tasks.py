"""What staff must settle: listed, settled once, in the trail, and told to the terminal that asks."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
import sqlalchemy as sa

from booking.roster.channels import Channel
from central.appointments.tables import booking
from central.channels.caller import Right
from central.cli import main
from central.rosters.tables import hospital
from central.staff.tables import audit, staff_task
from tests.plugins.central_desk import Desk, open_for_check_in
from tests.plugins.postgres import on_both_engines
from tests.plugins.signed_terminal import SignedTerminal
from tests.plugins.whole_api import token

NOTE = "已到科室登记"
HEARTBEAT = {"waiting": 0, "oldest_ms": None, "not_applied": 1, "version": "test"}


class Office:
    """Staff of the first hospital, through the interface."""

    def __init__(self, desk: Desk, *rights: Right) -> None:
        self._http = desk.http
        (here,) = desk.rows(sa.select(hospital.c.hospital_id).where(hospital.c.code == "01"))
        self._at = f"/v1/hospitals/{here.hospital_id}"
        self._shown = {"Authorization": f"Bearer {token(desk, Channel.WINDOW, *rights)}"}

    def tasks(self, query: str = "") -> httpx.Response:
        return self._http.get(f"{self._at}/tasks{query}", headers=self._shown)

    def settle(self, task_id: str, *, key: str = "", agent: str = "王敏", note: str = NOTE) -> httpx.Response:
        headers = self._shown | {"Idempotency-Key": key or str(uuid4())}
        body = {"agent": agent, "note": note}
        return self._http.post(f"{self._at}/tasks/{task_id}/settlement", json=body, headers=headers)


@pytest.fixture
def office(desk: Desk) -> Office:
    return Office(desk, Right.STAFF)


def conflict(desk: Desk, terminal: SignedTerminal) -> dict[str, Any]:
    """What a terminal hears that let somebody into a clinic that was stopped: the server's result."""
    one = open_for_check_in(terminal.bookings(), desk.clock.now_ms)[0]
    desk.run(booking.update().where(booking.c.booking_id == UUID(one["id"])).values(state="stopped"))
    (result,) = terminal.tell(desk.act(one))
    assert result["verdict"] == "conflict"
    return result


def settled(terminal: SignedTerminal, *operation_ids: str) -> list[str]:
    """What the next heartbeat says of them."""
    answer = terminal.post("/v1/heartbeat", {**HEARTBEAT, "unsettled": operation_ids})
    said: list[str] = answer.json()["settled"]
    return said


@on_both_engines
def test_a_task_is_listed_settled_once_and_told_to_the_terminal(
    desk: Desk, terminal: SignedTerminal, office: Office
) -> None:
    result = conflict(desk, terminal)
    (task,) = office.tasks("?is_open=true").json()["tasks"]
    assert (task["task_id"], task["operation_id"]) == (result["task_id"], result["operation_id"])
    assert (task["kind"], task["reason"]) == ("check_in_conflict", "clinic_stopped")
    assert (task["terminal_id"], task["terminal_label"]) == (str(terminal.terminal_id), "L1")
    assert settled(terminal, task["operation_id"]) == []

    done = office.settle(task["task_id"], key="k1")
    assert (done.status_code, done.json()["settled_by"], done.json()["settled_ms"]) == (200, "王敏", desk.clock.now_ms)
    assert settled(terminal, task["operation_id"]) == [task["operation_id"]]
    assert office.tasks("?is_open=true").json()["tasks"] == []
    assert office.tasks("?is_open=false").json()["tasks"] == [done.json()]

    desk.clock.now_ms += 1_000
    assert office.settle(task["task_id"], key="k1").json() == done.json()
    assert office.settle(task["task_id"], agent="李强", note="又一次").json() == done.json()
    (row,) = desk.rows(sa.select(audit).where(audit.c.action == "task settled"))
    assert (row.actor, row.entity, str(row.entity_id)) == ("王敏", "staff_task", task["task_id"])
    seal = desk.parts.keys.seal
    assert seal.open(row.after_sealed, table="audit", column="after_sealed", row=row.audit_id) == NOTE


@on_both_engines
def test_an_operation_of_which_staff_were_never_told_gets_a_task(
    desk: Desk, terminal: SignedTerminal, office: Office
) -> None:
    """As after a restore of the server, or where the request itself was not understood."""
    unheard = str(uuid4())
    assert settled(terminal, unheard, unheard) == []
    assert settled(terminal, unheard) == []
    (task,) = office.tasks().json()["tasks"]
    assert (task["kind"], task["operation_id"], task["terminal_label"]) == ("not_applied", unheard, "L1")
    office.settle(task["task_id"])
    assert settled(terminal, unheard) == [unheard]


def test_a_terminal_that_was_enrolled_anew_hears_of_what_it_did_before(
    desk: Desk, terminal: SignedTerminal, office: Office
) -> None:
    result = conflict(desk, terminal)
    office.settle(result["task_id"])
    anew = desk.terminal(label="L1")
    assert settled(anew, result["operation_id"]) == [result["operation_id"]]


def test_what_another_hospital_settled_is_not_told(desk: Desk, terminal: SignedTerminal, office: Office) -> None:
    result = conflict(desk, terminal)
    office.settle(result["task_id"])
    assert settled(desk.terminal(hospital="02", label="L9"), result["operation_id"]) == []


def test_the_list_goes_on_where_a_page_ends(desk: Desk, terminal: SignedTerminal, office: Office) -> None:
    for _ in range(5):
        desk.clock.now_ms += 1
        settled(terminal, str(uuid4()))
    seen: list[str] = []
    after = ""
    while True:
        page = office.tasks(f"?limit=2{after}").json()
        seen += [it["operation_id"] for it in page["tasks"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    made = desk.rows(sa.select(staff_task.c.operation_id).order_by(staff_task.c.made_ms))
    assert seen == [str(it.operation_id) for it in made]
    assert len(seen) == 5


def test_only_staff_of_the_hospital_see_and_settle_its_tasks(desk: Desk, terminal: SignedTerminal) -> None:
    task_id = conflict(desk, terminal)["task_id"]
    nobody = Office(desk)
    assert nobody.tasks().json()["reason"] == "forbidden"
    assert nobody.settle(task_id).json()["reason"] == "forbidden"
    assert Office(desk, Right.STAFF).settle(str(uuid4())).json()["reason"] == "not_found"
    for bad in ({"note": ""}, {"note": "x" * 201}, {"agent": ""}, {"note": "a\x00b"}):
        assert Office(desk, Right.STAFF).settle(task_id, **bad).json()["reason"] == "bad_request"
    assert desk.rows(sa.select(staff_task.c.task_id).where(staff_task.c.settled_ms.is_not(None))) == []


def test_the_command_line_lists_and_settles(
    desk: Desk, terminal: SignedTerminal, capsys: pytest.CaptureFixture[str]
) -> None:
    result = conflict(desk, terminal)
    where = ["--data", str(desk.data)]
    capsys.readouterr()
    assert main(["task", "list", "--hospital", "01", "--open", *where]) == 0
    (line,) = capsys.readouterr().out.splitlines()
    words = line.split("\t")
    assert words == [
        *(result["task_id"], "01", "2026-03-18 10:00", "check_in_conflict", "clinic_stopped", "L1", "open"),
    ]
    settle = ["task", "settle", words[0], *where]
    assert main([*settle, "--by", "王敏", "--note", NOTE]) == 0
    first = capsys.readouterr().out
    assert "by 王敏" in first
    assert main([*settle, "--by", "李强", "--note", "又一次"]) == 0
    assert capsys.readouterr().out == first
    assert settled(terminal, result["operation_id"]) == [result["operation_id"]]
    assert main(["task", "list", "--open", *where]) == 0
    assert capsys.readouterr().out == ""
    assert main(["task", "list", *where]) == 0
    assert capsys.readouterr().out == first
    assert [it.actor for it in desk.rows(sa.select(audit).where(audit.c.action == "task settled"))] == ["王敏"]


def test_the_command_line_says_what_it_needs(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    where = ["--data", str(desk.data)]
    assert main(["task", "settle", *where]) == 2
    said = capsys.readouterr().err
    assert all(name in said for name in ("id:", "by:", "note:"))
    assert main(["task", "settle", str(uuid4()), "--by", "王敏", "--note", NOTE, *where]) == 2
    assert "there is no task" in capsys.readouterr().err
    assert main(["task", "list", "--hospital", "77", *where]) == 2
