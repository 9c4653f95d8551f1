"""What happens to tickets when the printer, its paper, its cable or the program fail. Over real TCP."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from kiosk.devices.printers.conversation import CLEAR_BUFFER
from kiosk.devices.printers.profile import Profile, packaged_profile
from kiosk.ports.printers import (
    CoverOpen,
    FaultKind,
    Faulty,
    JobState,
    NotPrinted,
    PaperOut,
    Printed,
    PrinterStatus,
    PrintFinished,
    Ready,
    Unconfirmed,
    UnknownStatus,
    Unreachable,
)
from lab.printer.server import VirtualPrinter
from lab.printer.status import Dialect
from tests.plugins.print_bench import PrintBench, RememberingSpool, press_for, qr_texts
from tests.plugins.sample_tickets import CHINESE, numbered

EPSON = packaged_profile("epson")
CLONE = packaged_profile("gb18030_clone")
READY = Ready(is_near_end=False)


@pytest.fixture
def bench(printer: VirtualPrinter) -> Iterator[PrintBench]:
    """A terminal at the printer, which has said that it is ready."""
    connected = PrintBench(printer.address, EPSON)
    connected.run_until_status(READY)
    yield connected
    connected.close()


def come_to_rest(printer: VirtualPrinter) -> None:
    assert printer.wait_until(lambda: printer.is_at_rest)


def codes(printer: VirtualPrinter) -> list[str]:
    return [text for ticket in printer.tickets for text in qr_texts(ticket)]


Switch = Callable[[VirtualPrinter], None]
BREAK_AND_MEND: list[tuple[Switch, Switch, PrinterStatus]] = [
    (VirtualPrinter.take_paper_out, VirtualPrinter.load_paper, PaperOut()),
    (VirtualPrinter.open_cover, VirtualPrinter.close_cover, CoverOpen()),
    (VirtualPrinter.jam_cutter, VirtualPrinter.free_cutter, Faulty(FaultKind.CUTTER)),
    (VirtualPrinter.overheat, VirtualPrinter.cool_down, Faulty(FaultKind.OVERHEATED)),
]


@pytest.mark.parametrize(("break_it", "mend_it", "status"), BREAK_AND_MEND)
def test_a_fault_before_the_ticket_sends_nothing_and_is_told(
    printer: VirtualPrinter, bench: PrintBench, break_it: Switch, mend_it: Switch, status: PrinterStatus
) -> None:
    break_it(printer)
    bench.run_until_status(status)
    before = printer.received_bytes
    command, result = bench.print_it(numbered("A001"))
    assert result == NotPrinted(status)
    assert bench.spool.steps(command) == [JobState.QUEUED, JobState.HELD]
    assert printer.received_bytes - before <= 12  # one question, no ticket
    mend_it(printer)
    bench.run_until_status(READY)
    come_to_rest(printer)
    assert printer.tickets == ()  # what was held does not come out by itself
    bench.print_it(numbered("A002"))
    assert codes(printer) == ["T1A002"]


@pytest.mark.parametrize(("break_it", "mend_it", "status"), BREAK_AND_MEND)
def test_a_fault_in_the_ticket_is_told_and_the_same_ticket_ends_once(
    printer: VirtualPrinter, bench: PrintBench, break_it: Switch, mend_it: Switch, status: PrinterStatus
) -> None:
    printer.set_speed(150)
    command = bench.submit(CHINESE)
    bench.run_until(lambda: printer.unfinished_mm > 5)
    break_it(printer)
    bench.run_until_status(status)
    assert bench.result(command) is None
    printer.set_speed(None)
    mend_it(printer)
    bench.run_until(lambda: bench.result(command) is not None)
    assert bench.result(command) == Printed()
    assert bench.spool.steps(command)[-1] is JobState.PRINTED
    assert codes(printer) == ["B1123456789012"]


def test_paper_out_is_told_within_100_ms(printer: VirtualPrinter, bench: PrintBench) -> None:
    began = time.monotonic()
    printer.take_paper_out()
    bench.run_until_status(PaperOut())
    assert time.monotonic() - began < 0.1


def test_a_ticket_whose_paper_ran_out_is_dropped_and_never_comes_out_later() -> None:
    """All of it is in the printer, which drops it when it is told to, and says so."""
    with VirtualPrinter(buffer_bytes=131_072) as printer:
        bench = PrintBench(printer.address, EPSON)
        bench.run_until_status(READY)
        printer.run_out_after(40)
        command = bench.submit(CHINESE)
        bench.run_until_status(PaperOut())
        bench.run_until(lambda: JobState.SENT in bench.spool.steps(command))
        bench.clock.put_forward(31)
        bench.run_until(lambda: bench.result(command) is not None)
        assert bench.result(command) == NotPrinted(PaperOut())
        assert bench.spool.steps(command)[-1] is JobState.HELD
        printer.load_paper()
        bench.run_until_status(READY)
        bench.print_it(numbered("A002"))
        assert codes(printer) == ["T1A002"]
        scrap, ticket = printer.tickets
        assert scrap.height_mm <= 40  # cut off, not glued to the next patient's ticket
        assert ticket.height_mm < 75
        bench.close()


def test_a_ticket_stuck_between_us_and_the_printer_is_cut_short_and_unconfirmed(
    printer: VirtualPrinter, bench: PrintBench
) -> None:
    """Its buffer is full, so it cannot be told to drop anything: what we still hold stays with us."""
    printer.run_out_after(40)
    command = bench.submit(CHINESE)
    bench.run_until_status(PaperOut())
    bench.clock.put_forward(31)
    bench.run_until(lambda: bench.result(command) is not None)
    assert isinstance(bench.result(command), Unconfirmed)
    assert bench.spool.steps(command)[-1] is JobState.UNKNOWN
    bench.clock.put_forward(10)
    printer.load_paper()
    bench.run_until_status(READY)
    bench.print_it(numbered("A002"))
    assert codes(printer) == ["T1A002"]
    assert printer.tickets[-1].height_mm < 75


def test_a_printer_that_cannot_drop_a_ticket_leaves_it_unconfirmed(printer: VirtualPrinter) -> None:
    profile = replace(EPSON, can_clear_buffer=False)
    bench = PrintBench(printer.address, profile)
    bench.run_until_status(READY)
    printer.run_out_after(40)
    command = bench.submit(CHINESE)
    bench.run_until_status(PaperOut())
    bench.clock.put_forward(31)
    bench.run_until(lambda: bench.result(command) is not None)
    assert isinstance(bench.result(command), Unconfirmed)
    assert bench.spool.steps(command)[-1] is JobState.UNKNOWN
    bench.close()


def test_a_silent_printer_is_unknown_and_gets_no_ticket(printer: VirtualPrinter, bench: PrintBench) -> None:
    printer.fall_silent()
    command = bench.submit(numbered("A001"))
    bench.run_until(lambda: bench.conversation.is_open)
    bench.clock.put_forward(1.1)
    bench.run_until(lambda: bench.result(command) is not None)
    assert isinstance(bench.result(command), NotPrinted)
    assert bench.spool.steps(command) == [JobState.QUEUED, JobState.HELD]
    bench.clock.put_forward(5)
    bench.run_until_status(UnknownStatus)
    printer.speak_again()
    bench.clock.put_forward(11)
    bench.run_until_status(READY)
    assert printer.tickets == ()


def test_a_refusing_printer_is_unreachable_and_comes_back(printer: VirtualPrinter, bench: PrintBench) -> None:
    printer.refuse_connections()
    bench.run_until_status(Unreachable)
    _, result = bench.print_it(numbered("A001"))
    assert isinstance(result, NotPrinted)
    assert isinstance(result.status, Unreachable)
    printer.accept_connections()
    bench.clock.put_forward(10)
    bench.run_until_status(READY)
    bench.print_it(numbered("A002"))
    assert codes(printer) == ["T1A002"]


def test_an_unplugged_cable_is_unknown_first_then_unreachable_then_heals(
    printer: VirtualPrinter, bench: PrintBench
) -> None:
    printer.unplug()
    bench.clock.put_forward(2.5)
    bench.run_until(lambda: bench.session.step(bench.clock.boot_ms()) > 0)
    bench.clock.put_forward(5)
    bench.run_until_status(UnknownStatus)
    bench.clock.put_forward(10)
    bench.run_until_status(Unreachable)
    printer.plug_in()
    bench.clock.put_forward(10)
    bench.run_until_status(READY)


@pytest.mark.parametrize("received", [1, 200, 5_000, 20_000])
def test_a_connection_reset_in_the_ticket_is_unconfirmed_and_not_repeated(
    printer: VirtualPrinter, bench: PrintBench, received: int
) -> None:
    come_to_rest(printer)
    printer.set_speed(150)
    command = bench.submit(CHINESE)
    bench.run_until(lambda: printer.unfinished_mm > 0)
    printer.drop_connection_after(received)
    bench.run_until(lambda: bench.result(command) is not None)
    assert isinstance(bench.result(command), Unconfirmed)
    assert bench.spool.steps(command)[-1] is JobState.UNKNOWN
    printer.set_speed(None)
    bench.clock.put_forward(10)
    bench.run_until_status(READY)
    bench.print_it(numbered("A002"))
    assert codes(printer).count("B1123456789012") == 0
    assert codes(printer)[-1] == "T1A002"


def test_a_fence_that_arrived_before_the_reset_still_counts(printer: VirtualPrinter, bench: PrintBench) -> None:
    command = bench.submit(numbered("A001"))
    bench.run_until(lambda: JobState.SENT in bench.spool.steps(command))
    printer.wait_for_tickets(1)
    bench.run_until(lambda: bench.result(command) is not None)
    printer.drop_connection()
    assert bench.result(command) == Printed()


def test_a_program_killed_between_sending_and_fence_prints_at_most_once(printer: VirtualPrinter) -> None:
    """The journal says SENDING: the next program finds that and must not send it again by itself."""
    spool = RememberingSpool()
    killed = PrintBench(printer.address, EPSON, spool=spool)
    killed.run_until_status(READY)
    printer.set_speed(150)
    command = killed.submit(CHINESE)
    killed.run_until(lambda: printer.unfinished_mm > 20)
    killed.crash()
    assert spool.steps(command) in (
        [JobState.QUEUED, JobState.SENDING],
        [JobState.QUEUED, JobState.SENDING, JobState.SENT],
    )
    printer.set_speed(None)
    restarted = PrintBench(printer.address, EPSON, spool=spool)
    restarted.run_until_status(READY)
    restarted.print_it(numbered("A002"))
    assert codes(printer).count("B1123456789012") <= 1
    assert codes(printer)[-1] == "T1A002"
    restarted.close()


def test_a_slow_printer_holds_the_bytes_back_and_the_ticket_ends_whole(printer: VirtualPrinter) -> None:
    with VirtualPrinter(width_dots=576, buffer_bytes=2_048) as slow:
        slow.set_speed(300)
        bench = PrintBench(slow.address, EPSON)
        bench.run_until_status(READY)
        command = bench.submit(CHINESE)
        bench.run_until(lambda: slow.unfinished_mm > 1)
        assert JobState.SENT not in bench.spool.steps(command)
        bench.run_until(lambda: slow.unfinished_mm > 60)
        slow.set_speed(None)
        bench.run_until(lambda: bench.result(command) is not None)
        assert bench.result(command) == Printed()
        assert codes(slow) == ["B1123456789012"]
        bench.close()


def test_a_stuck_ticket_is_shown_before_it_is_given_up(printer: VirtualPrinter, bench: PrintBench) -> None:
    printer.set_speed(1)
    command = bench.submit(CHINESE)
    bench.run_until(lambda: printer.unfinished_mm > 0)
    bench.clock.put_forward(9)
    bench.run_until_status(UnknownStatus("a ticket is stuck"))
    assert bench.result(command) is None
    printer.set_speed(None)
    bench.run_until(lambda: bench.result(command) is not None)
    assert bench.result(command) == Printed()
    bench.run_until_status(READY)


def test_a_printer_without_process_id_is_fenced_by_its_status_answer() -> None:
    dialect = Dialect(has_process_id=False, has_clear_buffer=False, has_near_end_sensor=False)
    with VirtualPrinter(width_dots=384, dialect=dialect) as clone:
        bench = PrintBench(clone.address, CLONE)
        bench.run_until_status(Ready(is_near_end=None))
        clone.set_speed(100)
        command = bench.submit(numbered("A001"))
        bench.run_until(lambda: clone.unfinished_mm > 2)
        assert bench.result(command) is None
        clone.set_speed(None)
        bench.run_until(lambda: bench.result(command) is not None)
        assert bench.result(command) == Printed()
        assert codes(clone) == ["T1A001"]
        assert clone.not_understood == ()
        bench.close()


def test_a_wrong_profile_does_not_turn_silence_into_printed() -> None:
    """A printer that ignores GS ( H sends no fence: the ticket is on paper, and still unconfirmed."""
    with VirtualPrinter(dialect=Dialect(has_process_id=False, has_clear_buffer=False)) as other:
        bench = PrintBench(other.address, EPSON)
        bench.run_until_status(READY)
        command = bench.submit(numbered("A001"))
        other.wait_for_tickets(0)
        bench.run_until(lambda: len(other.tickets) == 1)
        bench.clock.put_forward(31)
        bench.run_until(lambda: bench.conversation.wants_to_send is False)
        bench.clock.put_forward(2)
        bench.run_until(lambda: bench.result(command) is not None)
        assert isinstance(bench.result(command), Unconfirmed)
        assert codes(other) == ["T1A001"]
        bench.close()


# --- the four traps of this trade ---


def test_trap_closing_with_unread_status_does_not_cut_off_the_ticket(
    printer: VirtualPrinter, bench: PrintBench
) -> None:
    command = bench.submit(CHINESE)
    bench.run_until(lambda: JobState.SENT in bench.spool.steps(command))
    printer.paper_near_end()  # an unasked status packet is on its way to us
    bench.close()
    printer.wait_for_tickets(1)
    assert codes(printer) == ["B1123456789012"]


@pytest.mark.parametrize("profile", [EPSON, CLONE])
def test_trap_pixels_are_never_obeyed_as_real_time_commands(profile: Profile) -> None:
    data = press_for(profile)(CHINESE, b"0001").data
    found = [data[place : place + 2] for place in range(len(data) - 1) if data[place] == 0x10]
    assert not {b"\x10\x04", b"\x10\x05", b"\x10\x14"} & set(found)
    assert CLEAR_BUFFER not in data


def test_trap_a_half_sent_band_does_not_swallow_the_next_ticket(printer: VirtualPrinter, bench: PrintBench) -> None:
    come_to_rest(printer)
    printer.set_speed(150)
    bench.submit(CHINESE)
    bench.run_until(lambda: printer.unfinished_mm > 5)
    bench.crash()
    printer.set_speed(None)
    restarted = PrintBench(printer.address, replace(EPSON, can_clear_buffer=False))
    restarted.run_until_status(READY)
    restarted.print_it(numbered("A002"))
    assert "T1A002" in codes(printer)
    restarted.close()


def test_trap_every_job_switches_automatic_status_on_again(printer: VirtualPrinter, bench: PrintBench) -> None:
    """ESC @ switches it off; without it nobody would hear that the paper ran out in the second ticket."""
    bench.print_it(numbered("A001"))
    printer.run_out_after(20)
    command = bench.submit(numbered("A002"))
    bench.run_until_status(PaperOut())
    assert bench.result(command) is None
    printer.load_paper()
    bench.run_until(lambda: bench.result(command) is not None)
    assert codes(printer) == ["T1A001", "T1A002"]


def test_nothing_is_ever_answered_or_printed_twice(printer: VirtualPrinter, bench: PrintBench) -> None:
    commands = [bench.submit(numbered(f"A{number:03}")) for number in range(1, 6)]
    bench.run_until(lambda: all(bench.result(command) is not None for command in commands))
    assert codes(printer) == [f"T1A{number:03}" for number in range(1, 6)]
    assert [event.job_id for event in bench.heard.of(PrintFinished)] == [command.job_id for command in commands]
