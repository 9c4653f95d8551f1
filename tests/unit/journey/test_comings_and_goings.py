"""Cards taken out, and second people."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from booking.decide import Reason, RefusalFacts
from booking.localized import LocalizedText
from kiosk.journey.events import Forget
from kiosk.journey.screen import AttractScreen, DoneScreen, IntentKind, KeypadScreen, MessageScreen
from kiosk.journey.states import (
    AwaitingRemoval,
    CheckingIn,
    Choosing,
    EnteringAnswer,
    EnteringNumber,
    Finished,
    Helping,
    Idle,
    Reading,
    Typed,
)
from kiosk.ports.cards import CardInserted, Insertion, ReadCard, ReaderChanged, ReaderCondition, Unreadable
from kiosk.ports.desk import (
    CheckInRefused,
)
from kiosk.ports.printers import PrintTicket
from tests.unit.journey.driver import (
    BOOKING_CODE,
    LI,
    NUMBER,
    Machine,
    booking,
)

K = IntentKind

# ---- the card is taken out


def test_taken_out_while_it_is_read() -> None:
    machine = Machine()
    card = machine.insert_card()
    machine.take_card(card)
    assert machine.title == "卡取出得早了一点"
    machine.card_says(Unreadable.REMOVED)
    machine.wait(10)
    assert machine.state == Idle()
    assert machine.has_forgotten


def test_taken_out_while_the_desk_looks() -> None:
    machine = Machine()
    card = machine.insert_card()
    machine.card_says().take_card(card).desk_finds(booking())
    assert machine.title == "卡取出得早了一点"
    assert not machine.shows("张*丰")


def test_taken_out_from_the_list_nothing_personal_stays() -> None:
    machine = Machine()
    card = machine.reach_bookings()
    machine.take_card(card)
    assert not machine.shows("张*丰")
    assert not machine.shows("心内科")
    machine.touch(K.BACK)
    assert not machine.shows("张*丰"), "there is no way back to it"


def test_taken_out_from_a_refusal_the_way_back_is_gone() -> None:
    machine = Machine()
    card = machine.reach_act()
    facts = RefusalFacts(closed_ms=1)
    machine.desk_answers(CheckInRefused, booking(), Reason.TOO_LATE, facts, LocalizedText()).take_card(card)
    page = machine.page
    assert isinstance(page, MessageScreen)
    assert (page.title, page.big) == ("已过签到时间", "")
    machine.wait(10)
    assert machine.state == Idle()


def test_taken_out_during_the_act_it_is_finished_and_its_number_stays_ten_seconds() -> None:
    machine = Machine()
    card = machine.reach_act()
    machine.take_card(card)
    assert isinstance(machine.state, CheckingIn)
    machine.wait(2).desk_checks_in()
    page = machine.page
    assert isinstance(page, DoneScreen)
    assert (page.number, page.seconds_left, page.seconds_total) == ("A037", 10, 10)
    assert len(machine.asked(PrintTicket)) == 1
    machine.printer_says()
    assert machine.shows("请取走小票")
    assert not machine.shows("请取走小票和卡")
    machine.wait(10)
    assert machine.state == Idle()


def test_taken_out_and_no_answer_the_page_says_so_for_ten_seconds() -> None:
    machine = Machine()
    card = machine.reach_act()
    machine.take_card(card).wait(20)
    page = machine.page
    assert isinstance(page, MessageScreen)
    assert (page.title, page.seconds_left) == ("正在核对办理结果", 10)
    machine.wait(9)
    assert machine.title == "正在核对办理结果"
    machine.wait(1)
    assert machine.state == Idle()


def test_taken_out_from_the_number_it_stays_ten_seconds() -> None:
    machine = Machine()
    card = machine.reach_number()
    machine.printer_says().wait(5).take_card(card).wait(9)
    assert machine.shows("A037")
    machine.wait(1)
    assert machine.state == Idle()


def test_taken_out_as_the_page_says_typing_goes_on() -> None:
    machine = Machine()
    card = machine.insert_card()
    machine.card_says(Unreadable.READER)
    assert machine.shows("请取出卡，输入预约号办理")
    machine.tap("输入预约号").type("01").take_card(card)
    page = machine.page
    assert isinstance(page, KeypadScreen)
    assert page.groups[0] == "01__"
    assert machine.visit.anchor == Typed()
    machine.tap("结束")
    assert machine.state == Idle()


def test_taken_out_under_the_help_page_typing_goes_on() -> None:
    machine = Machine()
    card = machine.insert_card()
    machine.card_says(Unreadable.GARBAGE).tap("输入预约号").tap("帮助").take_card(card)
    assert machine.title == "需要帮忙吗？"
    machine.tap("返回")
    assert machine.title == "输入预约号"


def test_taken_out_while_a_typed_number_is_searched_the_search_goes_on() -> None:
    machine = Machine()
    card = machine.insert_card()
    machine.card_says(Unreadable.GARBAGE).tap("输入预约号").type(NUMBER).tap("下一步").type("8000").tap("查找预约")
    machine.take_card(card).desk_finds(booking())
    assert machine.shows("张*丰")


def test_taken_out_after_the_number_was_found_the_visit_goes_on() -> None:
    machine = Machine()
    card = machine.insert_card()
    machine.card_says(Unreadable.GARBAGE).tap("输入预约号").type(NUMBER).tap("下一步").type("8000").tap("查找预约")
    machine.desk_finds(booking()).take_card(card)
    assert machine.shows("张*丰"), "only a visit that began with the card ends with it"
    machine.tap("结束")
    assert machine.state == Idle()


def test_left_in_while_somebody_types_it_is_asked_for_at_the_end() -> None:
    machine = Machine()
    card = machine.insert_card()
    machine.card_says(Unreadable.GARBAGE).tap("输入预约号").tap("结束")
    assert machine.state == AwaitingRemoval(card)
    machine.take_card(card)
    assert machine.state == Idle()


def test_taken_out_at_the_end() -> None:
    machine = Machine()
    card = machine.reach_bookings()
    machine.tap("结束")
    machine.wait(600)
    assert machine.title == "请取走您的卡", "the page goes on saying so"
    machine.take_card(card)
    assert isinstance(machine.page, AttractScreen)


def test_taken_out_under_the_help_page_nothing_personal_comes_back() -> None:
    machine = Machine()
    card = machine.reach_bookings()
    machine.tap("帮助").take_card(card)
    assert machine.title == "卡取出得早了一点"
    machine.touch(K.BACK)
    assert not machine.shows("张*丰")


@pytest.mark.parametrize("condition", [ReaderCondition.ABSENT, ReaderCondition.NO_SERVICE])
def test_a_reader_that_is_lost_with_the_card_is_not_a_card_taken_out(condition: ReaderCondition) -> None:
    machine = Machine()
    card = machine.reach_bookings()
    machine.happens(ReaderChanged(card.reader, condition)).take_card(card)
    assert machine.title == "读卡器暂停使用"
    assert not machine.shows("张*丰")
    assert machine.offers(K.TYPE_NUMBER)
    machine.wait(44)
    assert machine.title == "读卡器暂停使用"  # there is something to read and to decide
    machine.wait(1)
    assert machine.state == Idle()


def test_another_cards_removal_changes_nothing() -> None:
    machine = Machine()
    card = machine.reach_bookings()
    machine.take_card(Insertion("rear", card.counter)).take_card(Insertion(card.reader, card.counter - 1))
    assert isinstance(machine.state, Choosing)


# ---- somebody else's card or code


REACH: dict[str, Callable[[Machine], object]] = {
    "reading": Machine.insert_card,
    "finding": lambda machine: (machine.insert_card(), machine.card_says()),
    "typing": lambda machine: machine.touch(K.TYPE_NUMBER).type("01"),
    "answering": Machine.reach_question,
    "choosing": Machine.reach_bookings,
    "refused": lambda machine: (machine.insert_card(), machine.card_says(Unreadable.READER)),
    "printed": lambda machine: (machine.reach_number(), machine.printer_says()),
    "helped": lambda machine: (machine.reach_bookings(), machine.tap("帮助")),
    "ended": lambda machine: (machine.reach_bookings(), machine.tap("结束")),
}


@pytest.mark.parametrize("reach", REACH.values(), ids=REACH)
def test_a_second_card_begins_the_next_visit(reach: Callable[[Machine], object]) -> None:
    machine = Machine()
    machine.touch(K.LANGUAGE, "en")
    before = {effect.visit_id for effect in machine.asked(ReadCard)}
    # The labels of the ways in are Chinese: the language is put back for them.
    machine.touch(K.LANGUAGE, "zh-CN")
    reach(machine)
    machine.touch(K.LANGUAGE, "en")
    card = machine.insert_card("rear")
    assert isinstance(machine.state, Reading)
    assert machine.state.visit.id not in before
    assert machine.journey.language == "zh-CN", "the next person starts in the hospital's own language"
    assert machine.last(ReadCard).insertion == card
    assert machine.has_forgotten
    machine.card_says().desk_finds(booking(), person=LI)
    assert machine.shows("李*")
    assert not machine.shows("张*丰")


@pytest.mark.parametrize("reach", [way for name, way in REACH.items() if name != "typing"])
def test_a_second_persons_code_begins_the_next_visit(reach: Callable[[Machine], object]) -> None:
    machine = Machine()
    reach(machine)
    machine.scan(BOOKING_CODE)
    assert isinstance(machine.state, EnteringAnswer)
    assert not machine.shows("张*丰")
    assert machine.has_forgotten


def test_during_the_act_the_next_card_waits_until_the_number_was_shown() -> None:
    machine = Machine()
    machine.reach_act()
    card = machine.insert_card("rear")
    assert isinstance(machine.state, CheckingIn)
    machine.desk_checks_in()
    assert machine.shows("A037")
    machine.wait(9)
    assert machine.shows("A037")
    machine.wait(1)
    assert isinstance(machine.state, Reading)
    assert machine.last(ReadCard).insertion == card
    assert machine.has_forgotten


def test_a_printed_ticket_lets_the_next_person_in() -> None:
    machine = Machine()
    machine.reach_act()
    machine.scan(BOOKING_CODE).desk_checks_in().printer_says()
    assert isinstance(machine.state, EnteringAnswer)


def test_the_help_page_does_not_hand_the_number_to_the_next_person() -> None:
    machine = Machine()
    machine.reach_act()
    machine.scan(BOOKING_CODE).desk_checks_in().tap("帮助")
    assert isinstance(machine.state, Helping)
    machine.wait(10)
    assert isinstance(machine.state, EnteringAnswer)


def test_a_refusal_is_read_before_the_next_person_is_let_in() -> None:
    machine = Machine()
    machine.reach_act()
    machine.scan(BOOKING_CODE)
    machine.desk_answers(CheckInRefused, booking(), Reason.TOO_LATE, RefusalFacts(closed_ms=1), LocalizedText())
    assert machine.title == "已过签到时间"
    machine.wait(9.9)
    assert machine.title == "已过签到时间"
    machine.wait(0.1)
    assert isinstance(machine.state, EnteringAnswer)


def test_the_end_lets_a_waiting_person_in_at_once() -> None:
    machine = Machine()
    machine.reach_act()
    machine.scan(BOOKING_CODE).desk_checks_in().tap("完成")
    assert isinstance(machine.state, EnteringAnswer)
    assert len(machine.asked(Forget)) == 1


def test_a_waiting_card_that_is_taken_out_again_is_forgotten() -> None:
    machine = Machine()
    machine.reach_act()
    card = machine.insert_card("rear")
    machine.take_card(card).desk_checks_in().printer_says()
    assert isinstance(machine.state, Finished)
    assert len(machine.asked(ReadCard)) == 1


def test_the_same_insertion_told_twice_is_one_visit() -> None:
    machine = Machine()
    card = machine.reach_act()
    machine.happens(CardInserted(card, machine.boot_ms)).desk_checks_in().printer_says()
    assert isinstance(machine.state, Finished)
    machine.tap("完成").happens(CardInserted(card, machine.boot_ms))
    assert machine.state == AwaitingRemoval(card)


def test_a_card_left_in_is_asked_for_when_the_next_visit_ends() -> None:
    machine = Machine()
    card = machine.reach_bookings()
    machine.tap("结束").tap("输入预约号").tap("结束")
    assert machine.state == AwaitingRemoval(card)
    machine.scan(BOOKING_CODE).tap("结束")
    assert machine.state == AwaitingRemoval(card)
    machine.take_card(card)
    assert machine.state == Idle()


def test_a_card_left_in_and_taken_during_the_next_visit_does_not_end_it() -> None:
    machine = Machine()
    card = machine.reach_bookings()
    machine.tap("结束").tap("输入预约号").type("01").take_card(card)
    assert isinstance(machine.state, EnteringNumber)
    machine.tap("结束")
    assert machine.state == Idle()


def test_two_cards_in_two_readers_are_both_asked_for() -> None:
    machine = Machine()
    first = machine.reach_bookings()
    second = machine.insert_card("rear")
    machine.tap("结束")
    assert machine.state == AwaitingRemoval(second)
    machine.take_card(first)
    assert machine.state == AwaitingRemoval(second)
    machine.take_card(second)
    assert machine.state == Idle()


def test_the_second_of_two_cards_taken_first_leaves_the_first_to_be_asked_for() -> None:
    machine = Machine()
    first = machine.reach_bookings()
    second = machine.insert_card("rear")
    machine.tap("结束").take_card(second)
    assert machine.state == AwaitingRemoval(first)


def test_two_cards_left_in_are_both_asked_for() -> None:
    machine = Machine()
    machine.insert_card()
    second = machine.insert_card("rear")
    machine.scan(BOOKING_CODE).tap("结束").take_card(second)
    assert isinstance(machine.state, AwaitingRemoval)


def test_a_waiting_card_that_somebody_else_overtakes_is_asked_for_in_the_end() -> None:
    machine = Machine()
    own = machine.reach_act()
    waiting = machine.insert_card("rear")
    machine.scan(BOOKING_CODE).desk_checks_in().tap("完成")
    assert isinstance(machine.state, EnteringAnswer)
    machine.tap("结束").take_card(own)
    assert machine.state == AwaitingRemoval(waiting)
