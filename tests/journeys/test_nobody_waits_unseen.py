"""The line is cut: what patients are told, what staff get on paper, and what the server knows when it is back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kiosk import bootstrap
from kiosk.devices.printers.picture import text_lines
from kiosk.ports.clock import Clock
from kiosk.ports.events import Emit
from kiosk.ports.printers import PrintTicket, Spool, TicketPrinter
from kiosk.ports.tickets import QrCode
from kiosk.settings import Settings
from lab import outages
from tests.journeys.visit import Visitor
from tests.plugins.whole_hospital import Patient, People, Surroundings
from tools.headless import HeadlessTerminal, settings_for

HALF_AN_HOUR_S = 1800


class Staff(Visitor):
    """Somebody who also reads the slips that come by themselves: they carry no code to tell them by."""

    def _make(self) -> HeadlessTerminal:
        self.slips: list[tuple[str, ...]] = []
        settings = settings_for(self.data, server=self.hospital.network.address, printer=self.hospital.printer.address)
        return HeadlessTerminal(settings, clock=self.hospital.clock, on_event=self._note, make_printer=self._printer)

    def _printer(self, settings: Settings, spool: Spool, emit: Emit, clock: Clock) -> TicketPrinter:
        printer = bootstrap.escpos_printer(settings, spool, emit, clock)
        slips, print_ticket = self.slips, printer.print_ticket

        def note(command: PrintTicket) -> None:
            if not any(isinstance(block, QrCode) for block in command.ticket.blocks):
                slips.append(text_lines(command.ticket))
            print_ticket(command)

        printer.print_ticket = note  # type: ignore[method-assign]  # all else is the real one
        return printer

    def asks(self, name: str, **details: object) -> object:
        """As kioskctl does."""
        make_desk = self.terminal.terminal.list_desk
        assert make_desk is not None
        desk = make_desk()
        return (desk.arrivals if name == "arrivals" else desk.day_list)(details)


@pytest.fixture
def staff(lobby: Surroundings, silent_logs: None) -> Iterator[Staff]:
    somebody = Staff(lobby, lobby.folder / "unseen")
    somebody.enrolled("U1").switched_on().in_step()
    somebody.takes_all_so_far()
    yield somebody
    lobby.slot.remove()
    lobby.network.restore()
    somebody.switched_off()
    lobby.clock.set_right(lobby.server.ahead_ms)


def _comes(staff: Staff, patient: Patient) -> str:
    staff.inserts(patient)
    staff.sees("这是您吗？")
    staff.presses("签到")
    number = staff.sees_number()
    assert "请先到科室分诊台，出示号码" in staff.reads()
    assert "请先把本条给科室分诊台看一下" in staff.takes_ticket().lines
    staff.takes_card()
    staff.presses("完成")
    staff.sees_first_page()
    return number


def test_three_come_off_line_and_half_an_hour_later_their_names_are_on_paper(staff: Staff, people: People) -> None:
    staff.hospital.network.switch(outages.Refusing())
    staff.sees("离线可用")
    patients = [people.booked_now() for _ in range(3)]
    numbers = [_comes(staff, one) for one in patients]
    assert (staff.slips, staff.papers_out) == ([], 0)
    told = staff.asks("arrivals")
    assert isinstance(told, dict)
    assert sorted(one["number"] for group in told["departments"] for one in group["people"]) == sorted(numbers)

    staff.waits(HALF_AN_HOUR_S)
    staff.until(lambda: staff.papers_out == 1, "the slip")
    (slip,) = staff.slips
    assert slip[1] == "离线签到清单"
    assert sorted(line.split()[0] for line in slip if line.split()[0] in numbers) == sorted(numbers)
    assert not [one for one in patients if one.person.name in "\n".join(slip)]

    staff.waits(HALF_AN_HOUR_S)
    staff.asks("daylist", print=True)
    staff.until(lambda: len(staff.slips) == 2, "the day's list")
    assert staff.slips[1][1] == "今日预约清单"
    staff.has_network_again()
    for patient, number in zip(patients, numbers, strict=True):
        known = staff.hospital.server.knows(patient.number)
        assert (known["state"], known["queue_number"], known["arrivals"]) == ("checked_in", number, 1)
    empty = staff.asks("arrivals")
    assert isinstance(empty, dict)
    assert (empty["people"], empty["off_line_since"]) == (0, "")
