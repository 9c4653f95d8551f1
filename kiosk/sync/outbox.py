"""What goes out next, and when again. Pure.

Events about one subject (a booking, a person) go out in their order, one at a time: a deferred one holds back its own
subject and no other. An event that builds on another subject's (a booking on its person's registration) waits until
that one has its final answer.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from uuid import UUID

from kiosk.ports.store import Waiting

MOST_EVENTS = 100
MOST_BYTES = 256 * 1024
_ENVELOPE_BYTES = 64
"""Around each event, and once around all."""
_SHORTEST_S = 1.0
_LONGEST_S = 55.0
"""A minute after the server is back, all terminals are in step again."""
_LONGEST_ASKED_S = 60.0


def next_batch(
    waiting: Iterable[Waiting], *, held_back: Container[UUID], most_events: int = MOST_EVENTS
) -> tuple[Waiting, ...]:
    """The events to send now, oldest first; `held_back` are subjects that must wait."""
    batch: list[Waiting] = []
    seen: set[UUID] = set()
    size = _ENVELOPE_BYTES
    ordered = sorted(waiting, key=lambda one: (one.made_ms, one.event.seq))
    first_of = {one.subject_id: one for one in sorted(ordered, key=lambda one: -one.event.seq)}
    for one in ordered:
        if one.subject_id in seen or one.subject_id in held_back:
            continue
        first = first_of[one.subject_id]
        if first.after:
            continue
        added = first.size + _ENVELOPE_BYTES
        if batch and size + added > MOST_BYTES:
            break
        seen.add(one.subject_id)
        batch.append(first)
        size += added
        if len(batch) == most_events:
            break
    return tuple(batch)


def back_off_s(failures: int, *, chance: float) -> float:
    """How long to wait after so many failures in a row (from 1): full jitter between one second and nearly a minute.

    `chance` is between 0 and 1.
    """
    longest = min(_LONGEST_S, _SHORTEST_S * 2.0 ** min(failures, 16))
    return _SHORTEST_S + chance * (longest - _SHORTEST_S)


def wait_s(failures: int, *, chance: float, retry_after_s: float | None) -> float:
    """As `back_off_s`, but never sooner than the server asked for (a minute at most is believed), nor all at once: it
    has asked the same of all terminals.
    """
    asked_s = min(retry_after_s or 0.0, _LONGEST_ASKED_S)
    return max(back_off_s(failures, chance=chance), asked_s * (1 + chance))
