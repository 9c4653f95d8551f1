"""The one composition root: settings -> objects. It alone knows all parts; nothing else constructs across boundaries.

Two shapes come out: a terminal that is enrolled (desk, printer, sync), and one that is not (it shows that it is closed,
and waits to be enrolled). Nothing runs before `start`; `stop` joins every thread in a fixed order.
"""

from __future__ import annotations

import functools
import logging
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from kiosk.desk.list_source import ListSource
from kiosk.desk.list_thread import ListThread, Worker
from kiosk.desk.surroundings import Surroundings
from kiosk.desk.worker import Core, DeskWorker
from kiosk.devices.clock import CorrectedClock
from kiosk.journey.facts import Facts
from kiosk.journey.lists import Lists
from kiosk.journey.states import Idle, State
from kiosk.journey.ticket import Tickets
from kiosk.late import LatePrinter, LateReaders
from kiosk.ports.cards import CardReaders
from kiosk.ports.central import ConnectionChanged
from kiosk.ports.clock import Clock
from kiosk.ports.desk import Desk, DeskCommand, DeskFault, TerminalEnrolled
from kiosk.ports.events import Emit
from kiosk.ports.printers import (
    NotPrinted,
    PrinterChanged,
    PrintFinished,
    PrintTicket,
    Ready,
    Spool,
    TicketPrinter,
    Unreachable,
)
from kiosk.ports.store import Codec, Site
from kiosk.ports.tickets import Ticket
from kiosk.runtime import Outlets, Runtime
from kiosk.settings import Settings
from kiosk.status import leases_of, status_of
from kiosk.store.store import Store, StoreSettings, open_store
from kiosk.sync.caller import Caller
from kiosk.sync.codec import WireCodec
from kiosk.sync.contact import Contact
from kiosk.sync.enrolment import enrol
from kiosk.sync.identity import Counter, Identity, Signer, is_signed, seal
from kiosk.sync.line import DeskLine
from kiosk.sync.server import CentralServer
from kiosk.sync.thread import SyncThread
from kiosk.sync.transport import Transport
from kiosk.sync.trust import TrustedClock
from kiosk.sync.worker import SyncSurroundings, SyncWorker
from kiosk.words.catalogue import Words, load_all

if TYPE_CHECKING:
    from kiosk.devices.scanner import SerialScanner
    from kiosk.list_questions import ListDesk

_LOG = logging.getLogger(__name__)
_ROWS_PORTRAIT = 4
_ROWS_LANDSCAPE = 2

MakeReaders = Callable[[Emit, Clock], CardReaders]
MakePrinter = Callable[[Settings, Spool, Emit, Clock], TicketPrinter]


# What devices are made of takes longer to load than a first page may wait for: hence the imports inside.
def pcsc_readers(emit: Emit, clock: Clock) -> CardReaders:
    """The readers that the card daemon knows."""
    from kiosk.devices.cards.readers import PcscCardReaders  # noqa: PLC0415 - as above

    return PcscCardReaders(emit, clock)


def escpos_printer(settings: Settings, spool: Spool, emit: Emit, clock: Clock) -> TicketPrinter:
    """The ESC/POS printer that the settings name."""
    from kiosk.devices.printers.link import TcpLink  # noqa: PLC0415 - as above
    from kiosk.devices.printers.profile import packaged_profile  # noqa: PLC0415 - as above
    from kiosk.devices.printers.worker import EscposTicketPrinter  # noqa: PLC0415 - as above

    link = TcpLink(settings.printer.host, settings.printer.port)
    profile = packaged_profile(settings.printer.profile)
    return EscposTicketPrinter(link, profile, spool=spool, emit=emit, clock=clock)


@dataclass(frozen=True, slots=True)
class World:
    """What the terminal is given by whoever runs it: the application, a test, a soak."""

    clock: Clock
    emit: Emit
    """Into the thread that owns the runtime."""
    forget: Callable[[], None]
    report_bug: Callable[[BaseException], None]
    on_step: Callable[[State, State], None] = lambda _before, _after: None
    """Told each change of state; must keep nothing of it."""
    make_readers: MakeReaders = pcsc_readers
    make_printer: MakePrinter = escpos_printer


@dataclass(slots=True)
class Terminal:
    """One terminal, composed. `start` and `stop` once each, from the thread that owns the runtime."""

    runtime: Runtime
    store: Store
    site: Site | None
    start: Callable[[], None]
    stop: Callable[[], None]
    sync_now: Callable[[], None]
    needs_restart: Callable[[], bool]
    """Whether a new process is wanted, when nobody is here."""
    status: Callable[[], Mapping[str, object]]
    verify_ticket: Callable[[str], Mapping[str, object]]
    """Whether this code is a good ticket, told without a network."""
    leases: Callable[[], Mapping[str, object]] | None = None
    """What is lent to this terminal; None before enrolment."""
    list_desk: Callable[[], ListDesk] | None = None
    """Makes what answers staff who ask for lists; None before enrolment."""


