"""Queues in a file of cases: who waits, and in what order they are called (rules G2, G3)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from typing import Any
from uuid import UUID

from booking.policy import Policy
from booking.policy.lines import Problem, Table
from booking.policy.values import NotAllowed, hints, value_of
from booking.queue import Entry, Line, Place, Why, order

_MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Waits:
    """One patient of a case. Times are the hospital's clock."""

    who: str
    line: Line
    came: time
    number: int = 0
    due: time = time(0)
    """In the booked line, the time of the place."""
    has_priority: bool = False
    keeps_time: bool = False


@dataclass(frozen=True, slots=True)
class _Said:
    """What a case may say."""

    rule: str
    says: str
    waiting: tuple[Waits, ...]
    expect: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class QueueCase:
    """A queue, and the order that is expected; `expect` empty: nobody knows."""

    line: int
    rule: str
    says: str
    waiting: tuple[Waits, ...]
    expect: tuple[str, ...] = ()


def read_queue_case(table: Table) -> QueueCase | list[Problem]:
    """The case, or every problem in it."""
    known = hints(_Said)
    values: dict[str, Any] = {"rule": "", "says": "", "expect": ()}
    problems: list[Problem] = []
    for key, entry in table.entries.items():
        if key not in known:
            problems.append(Problem(entry.line, key, "there is no such fact here", ", ".join(known)))
            continue
        try:
            values[key] = value_of(known[key], entry.value, {})
        except NotAllowed as error:
            problems.append(Problem(entry.line, key, "does not fit", str(error)))
    if "waiting" not in table.entries:
        problems.append(
            Problem(table.line, "waiting", "is missing", 'a list of { who = "A1", line = ..., came = ... }')
        )
    if problems:
        return problems
    names = [it.who for it in values["waiting"]]
    if len(set(names)) != len(names):
        return [Problem(table.entries["waiting"].line, "waiting", "does not fit", "each patient only once")]
    return QueueCase(table.line, **values)


@dataclass(frozen=True, slots=True)
class QueueAnswer:
    """One queue in its order."""

    case: QueueCase
    places: tuple[Place, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Everybody, the next one first."""
        return tuple(self.case.waiting[it.entry.id.int].who for it in self.places)

    @property
    def is_as_expected(self) -> bool:
        """Whether it is what the case expects, if it expects anything."""
        return self.case.expect in ((), self.names)

    @property
    def whys(self) -> tuple[tuple[Why, ...], ...]:
        """The reasons, place by place."""
        return tuple(it.whys for it in self.places)


def queue_answers(policy: Policy, cases: tuple[QueueCase, ...]) -> tuple[QueueAnswer, ...]:
    """The order that this policy gives in each case."""
    return tuple(QueueAnswer(case, order(policy.queue, _entries(case))) for case in cases)


def _entries(case: QueueCase) -> list[Entry]:
    return [
        Entry(
            id=UUID(int=no),
            line=it.line,
            joined_ms=_ms(it.came),
            due_ms=_ms(it.due),
            number=it.number,
            has_priority=it.has_priority,
            keeps_time=it.keeps_time,
        )
        for no, it in enumerate(case.waiting)
    ]


def _ms(at: time) -> int:
    return (at.hour * 60 + at.minute) * _MINUTE_MS
