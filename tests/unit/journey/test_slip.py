"""The slips: what each says first, and what it never says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from kiosk.journey.ticket import Tickets
from kiosk.ports.desk import SlipFacts, SlipKind
from kiosk.ports.tickets import KeyValue, Mark, Notice, QrCode, Text, Ticket
from tests.unit.journey.driver import FACTS as JOURNEY
from tests.unit.journey.driver import ZONE, at, checked_in, words

WRITER = Tickets(words(), "zh-CN")
FACTS = SlipFacts(
    kind=SlipKind.BOOKED,
    hospital=JOURNEY.hospital,
    terminal_label="门诊楼 1 层 03",
    time_zone=ZONE,
    booking=checked_in(),
    masked_name="欧阳*试",
    printed_ms=at(9, 6),
    is_request=False,
    is_confirmed=True,
    is_assumed=False,
    number="017000000070",
    queue_number="A007",
    qr="T1ABC",
)


def made(language: str = "zh-CN", **changes: Any) -> Ticket:
    return WRITER.slip(replace(FACTS, **changes), language)


def notices(ticket: Ticket) -> list[str]:
    return [block.text for block in ticket.blocks if isinstance(block, Notice)]


def values(ticket: Ticket) -> dict[str, str]:
    return {block.key: block.value for block in ticket.blocks if isinstance(block, KeyValue)}


def marks(ticket: Ticket) -> list[str]:
    return [block.text for block in ticket.blocks if isinstance(block, Mark)]


def codes(ticket: Ticket) -> list[str]:
    return [block.data for block in ticket.blocks if isinstance(block, QrCode)]


def test_a_voucher_has_mark_number_time_and_code() -> None:
    ticket = made()
    assert marks(ticket) == ["预约专用章"]
    assert values(ticket)["预约号"] == "0170 0000 0070"
    assert values(ticket)["就诊序号"] == "A007"
    assert values(ticket)["姓名"] == "欧阳*试"
    assert codes(ticket) == ["T1ABC"]
    assert notices(ticket) == []
    assert ticket.template == "slip_booked"


def test_in_another_language_the_title_is_in_both() -> None:
    titles = [block.text for block in made("en").blocks if isinstance(block, Text)]
    assert "预约凭证 Booking voucher" in titles
    assert titles[:2] == [JOURNEY.hospital.text("zh-CN"), JOURNEY.hospital.text("en")]


@pytest.mark.parametrize("kind", list(SlipKind))
def test_a_request_says_so_first_and_bears_no_mark(kind: SlipKind) -> None:
    ticket = made(kind=kind, is_request=True, is_confirmed=False, is_assumed=True, qr="")
    (notice,) = notices(ticket)
    assert "申请已收到" in notice
    assert marks(ticket) == []
    assert codes(ticket) == []
    assert "就诊序号" not in values(ticket)
    (english,) = notices(made("en", kind=kind, is_request=True, qr=""))
    assert english.startswith("Request")


def test_what_was_assumed_is_subject_to_confirmation() -> None:
    (notice,) = notices(made(is_assumed=True, is_confirmed=False))
    assert "待医院确认" in notice
    (english,) = notices(made("en", is_assumed=True))
    assert english.startswith("Subject to confirmation")


def test_a_place_sold_off_line_says_that_it_is_kept() -> None:
    assert notices(made(is_confirmed=False)) == ["办理时网络暂不可用，号源已为您保留"]
    assert notices(made(kind=SlipKind.CANCELLED, is_confirmed=False)) == []


def test_a_copy_is_marked() -> None:
    assert marks(made(copy_no=2)) == ["补打 第 2 联", "预约专用章"]
