"""The refusals and faults: what happened, what is safe, what to do next, and the ways on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from booking.decide import CHECK_IN_REASONS, Reason, RefusalFacts
from booking.localized import LocalizedText
from kiosk.journey.choosing import TROUBLE_OF_REASON, trouble_of
from kiosk.journey.screen import AttractScreen, DoneScreen, IntentKind, MessageScreen, Style, Tone
from kiosk.journey.states import Choosing, Finished, Reading, Trouble, Troubled
from kiosk.journey.view_trouble import _LOOKS
from kiosk.ports.cards import CardNotRead, CardRead, ReadCard, ReaderChanged, ReaderCondition, Unreadable
from kiosk.ports.desk import (
    CannotCheckIn,
    CheckInRefused,
    DeskFault,
    FindByNumber,
    IsCheckedIn,
    NobodyFound,
    NotFoundWhy,
    NothingToday,
    ReprintRefused,
)
from kiosk.ports.printers import Printed, PrinterChanged, Ready, UnknownStatus
from tests.unit.journey.driver import (
    FACTS,
    IDENTITY,
    NUMBER,
    OTHER_NUMBER,
    READER,
    ZHANG,
    Machine,
    at,
    booking,
    checked_in,
    too_early,
)

K = IntentKind


def message(machine: Machine) -> MessageScreen:
    page = machine.page
    assert isinstance(page, MessageScreen)
    return page


@pytest.mark.parametrize(
    ("why", "title", "code"),
    [
        (Unreadable.GARBAGE, "没有读到您的卡", "R-102"),
        (Unreadable.NO_ANSWER, "读卡没有完成", "R-104"),
        (Unreadable.NOT_RECOGNISED, "认不出这张卡", "R-101"),
        (Unreadable.REMOVED, "卡取出得早了一点", "R-103"),
        (Unreadable.READER, "读卡器暂停使用", "R-105"),
    ],
)
def test_a_card_that_cannot_be_read(why: Unreadable, title: str, code: str) -> None:
    machine = Machine()
    machine.insert_card()
    machine.card_says(why)
    assert (message(machine).title, message(machine).code) == (title, code)
    assert message(machine).safe
    assert message(machine).steps


def test_a_card_is_read_again_on_request() -> None:
    machine = Machine()
    card = machine.insert_card()
    machine.card_says(Unreadable.GARBAGE).tap("再读一次")
    assert machine.title == "正在读卡"
    assert [read.insertion for read in machine.asked(ReadCard)] == [card, card]
    machine.card_says().desk_finds(booking())
    assert machine.shows("张*丰")


def test_a_late_answer_of_the_first_read_does_not_spoil_the_second() -> None:
    machine = Machine()
    card = machine.insert_card()
    machine.wait(15)
    assert machine.title == "读卡没有完成"
    machine.tap("再读一次")
    first = machine.asked(ReadCard)[0]
    machine.happens(CardNotRead(first.visit_id, card, Unreadable.NO_ANSWER))
    assert isinstance(machine.state, Reading)
    machine.card_says().desk_finds(booking())
    assert machine.shows("张*丰")


def test_no_second_read_without_the_card() -> None:
    machine = Machine()
    card = machine.insert_card()
    machine.card_says(Unreadable.GARBAGE).take_card(card)
    assert not machine.offers(K.RETRY)
    machine.touch(K.RETRY)
    assert len(machine.asked(ReadCard)) == 1


@pytest.mark.parametrize(
    ("why", "title"),
    [(NotFoundWhy.NOT_REGISTERED, "没有找到您的登记"), (NotFoundWhy.CANNOT_KNOW, "这里没有查到预约")],
)
def test_nobody_has_this_card(why: NotFoundWhy, title: str) -> None:
    machine = Machine()
    machine.insert_card()
    machine.card_says().desk_answers(NobodyFound, why)
    assert message(machine).title == title
    machine.tap("输入预约号")
    assert machine.title == "输入预约号"


def test_nothing_today_tells_the_next_booking() -> None:
    machine = Machine()
    machine.insert_card()
    following = replace(booking(), service_date="2026-11-24", starts_ms=at(9, 30) + 2 * 86_400_000)
    machine.card_says().desk_answers(NothingToday, ZHANG, following)
    assert message(machine).title == "您今天没有预约"
    assert (message(machine).big, message(machine).big_caption) == ("11月24日 星期二\n09:30", "您下一次预约")
    assert not machine.shows("张*丰")


def test_nothing_today_and_nothing_to_come() -> None:
    machine = Machine()
    machine.insert_card()
    machine.card_says().desk_answers(NothingToday, ZHANG, None)
    assert (message(machine).big, message(machine).big_caption) == ("", "")


def test_another_hospitals_number_is_told_without_asking_anybody() -> None:
    machine = Machine()
    machine.reach_question(OTHER_NUMBER)
    assert message(machine).title == "这是别的医院的预约号"
    assert machine.asked(FindByNumber) == []
    machine.tap("输入预约号").type(NUMBER).tap("下一步")
    assert machine.title == "手机号后四位"


def test_a_strange_code() -> None:
    machine = Machine()
    machine.scan("https://example.org/\x31")
    assert message(machine).title == "认不出这个二维码"
    assert not machine.shows("example")


def test_too_early_tells_when_and_leads_back() -> None:
    machine = Machine()
    machine.reach_bookings(too_early(1), booking(2, hour=10))
    machine.touch(K.SELECT, str(booking(1).booking_id))
    assert (message(machine).title, message(machine).big) == ("还没到签到时间", "13:30")
    machine.tap("返回")
    assert isinstance(machine.state, Choosing)
    machine.tap("签到 10:30")
    assert machine.title == "正在签到"


@pytest.mark.parametrize("reason", list(Reason))
def test_each_reason_has_its_page_before_and_after_asking(reason: Reason) -> None:
    facts = RefusalFacts(opens_ms=at(13, 30), closed_ms=at(9, 45), service_date="2026-11-24")
    before = Machine()
    before.reach_bookings(booking(standing=CannotCheckIn(reason, facts)), booking(2, hour=15))
    before.touch(K.SELECT, str(booking().booking_id))
    after = Machine()
    after.reach_act()
    after.desk_answers(CheckInRefused, booking(), reason, facts, LocalizedText())
    assert message(before).title == message(after).title
    assert before.offers(K.BACK)
    assert message(after).steps


@pytest.mark.parametrize("reason", list(Reason))
def test_with_one_booking_that_is_not_open_the_page_says_why_at_once(reason: Reason) -> None:
    machine = Machine()
    machine.reach_bookings(booking(standing=CannotCheckIn(reason, RefusalFacts(opens_ms=at(13, 30)))))
    assert message(machine).steps
    assert not machine.offers(K.BACK)
    machine.tap("完成")
    assert machine.title == "请取走您的卡"


def test_too_late_tells_since_when() -> None:
    machine = Machine()
    machine.reach_act()
    facts = RefusalFacts(closed_ms=at(9, 45))
    machine.desk_answers(CheckInRefused, booking(), Reason.TOO_LATE, facts, LocalizedText())
    assert (message(machine).title, message(machine).big) == ("已过签到时间", "09:45")
    assert message(machine).code == "C-302"


def test_checked_in_at_another_terminal_meanwhile() -> None:
    machine = Machine()
    machine.reach_act()
    done = booking(standing=IsCheckedIn("A037"))
    machine.desk_answers(CheckInRefused, done, Reason.ALREADY_CHECKED_IN, RefusalFacts(), LocalizedText())
    assert (message(machine).big, message(machine).tone) == ("A037", Tone.GOOD)


def test_checked_in_here_before_and_the_server_does_not_know_it() -> None:
    """First to the desk: nobody may be left waiting for a call that does not come."""
    machine = Machine()
    machine.reach_act()
    done = booking(standing=IsCheckedIn("A037", is_confirmed=False))
    machine.desk_answers(CheckInRefused, done, Reason.ALREADY_CHECKED_IN, RefusalFacts(), LocalizedText())
    assert (message(machine).big, message(machine).steps) == ("A037", ("请先到科室分诊台，出示号码",))


def test_an_unknown_reason_is_told_in_the_servers_words() -> None:
    sentence = LocalizedText({"zh-CN": "请先到 2 楼预检分诊", "en": "Go to screening on floor 2 first"})
    machine = Machine()
    machine.reach_act()
    machine.desk_answers(CheckInRefused, booking(), None, RefusalFacts(), sentence)
    assert message(machine).steps[0] == "请先到 2 楼预检分诊"
    machine.touch(K.LANGUAGE, "en")
    assert message(machine).steps[0] == "Go to screening on floor 2 first"


def test_a_desk_that_fails_before_and_during_the_act() -> None:
    machine = Machine()
    machine.insert_card()
    machine.card_says().desk_answers(DeskFault, "store_full")
    assert (message(machine).title, message(machine).code) == ("这台机器现在办不了", "D-802")
    machine = Machine()
    machine.reach_act()
    machine.desk_answers(DeskFault, "store_full")
    assert message(machine).safe == "没有签到，您的预约没有变化。"


def test_a_desk_that_fails_at_a_reprint_does_not_take_the_number_away() -> None:
    machine = Machine()
    machine.reach_number()
    machine.printer_says(Printed()).tap("再打一张小票").desk_answers(DeskFault, "store_full")
    page = machine.page
    assert isinstance(page, DoneScreen)
    assert (page.number, page.take_text) == ("A037", "小票暂时打不出来，请拍下号码")


def test_a_desk_that_does_not_answer_a_reprint_does_not_either() -> None:
    machine = Machine()
    machine.reach_bookings(checked_in())
    machine.tap("补打小票").wait(20)
    assert isinstance(machine.state, Finished)
    assert machine.state.queue_number == "A037"


def test_no_third_copy() -> None:
    machine = Machine()
    machine.reach_bookings(checked_in())
    machine.tap("补打小票").desk_answers(ReprintRefused)
    page = machine.page
    assert isinstance(page, DoneScreen)
    assert (page.number, page.take_text) == ("A037", "小票已补打过，请到服务台")
    assert not machine.offers(K.REPRINT)


def test_a_desk_that_is_slow_to_find() -> None:
    machine = Machine()
    machine.insert_card()
    machine.card_says().wait(10)
    assert message(machine).title == "这台机器现在办不了"
    machine.desk_finds(booking())
    assert isinstance(machine.state, Troubled), "a list that comes after the page has given up is dropped"


def test_an_unknown_result_becomes_the_number_when_it_comes() -> None:
    machine = Machine()
    machine.reach_act()
    machine.wait(20)
    assert message(machine).title == "正在核对办理结果"
    machine.desk_checks_in()
    assert machine.title == "签到成功"


def test_an_unknown_result_becomes_the_refusal_when_it_comes() -> None:
    machine = Machine()
    machine.reach_act()
    machine.wait(20)
    facts = RefusalFacts(closed_ms=at(9, 45))
    machine.desk_answers(CheckInRefused, booking(), Reason.TOO_LATE, facts, LocalizedText())
    assert message(machine).title == "已过签到时间"


def test_an_unknown_result_comes_through_the_help_page() -> None:
    machine = Machine()
    machine.reach_act()
    machine.wait(20).tap("帮助").desk_checks_in()
    assert machine.title == "签到成功"


def test_without_a_reader_the_first_page_says_what_still_works() -> None:
    machine = Machine()
    machine.happens(ReaderChanged(READER, ReaderCondition.ABSENT))
    page = machine.page
    assert isinstance(page, AttractScreen)
    assert page.notice == "读卡器暂停使用。只带了卡，请用旁边的机器。"
    assert (page.title, page.card_word, page.other_ways_title) == ("请输入预约号", "", "")
    assert [(way.intent.kind, way.style) for way in page.other_ways] == [(IntentKind.TYPE_NUMBER, Style.PRIMARY)]
    machine.happens(ReaderChanged(READER, ReaderCondition.READY))
    page = machine.page
    assert isinstance(page, AttractScreen)
    assert page.notice == ""
    assert (page.title, page.card_word, page.other_ways_title) == ("请插入社保卡", "社会保障卡", "没有带卡？")


def test_before_any_device_has_spoken_the_first_page_asks_for_a_card_and_reports_nothing() -> None:
    machine = Machine(replace(FACTS, readers=(), printer=UnknownStatus("not asked yet")))
    page = machine.page
    assert isinstance(page, AttractScreen)
    assert (page.title, page.notice) == ("请插入社保卡", "")
    machine.happens(PrinterChanged(Ready()))
    page = machine.page
    assert isinstance(page, AttractScreen)
    assert page.title == "请输入预约号"


def let_desk_answer(machine: Machine, code: str) -> None:
    """One visit whose card the desk cannot look up."""
    card = machine.insert_card()
    machine.card_says().desk_answers(DeskFault, code).take_card(card).wait(60)


def test_a_store_that_is_broken_three_times_in_a_row_closes_the_terminal() -> None:
    machine = Machine()
    for _ in range(2):
        let_desk_answer(machine, "store_broken")
        assert isinstance(machine.page, AttractScreen)
    let_desk_answer(machine, "store_broken")
    assert message(machine).code == "D-801"
    sent = len(machine.effects)
    machine.insert_card()
    machine.scan("B1" + NUMBER).touch(K.TYPE_NUMBER)
    assert message(machine).code == "D-801"
    assert len(machine.effects) == sent


@pytest.mark.parametrize("between", ["store_busy", "store_full"])
def test_another_answer_of_the_store_says_that_it_is_not_broken(between: str) -> None:
    machine = Machine()
    for code in ("store_broken", "store_broken", between, "store_broken", "store_broken"):
        let_desk_answer(machine, code)
    assert isinstance(machine.page, AttractScreen)


def test_a_terminal_that_is_not_enrolled_takes_nobody() -> None:
    machine = Machine(replace(FACTS, is_enrolled=False))
    assert message(machine).title == "这台机器暂停使用"
    machine.insert_card()
    machine.scan("B1" + NUMBER).touch(K.TYPE_NUMBER)
    assert message(machine).title == "这台机器暂停使用"
    assert machine.effects == []


def test_every_trouble_has_a_page_with_its_code_a_step_and_a_way_out() -> None:
    assert set(_LOOKS) == set(Trouble)
    assert set(TROUBLE_OF_REASON) == CHECK_IN_REASONS
    assert trouble_of(Reason.FULL) is trouble_of(None) is Trouble.REFUSED_OTHERWISE
    codes = [look.code for look in _LOOKS.values()]
    assert len(codes) == len(set(codes))
    for trouble in Trouble:
        machine = Machine()
        machine.insert_card()
        machine.journey = replace(machine.journey, state=Troubled(machine.visit, trouble))
        page = message(machine)
        assert page.title
        assert page.safe
        assert 1 <= len(page.steps) <= 3
        assert page.actions
        assert machine.offers(K.END)


def test_a_swapped_card_of_the_same_kind_is_not_taken_for_the_first() -> None:
    machine = Machine()
    first = machine.insert_card()
    asked = machine.last(ReadCard)
    second = machine.insert_card()
    assert first.reader == second.reader
    machine.happens(CardRead(asked.visit_id, first, IDENTITY))
    assert isinstance(machine.state, Reading)
    machine.happens(CardRead(machine.visit.id, first, IDENTITY))
    assert isinstance(machine.state, Reading), "the right visit, but another insertion"
    machine.happens(CardRead(asked.visit_id, second, IDENTITY))
    assert isinstance(machine.state, Reading), "the right insertion, but another visit"


def test_readers_that_went_for_good_are_not_remembered_for_ever() -> None:
    machine = Machine()
    for no in range(50):
        machine.happens(ReaderChanged(f"Reader {no}", ReaderCondition.READY))
        machine.happens(ReaderChanged(f"Reader {no}", ReaderCondition.ABSENT))
    assert len(machine.facts.readers) <= 3
    assert machine.facts.is_lost("Reader 49")
