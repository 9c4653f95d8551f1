"""The printer's thread through bugs, missing fonts and an end in the middle of a ticket."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Iterator
from typing import NoReturn

import pytest
from PIL import ImageFont

from kiosk.devices.clock import SystemClock
from kiosk.devices.printers.font_choice import FontChoice
from kiosk.devices.printers.link import TcpLink
from kiosk.devices.printers.profile import packaged_profile
from kiosk.devices.printers.worker import STOP_WITHIN_S, EscposTicketPrinter
from kiosk.ports.printers import (
    FaultKind,
    Faulty,
    JobState,
    NotPrinted,
    PaperOut,
    Printed,
    PrinterChanged,
    PrintFinished,
    PrintTicket,
    Ready,
    Unconfirmed,
)
from kiosk.ports.store import StoreFull
from kiosk.ports.tickets import Rule, Ticket
from lab.printer.server import VirtualPrinter
from tests.plugins.heard import Heard
from tests.plugins.print_bench import RememberingSpool, qr_texts
from tests.plugins.sample_tickets import CHINESE, numbered


class FailingSpool(RememberingSpool):
    """Refuses one step, once."""

    def __init__(self) -> None:
        super().__init__()
        self.refused: JobState | None = None
        self.fault: Exception = StoreFull("disk full")

    def advance(self, job_id: uuid.UUID, state: JobState, why: str = "") -> None:
        if state is self.refused:
            self.refused = None
            raise self.fault
        super().advance(job_id, state, why)


class Desk:
    """A started printer and what it needs."""

    def __init__(self, virtual: VirtualPrinter, fonts: FontChoice | None = None) -> None:
        self.heard, self.spool = Heard(), FailingSpool()
        self.printer = EscposTicketPrinter(
            TcpLink(*virtual.address),
            packaged_profile("epson"),
            spool=self.spool,
            emit=self.heard,
            clock=SystemClock(),
            fonts=fonts,
        )
        self.printer.start()

    def submit(self, ticket: Ticket) -> PrintTicket:
        command = self.spool.queue(ticket)
        self.printer.print_ticket(command)
        return command

    def answer(self, command: PrintTicket) -> object:
        return self.heard.wait(PrintFinished, where=lambda event: event.job_id == command.job_id).result

    def wait_for(self, kind: type) -> None:
        self.heard.wait(PrinterChanged, where=lambda event: isinstance(event.status, kind))


@pytest.fixture
def desk(printer: VirtualPrinter) -> Iterator[Desk]:
    started = Desk(printer)
    started.wait_for(Ready)
    yield started
    started.printer.stop()


@pytest.mark.parametrize(
    ("refused", "answer", "on_paper"),
    [(JobState.SENDING, NotPrinted, 0), (JobState.SENT, Unconfirmed, 1), (JobState.PRINTED, Printed, 1)],
)
def test_a_spool_that_fails_costs_one_ticket_and_not_the_printer(
    printer: VirtualPrinter,
    desk: Desk,
    caplog: pytest.LogCaptureFixture,
    refused: JobState,
    answer: type,
    on_paper: int,
) -> None:
    desk.spool.refused = refused
    assert isinstance(desk.answer(desk.submit(numbered("A001"))), answer)
    desk.heard.wait(PrinterChanged, where=lambda event: isinstance(event.status, Ready))
    for number in ("A002", "A003", "A004"):
        if desk.answer(desk.submit(numbered(number))) == Printed():
            break
        desk.heard.wait(PrinterChanged, where=lambda event: isinstance(event.status, Ready), count=2)
    codes = [text for ticket in printer.tickets for text in qr_texts(ticket)]
    assert codes.count("T1A001") <= on_paper
    assert codes[-1] != "T1A001"
    caplog.clear()


def test_a_bug_is_reported_and_costs_one_ticket(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    reported: list[threading.ExceptHookArgs] = []
    monkeypatch.setattr(threading, "excepthook", reported.append)
    desk.spool.refused, desk.spool.fault = JobState.SENDING, ZeroDivisionError()
    assert isinstance(desk.answer(desk.submit(numbered("A001"))), NotPrinted)
    assert [arguments.exc_type for arguments in reported] == [ZeroDivisionError]
    desk.heard.wait(PrinterChanged, where=lambda event: isinstance(event.status, Ready))
    assert desk.answer(desk.submit(numbered("A002"))) == Printed()


@pytest.mark.parametrize(
    ("fault", "answer", "bugs"),
    [
        (OSError, NotPrinted(Faulty(FaultKind.OTHER)), []),
        (AttributeError, NotPrinted(Ready(is_near_end=False)), [AttributeError]),
    ],
)
def test_a_ticket_that_cannot_be_drawn_is_reported_by_its_job_and_not_by_the_hints_before_it(
    desk: Desk,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    fault: type[Exception],
    answer: NotPrinted,
    bugs: list[type[Exception]],
) -> None:
    """Two bugs within ten minutes end the process: it must not take two hints and a job for that."""
    assert desk.answer(desk.submit(Ticket("queue", 1, "zh-CN", (Rule(),)))) == Printed()
    reported: list[type[BaseException]] = []
    tried = threading.Semaphore(0)

    def font_is_gone(*_place: object, **_how: object) -> NoReturn:
        tried.release()
        raise fault("cannot open resource")

    monkeypatch.setattr(threading, "excepthook", lambda arguments: reported.append(arguments.exc_type))
    monkeypatch.setattr(ImageFont, "truetype", font_is_gone)
    for _ in range(2):
        desk.printer.prepare(CHINESE)
        assert tried.acquire(timeout=5)
    result = desk.answer(desk.submit(CHINESE))
    assert isinstance(result, NotPrinted)
    monkeypatch.undo()
    assert desk.answer(desk.submit(numbered("A002"))) == Printed(), "the printer goes on"
    assert (result, reported) == (answer, bugs)
    caplog.clear()


def test_fonts_that_cannot_be_opened_put_the_printer_out_of_order(
    printer: VirtualPrinter, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def font_is_gone(*_place: object, **_how: object) -> NoReturn:
        raise OSError("cannot open resource")

    monkeypatch.setattr(ImageFont, "truetype", font_is_gone)
    desk = Desk(printer)
    desk.wait_for(Faulty)
    assert desk.answer(desk.submit(numbered("A001"))) == NotPrinted(Faulty(FaultKind.OTHER))
    desk.printer.stop()
    caplog.clear()


def test_without_fonts_the_printer_is_out_of_order_and_says_so(
    printer: VirtualPrinter, caplog: pytest.LogCaptureFixture
) -> None:
    desk = Desk(printer, FontChoice(families=("A family that nobody has",)))
    desk.wait_for(Faulty)
    assert desk.answer(desk.submit(numbered("A001"))) == NotPrinted(Faulty(FaultKind.OTHER))
    desk.printer.stop()
    assert printer.tickets == ()
    caplog.clear()


def test_stopping_lets_the_ticket_at_hand_come_out(printer: VirtualPrinter, desk: Desk) -> None:
    printer.set_speed(300)
    command = desk.submit(numbered("A001"))
    assert printer.wait_until(lambda: printer.unfinished_mm > 1)
    desk.printer.stop()
    assert desk.answer(command) == Printed()


def test_stopping_a_stuck_ticket_takes_no_more_than_its_time_and_is_honest(printer: VirtualPrinter, desk: Desk) -> None:
    printer.run_out_after(30)
    stuck, waiting = desk.submit(CHINESE), desk.submit(numbered("A002"))
    desk.wait_for(PaperOut)
    began = time.monotonic()
    desk.printer.stop()
    assert time.monotonic() - began < STOP_WITHIN_S
    assert isinstance(desk.answer(stuck), Unconfirmed)
    assert isinstance(desk.answer(waiting), NotPrinted)
    assert desk.spool.steps(stuck)[-1] is JobState.UNKNOWN
    assert desk.spool.steps(waiting) == [JobState.QUEUED, JobState.HELD]


def test_a_printer_that_is_not_there_can_be_stopped_at_once() -> None:
    with VirtualPrinter() as gone:
        pass
    desk = Desk(gone)
    command = desk.submit(numbered("A001"))
    began = time.monotonic()
    desk.printer.stop()
    assert time.monotonic() - began < STOP_WITHIN_S
    assert isinstance(desk.answer(command), NotPrinted)


def test_a_printer_never_started_answers_when_it_is_stopped(printer: VirtualPrinter) -> None:
    heard, spool = Heard(), RememberingSpool()
    never_started = EscposTicketPrinter(
        TcpLink(*printer.address), packaged_profile("epson"), spool=spool, emit=heard, clock=SystemClock()
    )
    never_started.print_ticket(spool.queue(numbered("A001")))
    never_started.stop()
    never_started.stop()
    assert [type(event.result) for event in heard.of(PrintFinished)] == [NotPrinted]
    assert printer.sessions == 0
