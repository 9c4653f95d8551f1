"""A terminal in a process of its own that can be killed at every effect boundary of a visit.

It is composed as the application is, with what it is given from outside wrapped: at each boundary it says where it is
and waits until it may go on. Its parent answers, taps, or kills it. JSON lines on stdin and stdout: `{"at": boundary}`,
`{"page": ..., "number": ..., "is_ready": ...}`; in: `{"go": true}`, `{"tap": kind}`.
Run as `python -m tests.faults.doomed_terminal DATA SERVER_PORT PRINTER_PORT AHEAD_MS`.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from booking.wire import EventResult
from kiosk import bootstrap
from kiosk.health.log import start_logging
from kiosk.journey.screen import Intent, IntentKind, Screen
from kiosk.journey.states import CheckingIn, State
from kiosk.ports.clock import Clock
from kiosk.ports.events import Emit
from kiosk.ports.printers import JobState, PrintTicket, Spool, TicketPrinter
from kiosk.ports.store import CheckInRecord, QueuedTicket
from kiosk.ports.tickets import Ticket
from kiosk.settings import Settings
from kiosk.store.store import Store
from tests.plugins.whole_hospital import HouseClock
from tools.headless import settings_for

Halt = Callable[[str], None]


class Around:
    """Passes everything on to another object; some calls stop before and after."""

    def __init__(self, inner: Any, halt: Halt) -> None:
        self._inner = inner
        self._halt = halt

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class HaltingArrivals(Around):
    """The desk's store."""

    def write_check_in(self, record: CheckInRecord) -> None:
        self._halt("check-in: decided, not on disk")
        self._inner.write_check_in(record)
        self._halt("check-in: on disk, not shown")

    def write_reprint(self, ticket: QueuedTicket) -> None:
        self._halt("reprint: not on disk")
        self._inner.write_reprint(ticket)
        self._halt("reprint: on disk")


class HaltingOutbox(Around):
    """The outbox as the synchronisation sees it."""

    def note_result(self, result: EventResult, *, now_ms: int) -> None:
        self._halt("upload: answered, not noted")
        self._inner.note_result(result, now_ms=now_ms)
        self._halt("upload: noted")


class HaltingSpool(Around):
    """The journal of print jobs."""

    def advance(self, job_id: UUID, state: JobState, why: str = "") -> None:
        self._halt(f"print: before {state.value}")
        self._inner.advance(job_id, state, why)
        self._halt(f"print: after {state.value}")


class HaltingStore(Around):
    """A terminal's store."""

    def arrivals(self, hospital_id: UUID) -> Any:
        return HaltingArrivals(self._inner.arrivals(hospital_id), self._halt)

    def outbox(self, hospital_id: UUID) -> Any:
        return HaltingOutbox(self._inner.outbox(hospital_id), self._halt)

    def spool(self, hospital_id: UUID) -> Any:
        return HaltingSpool(self._inner.spool(hospital_id), self._halt)


class HaltingPrinter(Around):
    """The ticket printer."""

    def prepare(self, ticket: Ticket) -> None:
        self._inner.prepare(ticket)
        self._halt("print: expected")

    def print_ticket(self, command: PrintTicket) -> None:
        self._halt("print: handed over")
        self._inner.print_ticket(command)


class Parent:
    """The other end of the pipes."""

    def __init__(self) -> None:
        self._talking = threading.Lock()
        self._halting = threading.Lock()
        self._may_go = threading.Semaphore(0)

    def say(self, words: dict[str, object]) -> None:
        with self._talking:
            sys.stdout.write(json.dumps(words, ensure_ascii=False) + "\n")
            sys.stdout.flush()

    def halt(self, where: str) -> None:
        """One boundary at a time, from whatever thread."""
        with self._halting:
            self.say({"at": where})
            self._may_go.acquire()

    def listen(self, do: Callable[[object], None]) -> None:
        """Until stdin ends: then nobody is there any more."""
        for line in sys.stdin:
            words = json.loads(line)
            if "go" in words:
                self._may_go.release()
            else:
                do(Intent(IntentKind(words["tap"])))
        os._exit(0)


def shown(screen: Screen, *, is_ready: bool) -> dict[str, object]:
    """What the parent hears of a screen."""
    page = screen.page
    return {"page": type(page).__name__, "number": getattr(page, "number", ""), "is_ready": is_ready}


def compose(settings: Settings, clock: Clock, parent: Parent, emit: Emit) -> bootstrap.Terminal:
    """The application's own composition, over wrapped parts."""

    def printer(settings: Settings, spool: Spool, emit: Emit, clock: Clock) -> TicketPrinter:
        return cast(
            "TicketPrinter", HaltingPrinter(bootstrap.escpos_printer(settings, spool, emit, clock), parent.halt)
        )

    def on_step(_before: State, after: State) -> None:
        if isinstance(after, CheckingIn):
            parent.halt("check-in: asked for")

    def fail(bug: BaseException) -> None:
        parent.say({"bug": type(bug).__name__})

    world = bootstrap.World(
        clock=clock, emit=emit, forget=lambda: None, report_bug=fail, on_step=on_step, make_printer=printer
    )
    store = cast("Store", HaltingStore(bootstrap.open_terminal_store(settings, clock), parent.halt))
    return bootstrap.build(settings, store, world)


def main() -> int:
    """Run until killed, or until stdin ends."""
    data, server, printer, ahead_ms = sys.argv[1:]
    folder = Path(data)
    settings = settings_for(folder, server=("127.0.0.1", int(server)), printer=("127.0.0.1", int(printer)))
    start_logging(folder / "log")
    parent = Parent()
    events: queue.SimpleQueue[object] = queue.SimpleQueue()
    terminal = compose(settings, HouseClock(int(ahead_ms)), parent, events.put)
    terminal.start()
    threading.Thread(target=parent.listen, args=(events.put,), daemon=True).start()
    runtime, site = terminal.runtime, terminal.site
    assert site is not None
    last: dict[str, object] = {}
    while True:
        has_mirror = bool(terminal.store.mirror(site.hospital_id).scope().today)
        now = shown(runtime.screen(), is_ready=runtime.facts.has_reader() and runtime.facts.is_online and has_mirror)
        if now != last:
            parent.say(now)
            last = now
        try:
            runtime.handle(events.get(timeout=min(0.2, runtime.next_wake_ms() / 1000)))
        except queue.Empty:
            runtime.wake()


if __name__ == "__main__":
    raise SystemExit(main())
