"""A patient comes, is recognised, checks in and takes a ticket: on line, off line, and with an answer that got lost."""

from __future__ import annotations

import re

from kiosk.journey.screen import IntentKind
from kiosk.ports.desk import CheckedIn
from lab import outages
from tests.journeys.visit import Visitor
from tests.plugins.whole_hospital import People, files_that_tell


def once(number: str, *, verdict: str = "applied") -> dict[str, object]:
    """What the server must know of a booking after its patient came."""
    return {"state": "checked_in", "queue_number": number, "arrivals": 1, "verdicts": [verdict]}


def test_with_a_card_on_line(visitor: Visitor, people: People) -> None:
    patient = people.booked_now()
    visitor.inserts(patient)
    assert patient.person.name not in visitor.sees("这是您吗？", "社保卡尾号", "可以签到")
    visitor.presses("签到")
    number = visitor.sees_number()
    assert "请先到科室分诊台" not in visitor.reads()
    assert visitor.hospital.server.knows(patient.number) == once(number)
    ticket = visitor.takes_ticket()
    assert number in ticket.text
    assert "预约专用章" in ticket.lines
    assert ticket.codes[0].startswith("T1")
    visitor.sees("请取走小票和卡")
    visitor.takes_card()
    visitor.sees("请取走小票")
    visitor.waits(10)
    visitor.sees_first_page()
    assert visitor.papers_out == 0


def test_off_line_the_server_hears_of_it_later_and_once(visitor: Visitor, people: People) -> None:
    patient = people.booked_now()
    visitor.hospital.network.switch(outages.Refusing())
    visitor.sees("离线可用", "网络暂时断开，签到取号照常办理。")
    visitor.inserts(patient)
    visitor.sees("这是您吗？")
    visitor.presses("签到")
    number = visitor.sees_number()
    visitor.sees("请先到科室分诊台，出示号码")
    ticket = visitor.takes_ticket()
    assert number in ticket.text
    assert "请先把本条给科室分诊台看一下" in ticket.lines
    assert visitor.hospital.server.knows(patient.number)["state"] != "checked_in"
    visitor.takes_card()
    visitor.has_network_again()
    assert visitor.hospital.server.knows(patient.number) == once(number)


def test_an_answer_that_got_lost_is_one_arrival(visitor: Visitor, people: People) -> None:
    patient = people.booked_now()
    visitor.inserts(patient)
    visitor.sees("这是您吗？")
    visitor.hospital.network.switch(outages.LosingAnswers())
    visitor.presses("签到")
    number = visitor.sees_number()
    visitor.sees("请先到科室分诊台，出示号码")
    assert visitor.hospital.server.knows(patient.number) == once(number)
    assert number in visitor.takes_ticket().text
    visitor.has_network_again()
    assert visitor.hospital.server.knows(patient.number) == once(number)
    assert visitor.papers_out == 0


def test_in_english_with_a_ticket_that_staff_can_read(visitor: Visitor, people: People) -> None:
    visitor.sees_first_page()
    visitor.presses("English")
    visitor.sees("Insert")
    visitor.inserts(people.booked_now())
    visitor.presses("Check in")
    number = visitor.sees_number("You are checked in")
    ticket = visitor.takes_ticket()
    assert number in ticket.text
    assert re.search(r"[一-鿿].*医院", ticket.lines[0])
    assert "Hospital" in ticket.lines[1]
    chinese = [line for line in ticket.lines if re.search(r"[一-鿿]", line)]
    assert any("预约专用章" in line and re.search(r"[A-Za-z]", line) for line in chinese)
    assert any("科" in line or "门诊" in line for line in chinese)
    assert any("诊室" in line and "层" in line for line in chinese)
    visitor.takes_card()
    visitor.waits(10)
    visitor.sees_first_page()  # in Chinese again


def test_with_the_code_of_a_booking(visitor: Visitor, people: People) -> None:
    patient = people.booked_now()
    visitor.scans(f"B1{patient.number}")
    visitor.sees("手机号后四位")
    visitor.answers(patient.phone)
    visitor.sees("这是您吗？")
    visitor.presses("签到")
    number = visitor.sees_number()
    assert number in visitor.takes_ticket().text
    assert "请取走小票和卡" not in visitor.sees("请取走小票")
    assert visitor.hospital.server.knows(patient.number) == once(number)


def test_with_a_typed_number_and_the_birthday(visitor: Visitor, people: People) -> None:
    patient = people.booked_now()
    visitor.types_number(patient.number)
    visitor.sees("手机号后四位")
    visitor.presses("出生月日")
    visitor.sees("3 月 8 日输入 0308")
    visitor.answers(patient.birthday)
    visitor.sees("这是您吗？")
    visitor.presses("签到")
    number = visitor.sees_number()
    assert number in visitor.takes_ticket().text
    assert visitor.hospital.server.knows(patient.number) == once(number)


def test_nobody_can_be_read_on_the_terminals_disk(
    visitor: Visitor, people: People, personal_data: re.Pattern[str]
) -> None:
    visitor.inserts(people.booked_now())
    visitor.presses("签到")
    visitor.sees_number()
    visitor.takes_ticket()
    visitor.takes_card()
    assert files_that_tell(visitor.data, personal_data) == []


def test_on_line_checking_in_adds_one_exchange(visitor: Visitor, people: People) -> None:
    visitor.inserts(people.booked_now())
    visitor.presses("签到")
    visitor.sees_number()
    assert visitor.took_s(IntentKind.CHECK_IN, CheckedIn) < 2.0
    visitor.takes_ticket()
