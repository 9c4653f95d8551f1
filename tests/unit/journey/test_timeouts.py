"""Time: warnings, extensions, what is never interrupted, and when the machine wants to be woken."""

from __future__ import annotations

from typing import get_args

import pytest

from kiosk.journey.events import TimePassed
from kiosk.journey.screen import DoneScreen, IntentKind, MessageScreen
from kiosk.journey.states import (
    AwaitingRemoval,
    CheckingIn,
    Choosing,
    EnteringAnswer,
    EnteringNumber,
    Finished,
    Idle,
    State,
    Trouble,
    Troubled,
)
from kiosk.journey.timeouts import TABLE, wake_at
from kiosk.ports.cards import Unreadable
from kiosk.ports.desk import NobodyFound, NotFoundWhy
from tests.unit.journey.driver import BOOKING_CODE, Machine

K = IntentKind


def test_every_state_is_in_the_table_and_bounded() -> None:
    assert set(TABLE) == set(get_args(State))
    unbounded = [
        state
        for state, patience in TABLE.items()
        if patience.quiet_ms is None and patience.limit_ms is None and patience.clears_ms is None
    ]
    assert unbounded == [AwaitingRemoval], "only the card's removal ends that page"
    assert TABLE[CheckingIn].quiet_ms is None


@pytest.mark.parametrize("state", [EnteringNumber, EnteringAnswer, Choosing])
def test_a_quiet_page_warns_for_at_least_twenty_seconds_and_then_ends(state: type[State]) -> None:
    assert TABLE[state].warning_ms >= 20_000
    machine = Machine()
    if state is Choosing:
        machine.reach_bookings()
    elif state is EnteringAnswer:
        machine.reach_question()
    else:
        machine.tap("输入预约号")
    machine.wait(59.9)
    assert machine.warning is None
    machine.wait(0.1)
    warning = machine.warning
    assert warning is not None
    assert (warning.seconds_left, warning.seconds_total) == (30, 30)
    machine.wait(29)
    warning = machine.warning
    assert warning is not None
    assert warning.seconds_left == 1
    machine.wait(1)
    assert isinstance(machine.state, Idle | AwaitingRemoval)
    assert machine.has_forgotten


def test_one_touch_extends_and_any_number_of_times() -> None:
    machine = Machine()
    machine.reach_bookings()
    for _ in range(12):
        machine.wait(85)
        assert machine.warning is not None
        machine.tap("我还在，继续办理")
        assert machine.warning is None
    assert machine.shows("张*丰")


def test_the_warning_can_also_end_the_visit() -> None:
    machine = Machine()
    card = machine.reach_bookings()
    machine.wait(70).tap("办完了，结束")
    assert machine.state == AwaitingRemoval(card)


def test_each_digit_is_a_sign_of_a_person() -> None:
    machine = Machine()
    machine.tap("输入预约号")
    for digit in "0112":
        machine.wait(55).tap(digit)
    assert machine.warning is None


def test_the_act_is_never_interrupted_by_quiet() -> None:
    machine = Machine()
    machine.reach_bookings()
    machine.wait(89).tap("签到 09:30").wait(19.9)
    assert isinstance(machine.state, CheckingIn)
    assert machine.warning is None
    machine.touch(K.END)
    assert isinstance(machine.state, CheckingIn)
    machine.desk_checks_in()
    assert machine.shows("A037")


def test_the_number_clears_after_thirty_seconds_of_quiet() -> None:
    machine = Machine()
    card = machine.reach_number()
    page = machine.page
    assert isinstance(page, DoneScreen)
    assert (page.seconds_left, page.seconds_total) == (30, 30)
    machine.printer_says().wait(20).touch(K.LANGUAGE, "zh-CN").wait(29)
    assert machine.shows("A037"), "a touch starts the ring anew"
    machine.wait(1)
    assert machine.state == AwaitingRemoval(card)
    assert not machine.shows("A037")


def test_a_refusal_has_its_whole_time_however_long_the_reading_took() -> None:
    machine = Machine()
    machine.insert_card()
    machine.wait(15)
    page = machine.page
    assert isinstance(page, MessageScreen)
    assert (page.seconds_left, page.seconds_total) == (45, 45)
    machine.wait(44)
    assert isinstance(machine.state, Troubled)
    machine.wait(1)
    assert isinstance(machine.state, AwaitingRemoval)


def test_an_unknown_result_has_its_whole_time() -> None:
    machine = Machine()
    machine.reach_act()
    machine.wait(64)
    assert isinstance(machine.state, Troubled)
    assert machine.state.trouble is Trouble.RESULT_UNKNOWN


def test_the_seconds_shown_change_when_the_machine_is_woken() -> None:
    machine = Machine()
    machine.reach_number()
    machine.printer_says()
    seen: list[int] = []
    while isinstance(machine.state, Finished):
        page = machine.page
        assert isinstance(page, DoneScreen)
        seen.append(page.seconds_left)
        at_ms = wake_at(machine.journey, machine.boot_ms)
        assert at_ms is not None
        assert at_ms > machine.boot_ms
        machine.wait((at_ms - machine.boot_ms) / 1000)
    assert seen == list(range(30, 0, -1))


def test_a_wake_up_that_came_early_is_asked_for_again() -> None:
    machine = Machine()
    machine.insert_card()
    machine.boot_ms += 14_999
    machine.happens(TimePassed())
    assert machine.title == "正在读卡"
    machine.boot_ms += 1
    assert wake_at(machine.journey, machine.boot_ms) == machine.boot_ms, "due now, not at some later moment"


def test_a_terminal_that_slept_wakes_up_at_once() -> None:
    machine = Machine()
    machine.reach_bookings()
    machine.boot_ms += 3_600_000
    assert wake_at(machine.journey, machine.boot_ms) == machine.boot_ms
    machine.happens(TimePassed())
    assert isinstance(machine.state, AwaitingRemoval)


def test_the_first_page_does_not_keep_the_machine_busy() -> None:
    machine = Machine()
    at_ms = wake_at(machine.journey, machine.boot_ms)
    assert at_ms is not None
    assert at_ms - machine.boot_ms == 60_000


def test_a_waiting_person_wakes_the_machine() -> None:
    machine = Machine()
    machine.reach_act()
    machine.scan(BOOKING_CODE).desk_checks_in()
    machine.touch(K.STAY).wait(10)
    assert isinstance(machine.state, EnteringAnswer)


def test_a_card_that_cannot_be_read_and_stays_in() -> None:
    machine = Machine()
    card = machine.insert_card()
    machine.card_says(Unreadable.NOT_RECOGNISED).wait(45)
    assert machine.state == AwaitingRemoval(card)


def test_a_slow_search_takes_nothing_from_the_time_to_answer_again() -> None:
    machine = Machine()
    machine.reach_question().type("8000").tap("查找预约").wait(9)
    machine.desk_answers(NobodyFound, NotFoundWhy.NO_SUCH_BOOKING, 2).wait(59)
    assert machine.warning is None
    machine.wait(1)
    assert machine.warning is not None
