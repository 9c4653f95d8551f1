"""The desk's thread: one answer to each command, also when there is a bug, too much to do, or the end."""

from __future__ import annotations

import threading
from typing import Any
from uuid import UUID

import pytest

from booking.people import Sex
from kiosk.desk.worker import DeskWorker
from kiosk.ports.desk import (
    CheckInBooking,
    DeskAnswer,
    DeskCommand,
    DeskFault,
    NobodyFound,
    NotFoundWhy,
    PersonView,
    ReprintTicket,
)
from kiosk.ports.desk_acts import BookPlace, CancelBooking, ChangeBooking, WalkIn

NOBODY = NobodyFound(UUID(int=1), NotFoundWhy.CANNOT_KNOW)


class SlowCore:
    """Answers when it is let."""

    def __init__(self) -> None:
        self.began = threading.Event()
        self.may_answer = threading.Event()

    def handle(self, command: DeskCommand) -> DeskAnswer:
        self.began.set()
        assert self.may_answer.wait(60)
        return NOBODY


class BrokenCore:
    def handle(self, command: DeskCommand) -> DeskAnswer:
        raise ZeroDivisionError


class Told:
    def __init__(self) -> None:
        self.answers: list[object] = []
        self._told = threading.Condition()

    def __call__(self, event: object, /) -> None:
        with self._told:
            self.answers.append(event)
            self._told.notify_all()

    def wait_for(self, count: int) -> None:
        with self._told:
            assert self._told.wait_for(lambda: len(self.answers) == count, 60)


def command(no: int = 1) -> ReprintTicket:
    return ReprintTicket(visit_id=UUID(int=no), job_id=UUID(int=2), booking_id=UUID(int=3), language="zh-CN")


@pytest.fixture
def bugs() -> list[BaseException]:
    return []


def test_a_bug_is_an_answer_for_the_visit_and_a_report_for_the_sink(bugs: list[BaseException]) -> None:
    told: Any = Told()
    desk = DeskWorker(BrokenCore, emit=told, report_bug=bugs.append)
    desk.start()
    desk.submit(command(1))
    desk.submit(command(2))
    told.wait_for(2)
    assert told.answers == [DeskFault(UUID(int=1), "bug"), DeskFault(UUID(int=2), "bug")]
    assert [type(bug) for bug in bugs] == [ZeroDivisionError] * 2
    assert desk.stop()


CHECK_IN = CheckInBooking(UUID(int=1), UUID(int=2), UUID(int=3), UUID(int=4), "zh-CN")
STRANGER = PersonView(masked_name="", sex=Sex.UNKNOWN, birth_year=0)
IDS: dict[str, Any] = {"visit_id": UUID(int=1), "operation_id": UUID(int=2), "job_id": UUID(int=3), "language": "en"}
PLACE: dict[str, Any] = {**IDS, "person": STRANGER, "session_id": UUID(int=5)}
ACTS = (
    CHECK_IN,
    BookPlace(**PLACE, booking_id=UUID(int=4)),
    WalkIn(**PLACE, booking_id=UUID(int=4)),
    ChangeBooking(**PLACE, booking_id=UUID(int=4), new_booking_id=UUID(int=6)),
    CancelBooking(**IDS, booking_id=UUID(int=4)),
)


@pytest.mark.parametrize("act", ACTS, ids=lambda act: type(act).__name__)
def test_a_bug_in_an_act_does_not_say_that_nothing_happened(bugs: list[BaseException], act: Any) -> None:
    told: Any = Told()
    desk = DeskWorker(BrokenCore, emit=told, report_bug=bugs.append)
    desk.start()
    desk.submit(act)
    told.wait_for(1)
    assert told.answers == [DeskFault(UUID(int=1), "bug", is_outcome_unknown=True)]
    assert desk.stop()


def test_a_desk_with_too_much_to_do_says_so_at_once(bugs: list[BaseException]) -> None:
    told, core = Told(), SlowCore()
    desk = DeskWorker(lambda: core, emit=told, report_bug=bugs.append)
    desk.start()
    desk.submit(command())
    assert core.began.wait(60)
    for _ in range(17):
        desk.submit(command(9))
    assert told.answers == [DeskFault(UUID(int=9), "desk_busy")]
    core.may_answer.set()
    told.wait_for(18)
    assert desk.stop()


def test_after_the_end_the_desk_is_closed(bugs: list[BaseException]) -> None:
    told, core = Told(), SlowCore()
    core.may_answer.set()
    desk = DeskWorker(lambda: core, emit=told, report_bug=bugs.append)
    desk.start()
    assert desk.stop()
    desk.submit(command())
    assert told.answers == [DeskFault(UUID(int=1), "desk_closed")]


def test_what_is_asked_before_the_desk_is_made_is_answered_when_it_is(bugs: list[BaseException]) -> None:
    told, core, may_be_made = Told(), SlowCore(), threading.Event()
    core.may_answer.set()

    def make_core() -> SlowCore:
        assert may_be_made.wait(60)
        return core

    desk = DeskWorker(make_core, emit=told, report_bug=bugs.append)
    desk.submit(command())
    desk.start()
    desk.submit(command())
    assert told.answers == []
    may_be_made.set()
    told.wait_for(2)
    assert told.answers == [NOBODY, NOBODY]
    assert desk.stop()


def test_a_desk_that_could_not_be_made_is_made_for_the_next_command(bugs: list[BaseException]) -> None:
    told, core = Told(), SlowCore()
    core.may_answer.set()
    made: list[SlowCore] = []

    def make_core() -> SlowCore:
        made.append(core)
        if len(made) < 3:
            raise ZeroDivisionError
        return core

    desk = DeskWorker(make_core, emit=told, report_bug=bugs.append)
    desk.start()
    desk.submit(command(1))
    desk.submit(command(2))
    told.wait_for(2)
    assert told.answers == [DeskFault(UUID(int=1), "bug"), NOBODY]
    assert [type(bug) for bug in bugs] == [ZeroDivisionError] * 2
    assert desk.stop()