class _ClosedDesk:
    """Before enrolment there is no desk; every question is answered so."""

    def __init__(self, emit: Emit) -> None:
        self._emit = emit

    def submit(self, command: DeskCommand) -> None:
        self._emit(DeskFault(command.visit_id, "not_enrolled"))


class _ClosedPrinter:
    """Before enrolment nothing is printed."""

    def __init__(self, emit: Emit) -> None:
        self._emit = emit

    def start(self) -> None:
        """Nothing to begin."""

    def prepare(self, ticket: Ticket) -> None:
        """Nothing will be."""

    def print_ticket(self, command: PrintTicket) -> None:
        status = Unreachable("not enrolled")
        self._emit(PrintFinished(command.visit_id, command.job_id, NotPrinted(status)))

    def stop(self) -> None:
        """Nothing to end."""


def first_facts(settings: Settings) -> Facts:
    """What is known before any part has spoken."""
    is_portrait = settings.screen.height_px >= settings.screen.width_px
    rows = _ROWS_PORTRAIT if is_portrait else _ROWS_LANDSCAPE
    return Facts(languages=settings.languages, bookings_per_page=rows)


def open_terminal_store(settings: Settings, clock: Clock) -> Store:
    """The terminal's store. Raises `kiosk.ports.store.StoreFault`."""
    return open_store(StoreSettings(settings.store_dir()), codec=WireCodec(), now_ms=clock.now_ms)


def enrol_terminal(settings: Settings, store: Store, code: str) -> Site:
    """Enrol with a code that staff gave. Raises `kiosk.sync.transport.NoReply` or `enrolment.EnrolmentRefused`."""
    line = Caller(_dial(settings), name="enrol")
    try:
        return enrol(code, transport=line, store=store.site, codec=store.codec)
    finally:
        line.close()


def _verify_ticket(store: Store, code: str) -> Mapping[str, object]:
    from kiosk.ticket_verify import verify_ticket  # noqa: PLC0415 - needed only when somebody asks

    return verify_ticket(store, code)


def build(settings: Settings, store: Store, world: World) -> Terminal:
    """Compose a terminal over an open store. Raises StoreFault."""
    site, private_key = store.site.site(), store.site.private_key()
    readers = LateReaders(lambda: world.make_readers(world.emit, world.clock), emit=world.emit)
    words = load_all()
    if site is None or private_key is None:
        return _closed(settings, store, world, words, readers)
    return _open(settings, store, world, words, readers, site, Identity(private_key))


def _closed(
    settings: Settings, store: Store, world: World, words: Mapping[str, Words], readers: CardReaders
) -> Terminal:
    runtime = _runtime(settings, world, words, readers, _ClosedDesk(world.emit), _ClosedPrinter(world.emit))
    return Terminal(
        runtime=runtime,
        store=store,
        site=None,
        start=readers.start,
        stop=readers.stop,
        sync_now=lambda: None,
        needs_restart=readers.needs_restart,
        status=lambda: {"enrolled": False},
        verify_ticket=functools.partial(_verify_ticket, store),
    )


def _open(
    settings: Settings,
    store: Store,
    world: World,
    words: Mapping[str, Words],
    readers: CardReaders,
    site: Site,
    identity: Identity,
) -> Terminal:
    clock, zone = world.clock, ZoneInfo(site.time_zone)

    def emit(event: object) -> None:
        world.emit(event)
        if isinstance(event, PrintFinished):
            lists.note(event)
        elif isinstance(event, ConnectionChanged | PrinterChanged):
            lists.wake()

    spool = store.spool(site.hospital_id)
    held = spool.recover()
    if held:
        _LOG.warning("%d print jobs of an earlier run are held or unknown", held)
    signer = Signer(site.terminal_id, identity, Counter(store.site.raise_boot))
    contact = Contact(clock, emit=emit)

    def server(name: str) -> CentralServer:
        line = Caller(_dial(settings), name=name, boot_ms=clock.boot_ms)
        return CentralServer(line, signer=signer, codec=store.codec, contact=contact, clock=clock)

    trusted = TrustedClock(clock, contact, mark=store.leases(site.hospital_id).clock_mark())
    sync = _sync(store, site, world, contact, trusted, server("sync-line"), zone)
    printer = LatePrinter(lambda: world.make_printer(settings, spool, emit, clock), spool=spool, emit=emit)
    desk_line = DeskLine(server("desk-line"), contact, hospital_id=site.hospital_id, wake_sync=sync.wake)
    around = Surroundings(
        store=store.arrivals(site.hospital_id),
        line=desk_line,
        clock=clock,
        site=site,
        zone=zone,
        tickets=Tickets(words, settings.languages[0]),
        sign=identity.sign,
        is_signed=is_signed,
        sales=store.sales(site.hospital_id),
        lending_now=trusted.now,
        seal=seal,
        expect_ticket=printer.prepare,
    )
    desk = DeskWorker(lambda: _desk(around, store.codec), emit=emit, report_bug=world.report_bug)
    scanner = _scanner(settings.scanner.device, emit) if settings.scanner.device else None
    shown = CorrectedClock(clock, offset_ms=contact.now_offset_ms)
    runtime = _runtime(settings, replace(world, clock=shown), words, readers, desk, printer)
    source = ListSource(store.lists(site.hospital_id), site, zone, shown.now_ms)
    lists = _lists(settings, world, source, words, contact, runtime, printer)
    runtime.handle(TerminalEnrolled(site.hospital_name, site.hospital_code, site.label, zone))

    def start() -> None:
        for part in (desk, printer, readers, sync, lists, *((scanner,) if scanner else ())):
            part.start()

    def stop() -> None:
        # Nobody may ask any more, then nobody answers, then what has been written is sent no further.
        for part in (*((scanner,) if scanner else ()), readers, desk, lists, printer, sync):
            part.stop()
        desk_line.close()

    return Terminal(
        runtime=runtime,
        store=store,
        site=site,
        start=start,
        stop=stop,
        sync_now=sync.hurry,
        needs_restart=readers.needs_restart,
        status=functools.partial(status_of, store, site, contact=contact, trusted=trusted),
        leases=functools.partial(leases_of, store, site, trusted),
        list_desk=lambda: _list_desk(source, words[settings.languages[0]], lists),
        verify_ticket=functools.partial(_verify_ticket, store),
    )


