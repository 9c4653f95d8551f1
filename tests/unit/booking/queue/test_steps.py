"""Calling, recalling, passing over, coming back, returning (rule J4), by hand."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from booking.policy import QueuePolicy
from booking.queue import Declined, Queue, Turns, WhyNot
from booking.queue.entries import Line
from booking.queue.steps import Step, begin, call_next, come_back, join, leave, pass_over, put_back, put_first, recall
from tests.unit.booking.queue.people import (
    BOOKED_FIRST,
    MINUTE_MS,
    RATIO,
    done,
    name_of,
    names,
    patient,
    patients,
    queue_of,
    uid,
    whys,
)


def why(step: Step) -> WhyNot:
    assert isinstance(step, Declined), step
    return step.why


def called(queue: Queue) -> list[tuple[str, int]]:
    return [(name_of(it.entry.id), it.times) for it in queue.called]


def test_calling_takes_the_first_and_leaves_the_others_as_they_were() -> None:
    queue = queue_of(*patients("B2", "W1", "B1"))
    after = done(call_next(queue, BOOKED_FIRST))
    assert called(after) == [("B1", 1)]
    assert names(after.order(BOOKED_FIRST)) == names(queue.order(BOOKED_FIRST))[1:]
    assert after.turns == Turns(1, 1)


def test_each_line_takes_its_turn() -> None:
    queue = queue_of(*patients("B1", "B2", "W1", "R1"))
    seen = []
    for _ in range(4):
        queue = done(call_next(queue, RATIO))
        seen.append((name_of(queue.called[-1].entry.id), queue.turns))
    assert seen == [("B1", Turns(1, 1)), ("B2", Turns(2, 2)), ("W1", Turns(0, 3)), ("R1", Turns(0, 0))]


def test_nobody_to_call() -> None:
    assert why(call_next(Queue(), BOOKED_FIRST)) is WhyNot.NOBODY_WAITS


def test_nobody_joins_twice_wherever_they_are() -> None:
    queue = queue_of(patient("B1"))
    assert why(join(queue, patient("B1", 5))) is WhyNot.ALREADY_HERE
    in_call = done(call_next(queue, BOOKED_FIRST))
    assert why(join(in_call, patient("B1", 5))) is WhyNot.ALREADY_HERE
    passed = done(pass_over(done(recall(in_call, uid("B1"))), uid("B1"), BOOKED_FIRST))
    assert why(join(passed, patient("B1", 5))) is WhyNot.ALREADY_HERE


def test_only_staff_with_the_right_make_an_emergency() -> None:
    """rule G3"""
    queue = queue_of(*patients("B1", "W1"))
    assert why(join(queue, patient("E1"))) is WhyNot.ONLY_STAFF
    assert why(put_first(queue, uid("W1"), has_right=False)) is WhyNot.RIGHT_NEEDED
    assert why(put_first(queue, uid("W9"), has_right=True)) is WhyNot.NOT_WAITING
    after = done(put_first(queue, uid("W1"), has_right=True))
    assert whys(after.order(BOOKED_FIRST)) == {"W1": "emergency", "B1": "number"}
    assert names(after.order(BOOKED_FIRST)) == ["W1", "B1"]


def test_nobody_is_passed_over_who_was_called_only_once() -> None:
    queue = done(call_next(queue_of(*patients("B1", "B2")), BOOKED_FIRST))
    assert why(pass_over(queue, uid("B1"), BOOKED_FIRST)) is WhyNot.CALL_AGAIN_FIRST
    again = done(recall(queue, uid("B1")))
    assert called(again) == [("B1", 2)]
    passed = done(pass_over(again, uid("B1"), BOOKED_FIRST))
    assert ([name_of(it.id) for it in passed.passed], passed.called) == (["B1"], ())
    assert done(pass_over(queue, uid("B1"), QueuePolicy(calls_before_passed=1))).called == ()


def test_a_recall_is_of_that_patient_alone() -> None:
    queue = queue_of(*patients("B1", "B2"))
    for _ in range(2):
        queue = done(call_next(queue, BOOKED_FIRST))
    assert called(done(recall(queue, uid("B2")))) == [("B1", 1), ("B2", 2)]
    assert called(done(pass_over(done(recall(queue, uid("B2"))), uid("B2"), BOOKED_FIRST))) == [("B1", 1)]


def test_whoever_comes_back_is_behind_those_who_are_here() -> None:
    """rule G2"""
    queue = done(recall(done(call_next(queue_of(*patients("B1", "B2", "W1")), BOOKED_FIRST)), uid("B1")))
    queue = done(pass_over(queue, uid("B1"), BOOKED_FIRST))
    queue = done(come_back(queue, uid("B1"), now_ms=20 * MINUTE_MS))
    queue = done(join(queue, patient("W2", 21)))
    assert names(queue.order(BOOKED_FIRST)) == ["B2", "W1", "B1", "W2"]
    assert whys(queue.order(BOOKED_FIRST))["B1"] == "late"
    assert queue.passed == ()


def test_coming_back_on_a_clock_that_is_behind_gains_nothing() -> None:
    queue = done(call_next(queue_of(patient("B1", 30)), QueuePolicy()))
    queue = done(pass_over(queue, uid("B1"), QueuePolicy(calls_before_passed=1)))
    assert done(come_back(queue, uid("B1"), now_ms=0)).waiting[0].joined_ms == 30 * MINUTE_MS


def test_an_emergency_that_comes_back_is_still_one() -> None:
    queue = done(put_first(queue_of(*patients("B1", "W1")), uid("W1"), has_right=True))
    queue = done(call_next(queue, BOOKED_FIRST))
    queue = done(pass_over(queue, uid("W1"), QueuePolicy(calls_before_passed=1)))
    assert done(come_back(queue, uid("W1"), now_ms=0)).waiting[-1].line is Line.EMERGENCY


def test_put_back_is_as_if_never_called() -> None:
    queue = queue_of(*patients("B1", "B2", "W1"))
    after = done(put_back(done(call_next(queue, RATIO)), uid("B1")))
    assert (after.order(RATIO), after.turns, after.called) == (queue.order(RATIO), queue.turns, ())


def test_put_back_after_another_call_keeps_the_turns() -> None:
    queue = queue_of(*patients("B1", "B2", "B3", "W1"))
    queue = done(call_next(done(call_next(queue, RATIO)), RATIO))
    after = done(put_back(queue, uid("B1")))
    assert after.turns == Turns(2, 2)
    assert names(after.order(RATIO)) == ["W1", "B1", "B3"]


def test_put_back_after_another_was_called_and_went_in_keeps_the_turns() -> None:
    queue = done(call_next(queue_of(*patients("B1", "B2", "B3", "W1")), RATIO))
    queue = done(begin(done(call_next(queue, RATIO)), uid("B2")))
    assert done(put_back(queue, uid("B1"))).turns == Turns(2, 2)


def test_those_passed_over_stay_until_they_come_back() -> None:
    queue = queue_of(*patients("B1", "B2"))
    once = QueuePolicy(calls_before_passed=1)
    for name in ("B1", "B2"):
        queue = done(pass_over(done(call_next(queue, once)), uid(name), once))
    assert [name_of(it.id) for it in queue.passed] == ["B1", "B2"]


def test_put_back_after_others_came_with_results_keeps_their_turn() -> None:
    turns = Turns(since_returning=3)
    queue = Queue(waiting=patients("R1", "R2", "B1", "B2", "B3"), turns=turns)
    queue = done(call_next(queue, QueuePolicy(others_per_returning=1)))
    queue = done(call_next(Queue(queue.waiting, queue.called, (), turns), QueuePolicy(others_per_returning=1)))
    assert [name for name, _ in called(queue)] == ["R1", "R2"]
    assert done(put_back(queue, uid("R1"))).turns == Turns(0, 0)


def test_in_the_room_or_gone_is_no_longer_here() -> None:
    queue = done(call_next(queue_of(*patients("B1", "B2")), BOOKED_FIRST))
    assert done(begin(queue, uid("B1"))).ids == (uid("B2"),)
    assert done(leave(queue, uid("B1"))).ids == (uid("B2"),)
    assert done(leave(queue, uid("B2"))).ids == (uid("B1"),)
    passed = done(pass_over(done(recall(queue, uid("B1"))), uid("B1"), BOOKED_FIRST))
    assert done(leave(passed, uid("B1"))).ids == (uid("B2"),)


@pytest.mark.parametrize(
    ("step", "reason"),
    [
        (lambda q: recall(q, uid("B1")), WhyNot.NOT_CALLED),
        (lambda q: pass_over(q, uid("B1"), BOOKED_FIRST), WhyNot.NOT_CALLED),
        (lambda q: put_back(q, uid("B1")), WhyNot.NOT_CALLED),
        (lambda q: begin(q, uid("B1")), WhyNot.NOT_CALLED),
        (lambda q: come_back(q, uid("B1"), now_ms=0), WhyNot.NOT_PASSED),
        (lambda q: leave(q, uid("B9")), WhyNot.NOT_HERE),
    ],
)
def test_what_cannot_be_done_with_whoever_only_waits(step: Callable[[Queue], Step], reason: WhyNot) -> None:
    queue = queue_of(patient("B1"))
    assert why(step(queue)) is reason
