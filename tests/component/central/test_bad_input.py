"""Whatever comes in, the answer is a clean Problem, and nothing of it is kept."""

from __future__ import annotations

import gzip
import json
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from central.checkins.tables import operation
from central.staff.tables import staff_task
from central.web.gate import LARGEST_BODY
from tests.plugins.central_desk import Desk, open_for_check_in
from tests.plugins.signed_terminal import SignedTerminal


def assert_problem(answer: httpx.Response, status: int, reason: str) -> None:
    assert answer.headers["content-type"] == "application/problem+json"
    said = answer.json()
    assert (answer.status_code, said["status"], said["reason"]) == (status, status, reason)
    assert said["type"] == f"urn:kiosk:problem:{reason}"


def assert_nothing_kept(desk: Desk) -> None:
    assert desk.rows(sa.select(operation)) == []
    assert desk.rows(sa.select(staff_task)) == []


def test_too_large_a_body_is_refused_with_and_without_a_length(desk: Desk, terminal: SignedTerminal) -> None:
    body = b" " * (LARGEST_BODY + 1)
    assert_problem(terminal.send("POST", "/v1/events", body), 413, "too_large")
    assert_problem(desk.http.post("/v1/enrol", content=iter([body])), 413, "too_large")
    assert_problem(desk.http.post("/v1/enrol", content=body), 413, "too_large")


def test_a_compressed_body_is_not_opened(terminal: SignedTerminal) -> None:
    body = gzip.compress(b'{"events": []}')
    assert_problem(terminal.send("POST", "/v1/events", body, Content_Encoding="gzip"), 415, "bad_request")


def test_too_many_events_are_refused(terminal: SignedTerminal) -> None:
    events = [{"kind": "check_in", "seq": 1}] * 101
    assert_problem(terminal.post("/v1/events", {"events": events}), 413, "too_large")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"[" * 100_000,
        b'{"events": 7}',
        b'{"events": [1, 2]}',
        b'{"events": [], "v": "' + b"9" * 5000 + b'"}',
        b"\xff\xfe\x00",
        b'{"\\ud800": 1}',
    ],
)
def test_bodies_that_are_none(desk: Desk, terminal: SignedTerminal, body: bytes) -> None:
    assert_problem(terminal.send("POST", "/v1/events", body, Content_Type="application/json"), 400, "bad_request")
    assert_nothing_kept(desk)


@pytest.mark.parametrize(
    "change",
    [
        {"operation_id": "1"},
        {"booking_id": "<script>alert(1)</script>"},
        {"booking_id": "' OR 1=1 --"},
        {"booking_id": None},
        {"at": None},
        {"at": {"wall_ms": "soon", "boot_id": "b", "boot_ms": 1}},
        {"at": {"wall_ms": 10**30, "boot_id": "b", "boot_ms": 1}},
        {"at": {"wall_ms": -1, "boot_id": "b", "boot_ms": 1}},
        {"at": {"wall_ms": 1, "boot_id": "b" * 65, "boot_ms": 1}},
        {"at": {"wall_ms": 1, "boot_id": "b", "boot_ms": 1, "offset_ms": -2}},
        {"booking_ver": 2**63},
        {"policy_version": 1.5},
        {"queue_number": "A" * 17},
        {"queue_number": "\ud800"},
        {"assumed": ["x"] * 17},
    ],
)
def test_acts_that_are_none_are_refused_when_asked(
    desk: Desk, terminal: SignedTerminal, change: dict[str, Any]
) -> None:
    booking = open_for_check_in(terminal.bookings(), desk.clock.now_ms)[0]
    act = desk.act(booking, **change)
    answer = terminal.send("POST", "/v1/check-ins", json.dumps(act).encode(), Idempotency_Key=act["operation_id"])
    assert_problem(answer, 400, "bad_request")
    assert_nothing_kept(desk)


def test_an_answer_does_not_repeat_what_was_sent(terminal: SignedTerminal) -> None:
    answer = terminal.post("/v1/find", {"credential_hashes": "王小明<script>"})
    assert_problem(answer, 400, "bad_request")
    assert "王小明" not in answer.text
    assert "script" not in answer.text


@pytest.mark.parametrize("hashes", [[], ["%%"], ["王"], ["AAAA"] * 17, [1]])
def test_hashes_that_are_none(terminal: SignedTerminal, hashes: list[Any]) -> None:
    assert_problem(terminal.post("/v1/find", {"credential_hashes": hashes}), 400, "bad_request")


@pytest.mark.parametrize(
    "target",
    ["/v1/feed", "/v1/feed?cursor=a.1&limit=0", "/v1/feed?cursor=a.1&limit=501", "/v1/feed?cursor=a.1&wait=nan"],
)
def test_questions_out_of_range(terminal: SignedTerminal, target: str) -> None:
    assert_problem(terminal.get(target), 400, "bad_request")


def test_places_that_are_none(desk: Desk, terminal: SignedTerminal) -> None:
    assert_problem(terminal.get("/v1/nothing"), 404, "bad_request")
    assert_problem(terminal.post("/v1/snapshot", {}), 405, "bad_request")
    assert_problem(desk.http.get("/"), 401, "not_enrolled")


def test_names_with_markup_stay_text(desk: Desk) -> None:
    label = "<b>门诊</b>'; DROP TABLE terminal; --"
    terminal = desk.terminal(label=label)
    assert terminal.get("/v1/snapshot").status_code == 200


@pytest.mark.parametrize("code", ["\ud800", "\x00", "A" * 65, 7, None])
def test_codes_that_are_none(desk: Desk, code: Any) -> None:
    body = json.dumps({"code": code, "public_key": "AQ=="}).encode()
    headers = {"Content-Type": "application/json"}
    assert_problem(desk.http.post("/v1/enrol", content=body, headers=headers), 400, "bad_request")
