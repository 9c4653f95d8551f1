"""A thousand terminals and one server: the real workers, on simulated clocks, against a server of which only the
answers and their number matter. Whatever happens to all of them at once, they come back one by one.
"""

from __future__ import annotations

import heapq
import json
import random
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any
from urllib.parse import parse_qs
from uuid import UUID

import pytest

from booking.ids import uuid7
from booking.wire import HeartbeatReply, SnapshotHead
from booking.wire_lease import LeaseAsk, LeaseGrant
from kiosk.ports.intake import HeldDigests, Taking
from kiosk.ports.lending import ClockMark, GrantTaken, OpenAsk
from kiosk.ports.store import OutboxCounts, Scope
from kiosk.sync.codec import WireCodec
from kiosk.sync.contact import Contact
from kiosk.sync.server import CentralServer
from kiosk.sync.transport import HttpReply, HttpRequest, NoReply
from kiosk.sync.trust import TrustedClock
from kiosk.sync.worker import SyncSurroundings, SyncWorker

TERMINALS = 1000
EXCHANGE_MS, GATHER_MS = 20, 150
TODAY = "2031-03-18"
CODEC = WireCodec()
JSON, LINES = "application/json", "application/x-ndjson"


class SimClock:
    """A terminal's own: an exchange takes as long as it takes on this one only."""

    def __init__(self, at_ms: int) -> None:
        self.at_ms = at_ms

    def now_ms(self) -> int:
        return self.at_ms + 1_900_000_000_000

    def boot_id(self) -> str:
        return "one"

    def boot_ms(self) -> int:
        return self.at_ms

    def new_id(self) -> UUID:
        return uuid7(now_ms=self.now_ms(), random=b"0123456789")


@dataclass
class Model:
    """A server whose day is known beforehand: when there is news, and when it is down. It counts what is asked."""

    news_ms: list[int]
    down_ms: list[tuple[int, int]]
    asked: Counter[int] = field(default_factory=Counter)

    def is_down(self, at_ms: int) -> bool:
        return any(begin <= at_ms < end for begin, end in self.down_ms)

    def position(self, at_ms: int) -> int:
        return 1 + bisect_right(self.news_ms, at_ms)

    def ends_a_wait(self, at_ms: int, until_ms: int) -> int:
        """When a long poll that begins now ends: by news, by the server's going down, or because it is over."""
        news = (it + GATHER_MS for it in self.news_ms)
        ends = (*news, *(begin for begin, _ in self.down_ms))
        return min((it for it in ends if at_ms < it < until_ms), default=until_ms)


