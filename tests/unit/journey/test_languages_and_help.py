"""Languages and the help page."""

from __future__ import annotations

import pytest

from kiosk.journey.screen import IntentKind
from kiosk.journey.states import (
    AwaitingRemoval,
    Idle,
)
from kiosk.ports.cards import Unreadable
from kiosk.ports.desk import (
    CheckInBooking,
)
from tests.unit.journey.driver import (
    BOOKING_CODE,
    Machine,
    booking,
)

K = IntentKind


def test_the_language_changes_in_place() -> None:
    machine = Machine()
    machine.reach_bookings(*(booking(no, hour=8 + no) for no in range(1, 6)))
    machine.tap("更多预约").touch(K.SELECT, str(booking(5).booking_id)).tap("English")
    assert machine.title == "Is this you?"
    assert [row.is_selected for row in machine.rows] == [False, True]
    assert machine.shows("Page 2 of 2")
    machine.tap("中文")
    assert machine.title == "这是您吗？"


def test_the_ticket_is_in_the_language_of_the_screen() -> None:
    machine = Machine()
    machine.reach_bookings()
    machine.tap("English").tap("Check in 09:30")
    assert machine.last(CheckInBooking).language == "en"


def test_the_language_of_the_first_page_holds_for_the_visit_and_not_for_the_next_person() -> None:
    machine = Machine()
    machine.tap("English")
    card = machine.reach_bookings()
    assert machine.title == "Is this you?"
    machine.tap("Finish")
    assert machine.title == "Take your card"
    machine.take_card(card)
    assert machine.journey.language == "zh-CN"


def test_the_language_of_the_first_page_goes_back_when_nobody_comes() -> None:
    machine = Machine()
    machine.tap("English").wait(59)
    assert machine.journey.language == "en"
    machine.wait(1)
    assert machine.journey.language == "zh-CN"


@pytest.mark.parametrize("why", [Unreadable.GARBAGE, Unreadable.NO_ANSWER, Unreadable.NOT_RECOGNISED])
def test_who_puts_the_card_in_again_as_asked_keeps_the_language(why: Unreadable) -> None:
    machine = Machine()
    machine.tap("English")
    card = machine.insert_card()
    machine.card_says(why).take_card(card)
    machine.insert_card()
    assert machine.title == "Reading your card"


def test_who_scans_again_as_asked_keeps_the_language() -> None:
    machine = Machine()
    machine.tap("English").scan("something").scan(BOOKING_CODE)
    assert machine.title == "Last four digits of your phone"


def test_a_language_that_is_not_offered_is_not_taken() -> None:
    machine = Machine()
    machine.touch(K.LANGUAGE, "fr")
    assert machine.journey.language == "zh-CN"


# ---- help


def test_help_lies_over_the_page_and_goes_back_to_it() -> None:
    machine = Machine()
    machine.reach_bookings(booking(1), booking(2, hour=10))
    machine.touch(K.SELECT, str(booking(2).booking_id))
    before = machine.state
    machine.tap("帮助")
    assert machine.title == "需要帮忙吗？"
    assert machine.shows("本机：门诊楼 03")
    assert not machine.shows("张*丰")
    machine.tap("返回")
    assert machine.state == before


def test_help_closes_by_itself_and_then_the_page_warns() -> None:
    machine = Machine()
    machine.reach_bookings()
    machine.tap("帮助").wait(60)
    assert machine.title == "这是您吗？"
    warning = machine.warning
    assert warning is not None
    assert warning.seconds_left == 30


def test_help_over_the_first_page_leads_to_typing() -> None:
    machine = Machine()
    machine.tap("帮助").touch(K.TYPE_NUMBER)
    assert machine.title == "输入预约号"
    machine.tap("结束").tap("帮助").wait(60)
    assert machine.state == Idle()


def test_the_printers_news_comes_through_the_help_page() -> None:
    machine = Machine()
    machine.reach_number()
    machine.tap("帮助").printer_says()
    assert machine.title == "需要帮忙吗？"
    machine.tap("返回")
    assert machine.shows("请取走小票和卡")


def test_the_end_from_the_help_page() -> None:
    machine = Machine()
    card = machine.reach_bookings()
    machine.tap("帮助").tap("结束")
    assert machine.state == AwaitingRemoval(card)
    machine.tap("帮助").take_card(card)
    assert machine.state == Idle()
