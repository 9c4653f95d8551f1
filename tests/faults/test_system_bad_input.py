"""Bad input to the whole system: each gets its own page with what to do next, and nobody is lost or named in a log."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from kiosk.journey.screen import MessageScreen
from kiosk.ports.printers import NotPrinted, Unconfirmed, Unreachable
from lab.cards.card import Card
from lab.cards.faulty import (
    Garbling,
    Hanging,
    NeverContent,
    NeverDone,
    far_too_long,
    with_noise,
    with_undecodable_text,
    with_wrong_lengths,
    without_data,
    without_status,
)
from tests.journeys.visit import Visitor
from tests.plugins.whole_hospital import HERE, TODAY, Patient, People

REFUSED = (("R-102", "取出卡，芯片朝下再推到底"), ("R-101", "看看芯片是否朝下"), ("R-105", "请取出卡，输入预约号办理"))
"""What cannot be read, what nobody knows, and what the reader itself gave up: the daemon tells some of these alike."""


def goes_on(visitor: Visitor, patient: Patient) -> None:
    """The same patient with a good card is checked in: the fault has cost nothing."""
    visitor.inserts(patient)
    visitor.sees("这是您吗？")
    visitor.presses("签到")
    number = visitor.sees_number()
    assert number in visitor.takes_ticket().text
    known = visitor.hospital.server.knows(patient.number)
    assert (known["queue_number"], known["arrivals"]) == (number, 1)
    assert visitor.papers_out == 0


def test_cards_that_talk_nonsense(visitor: Visitor, people: People) -> None:
    patient = people.booked_now()
    changes = (with_noise, with_wrong_lengths, with_undecodable_text, without_data, far_too_long, without_status)
    bad: list[Card] = [Garbling(patient.card(), change, from_command=3) for change in changes]
    for card in (*bad, NeverDone(patient.card()), NeverContent(patient.card())):
        visitor.inserts(card)
        visitor.until(lambda: isinstance(visitor.page, MessageScreen), "a refusal")
        page = visitor.page
        assert isinstance(page, MessageScreen)
        assert (page.code, page.steps[0]) in REFUSED
        visitor.takes_card()
        visitor.waits(10)
        visitor.sees_first_page()
    goes_on(visitor, patient)


def test_a_card_that_hangs(visitor: Visitor, people: People) -> None:
    patient = people.booked_now()
    card = Hanging(patient.card(), at_command=4)
    visitor.inserts(card)
    visitor.until(card.reached.is_set, "the card to be asked")
    visitor.waits(3)
    visitor.sees("还在读卡，请稍等")
    visitor.waits(12)
    visitor.sees_refusal("R-104", "读卡没有完成", step="取出卡，等两秒再插入")
    visitor.takes_card()
    visitor.waits(10)
    goes_on(visitor, patient)


def test_a_card_swapped_for_one_with_the_same_answer_to_reset(visitor: Visitor, people: People) -> None:
    first, second = people.booked_now(), people.booked_now()
    visitor.inserts(first)
    visitor.sees("这是您吗？", f"尾号 {first.person.card_number[:9][-4:]}")
    visitor.hospital.slot.swap(second.card())
    seen = visitor.sees(f"尾号 {second.person.card_number[:9][-4:]}")
    assert first.person.card_number[:9][-4:] not in seen
    visitor.presses("签到")
    visitor.sees_number()
    visitor.takes_ticket()
    server = visitor.hospital.server
    assert [server.knows(one.number)["arrivals"] for one in (first, second)] == [0, 1]


@pytest.mark.parametrize(
    "code",
    [
        "B1ABCDEFGHJKLM",
        "B1" + "1" * 11,
        "B1" + "1" * 13,
        "B1" + "１" * 12,
        "' OR 1=1; DROP TABLE booking --",
        "{0.__class__}%s%n",
        "http://example.org/?id=" + "x" * 2000,
    ],
)
def test_codes_that_are_no_booking(visitor: Visitor, code: str) -> None:
    visitor.scans(code)
    visitor.sees_refusal("R-205", "认不出这个二维码", step="请扫预约凭证上的二维码")
    visitor.presses("完成")
    visitor.sees_first_page()


def test_a_ticket_code_that_is_damaged(visitor: Visitor) -> None:
    visitor.scans("T1NOT A TICKET")
    visitor.sees_refusal("R-207", "这张小票扫不出来", step="请展平小票，再扫一次")
    visitor.presses("完成")
    visitor.sees_first_page()


def test_noise_from_the_scanner_is_nobody(visitor: Visitor, people: People) -> None:
    visitor.hospital.scanner.send(b"\xff\xfe\x00\x81B1\x00" + bytes(range(256)) + b"\r")
    patient = people.booked_now()
    visitor.scans(f"B1{patient.number}")
    visitor.sees("手机号后四位")
    visitor.answers(patient.phone)
    visitor.sees("这是您吗？")


def test_a_number_of_yesterday(visitor: Visitor, people: People) -> None:
    yesterday = (date.fromisoformat(TODAY) - timedelta(days=1)).isoformat()
    person, number = next(
        (one, booking.number)
        for one in people.all
        for booking in one.bookings
        if booking.date == yesterday and booking.hospital_code == HERE and one.phone
    )
    visitor.types_number(number)
    visitor.answers(person.phone[-4:])
    visitor.sees_refusal("R-203", "您今天没有预约", step="今天想看病，请到服务台挂号")


def test_a_printer_that_refuses(visitor: Visitor, people: People) -> None:
    printer = visitor.hospital.printer
    printer.power_off()
    visitor.until(lambda: isinstance(visitor.printer_status, Unreachable))
    patient = people.booked_now()
    visitor.inserts(patient)
    visitor.presses("签到")
    number = visitor.sees_number()
    visitor.sees("小票暂时打不出来，请拍下号码", number)
    assert isinstance(visitor.result_of_printing(), NotPrinted)
    printer.power_on()
    visitor.waits_until(visitor.is_printer_ready, most_s=20)
    visitor.presses("再打一张小票")
    assert number in visitor.takes_ticket().text
    assert visitor.papers_out == 0


def test_a_printer_that_goes_silent_in_the_ticket(visitor: Visitor, people: People) -> None:
    printer = visitor.hospital.printer
    printer.set_speed(60)
    visitor.inserts(people.booked_now())
    visitor.presses("签到")
    number = visitor.sees_number()
    assert printer.wait_until(lambda: printer.unfinished_mm > 5)
    printer.fall_silent()
    visitor.waits(16)
    visitor.sees(number, "打印有点慢，请先记住号码")
    visitor.waits(16)
    visitor.until(lambda: visitor.result_of_printing() is not None)
    assert isinstance(visitor.result_of_printing(), Unconfirmed)
    printer.set_speed(None)
    printer.speak_again()
    assert printer.wait_until(lambda: printer.is_at_rest)
    assert visitor.papers_out <= 1
