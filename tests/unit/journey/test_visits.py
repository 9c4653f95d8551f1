"""Visits that go well, by card, by typed number and by code."""

from __future__ import annotations

import pytest

from kiosk.journey.events import Forget
from kiosk.journey.screen import (
    AttractScreen,
    BookingsScreen,
    BusyScreen,
    DoneScreen,
    IntentKind,
    KeypadScreen,
    Style,
)
from kiosk.journey.states import AwaitingRemoval, Choosing, Finding, Idle
from kiosk.ports.cards import ReadCard
from kiosk.ports.desk import CheckInBooking, FindByCard, FindByNumber, NobodyFound, NotFoundWhy, ReprintTicket
from kiosk.ports.printers import NotPrinted, PaperOut, PrinterChanged, PrintTicket, Unconfirmed
from tests.unit.journey.driver import (
    BOOKING_CODE,
    IDENTITY,
    LI,
    NUMBER,
    Machine,
    booking,
    checked_in,
    controls,
    too_early,
)

K = IntentKind


def test_a_visit_with_one_booking_from_card_to_card() -> None:
    machine = Machine()
    assert isinstance(machine.page, AttractScreen)
    card = machine.insert_card()
    assert machine.title == "正在读卡"
    assert machine.asked(ReadCard) == [ReadCard(machine.visit.id, card)]
    machine.card_says()
    assert machine.title == "正在查找预约"
    assert machine.asked(FindByCard) == [FindByCard(machine.visit.id, IDENTITY)]
    machine.desk_finds(booking())
    page = machine.page
    assert isinstance(page, BookingsScreen)
    assert (page.person.masked_name, page.person.about) == ("张*丰", "男 · 1958 年出生")
    assert page.person.document == "社保卡尾号 1234"
    machine.tap("签到 09:30")
    assert machine.title == "正在签到"
    act = machine.last(CheckInBooking)
    assert (act.visit_id, act.booking_id, act.language) == (machine.visit.id, booking().booking_id, "zh-CN")
    assert act.operation_id != act.job_id
    machine.desk_checks_in()
    done = machine.page
    assert isinstance(done, DoneScreen)
    assert (done.number, done.place_title) == ("A037", "门诊楼 3 楼 A 区")
    assert done.take_text == "小票正在打印"
    assert machine.asked(PrintTicket)[0].job_id == act.job_id
    machine.printer_says()
    assert machine.shows("请取走小票和卡")
    machine.tap("完成")
    assert machine.title == "请取走您的卡"
    assert machine.has_forgotten
    machine.take_card(card)
    assert isinstance(machine.page, AttractScreen)
    assert len(machine.asked(Forget)) == 1


@pytest.mark.parametrize(("hour", "part_of_day"), [(0, "凌晨"), (9, "上午"), (14, "下午"), (23, "晚上")])
def test_the_list_names_the_building_the_time_and_the_part_of_the_day(hour: int, part_of_day: str) -> None:
    machine = Machine()
    machine.reach_bookings(booking(1, hour=hour))
    (row,) = machine.rows
    assert (row.part_of_day, row.time, row.place) == (part_of_day, f"{hour:02}:30", "门诊楼 3 楼 A 区 · 305 诊室")


def test_no_name_stands_beside_the_number() -> None:
    machine = Machine()
    machine.reach_number()
    assert not machine.shows("张")


def test_the_first_booking_that_is_open_is_chosen_and_comes_first() -> None:
    machine = Machine()
    machine.reach_bookings(too_early(1), checked_in(2), booking(3, hour=10))
    assert [row.chip for row in machine.rows] == ["可以签到", "已签到 A037", "13:30 开始签到"]
    assert [row.is_selected for row in machine.rows] == [True, False, False]
    assert machine.offers(K.CHECK_IN)


def test_another_booking_can_be_chosen() -> None:
    machine = Machine()
    machine.reach_bookings(booking(1), booking(2, hour=10))
    machine.touch(K.SELECT, str(booking(2).booking_id))
    machine.tap("签到 10:30")
    assert machine.last(CheckInBooking).booking_id == booking(2).booking_id


def test_with_nothing_open_nothing_can_be_checked_in() -> None:
    machine = Machine()
    machine.reach_bookings(too_early(), booking(2, hour=20, standing=too_early().standing))
    assert not machine.offers(K.CHECK_IN)
    machine.touch(K.CHECK_IN)
    assert isinstance(machine.state, Choosing)
    assert machine.asked(CheckInBooking) == []


def test_many_bookings_are_paged_round() -> None:
    machine = Machine()
    machine.reach_bookings(*(booking(no, hour=8 + no) for no in range(1, 6)))
    assert [row.time for row in machine.rows] == ["09:30", "10:30", "11:30"]
    assert machine.shows("第 1 页，共 2 页")
    machine.tap("更多预约")
    assert [row.time for row in machine.rows] == ["12:30", "13:30"]
    assert machine.shows("第 2 页，共 2 页")
    machine.tap("更多预约")
    assert len(machine.rows) == 3


