"""Visits that cannot go on as wished: each has its page, its code, and a first thing to do."""

from __future__ import annotations

from booking.numbers import booking_number
from lab import outages
from lab.cards.card import PlainCard
from lab.cards.faulty import Garbling, LeavingEarly, with_noise
from tests.journeys.visit import Visitor
from tests.plugins.whole_hospital import People


def test_two_bookings_the_second_is_too_early(visitor: Visitor, people: People) -> None:
    patient = people.noted("two bookings today")
    visitor.inserts(patient)
    seen = visitor.sees("这是您吗？", "可以签到", "14:00 开始签到")
    assert seen.index("可以签到") < seen.index("14:00 开始签到")
    visitor.chooses("15:00")
    page = visitor.sees_refusal("C-301", "还没到签到时间", step="到时间后，任意一台机器都能签到")
    assert (page.big, page.big_caption) == ("14:00", "开始签到")
    visitor.presses("返回")
    visitor.presses("签到")
    visitor.sees_number()
    visitor.takes_ticket()
    states = [visitor.hospital.server.knows(one.number)["state"] for one in patient.person.bookings]
    assert states == ["checked_in", "booked"]


def test_too_late(visitor: Visitor, people: People) -> None:
    visitor.inserts(people.noted("booked at 06:00 today"))
    page = visitor.sees_refusal("C-302", "已过签到时间", step="请到科室分诊台补签")
    assert page.big_caption == "签到截止"
    assert not visitor.can_press("签到")


def test_cancelled(visitor: Visitor, people: People) -> None:
    visitor.inserts(people.noted("cancelled booking today"))
    visitor.sees_refusal("C-303", "这个预约已经取消", step="想今天看病，请到服务台")


def test_checked_in_elsewhere_gets_a_marked_copy_and_two_at_most(visitor: Visitor, people: People) -> None:
    patient = people.noted("already checked in today")
    number = visitor.hospital.server.knows(patient.number)["queue_number"]
    visitor.inserts(patient)
    visitor.sees(f"已签到 {number}")
    for copy in (2, 3):
        visitor.presses("补打小票" if copy == 2 else "再打一张小票")
        assert visitor.sees_number("您的排队号") == number
        ticket = visitor.takes_ticket()
        assert f"补打 第 {copy} 联" in ticket.lines
        assert number in ticket.text
        visitor.sees("请取走小票和卡")
    visitor.presses("再打一张小票")
    visitor.sees("小票已补打过，请到服务台", number)
    assert visitor.papers_out == 0


def test_booked_at_the_other_hospital_only(visitor: Visitor, people: People) -> None:
    patient = people.noted("booked at the other hospital only")
    visitor.inserts(patient)
    visitor.sees_refusal("R-203", "您今天没有预约", step="今天想看病，请到服务台挂号")
    visitor.takes_card()
    visitor.waits(10)
    visitor.types_number(patient.number)
    visitor.sees_refusal("R-204", "这是别的医院的预约号", step="请看短信里写的医院")
    visitor.presses("完成")
    visitor.scans(f"B1{patient.number}")
    visitor.sees_refusal("R-204", "这是别的医院的预约号", step="请看短信里写的医院")


def test_booked_tomorrow_only(visitor: Visitor, people: People) -> None:
    patient = people.noted("booked tomorrow only")
    visitor.inserts(patient)
    page = visitor.sees_refusal("R-203", "您今天没有预约", step="今天想看病，请到服务台挂号")
    assert page.big.splitlines()[1].startswith("10:")
    assert page.big.startswith("3月19日")
    visitor.takes_card()
    visitor.waits(10)
    visitor.types_number(patient.number)
    visitor.answers(patient.phone)
    visitor.sees_refusal("R-203", "您今天没有预约", step="今天想看病，请到服务台挂号")


def test_nothing_booked_is_known_on_line_only(visitor: Visitor, people: People) -> None:
    patient = people.noted_person("no booking")
    visitor.inserts(patient.social_security_card())
    visitor.sees_refusal("R-203", "您今天没有预约", step="今天想看病，请到服务台挂号")
    visitor.takes_card()
    visitor.hospital.network.switch(outages.Refusing())
    visitor.sees("离线可用")
    visitor.inserts(patient.social_security_card())
    visitor.sees_refusal("R-202", "这里没有查到预约", step="有预约号，可以输入预约号")


