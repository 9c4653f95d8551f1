"""Who may come in: tokens that hold, that were taken back, that have ended; and terminals at the same doors."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor, as_completed
from uuid import UUID

import pytest
import sqlalchemy as sa

from booking.roster.channels import Channel
from central.appointments.tables import booking
from central.channels.admission import ALL_REQUESTS
from central.channels.rate import Rate, Rates
from central.channels.service import revoke_client
from central.channels.tables import channel_client
from central.moment import Moment
from central.staff.tables import audit
from central.terminals.service import make_code
from tests.plugins.booking_hall import FIRST, KEYS, SECOND, Client, Hall, wish
from tests.plugins.signed_terminal import SignedTerminal


def test_a_token_is_kept_as_a_hash_only(hall: Hall) -> None:
    client = hall.client()
    (row,) = hall.rows(sa.select(channel_client))
    assert row.token_hash == KEYS.token_hash(client.token)
    assert client.token.encode() not in row.token_hash


def test_a_revoked_token_is_shut_out_from_the_next_request_on(hall: Hall) -> None:
    client = hall.client(label="网站")
    assert client.book(hall.person(), hall.session()).status_code == 201
    hall.do(lambda connection: revoke_client(connection, Moment(hall.clock.now_ms), label="网站"))
    answer = client.book(hall.person(), hall.session())
    assert (answer.status_code, answer.json()["reason"]) == (403, "revoked")


@pytest.mark.parametrize("token", ["", "wrong", "x" * 1000])
def test_an_unknown_token_is_not_let_in(hall: Hall, token: str) -> None:
    answer = Client(hall.http, token).book(hall.person(), hall.session())
    assert (answer.status_code, answer.json()["reason"]) == (401, "bad_token")
    assert answer.headers["www-authenticate"] == "Bearer"


def test_an_expired_token_is_not_let_in(hall: Hall) -> None:
    client = hall.client(expires_ms=hall.clock.now_ms + 1000)
    assert client.book(hall.person(), hall.session()).status_code == 201
    hall.clock.now_ms += 1000
    assert client.book(hall.person(), hall.session()).status_code == 401


def test_a_client_has_no_business_at_a_terminals_doors(hall: Hall) -> None:
    token = hall.client().token
    answer = hall.http.get("/v1/feed?cursor=e1.0", headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json()["reason"]) == (403, "forbidden")


def test_a_terminal_books_as_the_kiosk_at_its_own_hospital_only(hall: Hall) -> None:
    code = hall.do(lambda it: make_code(it, KEYS, Moment(hall.clock.now_ms), hospital_code="01", label="L1"))
    terminal = SignedTerminal(hall.http)
    assert terminal.enrol(code).status_code == 200
    body = wish(hall.person(), hall.session())
    made = terminal.post(f"/v1/hospitals/{FIRST}/bookings", body, **{"Idempotency-Key": "k1"})
    assert (made.status_code, made.json()["channel"]) == (201, Channel.KIOSK.value)
    away = terminal.post(f"/v1/hospitals/{SECOND}/bookings", body, **{"Idempotency-Key": "k2"})
    assert away.status_code == 404
    assert [it.action for it in hall.rows(sa.select(audit).where(audit.c.entity_id == SECOND))] == [
        "asked for another hospital"
    ]


def test_the_same_write_while_it_is_being_done_is_told_to_wait(hall: Hall) -> None:
    client, body = hall.client(), wish(hall.person(), hall.session())
    is_blocked, go_on = threading.Event(), threading.Event()

    def block(_connection: sa.Connection) -> None:
        is_blocked.set()
        go_on.wait(60)

    waiting = hall.parts.writer.submit(block)
    assert is_blocked.wait(60)
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(client.post, "bookings", body, key="k") for _ in range(2)]
        told_first = next(as_completed(both, timeout=60))  # the other waits for the writer
        go_on.set()
        answers = {it.result(60).status_code: it.result(60) for it in both}
    waiting.result(60)
    assert told_first.result().json()["reason"] == "in_flight"
    assert sorted(answers) == [201, 409]
    assert client.post("bookings", body, key="k").content == answers[201].content
    assert len(hall.rows(sa.select(booking))) == 1


def test_a_bucket_empties_and_fills_again() -> None:
    rates = Rates(Rate(per_s=1, burst=2))
    assert [rates.wait_s("a", 0) for _ in range(3)] == [0, 0, 1]
    assert rates.wait_s("b", 0) == 0
    assert rates.wait_s("a", 999) == 1
    assert rates.wait_s("a", 1_000) == 0


def test_a_release_rush_of_one_client_is_let_through() -> None:
    rates, client = Rates(ALL_REQUESTS), UUID(int=1)
    assert all(rates.wait_s(client, 0) == 0 for _ in range(10_000))
