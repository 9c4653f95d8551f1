"""Answers that come late, or were not asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from booking.decide import Reason, RefusalFacts
from booking.localized import LocalizedText
from kiosk.journey.screen import IntentKind
from kiosk.journey.states import (
    Finding,
)
from kiosk.ports.cards import CardNotRead, CardRead, Insertion, Unreadable
from kiosk.ports.desk import (
    CheckedIn,
    CheckInBooking,
    CheckInRefused,
    DeskFault,
    HoldTicket,
    NobodyFound,
    NotFoundWhy,
    NothingToday,
    PersonFound,
    ReprintReady,
    ReprintRefused,
)
from kiosk.ports.printers import Printed, PrintFinished, PrintTicket
from tests.unit.journey.driver import (
    IDENTITY,
    LI,
    ZHANG,
    Machine,
    booking,
    checked_in,
    ticket,
)

K = IntentKind


def _late(machine: Machine, card: Insertion) -> list[Any]:
    visit = machine.visit.id
    act = machine.last(CheckInBooking)
    printing = PrintTicket(visit, act.job_id, ticket())
    return [
        CardRead(visit, card, IDENTITY),
        CardNotRead(visit, card, Unreadable.GARBAGE),
        PersonFound(visit, ZHANG, (booking(),)),
        NothingToday(visit, ZHANG, booking()),
        NobodyFound(visit, NotFoundWhy.NOT_REGISTERED),
        CheckedIn(visit, checked_in(), "A037", True, printing),
        CheckInRefused(visit, booking(), Reason.TOO_LATE, RefusalFacts(), LocalizedText()),
        ReprintReady(visit, checked_in(), "A037", printing),
        ReprintRefused(visit),
        DeskFault(visit, "x"),
        PrintFinished(visit, act.job_id, Printed()),
    ]


@pytest.mark.parametrize("which", range(11))
@pytest.mark.parametrize("now", ["idle", "ended", "reading", "finding", "choosing", "acting", "finished"])
def test_an_answer_for_a_finished_visit_is_dropped(which: int, now: str) -> None:
    machine = Machine()
    card = machine.reach_act()
    late = _late(machine, card)[which]
    machine.desk_checks_in().printer_says().tap("完成")
    if now != "ended":
        machine.take_card(card)
    next_steps: dict[str, Callable[[], object]] = {
        "reading": machine.insert_card,
        "finding": lambda: (machine.insert_card(), machine.card_says()),
        "choosing": lambda: machine.reach_bookings(person=LI),
        "acting": machine.reach_act,
        "finished": machine.reach_number,
    }
    next_steps.get(now, lambda: None)()
    before, effects = machine.journey, len(machine.effects)
    machine.happens(late)
    assert machine.journey == before
    assert all(isinstance(effect, HoldTicket) for effect in machine.effects[effects:])


def test_an_answer_that_was_not_asked_for_changes_nothing() -> None:
    machine = Machine()
    machine.reach_act()
    act = machine.state
    machine.desk_answers(PersonFound, LI, (booking(2),)).desk_answers(NobodyFound, NotFoundWhy.NOT_REGISTERED)
    assert machine.state is act
    machine = Machine()
    machine.insert_card()
    machine.card_says().desk_answers(ReprintRefused)
    assert isinstance(machine.state, Finding)


def test_a_second_press_does_not_check_in_twice() -> None:
    machine = Machine()
    machine.reach_act()
    machine.touch(K.CHECK_IN).touch(K.CHECK_IN)
    assert len(machine.asked(CheckInBooking)) == 1
    machine.desk_checks_in().desk_checks_in()
    assert len(machine.asked(PrintTicket)) == 1


def test_another_jobs_result_is_not_news() -> None:
    from uuid import UUID

    machine = Machine()
    machine.reach_number()
    machine.happens(PrintFinished(machine.visit.id, UUID(int=9), Printed()))
    assert machine.shows("小票正在打印")
