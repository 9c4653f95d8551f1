"""The rounds in the background: what is no answer, how it is told, and when it is tried again."""

from __future__ import annotations

from typing import Any

import pytest

from kiosk.ports.central import ConnectionChanged
from kiosk.sync.client import RequestsTransport, ServerSettings
from kiosk.sync.server import CONNECT_S, TOTAL_S
from kiosk.sync.transport import HttpReply, HttpRequest, NoReply
from lab import outages


@pytest.mark.parametrize(
    "outage",
    [
        outages.Refusing(),
        outages.CAPTIVE_PORTAL,
        outages.SERVER_ERROR,
        outages.BAD_GATEWAY,
        outages.BROKEN_JSON,
        outages.NOT_HTTP,
        outages.EMPTY,
        outages.HalvingBodies(),
    ],
    ids=str,
)
def test_what_is_no_answer_is_none_at_once_and_told_once(terminal: Any, network: Any, outage: Any) -> None:
    told = len(terminal.heard.events)
    network.switch(outage)
    tries = len(terminal.doorway.seen)
    started_ms = terminal.clock.boot_ms()
    terminal.step_until(lambda: terminal.clock.boot_ms() - started_ms > 300_000, most=200)
    changes = [event for event in terminal.heard.events[told:] if isinstance(event, ConnectionChanged)]
    assert changes == [ConnectionChanged(is_online=False)]
    assert 8 <= len(terminal.doorway.seen) - tries <= 20
    network.restore()
    terminal.sync()
    assert terminal.contact.is_online()


class Limits:
    """Notes how long each request may take."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self.seen: dict[str, set[tuple[float, float]]] = {}

    def exchange(self, request: HttpRequest) -> HttpReply:
        path = request.target.partition("?")[0]
        self.seen.setdefault(path, set()).add((request.connect_s, request.total_s))
        reply: HttpReply = self._inner.exchange(request)
        return reply

    def interrupt(self) -> None: ...

    def close(self) -> None: ...


def test_no_round_waits_longer_than_it_may(make_terminal: Any) -> None:
    other = make_terminal("T2")
    limits: list[Limits] = []
    other.doorway.passes_through(lambda inner: limits.append(Limits(inner)) or limits[0])
    other.sync()
    other.worker.hurry()
    other.step_until(lambda: "/v1/digests" in limits[0].seen)
    seen = limits[0].seen
    # Beyond the time that the server may wait for a change: none here.
    assert seen.pop("/v1/feed") == {(CONNECT_S, 5.0)}
    assert set(seen) == {"/v1/heartbeat", "/v1/snapshot", "/v1/digests", "/v1/leases"}
    assert {limit for each in seen.values() for limit in each} == {(CONNECT_S, TOTAL_S)} == {(5.0, 15.0)}


def test_a_name_that_nobody_knows_is_no_answer() -> None:
    transport = RequestsTransport(ServerSettings(base_url="http://nowhere.invalid"))
    with pytest.raises(NoReply):
        transport.exchange(HttpRequest("GET", "/v1/time", total_s=5, connect_s=5))
    transport.close()
