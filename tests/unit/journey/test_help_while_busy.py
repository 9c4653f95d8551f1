"""Help is offered on every page, also while the machine is at something.  # rule B4"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kiosk.journey.screen import IntentKind
from kiosk.journey.states import AwaitingRemoval, CheckingIn, Choosing, Finished, Helping
from kiosk.ports.cards import Unreadable
from kiosk.ports.printers import PrintTicket
from tests.unit.journey.driver import LI, Machine, booking

K = IntentKind
HELP = "需要帮忙吗？"
BUSY: dict[str, tuple[Callable[[Machine], object], float]] = {
    "reading": (Machine.insert_card, 15),
    "finding": (lambda machine: (machine.insert_card(), machine.card_says()), 10),
    "act": (Machine.reach_act, 20),
}


@pytest.mark.parametrize(("reach", "limit_s"), BUSY.values(), ids=BUSY)
def test_help_opens_and_closes_and_the_limit_goes_on(reach: Callable[[Machine], object], limit_s: float) -> None:
    machine = Machine()
    reach(machine)
    busy = machine.state
    machine.wait(limit_s - 4).tap("帮助")
    assert machine.title == HELP
    machine.wait(2).tap("返回")
    assert machine.state == busy
    machine.tap("帮助").wait(2)
    assert machine.title != HELP, "the limit has passed, and what became of it is shown"


def test_what_was_read_and_found_under_the_help_page_is_shown() -> None:
    machine = Machine()
    machine.insert_card()
    machine.tap("帮助").card_says()
    machine.tap("帮助").desk_finds(booking(), person=LI)
    assert isinstance(machine.state, Choosing)
    assert machine.shows("李*")


def test_a_card_that_cannot_be_read_closes_the_help_page() -> None:
    machine = Machine()
    machine.insert_card()
    machine.tap("帮助").card_says(Unreadable.GARBAGE)
    assert machine.title != HELP
    assert machine.offers(K.TYPE_NUMBER)


def test_the_act_is_finished_under_the_help_page_and_cannot_be_ended_there() -> None:
    machine = Machine()
    card = machine.reach_act()
    machine.tap("帮助")
    assert not machine.offers(K.END)
    machine.touch(K.END).take_card(card)
    state = machine.state
    assert isinstance(state, Helping)
    assert isinstance(state.over, CheckingIn)
    machine.desk_checks_in()
    assert isinstance(machine.state, Finished)
    assert len(machine.asked(PrintTicket)) == 1


def test_whoever_ends_from_the_help_page_is_asked_to_take_the_card_and_hears_nothing_late() -> None:
    machine = Machine()
    card = machine.insert_card()
    machine.card_says().tap("帮助").tap("结束")
    assert machine.state == AwaitingRemoval(card)
    machine.desk_finds(booking())
    assert machine.state == AwaitingRemoval(card)


def test_an_answer_for_somebody_else_leaves_the_help_page_open() -> None:
    machine = Machine()
    machine.reach_bookings()
    machine.insert_card("rear")
    machine.tap("帮助")
    machine.desk_finds(booking())
    assert machine.title == HELP
