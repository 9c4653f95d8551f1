"""From a batch's raw events to acts: each is read by itself, for a malformed one must not hold the others up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from booking import wire
from booking.wire import Event
from booking.wire_acts import EventKind
from central.acts.operations import Act
from central.web.limits import check_happened
from central.web.problems import Refusal

NO_OPERATION = UUID(int=0)
"""In the answer to an event of a kind that this server does not know: its operation id stands where we do not look."""
_EVENT: TypeAdapter[Event] = TypeAdapter(Event)
_KINDS = frozenset(it.value for it in EventKind)


@dataclass(frozen=True, slots=True)
class UnreadBatch:
    """An `EventBatch` whose events are read one by one."""

    events: tuple[dict[str, Any], ...]
    v: int = wire.WIRE_VERSION


@dataclass(frozen=True, slots=True)
class ReadEvent:
    """An event with its act; without one it is malformed, or `is_later` than what this server knows."""

    seq: int
    operation_id: UUID
    kind: EventKind | None = None
    act: Act | None = None
    is_later: bool = False


def read_event(batch: UnreadBatch, raw: dict[str, Any]) -> ReadEvent:
    """One event."""
    kind, seq = raw.get("kind"), raw.get("seq")
    number = seq if isinstance(seq, int) else 0
    if not isinstance(kind, str) or not isinstance(seq, int) or isinstance(seq, bool):
        return ReadEvent(number, _operation_id(raw.get("check_in")))
    if kind not in _KINDS:
        return ReadEvent(number, NO_OPERATION, is_later=True)
    body = raw.get(kind)
    operation_id, known = _operation_id(body), EventKind(kind)
    if _is_later(batch, body):
        return ReadEvent(number, operation_id, known, is_later=True)
    try:
        event = _EVENT.validate_python({"kind": kind, "seq": seq, kind: body})
        act: Act | None = getattr(event, kind)
        if act is not None:
            check_happened(act)
    except (ValidationError, Refusal):
        return ReadEvent(number, operation_id, known)
    return ReadEvent(number, operation_id, known, act)


def _is_later(batch: UnreadBatch, body: object) -> bool:
    """In a later version than this server speaks: it waits for a newer server."""
    versions = (batch.v, body.get("v") if isinstance(body, dict) else None)
    return any(isinstance(version, int) and version > wire.WIRE_VERSION for version in versions)


def _operation_id(body: object) -> UUID:
    try:
        return UUID(str(body.get("operation_id"))) if isinstance(body, dict) else NO_OPERATION
    except ValueError:
        return NO_OPERATION
