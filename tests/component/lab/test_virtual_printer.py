"""The virtual printer over TCP: what a host sees of it, with every fault that printers have."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable, Iterator

import pytest

from lab.printer.server import VirtualPrinter

FENCE = b"\x1d(H\x06\x0000"
STATUS = b"\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04"
ASB_ON = b"\x1b@\x1da\x0e"
FINE = bytes.fromhex("14000000")
NO_PAPER = bytes.fromhex("1C000F00")


def picture(rows: int) -> bytes:
    return b"\x1dv0\0\x48\0" + rows.to_bytes(2, "little") + b"\xf0" * 72 * rows


def ticket(rows: int = 400, mark: bytes = b"0001") -> bytes:
    return picture(rows) + b"\x1dVB\x20" + FENCE + mark


def answer(mark: bytes = b"0001") -> bytes:
    return b'7"' + mark + b"\0"


class Host:
    """A plain socket to the printer."""

    def __init__(self, printer: VirtualPrinter) -> None:
        self.socket = socket.create_connection(printer.address, 5)

    def ask(self, data: bytes, count: int) -> bytes:
        self.socket.sendall(data)
        return self.hear(count)

    def hear(self, count: int) -> bytes:
        heard = b""
        while len(heard) < count:
            piece = self.socket.recv(count - len(heard))
            if not piece:
                break
            heard += piece
        return heard


@pytest.fixture
def connect() -> Iterator[Callable[[VirtualPrinter], Host]]:
    hosts: list[Host] = []

    def make(printer: VirtualPrinter) -> Host:
        hosts.append(Host(printer))
        return hosts[-1]

    yield make
    for host in hosts:
        host.socket.close()


Connect = Callable[[VirtualPrinter], Host]


def test_a_ticket_is_printed_and_confirmed(printer: VirtualPrinter, connect: Connect) -> None:
    assert connect(printer).ask(ticket(400, b"A1b2"), 7) == answer(b"A1b2")
    (printed,) = printer.wait_for_tickets(1)
    assert (printed.width_dots, printed.height_dots) == (576, 432)
    assert printer.is_at_rest
    assert printer.not_understood == ()


def test_status_is_answered_also_when_it_is_off_line(printer: VirtualPrinter, connect: Connect) -> None:
    host = connect(printer)
    assert host.ask(STATUS, 4) == bytes.fromhex("16121212")
    printer.paper_near_end()
    assert host.ask(STATUS, 4) == bytes.fromhex("1612121E")
    printer.open_cover()
    assert host.ask(STATUS, 4) == bytes.fromhex("1E16121E")
    printer.close_cover()
    printer.jam_cutter()
    assert host.ask(STATUS, 4) == bytes.fromhex("1E521A1E")
    printer.free_cutter()
    printer.load_paper()
    assert host.ask(STATUS, 4) == bytes.fromhex("16121212")


def test_paper_that_ends_in_the_middle_of_a_ticket_is_told_and_the_ticket_comes_whole_after_a_refill(
    printer: VirtualPrinter, connect: Connect
) -> None:
    printer.run_out_after(mm=20)
    host = connect(printer)
    assert host.ask(ASB_ON + ticket(400), 8) == FINE + NO_PAPER
    assert printer.is_stalled
    assert printer.unfinished_mm == 20
    assert printer.tickets == ()
    printer.load_paper()
    assert host.hear(11) == FINE + answer()
    assert [each.height_dots for each in printer.wait_for_tickets(1)] == [432]


def test_without_paper_the_buffer_fills_and_the_host_must_wait(printer: VirtualPrinter, connect: Connect) -> None:
    printer.take_paper_out()
    host = connect(printer)
    host.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8192)
    host.socket.settimeout(0.2)
    with pytest.raises(TimeoutError):
        host.socket.sendall(picture(4000))
    assert printer.received_bytes <= 16_384
    assert printer.is_stalled


def test_closing_with_an_unread_answer_cuts_the_ticket_short(printer: VirtualPrinter, connect: Connect) -> None:
    printer.set_speed(400)
    host = connect(printer)
    host.socket.sendall(STATUS)
    # The answer is there and stays unread: closing then resets the connection, and what is on its way is lost.
    assert host.socket.recv(4, socket.MSG_PEEK | socket.MSG_WAITALL) == bytes.fromhex("16121212")
    host.socket.sendall(ticket(450))
    host.socket.close()
    assert printer.wait_until(lambda: not printer.has_session and printer.received_bytes > 0)
    assert printer.received_bytes < len(ticket(450))
    printer.set_speed(None)
    assert connect(printer).ask(b"\x10\x04\x01", 1) == b"\x16"
    assert printer.tickets == ()


def test_closing_with_nothing_unread_loses_nothing(printer: VirtualPrinter, connect: Connect) -> None:
    host = connect(printer)
    host.socket.sendall(picture(450) + b"\x1dV\0")
    host.socket.close()
    assert len(printer.wait_for_tickets(1)) == 1


def test_a_second_host_waits_until_the_first_is_gone(printer: VirtualPrinter, connect: Connect) -> None:
    first = connect(printer)
    assert first.ask(b"\x10\x04\x01", 1) == b"\x16"
    second = connect(printer)
    second.socket.settimeout(0.1)
    with pytest.raises(TimeoutError):
        second.ask(b"\x10\x04\x01", 1)
    first.socket.close()
    second.socket.settimeout(5)
    assert second.hear(1) == b"\x16"


def test_a_connection_dropped_after_so_many_bytes(printer: VirtualPrinter, connect: Connect) -> None:
    printer.drop_connection_after(5000)
    host = connect(printer)
    with pytest.raises(ConnectionError):
        for _ in range(100):
            host.socket.sendall(ticket())
    assert printer.received_bytes == 5000
    assert connect(printer).ask(b"\x10\x04\x01", 1) == b"\x16"


def test_a_silent_printer_prints_and_says_nothing(printer: VirtualPrinter, connect: Connect) -> None:
    printer.fall_silent()
    host = connect(printer)
    host.socket.sendall(STATUS + ticket())
    printer.wait_for_tickets(1)
    host.socket.settimeout(0.1)
    with pytest.raises(TimeoutError):
        host.socket.recv(1)
    printer.speak_again()
    host.socket.settimeout(5)
    assert host.ask(STATUS, 4) == bytes.fromhex("16121212")


def test_refused_then_back_on_the_same_port(printer: VirtualPrinter, connect: Connect) -> None:
    address = printer.address
    host = connect(printer)
    assert host.ask(b"\x10\x04\x01", 1) == b"\x16"
    printer.refuse_connections()
    with pytest.raises(ConnectionRefusedError):
        connect(printer)
    printer.accept_connections()
    assert printer.address == address
    assert connect(printer).ask(b"\x10\x04\x01", 1) == b"\x16"


def test_an_unplugged_printer_finishes_what_it_has(printer: VirtualPrinter, connect: Connect) -> None:
    printer.open_cover()
    host = connect(printer)
    host.socket.sendall(ticket(100))
    assert printer.wait_until(lambda: printer.received_bytes == len(ticket(100)))
    printer.unplug()
    printer.close_cover()
    printer.wait_for_tickets(1)
    host.socket.settimeout(0.1)
    with pytest.raises(TimeoutError):
        host.socket.recv(1)
    printer.plug_in()
    assert connect(printer).ask(b"\x10\x04\x01", 1) == b"\x16"


def test_switching_off_forgets_what_was_not_printed(printer: VirtualPrinter, connect: Connect) -> None:
    printer.open_cover()
    connect(printer).socket.sendall(ticket(100))
    assert printer.wait_until(lambda: printer.received_bytes == len(ticket(100)))
    printer.power_off()
    printer.close_cover()
    with pytest.raises(ConnectionRefusedError):
        connect(printer)
    printer.power_on()
    assert connect(printer).ask(ticket(80, b"0002"), 7) == answer(b"0002")
    assert [each.height_dots for each in printer.tickets] == [112]


def test_printing_takes_its_time(printer: VirtualPrinter, connect: Connect) -> None:
    printer.set_speed(500)
    host = connect(printer)
    host.socket.sendall(picture(800) + FENCE + b"0001")
    host.socket.settimeout(0.1)
    with pytest.raises(TimeoutError):
        host.hear(7)
    host.socket.settimeout(5)
    assert host.hear(7) == answer()


def test_a_host_that_resets_its_connection_leaves_the_printer_alive(printer: VirtualPrinter, connect: Connect) -> None:
    host = connect(printer)
    assert host.ask(b"\x10\x04\x01", 1) == b"\x16"
    host.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    host.socket.close()
    assert printer.wait_until(lambda: not printer.has_session)
    assert connect(printer).ask(ticket(), 7) == answer()
