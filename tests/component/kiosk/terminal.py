"""A terminal without screen and devices: the real store, desk and sync, joined as the composition root joins them."""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa
import uvicorn
from ward import CODEC, HandClock, PlainTickets

from booking.wire import BookingRow
from central.keys import KEY_FILE, read_keys
from central.moment import Moment
from central.serve import EndingServer
from central.tables.database import STORE_FILE
from central.tables.engine import writing_engine
from central.terminals.service import make_code
from central.web.app import open_parts
from kiosk.desk.desk import DeskCore
from kiosk.desk.surroundings import Surroundings
from kiosk.ports.desk import CheckInBooking, DeskAnswer, FindByCard
from kiosk.store.store import StoreSettings, open_store
from kiosk.sync.caller import Caller
from kiosk.sync.client import RequestsTransport, ServerSettings
from kiosk.sync.contact import Contact
from kiosk.sync.enrolment import enrol
from kiosk.sync.identity import Counter, Identity, Signer, is_signed
from kiosk.sync.line import DeskLine
from kiosk.sync.server import CentralServer
from kiosk.sync.thread import SyncThread
from kiosk.sync.transport import HttpReply, HttpRequest, NoReply, Transport
from kiosk.sync.trust import TrustedClock
from kiosk.sync.worker import SyncSurroundings, SyncWorker
from tests.plugins.made_app import make_app


class Central:
    """The real booking server on loopback, with its clock in the hand; started again on the same port."""

    def __init__(self, data: Path, clock: HandClock) -> None:
        self.data = data
        self.clock = clock
        self.port = 0
        self._running: tuple[EndingServer, threading.Thread] | None = None

    def start(self) -> None:
        listening = socket.socket(
            socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP
        )  # asyncio sends small answers at once only then
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", self.port))
        self.port = listening.getsockname()[1]
        parts = open_parts(self.data, clock=self.clock.now_ms)
        config = uvicorn.Config(
            make_app(parts), lifespan="off", log_config=None, access_log=False, timeout_graceful_shutdown=1
        )
        server = EndingServer(config, parts)
        server.install_signal_handlers = lambda: None

        def run() -> None:
            server.run(sockets=[listening])
            listening.close()
            parts.close()

        thread = threading.Thread(target=run, name="central", daemon=True)
        thread.start()
        self._running = (server, thread)

    def stop(self) -> None:
        assert self._running is not None
        server, thread = self._running
        server.handle_exit(15, None)
        thread.join(5)
        assert not thread.is_alive()

    @contextmanager
    def store(self) -> Iterator[sa.Connection]:
        """The server's own tables, to change what a screen cannot yet change."""
        engine = writing_engine(self.data / STORE_FILE)
        with engine.begin() as connection:
            yield connection
        engine.dispose()

    def code(self, label: str) -> str:
        with self.store() as connection:
            keys = read_keys(self.data / KEY_FILE)
            moment = Moment(self.clock.now_ms())
            return make_code(connection, keys, moment, hospital_code="01", label=label)


class Heard:
    """All events, in order."""

    def __init__(self) -> None:
        self.events: list[object] = []
        self._told = threading.Condition()

    def __call__(self, event: object, /) -> None:
        with self._told:
            self.events.append(event)
            self._told.notify_all()

    def wait_for(self, is_so: Callable[[], bool], *, within_s: float = 5.0) -> None:
        with self._told:
            assert self._told.wait_for(is_so, within_s)


