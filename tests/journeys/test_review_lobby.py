"""Unkind moments in the lobby: the card daemon dies under a list, help is wanted in the middle, a copy off line."""

from __future__ import annotations

from kiosk.ports.cards import CardInserted, CardRemoved
from kiosk.ports.printers import Printed
from lab import outages
from tests.journeys.visit import Visitor
from tests.plugins.whole_hospital import People

SHOW_AT_THE_DESK = "请先到科室分诊台，出示号码"


def test_the_card_daemon_dies_under_the_list_and_comes_back(visitor: Visitor, people: People) -> None:
    patient = people.booked_now()
    daemon = visitor.hospital.daemon
    visitor.inserts(patient)
    visitor.sees("这是您吗？")
    daemon.kill()
    visitor.sees("读卡器暂停使用")
    assert "这是您吗？" not in visitor.reads()
    assert visitor.handled_last(CardRemoved) is not None
    visitor.handled.clear()
    daemon.start()
    visitor.until(lambda: visitor.handled_last(CardInserted) is not None, "the card that is still in")
    visitor.sees("这是您吗？")
    visitor.presses("签到")
    assert visitor.sees_number() in visitor.takes_ticket().text
    visitor.takes_card()


def test_a_copy_of_a_check_in_that_the_server_does_not_know_says_where_to_show_it(
    visitor: Visitor, people: People
) -> None:
    patient = people.booked_now()
    visitor.hospital.network.switch(outages.Refusing())
    visitor.inserts(patient)
    visitor.presses("签到")
    number = visitor.sees_number()
    visitor.takes_ticket()
    visitor.takes_card()
    visitor.waits(10)
    visitor.sees_first_page()
    visitor.inserts(patient)
    visitor.presses("补打小票")
    visitor.sees(number, SHOW_AT_THE_DESK)
    assert "请先把本条给科室分诊台看一下" in visitor.takes_ticket().text
    visitor.takes_card()
    visitor.has_network_again()
    visitor.waits(10)
    visitor.sees_first_page()
    visitor.inserts(patient)
    visitor.presses("补打小票")
    visitor.sees(number)
    visitor.until(lambda: visitor.result_of_printing() == Printed(), "the copy")
    assert SHOW_AT_THE_DESK not in visitor.reads()


def test_help_while_the_server_is_slow_and_the_check_in_is_not_lost(visitor: Visitor, people: People) -> None:
    patient = people.booked_now()
    visitor.inserts(patient)
    visitor.sees("这是您吗？")
    visitor.hospital.network.switch(outages.BlackHole())
    visitor.presses("签到")
    visitor.presses("帮助")
    visitor.sees("需要帮忙吗？")
    assert not visitor.can_press("结束")
    number = visitor.sees_number()
    assert number in visitor.takes_ticket().text
    visitor.takes_card()
    visitor.has_network_again()
    known = visitor.hospital.server.knows(patient.number)
    assert (known["state"], known["queue_number"], known["arrivals"]) == ("checked_in", number, 1)
    assert visitor.papers_out == 0
