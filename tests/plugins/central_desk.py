"""The booking server in the test's own process, with a clock that the test sets, and a sample of one fixed day."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa
from starlette.types import ASGIApp

from central.cli import main
from central.moment import Moment
from central.rosters.tables import session
from central.sample.plan import instant_ms
from central.terminals.service import make_code
from central.web.parts import Parts
from tests.plugins.signed_terminal import SignedTerminal, new_act

DAY = date(2026, 3, 18)
TEN_O_CLOCK_MS = instant_ms(DAY, 10)
MINUTE_MS = 60_000


class SetClock:
    """The server's clock; ten o'clock of the sample's day until a test sets it."""

    def __init__(self) -> None:
        self.now_ms = TEN_O_CLOCK_MS

    def __call__(self) -> int:
        return self.now_ms


@dataclass(frozen=True)
class Desk:
    """The server in this process."""

    parts: Parts
    clock: SetClock
    http: httpx.Client
    data: Path

    def code(self, *, hospital: str = "01", label: str = "L1") -> str:
        """A one-time code."""
        moment = Moment(self.clock.now_ms)
        return self.parts.writer.submit(
            lambda connection: make_code(connection, self.parts.keys, moment, hospital_code=hospital, label=label)
        ).result(60)

    def terminal(self, *, hospital: str = "01", label: str = "L1") -> SignedTerminal:
        """An enrolled terminal."""
        terminal = SignedTerminal(self.http)
        assert terminal.enrol(self.code(hospital=hospital, label=label)).status_code == 200
        return terminal

    def rows(self, query: sa.Select[Any]) -> list[Any]:
        """What the store says."""
        settle(self.parts)
        return list(self.parts.reader.submit(lambda connection: connection.execute(query).all()).result(60))

    def run(self, statement: sa.Update | sa.Insert | sa.Delete) -> None:
        """Change the store behind the server's back."""
        settle(self.parts)
        self.parts.writer.submit(lambda connection: connection.execute(statement) and None).result(60)

    def letters_of(self, booking: dict[str, Any]) -> str:
        """The letters of the booking's session."""
        found = self.rows(sa.select(session.c.session_id, session.c.letters))
        return next(it.letters for it in found if str(it.session_id) == booking["session_id"])

    def act(self, booking: dict[str, Any], *, at_ms: int | None = None, **changes: Any) -> dict[str, Any]:
        """A check-in with the right queue number, now unless said otherwise."""
        when = self.clock.now_ms if at_ms is None else at_ms
        return new_act(booking, at_ms=when, letters=self.letters_of(booking), **changes)


def init_day(data: Path, *more: str) -> None:
    """Make a server's directory with the sample of one fixed day. `more` are arguments."""
    arguments = ["init", "--sample", "--seed", "7", "--today", DAY.isoformat(), "--bookings-today", "120"]
    assert main([*arguments, "--data", str(data), *more]) == 0


def settle(parts: Parts) -> None:
    """Wait until every change that was committed here has its position in the feed."""
    if parts.sequencer is not None:
        assert parts.sequencer.wait_until_at_rest(30)


def open_for_check_in(bookings: list[dict[str, Any]], now_ms: int) -> list[dict[str, Any]]:
    """Bookings that may check in now."""
    return [
        it
        for it in bookings
        if it["state"] in ("booked", "confirmed")
        and it["slot_starts_ms"] - 60 * MINUTE_MS <= now_ms <= it["slot_starts_ms"] + 15 * MINUTE_MS
    ]


class InProcess(httpx.BaseTransport):
    """Carries requests of any thread to an application, on an event loop of its own. `settle` is called before each."""

    def __init__(self, app: ASGIApp, *, settle: Callable[[], None] = lambda: None) -> None:
        self._settle = settle
        self._carrier = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="in-process server")
        self._thread.start()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._settle()
        return asyncio.run_coroutine_threadsafe(self._carry(request), self._loop).result(60)

    async def _carry(self, request: httpx.Request) -> httpx.Response:
        body = request.read()
        asked = httpx.Request(request.method, request.url, headers=request.headers, content=body)
        answer = await self._carrier.handle_async_request(asked)
        raw = b"".join([piece async for piece in answer.aiter_raw()])
        return httpx.Response(answer.status_code, headers=answer.headers, content=raw)

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