class Doorway:
    """A transport on whose way somebody answers certain requests himself; None: they get no answer."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner
        self.instead: dict[str, HttpReply | None] = {}
        self.seen: list[str] = []

    def passes_through(self, wrap: Callable[[Transport], Transport]) -> None:
        """Put something else on the way."""
        self._inner = wrap(self._inner)

    def exchange(self, request: HttpRequest) -> HttpReply:
        path = request.target.partition("?")[0]
        self.seen.append(path)
        if path not in self.instead:
            return self._inner.exchange(request)
        answer = self.instead[path]
        if answer is None:
            raise NoReply("cut")
        return answer

    def interrupt(self) -> None:
        self._inner.interrupt()

    def close(self) -> None:
        self._inner.close()


class Terminal:
    """One terminal at `url`."""

    def __init__(self, directory: Path, url: str, clock: HandClock, *, longest_poll_s: int = 0) -> None:
        self.clock = clock
        self.codec = CODEC
        self.store = open_store(StoreSettings(directory), codec=self.codec, now_ms=clock.now_ms)
        self.heard = Heard()
        self._settings = ServerSettings(base_url=url)
        self._longest_poll_s = longest_poll_s
        self._operations = 0
        self._callers: list[Caller] = []
        self.bugs: list[BaseException] = []

    def caller(self, name: str) -> Caller:
        made = Caller(lambda: RequestsTransport(self._settings), name=name, boot_ms=self.clock.boot_ms)
        self._callers.append(made)
        return made

    def enrol(self, code: str) -> None:
        enrol(code, transport=self.caller("enrolment"), store=self.store.site, codec=self.codec)

    def switch_on(self) -> None:
        """After enrolment: what the composition root does."""
        site = self.store.site.site()
        private_key = self.store.site.private_key()
        assert site is not None
        assert private_key is not None
        identity = Identity(private_key)
        zone = ZoneInfo(site.time_zone)
        self.contact = Contact(self.clock, emit=self.heard)
        signer = Signer(site.terminal_id, identity, Counter(self.store.site.raise_boot))

        def server(transport: Transport) -> CentralServer:
            return CentralServer(transport, signer=signer, codec=self.codec, contact=self.contact, clock=self.clock)

        self.mirror = self.store.mirror(site.hospital_id)
        self.outbox = self.store.outbox(site.hospital_id)
        self.arrivals = self.store.arrivals(site.hospital_id)
        self.sales = self.store.sales(site.hospital_id)
        self.leases = self.store.leases(site.hospital_id)
        self.time = TrustedClock(self.clock, self.contact, mark=self.leases.clock_mark())
        self.spool = self.store.spool(site.hospital_id)
        self.doorway = Doorway(self.caller("sync-http"))
        sync_server = server(self.doorway)
        self._around = SyncSurroundings(
            server=sync_server,
            mirror=self.mirror,
            outbox=self.outbox,
            contact=self.contact,
            leases=self.leases,
            time=self.time,
            clock=self.clock,
            zone=zone,
            emit=self.heard,
            version="test",
            chance=lambda: 0.5,
            longest_poll_s=self._longest_poll_s,
        )
        self.worker = SyncWorker(self._around)
        self.thread = SyncThread(self.worker, server=sync_server, clock=self.clock, report_bug=self.bugs.append)
        self.line = DeskLine(server(self.caller("line-http")), self.contact, wake_sync=self.thread.wake)
        self.desk = DeskCore(
            Surroundings(
                store=self.arrivals,
                line=self.line,
                clock=self.clock,
                site=site,
                zone=zone,
                tickets=PlainTickets(),
                sign=identity.sign,
                is_signed=is_signed,
            )
        )

    def works_with(self, **other: object) -> None:
        """From now on a fresh worker, with something else in its surroundings."""
        self.worker = SyncWorker(replace(self._around, **other))

    def close(self) -> None:
        for caller in self._callers:
            caller.close()
        self.store.close()

    # What a test does with it
    def step_until(self, is_so: Callable[[], bool], *, most: int = 60) -> None:
        """Step after step; the clock jumps to when the next one is due."""
        for _ in range(most):
            if is_so():
                return
            next_ms = self.worker.step(self.clock.boot_ms())
            self.clock.pass_ms(max(0, next_ms - self.clock.boot_ms()))
        message = f"not reached in {most} steps"
        raise AssertionError(message)

    def sync(self) -> None:
        """Until all is up and down, and the feed was asked after that."""
        self.worker.step(self.clock.boot_ms())
        self.step_until(
            lambda: self.contact.is_online() and self.mirror.cursor() is not None and not self.outbox.waiting()
        )
        asked = self.doorway.seen.count("/v1/feed")
        self.step_until(lambda: self.doorway.seen.count("/v1/feed") > asked)

    def sync_without_poll(self) -> None:
        """Until there is a mirror; then the next step would wait for changes."""
        self.step_until(lambda: self.mirror.cursor() is not None)

    def bookings(self, *states: str, day: str | None = None) -> list[BookingRow]:
        """Bookings in the mirror, in order of time."""
        with self.store.engine.connect() as connection:
            ids = connection.execute(sa.text("SELECT id FROM mirror WHERE kind = 'booking' AND NOT is_deleted"))
            rows = [self.arrivals.row("booking", UUID(row_id)) for (row_id,) in ids]
        found = [row.booking for row in rows if row is not None and row.booking is not None]
        wanted = [one for one in found if not states or one.state in states]
        return sorted(
            (one for one in wanted if day in (None, one.service_date)), key=lambda one: (one.slot_starts_ms, one.id)
        )

    def open_booking(self) -> BookingRow:
        """A booking that may be checked in: the clock is moved to its time."""
        booked = self.bookings("booked", day=self.mirror.scope().today)
        booking = booked[len(booked) * 3 // 4]
        self.clock.pass_ms(max(0, booking.slot_starts_ms - 600_000 - self.clock.now_ms()))
        return booking

    def open_bookings(self) -> list[BookingRow]:
        """All that may be checked in now."""
        now_ms = self.clock.now_ms()
        booked = self.bookings("booked", day=self.mirror.scope().today)
        return [one for one in booked if -15 * 60_000 < one.slot_starts_ms - now_ms < 60 * 60_000]

    def check_in(self, booking: BookingRow) -> DeskAnswer:
        self._operations += 1
        return self.desk.handle(
            CheckInBooking(
                visit_id=UUID(int=0x51),
                operation_id=UUID(int=self.clock.now_ms() << 16 | self._operations),
                job_id=UUID(int=0xD000 + self._operations),
                booking_id=booking.id,
                language="zh-CN",
            )
        )

    def find(self, identity: object) -> DeskAnswer:
        return self.desk.handle(FindByCard(UUID(int=0x51), identity))


def copy_of(sample: Path, directory: Path) -> Path:
    """A server's directory of one's own."""
    shutil.copytree(sample, directory)
    return directory
