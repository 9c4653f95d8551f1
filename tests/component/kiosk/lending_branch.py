"""A terminal that sells lent places: the real store and synchronisation, a clock of its own, and a line that fails."""

from __future__ import annotations

import shutil
from collections import Counter as Counts
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import ward
from counter import Counter
from lending_server import LendingServer

from booking.lending import Now
from booking.wire import EventBatch, EventResults, FeedPage, Heartbeat, HeartbeatReply, SnapshotHead
from booking.wire_digest import Digests
from booking.wire_lease import LeaseAsk, LeaseGrant
from kiosk.sync.contact import Contact
from kiosk.sync.mirror import Page, Snapshot
from kiosk.sync.server import Unanswered
from kiosk.sync.trust import TrustedClock
from kiosk.sync.worker import SyncSurroundings, SyncWorker


@dataclass
class OwnClock:
    """A machine's clocks: `wrong_ms` off, running with the world's."""

    world: Any
    wrong_ms: int = 0
    boot_no: int = 1
    booted_ms: int = 0
    ids: int = 0
    name: int = 0

    def now_ms(self) -> int:
        return int(self.world.now_ms()) + self.wrong_ms

    def boot_ms(self) -> int:
        return int(self.world.boot_ms()) - self.booted_ms

    def boot_id(self) -> str:
        return f"boot {self.boot_no}"

    def new_id(self) -> UUID:
        self.ids += 1
        return UUID(int=(0xF0 + self.name) << 56 | self.ids)

    def reboot(self, *, wrong_ms: int) -> None:
        self.boot_no += 1
        self.booted_ms = int(self.world.boot_ms()) - 1
        self.wrong_ms = wrong_ms


@dataclass
class Line:
    """What the worker takes for the server. `fault`: cut (nothing arrives), lost (no answer comes), twice."""

    server: LendingServer
    terminal: str
    fault: str = ""
    contact: Any = None
    clock: Any = None
    asked: list[UUID] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)

    def _through(self, call: Any) -> Any:
        if self.fault == "cut":
            self.contact.note(is_online=False)
            raise Unanswered("cut")
        answer = call()
        if self.fault == "twice":
            answer = call()
        if self.fault == "lost":
            self.contact.note(is_online=False)
            raise Unanswered("lost")
        self.contact.note(is_online=True)
        boot_ms = self.clock.boot_ms()
        self.contact.note_time(self.server.clock.now_ms(), sent_boot_ms=boot_ms, received_boot_ms=boot_ms)
        return answer

    def ask_leases(self, ask: LeaseAsk) -> LeaseGrant:
        self.asked.append(ask.request_id)
        grant: LeaseGrant = self._through(lambda: self.server.ask_leases(self.terminal, ask))
        return grant

    def send(self, batch: EventBatch) -> EventResults:
        self.sent += [event.kind for event in batch.events]
        results: EventResults = self._through(lambda: self.server.send(batch))
        return results

    def heartbeat(self, _told: Heartbeat) -> HeartbeatReply:
        reply: HeartbeatReply = self._through(lambda: HeartbeatReply(today=ward.TODAY))
        return reply

    def portion(self, *, limit: int, **_asked: str) -> Snapshot:
        head = SnapshotHead(cursor="e.1", days=(ward.TODAY,), today=ward.TODAY, rows=0)
        snapshot: Snapshot = self._through(lambda: Snapshot(head, iter(()), Counts()))
        return snapshot

    def digests(self, cursor: str) -> Digests:
        digests: Digests = self._through(lambda: Digests(cursor=cursor, today=ward.TODAY, is_at_hand=False))
        return digests

    def feed(self, cursor: str, *, wait_s: int, now_boot_ms: int) -> Page:
        page = FeedPage(cursor=cursor, rows=(), has_more=False, today=ward.TODAY)
        answer: Page = self._through(lambda: Page(page, Counts()))
        return answer


class Branch(Counter):
    """One terminal. `die` drops all objects; what was in the files at that instant is what the next start finds."""

    def __init__(self, directory: Path, world: Any, server: LendingServer, *, no: int) -> None:
        self.directory = directory
        self.line = Line(server, f"T{no}", clock=OwnClock(world, name=no))
        self._lives = 0
        self._open(directory / "0", ids=no << 16)

    def _open(self, files: Path, *, ids: int) -> None:
        own_clock = self.line.clock
        store = ward.open_ward(files, own_clock)
        super().__init__(store, own_clock, ids=ids)
        self._files = files
        self.contact = Contact(own_clock, emit=lambda _event: None)
        self.line.contact = self.contact
        self.time = TrustedClock(own_clock, self.contact, mark=self.leases.clock_mark())
        self.events: list[object] = []
        around: dict[str, Any] = {"server": self.line}
        self.worker = SyncWorker(
            SyncSurroundings(
                **around,
                mirror=store.mirror(ward.HOSPITAL),
                intake=store.intake(ward.HOSPITAL),
                outbox=self.outbox,
                contact=self.contact,
                leases=self.leases,
                time=self.time,
                clock=own_clock,
                zone=ward.ZONE,
                emit=self.events.append,
                version="test",
                chance=lambda: 0.5,
                longest_poll_s=0,
            )
        )

    def die(self) -> None:
        """As `kill -9` leaves it: a copy of the files, taken while all is open."""
        self._lives += 1
        files = self.directory / str(self._lives)
        shutil.copytree(self._files, files)
        self.store.close()
        self._open(files, ids=self.ids)

    def now(self) -> Now:
        return self.time.now()

    def step(self) -> None:
        """One step of the synchronisation."""
        self.worker.step(self.clock.boot_ms())

    def settle(self, pass_ms: Any, *, most: int = 200) -> None:
        """Until nothing waits, with the line well."""
        self.line.fault = ""
        for _ in range(most):
            self.worker.hurry()
            for _ in range(6):
                self.step()
            if not self.outbox.waiting() and self.leases.open_ask() is None:
                return
            pass_ms(5_000)
        message = "something is never told"
        raise AssertionError(message)
