"""The memory of operations: which acts were answered, and how. It makes every repeat harmless.  # sync A4

An operation is the same act for ever. What may differ between two sendings is how it is told: a question that got no
answer may come again as a fact, and a terminal may have learnt its clock's offset meanwhile.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, fields, is_dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar
from uuid import UUID

import sqlalchemy as sa

from booking.localized import LocalizedText
from booking.wire import CheckInAct, EventResult, Verdict
from booking.wire_acts import (
    BookAct,
    CancelAct,
    ChangeAct,
    EventKind,
    JoinListAct,
    RegisterAct,
    ReturnPlacesAct,
)
from central.checkins.tables import operation
from central.tables.prepared import Prepared
from central.terminals.caller import Caller

Act = CheckInAct | RegisterAct | BookAct | CancelAct | ChangeAct | JoinListAct | ReturnPlacesAct
AnyAct_co = TypeVar("AnyAct_co", bound=Act, covariant=True)
_SUBJECTS: tuple[tuple[type[Any], EventKind, str], ...] = (
    (CheckInAct, EventKind.CHECK_IN, "booking_id"),
    (RegisterAct, EventKind.REGISTER, "person_id"),
    (BookAct, EventKind.BOOK, "booking_id"),
    (CancelAct, EventKind.CANCEL, "booking_id"),
    (ChangeAct, EventKind.CHANGE, "booking_id"),
    (JoinListAct, EventKind.JOIN_LIST, "entry_id"),
    (ReturnPlacesAct, EventKind.RETURN_PLACES, "lease_id"),
)
"""What each kind of act is about."""
_LEARNT = frozenset({"offset_ms"})
"""What a terminal learns about an act after it has told it."""

_KNOWN = Prepared(
    sa.select(operation).where(
        operation.c.hospital_id == sa.bindparam("hospital_id"),
        operation.c.operation_id == sa.bindparam("operation_id"),
    )
)


class Mode(StrEnum):
    """Whether an act asks for a decision or tells what happened."""

    ASKED = "asked"
    HAPPENED = "happened"


class KeyReused(Exception):
    """The operation id was used for another act."""


@dataclass(frozen=True, slots=True)
class Told(Generic[AnyAct_co]):
    """An act as it arrived."""

    act: AnyAct_co
    mode: Mode
    caller: Caller
    received_ms: int

    @property
    def true_ms(self) -> int:
        """When it was, by the server's clock. Nothing is told before it happened."""
        return min(self.act.at.wall_ms + (self.act.at.offset_ms or 0), self.received_ms)

    @property
    def kind(self) -> EventKind:
        """What it tells."""
        return self._about[0]

    @property
    def subject_id(self) -> UUID:
        """The booking, person, lease or entry that it is about: its events come in the order of their `seq`."""
        found: UUID = getattr(self.act, self._about[1])
        return found

    @property
    def body_hash(self) -> bytes:
        """Of all that was said, but the offset: it is learnt, not said.

        What stands at its default is left out, so that a release whose acts have more fields knows a repeat again.
        """
        said = {one.name: _said(getattr(self.act, one.name)) for one in _not_at_default(self.act)}
        return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).digest()

    @property
    def subject_hash(self) -> bytes:
        """Of what the act is about."""
        return hashlib.sha256(f"{self.kind}\n{self.subject_id}".encode()).digest()

    @property
    def _about(self) -> tuple[EventKind, str]:
        return next((kind, name) for one, kind, name in _SUBJECTS if isinstance(self.act, one))


def _not_at_default(value: Any) -> list[Any]:  # noqa: ANN401 - an act, or a part of one
    return [it for it in fields(value) if it.name not in _LEARNT and getattr(value, it.name) != it.default]


def _said(value: Any) -> Any:  # noqa: ANN401 - as above
    """What is hashed of one value: whole, also where its repr would not show all."""
    if not is_dataclass(value):
        return value
    return {one.name: getattr(value, one.name) for one in fields(value) if one.name not in _LEARNT}


def earlier_answer(connection: sa.Connection, told: Told[Act]) -> EventResult | None:
    """What was answered before (without the booking), or None when this must be decided now.

    A refusal binds the question only: what happened all the same is a fact. Raises KeyReused.
    """
    named = {"hospital_id": told.caller.hospital_id, "operation_id": told.act.operation_id}
    found = _KNOWN.row(connection, named)
    if found is None:
        return None
    is_same = found.body_hash == told.body_hash if found.mode == told.mode else found.subject_hash == told.subject_hash
    if not is_same:
        raise KeyReused
    if (found.verdict, found.mode) == (Verdict.REFUSED, Mode.ASKED) and told.mode is Mode.HAPPENED:
        return None
    result = found.result
    return EventResult(
        operation_id=told.act.operation_id,
        verdict=found.verdict,
        reason=result["reason"],
        sentence=LocalizedText(result["sentence"]),
        opens_ms=result["opens_ms"],
        closed_ms=result["closed_ms"],
        service_date=result["service_date"],
        task_id=UUID(result["task_id"]) if result["task_id"] else None,
    )


def remember(connection: sa.Connection, told: Told[Act], result: EventResult, *, kept: str = "") -> None:
    """Keep the answer, in the transaction of what it answers.

    `kept` is what the act alone had and staff may still need, as it came: sealed. Only the refusal of a question gives
    way, to what happened all the same. Where another server answered meanwhile, the store refuses the second answer:
    the piece is done again and finds theirs.
    """
    at = told.act.at
    answer = {
        "mode": told.mode.value,
        "body_hash": told.body_hash,
        "subject_hash": told.subject_hash,
        "verdict": result.verdict,
        "result": {
            "reason": result.reason,
            "sentence": result.sentence.by_language,
            "opens_ms": result.opens_ms,
            "closed_ms": result.closed_ms,
            "service_date": result.service_date,
            "task_id": str(result.task_id) if result.task_id else "",
            **({"kept": kept} if kept else {}),
        },
        "received_ms": told.received_ms,
        "true_ms": told.true_ms,
        "device_wall_ms": at.wall_ms,
        "device_boot_id": at.boot_id,
        "device_boot_ms": at.boot_ms,
        "device_offset_ms": at.offset_ms,
    }
    gives_way = (operation.c.mode == Mode.ASKED.value, operation.c.verdict == Verdict.REFUSED)
    is_kept = told.mode is Mode.HAPPENED and (
        connection.execute(operation.update().where(_same(told), *gives_way).values(answer)).rowcount
    )
    if not is_kept:
        connection.execute(
            operation.insert().values(
                hospital_id=told.caller.hospital_id,
                operation_id=told.act.operation_id,
                terminal_id=told.caller.terminal_id,
                kind=told.kind.value,
                **answer,
            )
        )


def _same(told: Told[Act]) -> sa.ColumnElement[bool]:
    return sa.and_(
        operation.c.hospital_id == told.caller.hospital_id, operation.c.operation_id == told.act.operation_id
    )
