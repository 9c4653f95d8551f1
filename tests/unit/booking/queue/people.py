"""Short ways to put people into a queue and to read its order."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from booking.policy import QueueOrder, QueuePolicy
from booking.queue import Entry, Line, Place, Queue
from booking.queue.steps import Step, join

MINUTE_MS = 60_000
RATIO = QueuePolicy(order=QueueOrder.RATIO)
"""Two booked, one walk-in."""
BOOKED_FIRST = QueuePolicy()


def uid(name: str) -> UUID:
    """A patient's id by a short name: `B3`, `W1`."""
    return UUID(int=int.from_bytes(name.encode().rjust(16, b"\0"), "big"))


def name_of(entry_id: UUID) -> str:
    return entry_id.bytes.lstrip(b"\0").decode()


_LINES = {"B": Line.BOOKED, "W": Line.WALK_IN, "R": Line.RETURNING, "L": Line.LATE, "E": Line.EMERGENCY}


def patient(name: str, came: int = 0, **more: Any) -> Entry:
    """`B3` is booked with number 3, `W1` a walk-in, `R1` returning, `L2` late; who came so many minutes after eight."""
    number = int(name[1:])
    due_ms = number * 10 * MINUTE_MS if name[0] == "B" else 0
    told = {"due_ms": due_ms, "number": number, **more}
    return Entry(id=uid(name), line=_LINES[name[0]], joined_ms=came * MINUTE_MS, **told)


def patients(*names: str) -> tuple[Entry, ...]:
    """They came one after the other."""
    return tuple(patient(name, came) for came, name in enumerate(names))


def names(places: tuple[Place, ...]) -> list[str]:
    return [name_of(it.entry.id) for it in places]


def whys(places: tuple[Place, ...]) -> dict[str, str]:
    return {name_of(it.entry.id): " ".join(it.whys) for it in places}


def queue_of(*entries: Entry) -> Queue:
    queue = Queue()
    for entry in entries:
        queue = done(join(queue, entry))
    return queue


def done(step: Step) -> Queue:
    assert isinstance(step, Queue), step
    return step
