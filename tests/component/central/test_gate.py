"""Signed requests: who is let through, and who is not."""

from __future__ import annotations

import base64
from collections.abc import Callable
from uuid import UUID

import httpx
import pytest
import sqlalchemy as sa

from booking import signing
from central.terminals.tables import terminal as terminal_table
from tests.plugins.central_desk import Desk
from tests.plugins.signed_terminal import SignedTerminal

TARGET = "/v1/snapshot?day=2026-03-18"


def said(answer: httpx.Response) -> tuple[int, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status_code, answer.json()["reason"]


def test_every_reply_tells_the_servers_time(desk: Desk, terminal: SignedTerminal) -> None:
    answers = [desk.http.get("/v1/time"), desk.http.get("/nowhere"), terminal.get(TARGET)]
    assert [it.headers[signing.HEADER_SERVER_TIME] for it in answers] == [str(desk.clock.now_ms)] * 3
    assert answers[0].json() == {"server_ms": desk.clock.now_ms}


def test_who_does_not_say_who_they_are_is_not_enrolled(desk: Desk) -> None:
    assert said(desk.http.get(TARGET)) == (401, "not_enrolled")


def test_an_unknown_terminal_is_not_enrolled(terminal: SignedTerminal) -> None:
    terminal.terminal_id = UUID(int=77)
    assert said(terminal.get(TARGET)) == (401, "not_enrolled")


@pytest.mark.parametrize("changed", ["target", "body", "method", "count", "boot", "signature", "suite"])
def test_whatever_is_changed_after_signing_breaks_the_signature(
    desk: Desk, terminal: SignedTerminal, changed: str
) -> None:
    terminal.count = 5
    method, target, body = "POST", "/v1/find", b'{"credential_hashes": ["AAAA"]}'
    headers = terminal.headers(method, target, body) | {"Content-Type": "application/json"}
    signature = base64.b64decode(headers[signing.HEADER_SIGNATURE])
    match changed:
        case "target":
            target += "?x=1"
        case "body":
            body += b" "
        case "method":
            method = "GET"
        case "count":
            headers[signing.HEADER_COUNT] = "6"
        case "boot":
            headers[signing.HEADER_BOOT] = "2"
        case "signature":
            headers[signing.HEADER_SIGNATURE] = base64.b64encode(signature[:-1] + bytes((signature[-1] ^ 1,))).decode()
        case "suite":
            headers[signing.HEADER_SIGNATURE] = base64.b64encode(b"\x02" + signature[1:]).decode()
    assert said(desk.http.request(method, target, content=body, headers=headers)) == (401, "bad_signature")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        (signing.HEADER_TERMINAL, "nobody"),
        (signing.HEADER_BOOT, "-1"),
        (signing.HEADER_COUNT, "9" * 30),
        (signing.HEADER_COUNT, "٣"),
        (signing.HEADER_SIGNATURE, "%%%"),
        (signing.HEADER_SIGNATURE, ""),
    ],
)
def test_malformed_headers_are_refused_cleanly(desk: Desk, terminal: SignedTerminal, name: str, value: str) -> None:
    terminal.count += 1
    headers = {key: it.encode() for key, it in terminal.headers("GET", TARGET, b"").items()} | {name: value.encode()}
    assert said(desk.http.get(TARGET, headers=headers)) == (401, "bad_signature")


def test_a_request_is_answered_once(terminal: SignedTerminal) -> None:
    assert terminal.get(TARGET).status_code == 200
    terminal.count -= 1
    assert said(terminal.get(TARGET)) == (409, "replayed")


def test_requests_may_overtake_each_other_within_the_window_only(terminal: SignedTerminal) -> None:
    terminal.count = 299
    assert terminal.get(TARGET).status_code == 200
    terminal.count = 300 - signing.COUNTER_WINDOW
    assert terminal.get(TARGET).status_code == 200
    terminal.count = 300 - signing.COUNTER_WINDOW - 1
    assert said(terminal.get(TARGET)) == (409, "stale_counter")


def test_after_a_restart_of_the_server_only_a_higher_boot_number_passes(open_desk: Callable[[], Desk]) -> None:
    terminal = open_desk().terminal()
    assert terminal.get(TARGET).status_code == 200
    terminal.http = open_desk().http
    assert said(terminal.get(TARGET)) == (409, "stale_counter")
    terminal.boot += 1
    terminal.count = 0
    assert terminal.get(TARGET).status_code == 200


def test_two_boots_in_use_at_once_are_flagged_but_late_comers_are_not(desk: Desk, terminal: SignedTerminal) -> None:
    flag = sa.select(terminal_table.c.two_boots_ms)
    assert terminal.get(TARGET).status_code == 200
    terminal.boot = 2
    assert terminal.get(TARGET).status_code == 200
    terminal.boot = 1
    assert said(terminal.get(TARGET)) == (409, "stale_counter")
    assert desk.rows(flag) == [(None,)]
    desk.clock.now_ms += 31_000
    assert said(terminal.get(TARGET)) == (409, "stale_counter")
    assert desk.rows(flag) == [(desk.clock.now_ms,)]


def test_a_request_that_was_not_let_in_uses_no_number_up(desk: Desk, terminal: SignedTerminal) -> None:
    key, terminal.key = terminal.key, SignedTerminal(desk.http).key
    assert said(terminal.get(TARGET)) == (401, "bad_signature")
    terminal.key = key
    terminal.count -= 1
    assert terminal.get(TARGET).status_code == 200
