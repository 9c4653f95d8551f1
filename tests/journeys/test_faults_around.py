"""What fails round a visit, and that the visit goes on: printer, paper, server and network."""

from __future__ import annotations

import pytest

from kiosk.journey.screen import IntentKind
from kiosk.ports.desk import CheckedIn
from kiosk.ports.printers import NotPrinted, PaperOut, Printed, PrintFinished, Unconfirmed
from lab import outages
from lab.outages import Condition
from tests.journeys.visit import Visitor
from tests.plugins.whole_hospital import People

VISIT_S = 2.0
MARGIN_S = 1.5
"""Two cores, shared with other tests: a bound that says "not minutes", not a stop-watch."""


def test_no_paper_from_the_start(visitor: Visitor, people: People) -> None:
    printer = visitor.hospital.printer
    printer.take_paper_out()
    visitor.sees("小票打印暂停，签到照常，号码显示在屏幕上。")
    patient = people.booked_now()
    visitor.inserts(patient)
    visitor.presses("签到")
    number = visitor.sees_number()
    visitor.until(lambda: isinstance(visitor.result_of_printing(), NotPrinted))
    visitor.sees("小票纸用完了，请拍下号码", "拍下二维码，分诊台可核对")
    assert visitor.hospital.server.knows(patient.number)["queue_number"] == number
    visitor.takes_card()
    visitor.waits(10)
    visitor.sees_first_page()
    printer.load_paper()
    visitor.until(visitor.is_printer_ready)
    visitor.inserts(people.booked_now())
    visitor.presses("签到")
    other = visitor.sees_number()
    assert other in visitor.takes_ticket().text
    assert visitor.papers_out == 0


def test_paper_ends_in_the_middle_and_what_hangs_out_never_comes_for_the_next(visitor: Visitor, people: People) -> None:
    printer = visitor.hospital.printer
    printer.run_out_after(30)
    visitor.inserts(people.booked_now())
    visitor.presses("签到")
    number = visitor.sees_number()
    visitor.sees("小票纸用完了，请拍下号码", number)
    visitor.waits(32)  # the patient reads the number and goes; the printer is told to drop the rest
    visitor.takes_card()
    visitor.until(lambda: visitor.handled_last(PrintFinished) is not None, "the end of the ticket")
    visitor.sees_first_page()
    printer.load_paper()
    visitor.until(visitor.is_printer_ready)
    visitor.inserts(people.booked_now())
    visitor.presses("签到")
    other = visitor.sees_number()
    assert other != number
    papers = visitor.takes_all_tickets(after=Printed)
    assert [paper.codes != () for paper in papers].count(True) == 1  # the torn one has none that can be read
    assert other in papers[-1].text


def test_the_ticket_that_ran_out_of_paper_can_be_asked_for_again(visitor: Visitor, people: People) -> None:
    printer = visitor.hospital.printer
    printer.take_paper_out()
    visitor.until(lambda: isinstance(visitor.printer_status, PaperOut))
    patient = people.booked_now()
    visitor.inserts(patient)
    visitor.presses("签到")
    number = visitor.sees_number()
    visitor.sees("小票纸用完了，请拍下号码")
    visitor.until(lambda: isinstance(visitor.result_of_printing(), NotPrinted))
    assert not visitor.can_press("再打一张小票")
    printer.load_paper()
    visitor.presses("再打一张小票")
    paper = visitor.takes_ticket()
    assert number in paper.text
    assert "补打 第 2 联" in paper.lines
    assert visitor.papers_out == 0


def test_the_printer_is_unplugged_in_the_middle(visitor: Visitor, people: People) -> None:
    printer = visitor.hospital.printer
    printer.set_speed(60)
    visitor.inserts(people.booked_now())
    visitor.presses("签到")
    number = visitor.sees_number()
    assert printer.wait_until(lambda: printer.unfinished_mm > 5)
    printer.unplug()
    visitor.waits(16)
    visitor.sees(number, "打印有点慢，请先记住号码")
    visitor.waits(16)
    visitor.until(lambda: visitor.result_of_printing() is not None)
    assert isinstance(visitor.result_of_printing(), Unconfirmed)  # it may be on paper, or not
    printer.set_speed(None)
    printer.plug_in()
    visitor.takes_card()
    visitor.waits_until(visitor.is_printer_ready, most_s=60)
    visitor.inserts(people.booked_now())
    visitor.presses("签到")
    other = visitor.sees_number()
    papers = visitor.takes_all_tickets(after=Printed)
    assert other in papers[-1].text
    assert sum(other in paper.text for paper in papers) == 1


@pytest.mark.parametrize(
    "outage",
    [
        outages.SERVER_ERROR,
        outages.BAD_GATEWAY,
        outages.BROKEN_JSON,
        outages.CAPTIVE_PORTAL,
        outages.NOT_HTTP,
        outages.EMPTY,
        outages.HalvingBodies(),
        outages.BlackHole(),
    ],
    ids=["500", "502", "half a message", "captive portal", "no HTTP", "not a word", "half a body", "never"],
)
def test_whatever_the_server_answers_the_visit_goes_on(visitor: Visitor, people: People, outage: Condition) -> None:
    patient = people.booked_now()
    visitor.inserts(patient)
    visitor.sees("这是您吗？")
    visitor.hospital.network.switch(outage)
    visitor.presses("签到")
    number = visitor.sees_number()
    visitor.sees("请先到科室分诊台，出示号码")
    assert visitor.took_s(IntentKind.CHECK_IN, CheckedIn) < VISIT_S + MARGIN_S
    assert number in visitor.takes_ticket().text
    visitor.takes_card()
    visitor.has_network_again()
    known = visitor.hospital.server.knows(patient.number)
    assert (known["state"], known["queue_number"], known["arrivals"]) == ("checked_in", number, 1)
    assert visitor.papers_out == 0