def test_the_primary_control_stands_last() -> None:
    machine = Machine()
    machine.reach_bookings(*(booking(no, hour=8 + no) for no in range(1, 6)))
    page = machine.page
    assert isinstance(page, BookingsScreen)
    assert page.actions[-1].style is Style.PRIMARY


def test_a_sensitive_clinic_is_not_named() -> None:
    from dataclasses import replace

    machine = Machine()
    machine.reach_bookings(replace(booking(), is_sensitive=True))
    assert not machine.shows("心内科")
    assert not machine.shows("王芳")
    assert machine.rows[0].department == "门诊"


def test_not_me_ends_the_visit() -> None:
    machine = Machine()
    card = machine.reach_bookings()
    machine.tap("不是我，结束")
    assert machine.state == AwaitingRemoval(card)
    assert machine.has_forgotten
    assert not machine.shows("张*丰")


def test_a_typed_number_with_its_second_question() -> None:
    machine = Machine()
    machine.tap("输入预约号").type(NUMBER[:5])
    page = machine.page
    assert isinstance(page, KeypadScreen)
    assert page.groups == (NUMBER[:4], NUMBER[4] + "___", "____")
    assert not machine.offers(K.SUBMIT)
    machine.tap("删除").type(NUMBER[4:]).tap("下一步")
    assert machine.title == "手机号后四位"
    machine.type("8000").tap("查找预约")
    find = machine.last(FindByNumber)
    assert (find.number, find.question.value, find.answer) == (NUMBER, "phone", "8000")
    assert find.visit_id == machine.visit.id
    machine.desk_finds(booking(), person=LI)
    assert machine.shows("李*")


def test_the_birthday_may_be_given_instead() -> None:
    machine = Machine()
    machine.reach_question().type("80").tap("出生月日")
    page = machine.page
    assert isinstance(page, KeypadScreen)
    assert page.groups == ("____",)
    assert machine.title == "出生月日"
    machine.type("0308").tap("查找预约")
    find = machine.last(FindByNumber)
    assert (find.question.value, find.answer) == ("birthday", "0308")


def test_a_wrong_answer_is_asked_again_until_the_tries_are_used() -> None:
    machine = Machine()
    machine.reach_question().type("8000").tap("查找预约")
    machine.desk_answers(NobodyFound, NotFoundWhy.NO_SUCH_BOOKING, 2)
    assert machine.shows("没有对上，请再核对")
    page = machine.page
    assert isinstance(page, KeypadScreen)
    assert page.groups == ("____",)
    machine.type("8001").tap("查找预约").desk_answers(NobodyFound, NotFoundWhy.TOO_MANY_TRIES, 0)
    assert machine.title == "请到服务台核对"
    assert not machine.offers(K.TYPE_NUMBER)


def test_no_try_left_is_too_many_tries() -> None:
    machine = Machine()
    machine.reach_question().type("8000").tap("查找预约")
    machine.desk_answers(NobodyFound, NotFoundWhy.NO_SUCH_BOOKING, 0)
    assert machine.title == "请到服务台核对"


def test_back_from_the_second_question_keeps_the_number() -> None:
    machine = Machine()
    machine.reach_question().tap("返回")
    page = machine.page
    assert isinstance(page, KeypadScreen)
    assert "".join(page.groups) == NUMBER


def test_a_wrong_check_digit_is_told_at_once() -> None:
    wrong = NUMBER[:-1] + str((int(NUMBER[-1]) + 1) % 10)
    machine = Machine()
    machine.reach_question(wrong)
    assert machine.shows("这个号码不对，请再核对一下")
    assert machine.asked(FindByNumber) == []
    machine.tap("删除")
    assert not machine.shows("这个号码不对，请再核对一下")
    machine.tap(NUMBER[-1]).tap("下一步")
    assert machine.title == "手机号后四位"


def test_letters_and_a_thirteenth_digit_are_not_taken() -> None:
    machine = Machine()
    machine.tap("输入预约号")
    for arg in ("A", "", "12", "٣", "３", "-"):
        machine.touch(K.DIGIT, arg)
    page = machine.page
    assert isinstance(page, KeypadScreen)
    assert page.groups == ("____", "____", "____")
    machine.type(NUMBER).touch(K.DIGIT, "7")
    page = machine.page
    assert isinstance(page, KeypadScreen)
    assert "".join(page.groups) == NUMBER


def test_a_short_number_cannot_be_sent() -> None:
    machine = Machine()
    machine.tap("输入预约号").type(NUMBER[:11]).touch(K.SUBMIT)
    assert machine.title == "输入预约号"
    machine.touch(K.END)
    machine.reach_question().type("123").touch(K.SUBMIT)
    assert machine.asked(FindByNumber) == []


