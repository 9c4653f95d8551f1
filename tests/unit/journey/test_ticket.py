"""The queue ticket, block by block, in both languages.  # rule G8"""

from __future__ import annotations

from dataclasses import replace

from kiosk.journey.ticket import Tickets
from kiosk.ports.desk import TicketFacts
from kiosk.ports.tickets import (
    Align,
    BigNumber,
    Block,
    KeyValue,
    Mark,
    Notice,
    QrCode,
    Rule,
    Size,
    Space,
    Text,
)
from tests.unit.journey.driver import FACTS, ZONE, at, checked_in, words

WRITER = Tickets(words(), "zh-CN")
TICKET = TicketFacts(
    hospital=FACTS.hospital,
    terminal_label="门诊楼 03",
    time_zone=ZONE,
    booking=checked_in(),
    queue_number="A037",
    masked_name="张*丰",
    qr="T1SAMPLE",
    checked_in_ms=at(9, 5),
    printed_ms=at(9, 6),
    is_confirmed=True,
    copy_no=1,
)


def blocks(facts: TicketFacts = TICKET, language: str = "zh-CN") -> tuple[Block, ...]:
    return WRITER.check_in_ticket(facts, language).blocks


def head(text: str) -> Text:
    return Text(text, Size.LARGE, Align.CENTRE, is_bold=True)


def foot(text: str) -> Text:
    return Text(text, Size.SMALL, Align.CENTRE)


def test_the_chinese_ticket() -> None:
    assert blocks() == (
        head("江城市第一人民医院"),
        Mark("预约专用章"),
        BigNumber("A037", "排队号"),
        Rule(),
        KeyValue("科室", "心内科"),
        KeyValue("地点", "门诊楼 3 楼 A 区 305 诊室"),
        KeyValue("医生", "王芳 主任医师"),
        KeyValue("预约时间", "11月22日 星期日 09:30"),
        KeyValue("姓名", "张*丰"),
        KeyValue("签到时间", "09:05"),
        Rule(),
        Text("请在候诊区看大屏、听叫号", align=Align.CENTRE, is_bold=True),
        Space(2),
        QrCode("T1SAMPLE", "分诊台可扫此码核对"),
        Space(1),
        Rule(),
        foot("打印时间 2026-11-22 09:06  终端 门诊楼 03"),
        foot("请保管好本条，过号请到分诊台"),
    )


def test_the_english_ticket_carries_what_staff_read_in_chinese_too() -> None:
    assert blocks(language="en") == (
        head("江城市第一人民医院"),
        head("Jiangcheng First Hospital"),
        Mark("预约专用章 Booked visit"),
        BigNumber("A037", "Your number"),
        Rule(),
        KeyValue("Clinic", "心内科 Cardiology"),
        KeyValue("Place", "Main building, Floor 3, Area A, Room 305"),
        KeyValue("", "门诊楼 3 楼 A 区 305 诊室"),
        KeyValue("Doctor", "Wang Fang, Chief physician"),
        KeyValue("Booked for", "Sunday 22 November 09:30"),
        KeyValue("Name", "张*丰"),
        KeyValue("Checked in", "09:05"),
        Rule(),
        Text("Watch the board and listen for your number", align=Align.CENTRE, is_bold=True),
        Space(2),
        QrCode("T1SAMPLE", "The clinic's desk can scan this"),
        Space(1),
        Rule(),
        foot("Printed 2026-11-22 09:06  Terminal 门诊楼 03"),
        foot("Keep this ticket. Missed your call? Ask at the clinic's desk"),
    )


def test_the_template_is_named() -> None:
    ticket = WRITER.check_in_ticket(TICKET, "en")
    assert (ticket.template, ticket.template_version, ticket.language) == ("check_in", 1, "en")


def test_a_check_in_that_the_server_does_not_know_yet_says_where_to_show_the_ticket_first() -> None:
    made = blocks(replace(TICKET, is_confirmed=False))
    notice = Notice("请先把本条给科室分诊台看一下")
    assert made.index(notice) < made.index(BigNumber("A037", "排队号"))
    assert made[made.index(notice) + 1] == Text("门诊楼 3 楼 A 区 分诊台", align=Align.CENTRE, is_bold=True)
    assert not [block for block in made if isinstance(block, Text) and "叫号" in block.text]


def test_in_english_the_desk_stands_there_for_the_staff_too() -> None:
    made = blocks(replace(TICKET, is_confirmed=False), "en")
    at = made.index(Notice("First show this ticket at the clinic's desk"))
    assert made[at + 1 : at + 3] == (
        Text("Desk: Main building, Floor 3, Area A", align=Align.CENTRE, is_bold=True),
        Text("门诊楼 3 楼 A 区 分诊台", align=Align.CENTRE, is_bold=True),
    )


def test_a_reprint_is_marked() -> None:
    assert Mark("补打 第 2 联") in blocks(replace(TICKET, copy_no=2))
    assert Mark("Reprint, copy 2") in blocks(replace(TICKET, copy_no=2), "en")
    assert not [block for block in blocks() if isinstance(block, Mark) and "补打" in block.text]


def test_a_general_clinic_has_no_line_for_a_doctor() -> None:
    general = replace(TICKET, booking=replace(checked_in(), doctor=None, doctor_title=None))
    assert not [block for block in blocks(general) if isinstance(block, KeyValue) and block.key == "医生"]


def test_a_doctor_without_a_title() -> None:
    plain = replace(TICKET, booking=replace(checked_in(), doctor_title=None))
    assert KeyValue("医生", "王芳") in blocks(plain)
    assert KeyValue("Doctor", "Wang Fang") in blocks(plain, "en")


def test_a_language_without_words_is_written_in_the_hospitals_own() -> None:
    assert WRITER.check_in_ticket(TICKET, "fr") == WRITER.check_in_ticket(TICKET, "zh-CN")


def test_who_registered_on_the_spot_bears_no_booking_mark() -> None:
    made = blocks(replace(TICKET, is_walk_in=True))
    assert Mark("现场挂号") in made
    assert Mark("预约专用章") not in made
    assert Mark("现场挂号 Registered today") in blocks(replace(TICKET, is_walk_in=True), "en")


def test_what_was_assumed_is_subject_to_confirmation() -> None:
    made = blocks(replace(TICKET, is_assumed=True, is_confirmed=False))
    notices = [block.text for block in made if isinstance(block, Notice)]
    assert notices[0].startswith("待医院确认")
    assert len(notices) == 2
