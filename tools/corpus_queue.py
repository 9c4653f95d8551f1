"""Queues of the corpus (rules G3, G2, J4): who came, what was done, and the order that comes of it, as short words.

`B12@30!` is booked, has number 12, came 30 minutes after eight, and belongs to a priority group; `W` a walk-in, `R`
back with results, `L` late, `^` from another department. What is done names them without the minute.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from booking.policy import Policy, QueueOrder, QueuePolicy
from booking.queue import Declined, Entry, Line, Queue
from booking.queue.steps import Step, begin, call_next, come_back, join, leave, pass_over, put_back, put_first, recall
from tools.corpus_world import World

_MINUTE_MS = 60_000
_WHO = re.compile(r"([BWRL])(\d+)@(\d+)(!?)(\^?)")
_LINES = {"B": Line.BOOKED, "W": Line.WALK_IN, "R": Line.RETURNING, "L": Line.LATE}
Questions = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Drawn:
    """How questions to one part are drawn, and what is answered."""

    draw: Callable[[World], Questions]
    answer: Callable[[Questions, Mapping[str, Policy]], str]


_OF_CALLED = ("recall", "recall", "pass", "pass", "put_back", "begin")


def _queue(world: World) -> Questions:
    """Some patients, then calls and all else; every policy that differs."""
    asked: Questions = {
        "policy": {
            "order": world.one("booked_first", "ratio"),
            "booked_per_walk_in": world.one(1, 2, 2, 3),
            "others_per_returning": world.one(1, 3, 3, 4),
            "calls_before_passed": world.one(1, 2),
        },
        "queue": [_who(world, no) for no in range(1, world.one(3, 5, 8, 12))],
        "do": [],
    }
    for _ in range(world.one(0, 2, 5, 12)):
        queue, _, names = _played(asked)
        called, passed = [names[it.entry.id] for it in queue.called], [names[it.id] for it in queue.passed]
        anybody = world.one(*names.values())
        acts = ["call", "call", f"{world.one('first', 'leave', *_OF_CALLED)} {anybody}"]
        acts += [f"{world.one(*_OF_CALLED)} {it}" for it in called] + [f"back {it}" for it in passed]
        asked["do"].append(world.one(*acts))
    return asked


def _who(world: World, no: int) -> str:
    line, number = world.one(*"BBBBWWWRL"), world.dice.randrange(1, 60) * 20 + no
    guest = "^" if line == "B" and world.maybe(of=8) else ""
    return f"{line}{number}@{world.dice.randrange(0, 40)}{'!' if world.maybe(of=6) else ''}{guest}"


def _answer(asked: Questions, _policies: Mapping[str, Policy]) -> str:
    """The order with its reasons, whoever is called or passed over, and which acts were declined."""
    queue, declined, names = _played(asked)
    parts = ["; ".join(f"{names[it.entry.id]} {'+'.join(it.whys)}" for it in queue.order(_policy(asked)))]
    parts += [f"called {names[it.entry.id]} x{it.times}" for it in queue.called]
    parts += [f"passed {names[it.id]}" for it in queue.passed]
    return " | ".join([*parts, *declined])


def _policy(asked: Questions) -> QueuePolicy:
    return QueuePolicy(**{**asked["policy"], "order": QueueOrder(asked["policy"]["order"])})


def _played(asked: Questions) -> tuple[Queue, list[str], dict[UUID, str]]:
    """The queue after all that was done, what was declined, and everybody's short name."""
    queue, declined = Queue(), list[str]()
    for no, word in enumerate(asked["queue"]):
        queue = _taken(queue, join(queue, _entry(no, word)), word, declined)
    names = {_uuid(no): word.split("@")[0] for no, word in enumerate(asked["queue"])}
    ids = {name: entry_id for entry_id, name in names.items()}
    for minute, act in enumerate(asked["do"], start=60):
        queue = _taken(queue, _done(queue, _policy(asked), act, ids, minute), act, declined)
    return queue, declined, names


def _uuid(no: int) -> UUID:
    return UUID(int=no + 1)


def _entry(no: int, word: str) -> Entry:
    found = _WHO.fullmatch(word)
    assert found is not None, word
    line, number, came, priority, guest = found.groups()
    return Entry(
        id=_uuid(no),
        line=_LINES[line],
        joined_ms=int(came) * _MINUTE_MS,
        due_ms=int(number) // 20 * _MINUTE_MS,
        number=int(number),
        has_priority=bool(priority),
        keeps_time=bool(guest),
    )


def _taken(queue: Queue, step: Step, what: str, declined: list[str]) -> Queue:
    if isinstance(step, Declined):
        declined.append(f"{what}: {step.why}")
        return queue
    return step


def _done(queue: Queue, policy: QueuePolicy, act: str, ids: dict[str, UUID], minute: int) -> Step:
    what, _, name = act.partition(" ")
    if what == "call":
        return call_next(queue, policy)
    who = ids[name]
    if what == "pass":
        return pass_over(queue, who, policy)
    if what == "back":
        return come_back(queue, who, now_ms=minute * _MINUTE_MS)
    if what == "first":
        return put_first(queue, who, has_right=True)
    return {"recall": recall, "put_back": put_back, "begin": begin, "leave": leave}[what](queue, who)


QUEUES = {"J4": Drawn(_queue, _answer)}
