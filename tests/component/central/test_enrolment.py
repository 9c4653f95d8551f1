"""Letting terminals in, and shutting them out."""

from __future__ import annotations

import base64
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from booking import wire
from central.moment import Moment
from central.sample.second_hospital import SETTINGS
from central.staff.tables import audit
from central.terminals.service import CODE_LIFE_MS, revoke
from central.terminals.tables import terminal as terminal_table
from tests.plugins.central_desk import Desk
from tests.plugins.postgres import on_both_engines
from tests.plugins.signed_terminal import SignedTerminal

pytestmark = on_both_engines


def test_a_code_lets_one_terminal_in_and_tells_it_who_it_is(desk: Desk) -> None:
    terminal = SignedTerminal(desk.http)
    answer = terminal.enrol(desk.code(hospital="02", label="儿科楼 1 层 01"))
    said = answer.json()
    assert (answer.status_code, said["hospital_code"], said["label"]) == (200, "02", "儿科楼 1 层 01")
    assert said["time_zone"] == "Asia/Shanghai"
    assert said["hospital_name"]["by_language"]["zh-CN"] == "江城市妇女儿童医院"
    assert len(base64.b64decode(said["lookup_key"])) == 32
    assert said["policy"] == {
        "version": 1,
        "check_in_opens_before_min": 60,
        "check_in_grace_min": 15,
        "check_in_late": "requeue",
        "check_in_state_unknown": "assume",
        "settings": SETTINGS,
    }
    assert terminal.get("/v1/snapshot").status_code == 200
    actions = [it.action for it in desk.rows(sa.select(audit.c.action).order_by(audit.c.at_ms, audit.c.audit_id))]
    assert sorted(actions) == ["code made", "enrolled"]


def test_a_code_is_read_however_it_was_typed(desk: Desk) -> None:
    code = desk.code()
    assert SignedTerminal(desk.http).enrol(f" {code.lower().replace('-', ' ')} ").status_code == 200


def test_a_code_serves_once_but_the_same_terminal_may_ask_again_when_the_answer_was_lost(desk: Desk) -> None:
    code = desk.code()
    first, second = SignedTerminal(desk.http), SignedTerminal(desk.http)
    answer = first.enrol(code)
    assert first.enrol(code).json() == answer.json()
    refused = second.enrol(code)
    assert (refused.status_code, refused.json()["reason"]) == (403, "wrong_code")
    assert len(desk.rows(sa.select(terminal_table.c.terminal_id))) == 1


def test_a_code_ends_after_ten_minutes(desk: Desk) -> None:
    code = desk.code()
    desk.clock.now_ms += CODE_LIFE_MS
    assert SignedTerminal(desk.http).enrol(code).json()["reason"] == "wrong_code"


def test_guessing_is_slowed_down(desk: Desk) -> None:
    code = desk.code()
    answers = [SignedTerminal(desk.http).enrol(f"AAAA-AAAA-AAA{digit}") for digit in range(2, 9)]
    assert [it.status_code for it in answers] == [403] * 5 + [429] * 2
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
    assert SignedTerminal(desk.http).enrol(code).status_code == 429
    desk.clock.now_ms += 60_000
    assert SignedTerminal(desk.http).enrol(code).status_code == 200


def test_guessing_at_once_is_no_way_round(desk: Desk) -> None:
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda it: SignedTerminal(desk.http).enrol(f"AAAA-AAAA-AA{it}"), range(20, 40)))
    assert sorted(it.status_code for it in answers) == [403] * 5 + [429] * 15


@pytest.mark.parametrize("key", ["", "AQ==", "not base64", base64.b64encode(b"\x02" + bytes(32)).decode()])
def test_a_key_that_is_none_is_refused_and_the_code_stays_good(desk: Desk, key: str) -> None:
    code = desk.code()
    answer = desk.http.post("/v1/enrol", json={"code": code, "public_key": key})
    assert (answer.status_code, answer.json()["reason"]) == (400, "bad_request")
    assert SignedTerminal(desk.http).enrol(code).status_code == 200


def test_a_revoked_terminal_is_out_at_its_next_request(desk: Desk, terminal: SignedTerminal) -> None:
    other = desk.terminal(label="L2")
    moment = Moment(desk.clock.now_ms)
    desk.parts.writer.submit(lambda connection: revoke(connection, moment, label="L1")).result(60)
    answer = terminal.get("/v1/snapshot")
    assert (answer.status_code, answer.json()["reason"]) == (403, "revoked")
    assert other.get("/v1/snapshot").status_code == 200


def test_a_heartbeat_is_kept_with_the_terminal(desk: Desk, terminal: SignedTerminal) -> None:
    health = {
        "waiting": 3,
        "oldest_ms": desk.clock.now_ms - 5000,
        "not_applied": 1,
        "version": "0.1.0",
        "cursor": "x.1",
        "mended": 2,
    }
    answer = terminal.post("/v1/heartbeat", health)
    assert answer.json() == {"today": "2026-03-18", "settled": [], "v": wire.WIRE_VERSION}
    (kept,) = desk.rows(sa.select(terminal_table.c.health, terminal_table.c.seen_ms))
    assert kept.health == health | {"v": 1}
    assert kept.seen_ms == desk.clock.now_ms
