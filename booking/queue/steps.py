"""What can happen to a queue (rule J4): join, call, recall, pass over, come back, put back, leave.

Each step is whole or declined. Whoever has joined is in the queue exactly once, waiting, called or passed over, until
the consultation begins or the patient leaves. Who may do a step is not decided here, except for emergencies.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from uuid import UUID

from booking.policy.after import QueuePolicy
from booking.queue.entries import Entry, Line
from booking.queue.order import Place, Turns, order


class WhyNot(StrEnum):
    """Why a step was declined."""

    ALREADY_HERE = "already_here"
    NOBODY_WAITS = "nobody_waits"
    NOT_WAITING = "not_waiting"
    NOT_CALLED = "not_called"
    NOT_PASSED = "not_passed"
    NOT_HERE = "not_here"
    CALL_AGAIN_FIRST = "call_again_first"
    """Not called often enough to be passed over."""
    ONLY_STAFF = "only_staff"
    """Nobody joins as an emergency: staff put them there."""
    RIGHT_NEEDED = "right_needed"


@dataclass(frozen=True, slots=True)
class Declined:
    """Nothing happened, and why."""

    why: WhyNot


@dataclass(frozen=True, slots=True)
class Call:
    """A patient who was called and is not in the room yet."""

    entry: Entry
    times: int
    before: Turns
    """The turns as they were before the call."""


@dataclass(frozen=True, slots=True)
class Queue:
    """One doctor's or desk's queue of a day."""

    waiting: tuple[Entry, ...] = ()
    called: tuple[Call, ...] = ()
    passed: tuple[Entry, ...] = ()
    """Called in vain; whoever comes back joins again."""
    turns: Turns = field(default_factory=Turns)

    def order(self, policy: QueuePolicy) -> tuple[Place, ...]:
        """Everybody who waits, with the reason for each place.  # rule G3"""
        return order(policy, self.waiting, self.turns)

    @property
    def ids(self) -> tuple[UUID, ...]:
        """Everybody who is here."""
        return tuple(it.id for it in (*self.waiting, *(call.entry for call in self.called), *self.passed))


Step = Queue | Declined


def join(queue: Queue, entry: Entry) -> Step:
    """The patient waits from now on.  # rule G3"""
    if entry.line is Line.EMERGENCY:
        return Declined(WhyNot.ONLY_STAFF)
    if entry.id in queue.ids:
        return Declined(WhyNot.ALREADY_HERE)
    return replace(queue, waiting=(*queue.waiting, entry))


def put_first(queue: Queue, entry_id: UUID, *, has_right: bool) -> Step:
    """Staff see an emergency among those who wait.  # rule G3"""
    if not has_right:
        return Declined(WhyNot.RIGHT_NEEDED)
    entry = _one(queue.waiting, entry_id)
    if entry is None:
        return Declined(WhyNot.NOT_WAITING)
    return replace(queue, waiting=(*_without(queue.waiting, entry_id), replace(entry, line=Line.EMERGENCY)))


def call_next(queue: Queue, policy: QueuePolicy) -> Step:
    """The doctor's station calls whoever is next.  # rule J4"""
    places = queue.order(policy)
    if not places:
        return Declined(WhyNot.NOBODY_WAITS)
    entry = places[0].entry
    called = (*queue.called, Call(entry, 1, queue.turns))
    return Queue(_without(queue.waiting, entry.id), called, queue.passed, queue.turns.after(entry.line))


def recall(queue: Queue, entry_id: UUID) -> Step:
    """Call the same patient again.  # rule J4"""
    call = _call(queue, entry_id)
    if call is None:
        return Declined(WhyNot.NOT_CALLED)
    again = replace(call, times=call.times + 1)
    return replace(queue, called=tuple(again if it is call else it for it in queue.called))


def pass_over(queue: Queue, entry_id: UUID, policy: QueuePolicy) -> Step:
    """Called often enough and not here (过号). The turn is used up.  # rule J4"""
    call = _call(queue, entry_id)
    if call is None:
        return Declined(WhyNot.NOT_CALLED)
    if call.times < policy.calls_before_passed:
        return Declined(WhyNot.CALL_AGAIN_FIRST)
    return replace(queue, called=_other_calls(queue, call), passed=(*queue.passed, call.entry))


def come_back(queue: Queue, entry_id: UUID, *, now_ms: int) -> Step:
    """Somebody who was passed over is here after all: as one who is late. An emergency stays one.  # rules G2, J4"""
    entry = _one(queue.passed, entry_id)
    if entry is None:
        return Declined(WhyNot.NOT_PASSED)
    line = Line.EMERGENCY if entry.line is Line.EMERGENCY else Line.LATE
    again = replace(entry, line=line, joined_ms=max(now_ms, entry.joined_ms))
    return replace(queue, waiting=(*queue.waiting, again), passed=_without(queue.passed, entry_id))


def put_back(queue: Queue, entry_id: UUID) -> Step:
    """The doctor returns a called patient to the queue, to the same claim as before. The turn is given back, unless
    somebody was called since.  # rule J4
    """
    call = _call(queue, entry_id)
    if call is None:
        return Declined(WhyNot.NOT_CALLED)
    is_last = call.before.after(call.entry.line) == queue.turns and queue.called[-1] is call
    turns = call.before if is_last else queue.turns
    return Queue((*queue.waiting, call.entry), _other_calls(queue, call), queue.passed, turns)


def begin(queue: Queue, entry_id: UUID) -> Step:
    """The called patient is in the room.  # rule D13"""
    call = _call(queue, entry_id)
    if call is None:
        return Declined(WhyNot.NOT_CALLED)
    return replace(queue, called=_other_calls(queue, call))


def leave(queue: Queue, entry_id: UUID) -> Step:
    """The patient no longer waits here: gone, sent elsewhere, check-in undone.  # rules G6, G9"""
    if entry_id not in queue.ids:
        return Declined(WhyNot.NOT_HERE)
    called = tuple(it for it in queue.called if it.entry.id != entry_id)
    waiting, passed = _without(queue.waiting, entry_id), _without(queue.passed, entry_id)
    return replace(queue, waiting=waiting, called=called, passed=passed)


def _one(entries: tuple[Entry, ...], entry_id: UUID) -> Entry | None:
    return next((it for it in entries if it.id == entry_id), None)


def _without(entries: tuple[Entry, ...], entry_id: UUID) -> tuple[Entry, ...]:
    return tuple(it for it in entries if it.id != entry_id)


def _call(queue: Queue, entry_id: UUID) -> Call | None:
    return next((it for it in queue.called if it.entry.id == entry_id), None)


def _other_calls(queue: Queue, call: Call) -> tuple[Call, ...]:
    return tuple(it for it in queue.called if it is not call)