def test_a_card_of_nobody_who_is_registered(visitor: Visitor, people: People) -> None:
    visitor.inserts(people.stranger().social_security_card())
    visitor.sees_refusal("R-201", "没有找到您的登记", step="有预约号，可以输入预约号")


def test_a_mistyped_number_is_seen_at_once(visitor: Visitor, people: People) -> None:
    number = people.noted("booked at 12:00 today").number
    wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
    visitor.types_number(wrong)
    visitor.sees("这个号码不对，请再核对一下")
    visitor.presses("结束")
    visitor.sees_first_page()


def test_three_wrong_answers_and_a_restart_does_not_forgive_them(visitor: Visitor, people: People) -> None:
    patient = people.booked_now()
    wrong = f"{(int(patient.phone) + 1) % 10_000:04d}"
    visitor.types_number(patient.number)
    for _ in range(2):
        visitor.answers(wrong)
        visitor.sees("没有对上，请再核对")
    visitor.restarted().in_step()
    visitor.types_number(patient.number)
    visitor.answers(wrong)
    visitor.sees_refusal("R-206", "请到服务台核对", step="核对次数已用完，稍后可以再试")
    visitor.presses("完成")
    visitor.restarted().in_step()
    visitor.types_number(patient.number)
    visitor.answers(patient.phone)
    visitor.sees_refusal("R-206", "请到服务台核对", step="核对次数已用完，稍后可以再试")


def test_a_number_that_nobody_has_is_refused_like_a_wrong_answer(visitor: Visitor, people: People) -> None:
    visitor.types_number(booking_number(hospital_code="01", drawn=7))
    visitor.answers("1234")
    visitor.sees("没有对上，请再核对")


def test_a_card_that_cannot_be_read_is_read_again(visitor: Visitor, people: People) -> None:
    patient = people.booked_now()
    visitor.inserts(Garbling(patient.card(), with_noise, from_command=2))
    visitor.sees_refusal("R-102", "没有读到您的卡", step="取出卡，芯片朝下再推到底")
    visitor.presses("再读一次")
    visitor.sees_refusal("R-102", "没有读到您的卡", step="取出卡，芯片朝下再推到底")
    visitor.takes_card()
    visitor.inserts(patient)
    visitor.sees("这是您吗？")


def test_a_card_put_in_upside_down_or_of_another_kind(visitor: Visitor) -> None:
    visitor.inserts(PlainCard())
    visitor.sees_refusal("R-101", "认不出这张卡", step="看看芯片是否朝下")


def test_a_card_that_is_taken_out_while_it_is_read(visitor: Visitor, people: People) -> None:
    visitor.inserts(LeavingEarly(people.booked_now().card(), at_command=5))
    visitor.sees_refusal("R-103", "卡取出得早了一点", step="想继续，请再插入卡")
    visitor.waits(10)
    visitor.sees_first_page()


def test_a_card_that_is_taken_out_while_the_list_is_up(visitor: Visitor, people: People) -> None:
    patient = people.booked_now()
    visitor.inserts(patient)
    visitor.sees("这是您吗？")
    visitor.takes_card()
    page = visitor.sees_refusal("R-103", "卡取出得早了一点", step="想继续，请再插入卡")
    assert page.big == ""
    assert visitor.hospital.server.knows(patient.number)["arrivals"] == 0


def test_a_card_left_behind_keeps_nothing_on_the_screen(visitor: Visitor, people: People) -> None:
    patient = people.booked_now()
    visitor.inserts(patient)
    visitor.sees("这是您吗？")
    visitor.waits(61)
    visitor.sees("您还在吗？")
    visitor.waits(31)
    visitor.sees("请取走您的卡", "您的信息已清除")
    visitor.waits(600)
    visitor.sees("请取走您的卡")
    visitor.takes_card()
    visitor.sees_first_page()


def test_a_code_that_is_no_booking(visitor: Visitor) -> None:
    visitor.scans("https://example.org/menu")
    visitor.sees_refusal("R-205", "认不出这个二维码", step="请扫预约凭证上的二维码")
