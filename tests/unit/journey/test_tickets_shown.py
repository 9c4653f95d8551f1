"""A ticket held before the scanner: asked for nothing more, and each way in which it does not do has its own page."""

from __future__ import annotations

from dataclasses import replace

import pytest

from booking.people import Sex
from kiosk.journey.screen import BookingsScreen, IntentKind, MessageScreen
from kiosk.ports.desk import CheckInBooking, FindByTicket, NobodyFound, NotFoundWhy, PersonView, ReprintTicket
from tests.unit.journey.driver import Machine, booking, checked_in

CODE = "T1SOME CODE"
NOBODY = PersonView("", Sex.UNKNOWN, 0)
K = IntentKind


def shown(code: str = CODE) -> Machine:
    machine = Machine()
    machine.scan(code)
    return machine


def test_a_ticket_is_looked_up_and_nothing_is_asked() -> None:
    machine = shown()
    assert machine.last(FindByTicket).code == CODE
    machine.desk_finds(replace(booking(), ticket=CODE))
    assert machine.title == "这是您吗？"
    machine.touch(K.CHECK_IN)
    assert machine.last(CheckInBooking).ticket == CODE


def test_a_ticket_that_names_nobody_is_its_holders() -> None:
    machine = shown()
    machine.desk_finds(replace(booking(), ticket=CODE), person=NOBODY)
    page = machine.page
    assert isinstance(page, BookingsScreen)
    assert (page.person.masked_name, page.person.about, page.person.document) == (
        "持此小票的就诊人",
        "二维码里没有姓名",
        "",
    )


def test_a_copy_of_a_used_ticket_goes_by_the_ticket_too() -> None:
    machine = shown()
    machine.desk_finds(replace(checked_in(), ticket=CODE))
    machine.touch(K.REPRINT)
    assert machine.last(ReprintTicket).ticket == CODE


def test_a_ticket_on_the_number_page_belongs_to_this_visit() -> None:
    machine = Machine()
    machine.tap("输入预约号").type("12")
    visit = machine.visit
    machine.scan(CODE)
    assert machine.last(FindByTicket).visit_id == visit.id


@pytest.mark.parametrize(
    ("why", "code", "title"),
    [
        (NotFoundWhy.TICKET_DAMAGED, "R-207", "这张小票扫不出来"),
        (NotFoundWhy.TICKET_NOT_CHECKED, "R-208", "这里核对不了这张小票"),
        (NotFoundWhy.TICKET_OF_OTHER_HOSPITAL, "R-209", "这是别的医院的小票"),
        (NotFoundWhy.CANNOT_KNOW, "R-202", "这里没有查到预约"),
    ],
)
def test_each_way_in_which_it_does_not_do_has_its_page(why: NotFoundWhy, code: str, title: str) -> None:
    machine = shown()
    machine.desk_answers(NobodyFound, why)
    page = machine.page
    assert isinstance(page, MessageScreen)
    assert (page.code, page.title) == (code, title)


def test_who_is_asked_to_scan_again_keeps_their_language() -> None:
    machine = Machine()
    machine.touch(K.LANGUAGE, "en")
    machine.scan(CODE)
    machine.desk_answers(NobodyFound, NotFoundWhy.TICKET_DAMAGED)
    assert machine.title == "We cannot read this ticket"
    machine.scan(CODE)
    machine.desk_finds(booking())
    assert machine.title == "Is this you?"


def test_nothing_of_the_code_is_in_what_may_be_logged() -> None:
    machine = shown()
    machine.desk_finds(replace(booking(), ticket=CODE))
    assert CODE not in repr((machine.state, machine.last(FindByTicket)))
