"""Callers who never come to the end, and too many at once: the server goes on serving the others."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import httpx
import pytest

from central.policies.tables import policy
from central.serve import EndingServer, configured, listen
from central.tables.database import STORE_FILE
from central.tables.engine import writing_engine
from central.web.patience import ImpatientProtocol
from central.writer import Busy
from tests.plugins.central_desk import Desk, InProcess
from tests.plugins.central_server import CentralServer
from tests.plugins.made_app import make_app
from tests.plugins.signed_terminal import SignedTerminal

_DEADLINE_S = 60.0


class VeryImpatient(ImpatientProtocol):
    head_s = 0.2


@pytest.fixture
def port(desk: Desk) -> Iterator[int]:
    listening = listen("127.0.0.1", 0)
    listening.listen()
    server = EndingServer(configured(make_app(desk.parts, body_s=0.2), protocol=VeryImpatient), desk.parts)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    yield listening.getsockname()[1]
    server.should_exit = True
    thread.join(_DEADLINE_S)
    assert not thread.is_alive()


def until_closed(connection: socket.socket) -> bytes:
    """All that comes until the server closes; a time-out fails the test."""
    connection.settimeout(_DEADLINE_S)
    return b"".join(iter(lambda: connection.recv(4096), b""))


@pytest.mark.parametrize("said", [b"", b"POST /v1/enrol HTTP/1.1\r\nHost: x\r\nX-A: "])
def test_a_head_that_never_ends_is_not_waited_for(port: int, said: bytes) -> None:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(said)
        assert until_closed(connection) == b""


def test_the_second_request_of_a_connection_is_not_waited_for_either(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"GET /v1/time HTTP/1.1\r\nHost: x\r\n\r\n")
        first = http.client.HTTPResponse(connection)
        first.begin()
        assert first.read().startswith(b'{"server_ms"')
        connection.sendall(b"GET /v1/ti")
        assert until_closed(connection) == b""


def test_a_body_that_never_ends_is_answered_and_the_connection_closed(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"POST /v1/enrol HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n{")
        answer = until_closed(connection)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b'"reason":"busy"' in answer


def test_a_body_that_is_too_large_is_not_read_to_its_end(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"POST /v1/enrol HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n{")
        assert until_closed(connection).startswith(b"HTTP/1.1 413 ")


def test_too_much_to_do_is_said_at_the_gate_too(desk: Desk, terminal: SignedTerminal) -> None:
    class FullReader:
        def submit(self, _question: object) -> Any:
            raise Busy

    full = replace(desk.parts, reader=FullReader())  # type: ignore[arg-type]  # a reader that has no room
    with httpx.Client(transport=InProcess(make_app(full)), base_url="http://central") as crowded:
        terminal.http = crowded
        answer = terminal.get("/v1/snapshot")
    assert (answer.status_code, answer.json()["reason"], answer.headers["retry-after"]) == (503, "busy", "1")


def test_snapshots_take_nobody_elses_turn(desk: Desk, terminal: SignedTerminal) -> None:
    may_go_on = threading.Event()
    held = desk.parts.snapshot_reader.submit(lambda _connection: may_go_on.wait(_DEADLINE_S))
    with ThreadPoolExecutor(8) as pool:
        snapshots = [pool.submit(desk.terminal(label=f"S{number}").snapshot) for number in range(8)]
        try:
            assert terminal.post("/v1/find", {"credential_hashes": ["AAAA"]}).json()["is_known"] is False
            assert not any(one.done() for one in snapshots)
        finally:
            may_go_on.set()
        assert all(one.result(_DEADLINE_S)[1] for one in snapshots)
    assert held.result(0)


def test_a_bug_is_logged_by_its_place_and_never_by_what_stood_there(
    central_server: CentralServer, enrolment_code: Callable[..., str]
) -> None:
    with httpx.Client(base_url=central_server.url, trust_env=False) as client:
        terminal = SignedTerminal(client)
        assert terminal.enrol(enrolment_code()).status_code == 200
        engine = writing_engine(central_server.data / STORE_FILE)
        with engine.begin() as connection:
            connection.execute(policy.update().values(document={"version": 1, "toml": '"王小明" = ['}))
        engine.dispose()
        answer = terminal.get("/v1/snapshot")
    assert (answer.status_code, answer.json()["reason"]) == (500, "busy")
    assert central_server.stop() == 0
    log = central_server.log_file.read_text(encoding="utf-8")
    assert "WrongPolicy at " in log
    assert "王小明" not in log + answer.text
