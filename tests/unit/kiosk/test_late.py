"""What is asked of devices before they are made."""

from __future__ import annotations

from uuid import UUID

from kiosk.late import LatePrinter, LateReaders
from kiosk.ports.cards import Insertion, ReadCard
from kiosk.ports.printers import PrintTicket
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


TICKET = Ticket("check-in", 1, "zh-CN", ())


def reading(no: int) -> ReadCard:
    return ReadCard(UUID(int=no), Insertion("Reader 0", no))


def printing(no: int) -> PrintTicket:
    return PrintTicket(UUID(int=no), UUID(int=no), TICKET)


def test_a_card_that_is_to_be_read_before_the_readers_are_made_is_read_when_they_are() -> None:
    devices = Devices()
    late = LateReaders(lambda: devices)
    late.read(reading(1))
    assert not late.needs_restart()
    late.start()
    late.read(reading(2))
    late.stop()
    assert devices.asked == ["start", reading(1), reading(2), "stop"]
    assert late.needs_restart()


def test_a_ticket_before_the_printer_is_made_is_printed_when_it_is() -> None:
    devices = Devices()
    late = LatePrinter(lambda: devices)
    late.prepare(TICKET)
    late.print_ticket(printing(1))
    late.start()
    late.prepare(TICKET)
    late.print_ticket(printing(2))
    late.stop()
    assert devices.asked == ["start", printing(1), TICKET, printing(2), "stop"]


def test_devices_that_were_never_made_are_ended_without_being_made() -> None:
    made: list[Devices] = []

    def make() -> Devices:
        made.append(Devices())
        return made[0]

    LateReaders(make).stop()
    LatePrinter(make).stop()
    assert made == []
