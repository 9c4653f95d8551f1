"""A ticket whose visit is over is never printed, and never left behind as one that is still to be printed."""

from __future__ import annotations

from kiosk.journey.screen import DoneScreen, IntentKind
from kiosk.journey.states import Idle
from kiosk.ports.desk import CheckInBooking, DeskFault, HoldTicket, IsCheckedIn, ReprintTicket
from kiosk.ports.printers import PrintTicket
from tests.unit.journey.driver import Machine, booking

K = IntentKind
SHOW_AT_THE_DESK = "请先到科室分诊台，出示号码"


def test_the_ticket_of_a_check_in_that_took_too_long_is_held() -> None:
    machine = Machine()
    card = machine.reach_act()
    machine.wait(20).tap("完成").take_card(card)
    assert machine.state == Idle()
    machine.desk_checks_in()
    assert machine.state == Idle()
    assert machine.asked(PrintTicket) == []
    act = machine.last(CheckInBooking)
    assert machine.asked(HoldTicket) == [HoldTicket(act.visit_id, act.job_id)]


def test_a_copy_that_comes_after_the_page_gave_it_up_is_held() -> None:
    machine = Machine()
    machine.reach_bookings(booking(standing=IsCheckedIn("A037")))
    machine.touch(K.REPRINT).wait(20)
    page = machine.page
    assert isinstance(page, DoneScreen)
    machine.desk_reprints()
    assert machine.asked(PrintTicket) == []
    assert machine.last(HoldTicket).job_id == machine.last(ReprintTicket).job_id


def test_a_ticket_that_is_printed_is_not_held() -> None:
    machine = Machine()
    machine.reach_number()
    assert len(machine.asked(PrintTicket)) == 1
    assert machine.asked(HoldTicket) == []


def test_a_check_in_that_the_server_does_not_know_says_so_on_every_copys_page() -> None:
    machine = Machine()
    machine.reach_bookings(booking(standing=IsCheckedIn("A037", is_confirmed=False)))
    machine.touch(K.REPRINT)
    machine.desk_reprints(is_confirmed=False)
    assert machine.shows(SHOW_AT_THE_DESK)


def test_without_an_answer_to_the_copy_the_page_still_says_where_to_show_the_number() -> None:
    machine = Machine()
    machine.reach_bookings(booking(standing=IsCheckedIn("A037", is_confirmed=False)))
    machine.touch(K.REPRINT).desk_answers(DeskFault, "store_busy")
    assert machine.shows(SHOW_AT_THE_DESK)


def test_an_act_whose_outcome_nobody_knows_is_not_said_to_have_failed() -> None:
    machine = Machine()
    machine.reach_act()
    machine.desk_answers(DeskFault, "store_full", is_outcome_unknown=True)
    assert machine.title == "正在核对办理结果"