class Line:
    """One terminal's way to it."""

    def __init__(self, model: Model, clock: SimClock) -> None:
        self.model = model
        self.clock = clock

    def exchange(self, request: HttpRequest) -> HttpReply:
        model, clock = self.model, self.clock
        model.asked[clock.at_ms // 1000] += 1
        path, _, query = request.target.partition("?")
        if model.is_down(clock.at_ms):
            raise NoReply("refused")
        asked = parse_qs(query)
        if path == "/v1/feed" and asked["cursor"] == [f"e.{model.position(clock.at_ms)}"]:
            clock.at_ms = model.ends_a_wait(clock.at_ms, clock.at_ms + int(asked["wait"][0]) * 1000)
        clock.at_ms += EXCHANGE_MS
        if model.is_down(clock.at_ms):
            raise NoReply("cut")
        if path == "/v1/leases":
            ask = CODEC.decode(LeaseAsk, request.body)
            return self._json(CODEC.encode(LeaseGrant(request_id=ask.request_id, leases=(), ask_again_ms=1_800_000)))
        return self._answer(path, asked)

    def interrupt(self) -> None: ...

    def close(self) -> None: ...

    def _answer(self, path: str, asked: dict[str, list[str]]) -> HttpReply:
        position = self.model.position(self.clock.at_ms)
        cursor = f"e.{position}"
        if path == "/v1/heartbeat":
            return self._json(CODEC.encode(HeartbeatReply(today=TODAY)))
        if path == "/v1/snapshot":
            head = SnapshotHead(cursor=cursor, days=(TODAY,), today=TODAY, rows=0, session_days=(TODAY,))
            return HttpReply(200, {"content-type": LINES}, CODEC.encode(head).encode() + b"\n")
        if path == "/v1/digests":
            return self._json(json.dumps({"cursor": cursor, "today": TODAY, "is_at_hand": True, "lines": []}))
        is_news = asked["cursor"] != [cursor]
        rows = [{"kind": "doctor", "id": "d", "ver": position, "is_deleted": True}] if is_news else []
        return self._json(json.dumps({"cursor": cursor, "rows": rows, "has_more": False, "today": TODAY}))

    def _json(self, text: str) -> HttpReply:
        return HttpReply(200, {"content-type": JSON, "server-time": str(self.clock.now_ms())}, text.encode())


class Memory:
    """Mirror, intake, outbox and leases of one terminal, as far as the worker asks."""

    def __init__(self) -> None:
        self._cursor: str | None = None
        self._scope = Scope()
        self._taking: Taking | None = None

    def cursor(self) -> str | None:
        return self._cursor

    def scope(self) -> Scope:
        return self._scope

    def roll_to(self, scope: Scope) -> None:
        self._scope = scope

    def take_feed(self, rows: Any, *, cursor: str) -> int:
        self._cursor = cursor
        return len(tuple(rows))

    def purge(self, **_named: object) -> None: ...

    def taking(self) -> Taking | None:
        return self._taking

    def begin(self, **named: Any) -> Taking:
        self._taking = Taking(number=1, **named)
        return self._taking

    def take_portion(self, rows: Any, taking: Taking) -> int:
        self._taking = taking
        return len(tuple(rows))

    def finish_whole(self, taking: Taking) -> int:
        self._cursor, self._taking = taking.since, None
        return 0

    def digests(self) -> HeldDigests:
        return HeldDigests(self._cursor, self._scope.today, ())

    def counts(self) -> OutboxCounts:
        return OutboxCounts(0, 0, None)

    def waiting(self) -> tuple[()]:
        return ()

    def begin_ask(self, ask: OpenAsk) -> OpenAsk:
        return ask

    def take_grant(self, _grant: LeaseGrant) -> GrantTaken:
        return GrantTaken(new=0, gone=0)

    def returnable(self, _now: object) -> tuple[()]:
        return ()

    def leases(self) -> tuple[()]:
        return ()

    def sold_since_ask(self) -> int:
        return 0

    def keep_clock_mark(self, _mark: ClockMark) -> None: ...


class _Unsigned:
    def headers(self, _method: str, _target: str, _body: bytes) -> dict[str, str]:
        return {}


@dataclass
class _One:
    clock: SimClock
    memory: Memory
    worker: SyncWorker


def _terminal(model: Model, chance: random.Random) -> _One:
    clock, memory = SimClock(1_000_000 + int(chance.random() * BOOTING_MS)), Memory()
    contact = Contact(clock, emit=lambda _: None)
    signer: Any = _Unsigned()
    store: Any = memory
    server = CentralServer(Line(model, clock), signer=signer, codec=CODEC, contact=contact, clock=clock)
    around = SyncSurroundings(
        server=server,
        mirror=store,
        intake=store,
        outbox=store,
        contact=contact,
        leases=store,
        time=TrustedClock(clock, contact, mark=ClockMark(high_water_ms=0, boot_id="", server_minus_boot_ms=None)),
        clock=clock,
        zone=UTC,
        emit=lambda _: None,
        version="1",
        chance=chance.random,
    )
    return _One(clock, memory, SyncWorker(around))


@dataclass(frozen=True)
class Day:
    """What happened: how much was asked, and when the last terminal was in step after each piece of news."""

    asked: Counter[int]
    in_step_ms: dict[int, int]

    def peak(self, from_ms: int, to_ms: int) -> int:
        """The most requests of one second."""
        return max(self.asked[second] for second in range(from_ms // 1000, to_ms // 1000))


BOOTING_MS = 10_000
CHANGE_MS, OUTAGE_MS, BACK_MS, RESTART_MS, UP_MS, END_MS = (
    1_000_000 + at_s * 1000 for at_s in (60, 90, 390, 470, 472, 540)
)


@pytest.fixture(scope="module")
def day() -> Day:
    """All are switched on; a change for all; five minutes without a server, then a restart of two seconds, and in both
    of them something changes.
    """
    model = Model([CHANGE_MS, BACK_MS - 1000, UP_MS - 1000], [(OUTAGE_MS, BACK_MS), (RESTART_MS, UP_MS)])
    chance = random.Random(7)
    terminals = [_terminal(model, chance) for _ in range(TERMINALS)]
    due = [(one.clock.at_ms, number) for number, one in enumerate(terminals)]
    heapq.heapify(due)
    in_step_ms: dict[int, int] = {}
    while due[0][0] < END_MS:
        at_ms, number = heapq.heappop(due)
        one = terminals[number]
        one.clock.at_ms = max(at_ms, one.clock.at_ms)
        before = one.memory.cursor()
        next_ms = one.worker.step(one.clock.at_ms)
        if one.memory.cursor() != before:
            position = int(str(one.memory.cursor()).partition(".")[2])
            in_step_ms[position] = max(in_step_ms.get(position, 0), one.clock.at_ms)
        heapq.heappush(due, (max(next_ms, one.clock.at_ms), number))
    assert all(one.memory.cursor() == "e.4" for one in terminals)
    return Day(model.asked, in_step_ms)


def test_after_an_outage_all_are_in_step_within_a_minute_and_come_one_by_one(day: Day) -> None:
    assert day.in_step_ms[3] - BACK_MS <= 60_000
    assert day.peak(BACK_MS, RESTART_MS) <= 300


def test_while_there_is_no_server_nobody_hammers(day: Day) -> None:
    assert day.peak(OUTAGE_MS + 60_000, BACK_MS) <= 80


def test_a_restart_is_no_storm(day: Day) -> None:
    assert day.in_step_ms[4] - UP_MS <= 15_000
    assert day.peak(UP_MS, END_MS) <= 1000


def test_news_that_wakes_all_does_not_bring_all_back_together(day: Day) -> None:
    assert day.in_step_ms[2] - CHANGE_MS <= 8_000
    assert day.peak(CHANGE_MS + 1000, OUTAGE_MS) <= 500


def test_on_an_idle_day_a_thousand_terminals_are_little_work(day: Day) -> None:
    assert day.peak(1_000_000 + 40_000, CHANGE_MS) <= 250
