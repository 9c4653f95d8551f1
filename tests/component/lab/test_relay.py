"""The network between terminal and server, and everything it can do to a request."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from lab import outages
from lab.network import Relay

BODY = b'{"rows": "' + b"x" * 200_000 + b'"}'
MakeRelay = Callable[[tuple[str, int]], Relay]


class Server(ThreadingHTTPServer):
    """Counts the requests that really arrive."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.posted: list[bytes] = []


class Answering(BaseHTTPRequestHandler):
    """Answers everything with the same body, and keeps connections open."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_POST(self) -> None:
        self.server.posted.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it
        """Silent."""

    def handle(self) -> None:
        try:
            super().handle()
        except ConnectionError:
            self.close_connection = True


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield running
        running.shutdown()
        thread.join()


@pytest.fixture
def network(server: Server, relay: MakeRelay) -> Relay:
    return relay(("127.0.0.1", server.server_port))


@pytest.fixture
def client(network: Relay) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection(*network.address, timeout=5)
    yield connection
    connection.close()


def post(client: http.client.HTTPConnection) -> tuple[int, bytes]:
    client.request("POST", "/v1/events", body=b"act")
    answer = client.getresponse()
    return answer.status, answer.read()


def test_all_is_well(server: Server, network: Relay, client: http.client.HTTPConnection) -> None:
    assert post(client) == (200, BODY)
    assert post(client) == (200, BODY)
    assert (len(server.posted), network.accepted, network.cuts) == (2, 1, 0)


def test_refused_and_back_on_the_same_port(server: Server, network: Relay, client: http.client.HTTPConnection) -> None:
    assert post(client)[0] == 200
    network.switch(outages.Refusing())
    with pytest.raises((ConnectionError, http.client.RemoteDisconnected)):
        post(client)
    client.close()
    with pytest.raises(ConnectionRefusedError):
        post(client)
    client.close()
    network.restore()
    assert post(client) == (200, BODY)
    assert len(server.posted) == 2


def test_cut_now(server: Server, network: Relay, client: http.client.HTTPConnection) -> None:
    assert post(client)[0] == 200
    network.cut()
    assert network.open_connections == 0
    with pytest.raises((ConnectionError, http.client.RemoteDisconnected)):
        post(client)
    client.close()
    assert post(client)[0] == 200


def test_the_answer_is_lost_but_the_act_was_done(
    server: Server, network: Relay, client: http.client.HTTPConnection
) -> None:
    network.switch(outages.LosingAnswers(), times=1)
    with pytest.raises((ConnectionError, http.client.RemoteDisconnected)):
        post(client)
    assert server.posted == [b"act"]
    client.close()
    assert post(client) == (200, BODY)
    assert server.posted == [b"act", b"act"]
    assert isinstance(network.condition, outages.Passing)


def test_in_a_black_hole_nothing_arrives_until_it_ends(
    server: Server, network: Relay, client: http.client.HTTPConnection
) -> None:
    assert post(client)[0] == 200
    network.switch(outages.BlackHole())
    client.sock.settimeout(0.1)
    with pytest.raises(TimeoutError):
        post(client)
    assert len(server.posted) == 1
    network.restore()
    assert network.wait_until(lambda: len(server.posted) == 2)


def test_half_a_body_also_on_a_connection_in_use(
    server: Server, network: Relay, client: http.client.HTTPConnection
) -> None:
    assert post(client)[0] == 200
    network.switch(outages.HalvingBodies(), times=1)
    with pytest.raises(http.client.IncompleteRead) as cut:
        post(client)
    assert len(cut.value.partial) == len(BODY) // 2
    client.close()
    assert post(client) == (200, BODY)


def test_an_answer_cut_in_its_head(network: Relay, client: http.client.HTTPConnection) -> None:
    network.switch(outages.CuttingAnswers(after_bytes=10))
    with pytest.raises(http.client.HTTPException):
        post(client)


def test_a_delayed_answer(network: Relay, client: http.client.HTTPConnection) -> None:
    network.switch(outages.Delaying(delay_ms=150))
    started_s = time.monotonic()
    assert post(client) == (200, BODY)
    assert time.monotonic() - started_s >= 0.15


@pytest.mark.parametrize(
    ("condition", "status", "part"),
    [
        (outages.CAPTIVE_PORTAL, 200, b"<html>"),
        (outages.SERVER_ERROR, 500, b"Error"),
        (outages.BAD_GATEWAY, 502, b"Bad Gateway"),
        (outages.BROKEN_JSON, 200, b'{"v": 1'),
    ],
)
def test_somebody_else_answers(
    server: Server,
    network: Relay,
    client: http.client.HTTPConnection,
    condition: outages.AnsweringItself,
    status: int,
    part: bytes,
) -> None:
    network.switch(condition)
    answered, body = post(client)
    assert answered == status
    assert part in body
    assert server.posted == []


def test_somebody_else_answers_a_request_that_comes_in_two_pieces_on_an_open_connection(
    server: Server, network: Relay, client: http.client.HTTPConnection
) -> None:
    assert post(client) == (200, BODY)
    network.switch(outages.SERVER_ERROR)
    client.putrequest("POST", "/")
    client.putheader("Content-Length", "5")
    client.endheaders()
    other = http.client.HTTPConnection(*network.address, timeout=5)
    assert post(other)[0] == 500  # by now the first piece of the other request has been seen
    other.close()
    client.send(b"later")
    with client.getresponse() as answer:
        assert answer.status == 500
    assert len(server.posted) == 1


@pytest.mark.parametrize("condition", [outages.NOT_HTTP, outages.EMPTY])
def test_somebody_else_who_speaks_no_http(
    network: Relay, client: http.client.HTTPConnection, condition: outages.AnsweringItself
) -> None:
    network.switch(condition, times=1)
    with pytest.raises((http.client.HTTPException, ConnectionError)):
        post(client)
    client.close()
    assert post(client) == (200, BODY)


def test_a_server_that_is_not_there(relay: MakeRelay) -> None:
    to_nobody = relay(("127.0.0.1", 1))
    client = http.client.HTTPConnection(*to_nobody.address, timeout=5)
    with pytest.raises((ConnectionError, http.client.RemoteDisconnected)):
        post(client)
    client.close()


def test_it_stops_within_a_second_with_connections_open(
    server: Server, client: http.client.HTTPConnection, network: Relay
) -> None:
    assert post(client)[0] == 200
    network.switch(outages.BlackHole())
    started_s = time.monotonic()
    network.stop()
    assert time.monotonic() - started_s < 1
    with pytest.raises((ConnectionError, http.client.RemoteDisconnected)):
        post(client)