def test_a_scanned_booking_code_asks_the_second_question() -> None:
    machine = Machine()
    machine.scan(BOOKING_CODE)
    assert machine.title == "手机号后四位"
    machine.type("8000").tap("查找预约")
    assert machine.last(FindByNumber).number == NUMBER


def test_a_code_scanned_on_the_number_page_belongs_to_this_visit() -> None:
    machine = Machine()
    machine.tap("输入预约号").type("12")
    visit = machine.visit
    machine.scan(BOOKING_CODE)
    assert machine.title == "手机号后四位"
    assert machine.visit == visit
    assert not machine.has_forgotten


def test_a_strange_code_on_the_number_page_leaves_what_was_typed() -> None:
    machine = Machine()
    machine.tap("输入预约号").type("0123").scan("https://example.org")
    page = machine.page
    assert isinstance(page, KeypadScreen)
    assert (page.groups[0], page.error) == ("0123", "这个号码不对，请再核对一下")


def test_a_typed_visit_ends_on_the_first_page() -> None:
    machine = Machine()
    machine.reach_question().type("8000").tap("查找预约").desk_finds(booking())
    machine.tap("签到 09:30").desk_checks_in().printer_says()
    assert machine.shows("请取走小票")
    assert not machine.shows("请取走小票和卡")
    machine.tap("完成")
    assert machine.state == Idle()


def test_a_reprint_from_the_list() -> None:
    machine = Machine()
    machine.reach_bookings(checked_in())
    machine.tap("补打小票")
    assert machine.title == "正在补打小票"
    assert machine.last(ReprintTicket).booking_id == checked_in().booking_id
    machine.desk_reprints()
    assert machine.title == "您的排队号"
    machine.printer_says()
    assert machine.shows("请取走小票和卡")
    assert machine.asked(CheckInBooking) == []


def test_a_ticket_that_did_not_come_can_be_printed_again() -> None:
    machine = Machine()
    machine.reach_number()
    machine.touch(K.REPRINT)
    assert machine.asked(ReprintTicket) == [], "while it prints, a second copy is not started"
    machine.printer_says(Unconfirmed("time-out"))
    assert machine.shows("小票可能没打好，请看一下出票口")
    machine.tap("再打一张小票").desk_reprints()
    assert machine.asked(PrintTicket)[1].job_id != machine.asked(PrintTicket)[0].job_id


def test_without_paper_the_code_is_on_the_screen_and_no_copy_is_offered() -> None:
    machine = Machine()
    machine.happens(PrinterChanged(PaperOut()))
    assert machine.shows("小票打印暂停，签到照常，号码显示在屏幕上。")
    machine.reach_number()
    assert machine.shows("小票纸用完了，请拍下号码")
    machine.printer_says(NotPrinted(PaperOut()))
    page = machine.page
    assert isinstance(page, DoneScreen)
    assert (page.qr, page.qr_caption) == ("T1SAMPLE", "拍下二维码，分诊台可核对")
    assert not machine.offers(K.REPRINT)


def test_slow_printing_is_said_after_fifteen_seconds() -> None:
    machine = Machine()
    machine.reach_number()
    machine.wait(14)
    assert machine.shows("小票正在打印")
    machine.wait(1)
    assert machine.shows("打印有点慢，请先记住号码")


def test_off_line_the_number_is_shown_with_where_to_show_it() -> None:
    machine = Machine()
    machine.reach_bookings()
    machine.touch(K.CHECK_IN).desk_checks_in(is_confirmed=False)
    page = machine.page
    assert isinstance(page, DoneScreen)
    assert page.first_note == "请先到科室分诊台，出示号码"


def test_reading_says_that_it_is_slow_and_then_shows_a_way_out() -> None:
    machine = Machine()
    machine.insert_card()
    page = machine.page
    assert isinstance(page, BusyScreen)
    assert (page.text, page.actions) == ("请不要取出卡片", ())
    machine.wait(3)
    assert machine.shows("还在读卡，请稍等")
    machine.wait(7)
    page = machine.page
    assert isinstance(page, BusyScreen)
    assert [action.intent.kind for action in page.actions] == [K.END]


def test_the_searched_number_stays_out_of_every_repr() -> None:
    machine = Machine()
    machine.reach_question().type("8000").tap("查找预约")
    assert isinstance(machine.state, Finding)
    assert NUMBER not in repr(machine.journey)
    assert NUMBER not in repr(machine.effects)
    machine.desk_finds(booking())
    assert "张*丰" not in repr(machine.journey)


def test_every_control_has_words_of_its_own() -> None:
    machine = Machine()
    machine.reach_bookings(booking(1), booking(2, hour=10), checked_in(3))
    page = machine.page
    assert isinstance(page, BookingsScreen)
    assert all(action.label for action in controls(page))
    labels = [action.label for action in page.actions]
    assert len(labels) == len(set(labels))
