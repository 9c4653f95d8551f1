"""What is asked of devices before they are made."""

from __future__ import annotations

from uuid import UUID

import pytest

from kiosk.late import LatePrinter, LateReaders
from kiosk.ports.cards import CardNotRead, Insertion, ReadCard, Unreadable
from kiosk.ports.printers import JobState, NotPrinted, PrintFinished, PrintTicket, UnknownStatus
from kiosk.ports.store import StoreFull
from kiosk.ports.tickets import Ticket


class Devices:
    """Readers and a printer that note what is asked of them."""

    def __init__(self) -> None:
        self.asked: list[object] = []

    def start(self) -> None:
        self.asked.append("start")

    def read(self, command: ReadCard) -> None:
        self.asked.append(command)

    def prepare(self, ticket: Ticket) -> None:
        self.asked.append(ticket)

    def print_ticket(self, command: PrintTicket) -> None:
        self.asked.append(command)

    def stop(self) -> None:
        self.asked.append("stop")

    def needs_restart(self) -> bool:
        return True


class Spool:
    """Notes each step, and then fails if it is to."""

    def __init__(self, fault: StoreFull | None = None) -> None:
        self.steps: list[tuple[UUID, JobState]] = []
        self._fault = fault

    def advance(self, job_id: UUID, state: JobState, why: str = "") -> None:
        self.steps.append((job_id, state))
        if self._fault is not None:
            raise self._fault


TICKET = Ticket("check-in", 1, "zh-CN", ())


def reading(no: int) -> ReadCard:
    return ReadCard(UUID(int=no), Insertion("Reader 0", no))


def printing(no: int) -> PrintTicket:
    return PrintTicket(UUID(int=no), UUID(int=no), TICKET)


def test_a_card_that_is_to_be_read_before_the_readers_are_made_is_read_when_they_are() -> None:
    devices, answers = Devices(), list[object]()
    late = LateReaders(lambda: devices, emit=answers.append)
    late.read(reading(1))
    assert not late.needs_restart()
    late.start()
    late.read(reading(2))
    late.stop()
    assert devices.asked == ["start", reading(1), reading(2), "stop"]
    assert late.needs_restart()
    assert answers == [], "the readers themselves answer"


def test_a_ticket_before_the_printer_is_made_is_printed_when_it_is() -> None:
    devices, answers = Devices(), list[object]()
    late = LatePrinter(lambda: devices, spool=Spool(), emit=answers.append)
    late.prepare(TICKET)
    late.print_ticket(printing(1))
    late.start()
    late.prepare(TICKET)
    late.print_ticket(printing(2))
    late.stop()
    assert devices.asked == ["start", printing(1), TICKET, printing(2), "stop"]
    assert answers == [], "the printer itself answers"


def test_devices_that_were_never_made_are_ended_without_being_made() -> None:
    made: list[Devices] = []

    def make() -> Devices:
        made.append(Devices())
        return made[0]

    answers: list[object] = []
    LateReaders(make, emit=answers.append).stop()
    LatePrinter(make, spool=Spool(), emit=answers.append).stop()
    assert (made, answers) == ([], [])


@pytest.mark.parametrize("fault", [None, StoreFull("no room")])
def test_a_ticket_for_a_printer_that_never_starts_is_held_and_answered_once(fault: StoreFull | None) -> None:
    answers: list[object] = []
    spool = Spool(fault)
    late = LatePrinter(Devices, spool=spool, emit=answers.append)
    late.print_ticket(printing(1))
    late.stop()
    late.print_ticket(printing(2))
    late.stop()
    held = NotPrinted(UnknownStatus("never started"))
    assert answers == [PrintFinished(UUID(int=no), UUID(int=no), held) for no in (1, 2)]
    assert spool.steps == [(UUID(int=no), JobState.HELD) for no in (1, 2)]


def test_a_card_for_readers_that_never_start_is_refused_once() -> None:
    answers: list[object] = []
    late = LateReaders(Devices, emit=answers.append)
    late.read(reading(1))
    late.stop()
    late.read(reading(2))
    late.stop()
    cards = [reading(1), reading(2)]
    assert answers == [CardNotRead(card.visit_id, card.insertion, Unreadable.READER) for card in cards]
