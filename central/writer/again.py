"""When a piece of work is done again, and when its sender is told. The one place for that, whatever the engine."""

from __future__ import annotations

import random
from enum import Enum, auto

from central.tables.faults import Fault, fault_of
from central.writer.contract import Busy, Overtaken, Unavailable

LONGEST_S = 5.0
"""Who waits is a person: after this nothing is tried again."""
_FIRST_PAUSE_S = 0.004
_LONGEST_PAUSE_S = 0.25


class Again(Enum):
    """How a piece is to be done again."""

    BY_ITSELF = auto()
    """In a transaction of its own, where it holds nothing that others wait for."""
    TOGETHER = auto()
    """With those that it was with: the line is what broke."""


_TRIES = {Fault.IN_THE_WAY: 8, Fault.ALREADY_THERE: 2, Fault.LOST: 2, Fault.OTHER: 1}


def meaning(error: BaseException) -> Fault:
    """What an exception out of a piece of work, or out of its commit, means."""
    return Fault.IN_THE_WAY if isinstance(error, Overtaken) else fault_of(error)


def again(error: BaseException, *, tries: int, since_s: float) -> Again | None:
    """What to do with a piece after so many tries, so long after the first; None to give its sender `answer`."""
    fault = meaning(error)
    if tries >= _TRIES[fault] or since_s >= LONGEST_S:
        return None
    return Again.TOGETHER if fault is Fault.LOST else Again.BY_ITSELF


def answer(error: BaseException) -> BaseException:
    """What the sender is told of an exception that stays."""
    fault = meaning(error)
    if fault is Fault.LOST:
        told: Busy = Unavailable()
    elif fault is Fault.IN_THE_WAY and not isinstance(error, Overtaken):
        told = Busy()
    else:
        return error
    told.__cause__ = error
    return told


def pause_s(tries: int) -> float:
    """How long to stand back: a little longer each time, and never as long as the others."""
    longest = min(_FIRST_PAUSE_S * 2.0**tries, _LONGEST_PAUSE_S)
    return longest * random.random()  # noqa: S311 - it spreads, it keeps no secret
