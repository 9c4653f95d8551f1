"""The booking server as a process of its own, with its clock in a test's hand and a door for the hospital's staff.

The server is `central`'s own: parts, application, writer and listening end. What is added is given to it from outside:
a clock that can be put forward, and a writer that can come to a halt at a chosen moment, for a `kill -9` that hits.
Commands are JSON lines on stdin, answers JSON lines on stdout. Run as `python -m tests.plugins.clocked_central`.
"""

from __future__ import annotations

import argparse
import json
import sys
import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa
import uvicorn

from central.appointments.tables import booking
from central.checkins.tables import check_in, operation
from central.rosters.tables import hospital
from central.serve import EndingServer, listen
from central.sync.tables import feed
from central.terminals.service import make_code
from central.web.app import create_app, open_parts
from central.web.parts import Parts
from central.writer import Writer
from tests.plugins.hospital_staff import HERE, Staff

Result = TypeVar("Result")
HALTING = frozenset({"central.checkins.endpoints", "central.leases.endpoints"})
BEFORE_COMMIT, AFTER_COMMIT = "before_commit", "after_commit"


class HandClock:
    """The computer's clock, this much ahead."""

    def __init__(self, ahead_ms: int) -> None:
        self.ahead_ms = ahead_ms

    def __call__(self) -> int:
        return time.time_ns() // 1_000_000 + self.ahead_ms


class HaltingWriter:
    """A `Writer` that stops for good before or after it commits an arrival or a lease, and says so."""

    def __init__(self, writer: Writer, *, on_halt: Callable[[str], None]) -> None:
        self._writer = writer
        self._on_halt = on_halt
        self.halts_at = ""

    def submit(
        self, work: Callable[[sa.Connection], Result], *, key: Hashable = None, is_alone: bool = False
    ) -> Future[Result]:
        if not self.halts_at or work.__module__ not in HALTING:
            return self._writer.submit(work, key=key, is_alone=is_alone)
        never: Future[Result] = Future()
        if self.halts_at == BEFORE_COMMIT:
            self._on_halt(BEFORE_COMMIT)
        else:
            self._writer.submit(work, key=key, is_alone=is_alone).add_done_callback(
                lambda _done: self._on_halt(AFTER_COMMIT)
            )
        return never

    def close(self) -> None:
        self._writer.close()


class Door:
    """What a test asks of the running server."""

    def __init__(self, parts: Parts, clock: HandClock, writer: HaltingWriter) -> None:
        self._parts = parts
        self._clock = clock
        self._writer = writer
        self._staff = Staff(parts.keys)

    def answer(self, command: dict[str, Any]) -> dict[str, Any]:
        """Carry out one command."""
        match command.pop("do"):
            case "forward":
                self._clock.ahead_ms += command["ms"]
                return {}
            case "halt":
                self._writer.halts_at = command["at"]
                return {}
            case "code":
                return {"code": self._code(command["label"])}
            case "look":
                return self._look(command["number"])
            case "book":
                return self._write(lambda work, moment: self._staff.book(work, moment, **command))
            case "change":
                return self._write(lambda work, moment: self._staff.change(work, moment, **command))
            case "feed":
                return self._read(_feed)
            case other:
                raise ValueError(other)

    def _code(self, label: str) -> str:
        parts = self._parts
        moment = parts.moment()
        return parts.writer.submit(
            lambda work: make_code(work, parts.keys, moment, hospital_code=HERE, label=label)
        ).result()

    def _write(self, work: Callable[[sa.Connection, Any], dict[str, Any]]) -> dict[str, Any]:
        moment = self._parts.moment()
        return self._parts.writer.submit(lambda connection: work(connection, moment)).result()

    def _read(self, question: Callable[[sa.Connection], dict[str, Any]]) -> dict[str, Any]:
        return self._parts.reader.submit(question).result()

    def _look(self, number: str) -> dict[str, Any]:
        """How the booking with this number stands, how often it arrived, and what was said to those who told so."""

        def look(connection: sa.Connection) -> dict[str, Any]:
            found = self._staff.find(connection, number)
            arrivals = connection.execute(sa.select(check_in).where(check_in.c.booking_id == found.booking_id)).all()
            subject = self._staff.subject_of(found.booking_id)
            acts = sa.select(operation.c.verdict).where(operation.c.subject_hash == subject)
            return {
                "state": found.state,
                "queue_number": found.queue_number,
                "arrivals": len(arrivals),
                "verdicts": list(connection.scalars(acts)),
            }

        return self._read(look)


def _feed(connection: sa.Connection) -> dict[str, Any]:
    """The positions of the first hospital's feed."""
    here = sa.select(hospital.c.hospital_id).where(hospital.c.code == HERE).scalar_subquery()
    positions = connection.scalars(sa.select(feed.c.pos).where(feed.c.tenant_id == here).order_by(feed.c.pos)).all()
    active = sa.select(sa.func.count()).select_from(booking).where(booking.c.hospital_id == here)
    return {"positions": list(positions), "bookings": connection.scalar(active)}


def main() -> int:
    """Serve until stdin ends, or until SIGTERM or SIGKILL."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--ahead-ms", type=int, default=0)
    arguments = parser.parse_args()
    clock = HandClock(arguments.ahead_ms)
    talking = threading.Lock()

    def say(words: dict[str, Any]) -> None:
        with talking:
            sys.stdout.write(json.dumps(words) + "\n")
            sys.stdout.flush()

    opened = open_parts(arguments.data, clock=clock)
    writer = HaltingWriter(opened.writer, on_halt=lambda where: say({"halted": where}))
    parts = replace(opened, writer=writer)
    listening = listen("127.0.0.1", arguments.port)
    config = uvicorn.Config(
        create_app(parts), lifespan="off", access_log=False, log_level="warning", timeout_graceful_shutdown=1
    )
    listening.listen(config.backlog)
    server = EndingServer(config, parts)
    door = Door(parts, clock, writer)

    def attend() -> None:
        say({"port": listening.getsockname()[1]})
        for line in sys.stdin:
            say({"answer": door.answer(json.loads(line))})
        parts.bell.stop()
        server.should_exit = True

    threading.Thread(target=attend, daemon=True).start()
    server.run(sockets=[listening])
    parts.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