def _lists(
    settings: Settings,
    world: World,
    source: ListSource,
    words: Mapping[str, Words],
    contact: Contact,
    runtime: Runtime,
    printer: TicketPrinter,
) -> ListThread:
    def is_free() -> bool:
        facts = runtime.facts
        return isinstance(runtime.journey.state, Idle) and facts.is_open() and isinstance(facts.printer, Ready)

    def make_worker() -> Worker:
        from kiosk.desk.list_worker import ListSurroundings, ListWorker  # noqa: PLC0415 - as for `_desk`

        return ListWorker(
            ListSurroundings(
                source=source,
                writer=Lists(words, settings.languages[0]),
                language=settings.languages[0],
                clock=world.clock,
                every_min=settings.lists.every_min if settings.lists.is_automatic else None,
                is_online=contact.is_online,
                is_free=is_free,
                print_ticket=printer.print_ticket,
            )
        )

    return ListThread(make_worker, clock=world.clock, report_bug=world.report_bug)


def _list_desk(source: ListSource, words: Words, lists: ListThread) -> ListDesk:
    from kiosk.list_questions import ListDesk  # noqa: PLC0415 - as for `_desk`

    return ListDesk(source, words, lists.order)


def _scanner(device: str, emit: Emit) -> SerialScanner:
    from kiosk.devices.scanner import ScannerSettings, SerialScanner  # noqa: PLC0415 - few terminals have one

    return SerialScanner(emit, ScannerSettings(Path(device)))


def _runtime(
    settings: Settings,
    world: World,
    words: Mapping[str, Words],
    readers: CardReaders,
    desk: Desk,
    printer: TicketPrinter,
) -> Runtime:
    outlets = Outlets(
        readers=readers,
        desk=desk,
        printer=printer,
        forget=world.forget,
        report_bug=world.report_bug,
        on_step=world.on_step,
    )
    return Runtime(facts=first_facts(settings), words=words, clock=world.clock, outlets=outlets)


def _sync(
    store: Store,
    site: Site,
    world: World,
    contact: Contact,
    trusted: TrustedClock,
    server: CentralServer,
    zone: ZoneInfo,
) -> SyncThread:
    around = SyncSurroundings(
        server=server,
        mirror=store.mirror(site.hospital_id),
        outbox=store.outbox(site.hospital_id),
        contact=contact,
        leases=store.leases(site.hospital_id),
        time=trusted,
        clock=world.clock,
        zone=zone,
        emit=world.emit,
        version=version("hospital-kiosk"),
        chance=random.random,
    )
    return SyncThread(SyncWorker(around), server=server, clock=world.clock, report_bug=world.report_bug)


def _dial(settings: Settings) -> Callable[[], Transport]:
    server = settings.server

    def dial() -> Transport:
        from kiosk.sync.client import RequestsTransport  # noqa: PLC0415 - slow to import: not before the first page
        from kiosk.sync.client import ServerSettings as LineSettings  # noqa: PLC0415 - as above

        return RequestsTransport(LineSettings(server.url, server.ca_file or None, server.proxy or None))

    return dial


def _desk(around: Surroundings, codec: Codec) -> Core:
    from kiosk.desk.desk import DeskCore  # noqa: PLC0415 - brings the rules of check-in: not before the first page

    codec.prepare()
    return DeskCore(around)
