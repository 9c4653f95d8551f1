"""What every TicketPrinter promises: the real one at a printer on TCP, and the one in memory."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Protocol

import pytest

from kiosk.devices.clock import SystemClock
from kiosk.devices.printers.in_memory import InMemoryTicketPrinter
from kiosk.devices.printers.link import TcpLink
from kiosk.devices.printers.profile import packaged_profile
from kiosk.devices.printers.worker import EscposTicketPrinter
from kiosk.ports.printers import (
    CoverOpen,
    JobState,
    NotPrinted,
    PaperOut,
    Printed,
    PrinterChanged,
    PrintFinished,
    PrintResult,
    PrintTicket,
    Ready,
    TicketPrinter,
    Unconfirmed,
    UnknownStatus,
)
from kiosk.ports.tickets import QrCode, Ticket
from lab.printer.server import VirtualPrinter
from tests.plugins.heard import Heard
from tests.plugins.print_bench import RememberingSpool, qr_texts
from tests.plugins.sample_tickets import numbered


class AttentiveHeard(Heard):
    """Lets a test look at the world in the moment of an event."""

    def __init__(self) -> None:
        super().__init__()
        self._watches: list[tuple[type, Callable[[object], None]]] = []

    def on(self, kind: type, look: Callable[[object], None]) -> None:
        self._watches.append((kind, look))

    def __call__(self, event: object, /) -> None:
        for kind, look in self._watches:
            if isinstance(event, kind):
                look(event)
        super().__call__(event)


class Stand(Protocol):
    """A printer with its surroundings, and hands to spoil it."""

    printer: TicketPrinter
    heard: AttentiveHeard
    spool: RememberingSpool

    def take_paper_out(self) -> None: ...
    def load_paper(self) -> None: ...
    def open_cover(self) -> None: ...
    def break_next_ticket(self) -> None: ...
    def printed(self) -> list[str]: ...


class RealStand:
    def __init__(self, virtual: VirtualPrinter) -> None:
        self.heard, self.spool, self.virtual = AttentiveHeard(), RememberingSpool(), virtual
        self.printer = EscposTicketPrinter(
            TcpLink(*virtual.address),
            packaged_profile("epson"),
            spool=self.spool,
            emit=self.heard,
            clock=SystemClock(),
        )

    def take_paper_out(self) -> None:
        self.virtual.take_paper_out()

    def load_paper(self) -> None:
        self.virtual.load_paper()

    def open_cover(self) -> None:
        self.virtual.open_cover()

    def break_next_ticket(self) -> None:
        assert self.virtual.wait_until(lambda: self.virtual.is_at_rest)
        self.virtual.drop_connection_after(2_000)

    def printed(self) -> list[str]:
        return [text for ticket in self.virtual.tickets for text in qr_texts(ticket)]


class InMemoryStand:
    def __init__(self) -> None:
        self.heard, self.spool = AttentiveHeard(), RememberingSpool()
        self.printer = InMemoryTicketPrinter(spool=self.spool, emit=self.heard)

    def take_paper_out(self) -> None:
        self.printer.become(PaperOut())

    def load_paper(self) -> None:
        self.printer.become(Ready(is_near_end=False))

    def open_cover(self) -> None:
        self.printer.become(CoverOpen())

    def break_next_ticket(self) -> None:
        self.printer.break_next_ticket()

    def printed(self) -> list[str]:
        blocks = (block for ticket in self.printer.printed for block in ticket.blocks)
        return [block.data for block in blocks if isinstance(block, QrCode)]


@pytest.fixture(params=["over TCP", "in memory"])
def stand(request: pytest.FixtureRequest) -> Iterator[Stand]:
    """A started printer that has said that it is ready."""
    if request.param == "in memory":
        in_memory = InMemoryStand()
        in_memory.printer.start()
        yield in_memory
        in_memory.printer.stop()
        return
    with VirtualPrinter(width_dots=576) as virtual:
        real = RealStand(virtual)
        real.printer.start()
        real.heard.wait(PrinterChanged, where=lambda event: isinstance(event.status, Ready))
        yield real
        real.printer.stop()


def print_it(stand: Stand, ticket: Ticket) -> tuple[PrintTicket, PrintResult]:
    command = stand.spool.queue(ticket)
    stand.printer.print_ticket(command)
    finished = stand.heard.wait(PrintFinished, where=lambda event: event.job_id == command.job_id)
    assert finished.visit_id == command.visit_id
    return command, finished.result


def wait_for_status(stand: Stand, kind: type) -> None:
    stand.heard.wait(PrinterChanged, where=lambda event: isinstance(event.status, kind))


def test_a_ticket_comes_out_once_and_every_step_is_in_the_spool(stand: Stand) -> None:
    command, result = print_it(stand, numbered("A001"))
    assert result == Printed()
    assert stand.spool.steps(command) == [JobState.QUEUED, JobState.SENDING, JobState.SENT, JobState.PRINTED]
    assert stand.printed() == ["T1A001"]


def test_a_ticket_made_ready_comes_out_once_and_only_when_it_is_asked_for(stand: Stand) -> None:
    stand.printer.prepare(numbered("A001"))
    print_it(stand, numbered("A002"))
    assert stand.printed() == ["T1A002"]
    stand.printer.prepare(numbered("A003"))
    command, result = print_it(stand, numbered("A003"))
    assert result == Printed()
    assert stand.spool.steps(command) == [JobState.QUEUED, JobState.SENDING, JobState.SENT, JobState.PRINTED]
    assert stand.printed() == ["T1A002", "T1A003"]


def test_the_status_is_unknown_before_it_is_ready(stand: Stand) -> None:
    first, *_, last = stand.heard.of(PrinterChanged)
    assert isinstance(first.status, UnknownStatus)
    assert last.status == Ready(is_near_end=False)


def test_tickets_come_out_in_their_order(stand: Stand) -> None:
    commands = [stand.spool.queue(numbered(f"A{number:03}")) for number in range(1, 4)]
    for command in commands:
        stand.printer.print_ticket(command)
    stand.heard.wait(PrintFinished, count=3)
    assert [event.job_id for event in stand.heard.of(PrintFinished)] == [command.job_id for command in commands]
    assert stand.printed() == ["T1A001", "T1A002", "T1A003"]


def test_without_paper_nothing_is_sent_and_the_ticket_is_held(stand: Stand) -> None:
    stand.take_paper_out()
    wait_for_status(stand, PaperOut)
    command, result = print_it(stand, numbered("A001"))
    assert result == NotPrinted(PaperOut())
    assert stand.spool.steps(command) == [JobState.QUEUED, JobState.HELD]
    stand.load_paper()
    stand.heard.wait(PrinterChanged, where=lambda event: isinstance(event.status, Ready), count=2)
    print_it(stand, numbered("A002"))
    assert stand.printed() == ["T1A002"]


def test_an_open_cover_is_told(stand: Stand) -> None:
    stand.open_cover()
    wait_for_status(stand, CoverOpen)
    _, result = print_it(stand, numbered("A001"))
    assert result == NotPrinted(CoverOpen())


def test_a_ticket_lost_on_its_way_is_unconfirmed_and_not_repeated(stand: Stand) -> None:
    stand.break_next_ticket()
    command, result = print_it(stand, numbered("A001"))
    assert isinstance(result, Unconfirmed)
    assert stand.spool.steps(command)[-1] is JobState.UNKNOWN
    assert stand.printed() == []


def test_every_command_is_answered_exactly_once_even_when_the_printer_is_stopped(stand: Stand) -> None:
    commands = [stand.spool.queue(numbered(f"A{number:03}")) for number in range(1, 4)]
    for command in commands:
        stand.printer.print_ticket(command)
    stand.printer.stop()
    late = stand.spool.queue(numbered("A009"))
    stand.printer.prepare(late.ticket)
    stand.printer.print_ticket(late)
    answers = {event.job_id: event.result for event in stand.heard.of(PrintFinished)}
    assert len(stand.heard.of(PrintFinished)) == len(answers) == 4
    assert isinstance(answers[late.job_id], NotPrinted)
    printed = [command.job_id for command in commands if answers[command.job_id] == Printed()]
    assert len(stand.printed()) == len(printed)


def test_the_spool_holds_the_answer_before_it_is_told(stand: Stand) -> None:
    command = stand.spool.queue(numbered("A001"))
    states_when_told: list[JobState] = []
    stand.heard.on(PrintFinished, lambda _: states_when_told.append(stand.spool.steps(command)[-1]))
    stand.printer.print_ticket(command)
    stand.heard.wait(PrintFinished)
    assert states_when_told == [JobState.PRINTED]


def test_a_starting_program_does_not_wait_for_the_encoder() -> None:
    """Pillow and python-escpos are loaded on the printer's thread, behind the first picture on the screen."""
    code = "import sys, kiosk.devices.printers.worker; print(sorted({'PIL', 'escpos', 'qrcode'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
