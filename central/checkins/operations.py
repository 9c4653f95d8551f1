"""The memory of operations: which acts were answered, and how. It makes every repeat harmless.  # sync A4

An operation is the same act for ever. What may differ between two sendings is how it is told: a question that got no
answer may come again as a fact, and a terminal may have learnt its clock's offset meanwhile.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa

from booking.localized import LocalizedText
from booking.wire import CheckInAct, EventResult, Verdict
from central.checkins.tables import operation
from central.terminals.caller import Caller

KIND = "check_in"


class Mode(StrEnum):
    """Whether an act asks for a decision or tells what happened."""

    ASKED = "asked"
    HAPPENED = "happened"


class KeyReused(Exception):
    """The operation id was used for another act."""


@dataclass(frozen=True, slots=True)
class Told:
    """An act as it arrived."""

    act: CheckInAct
    mode: Mode
    caller: Caller
    received_ms: int

    @property
    def true_ms(self) -> int:
        """When it was, by the server's clock. Nothing is told before it happened."""
        return min(self.act.at.wall_ms + (self.act.at.offset_ms or 0), self.received_ms)

    @property
    def body_hash(self) -> bytes:
        """Of all that was said, but the offset: it is learnt, not said.

        What stands at its default is left out, so that a release whose acts have more fields knows a repeat again.
        """
        values = ((one, getattr(self.act, one.name)) for one in fields(self.act))
        said = {one.name: value for one, value in values if value != one.default}
        said["at"] = {name: value for name, value in asdict(self.act.at).items() if name != "offset_ms"}
        return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).digest()

    @property
    def subject_hash(self) -> bytes:
        """Of what the act is about."""
        return hashlib.sha256(f"{KIND}\n{self.act.booking_id}".encode()).digest()


def earlier_answer(connection: sa.Connection, told: Told) -> EventResult | None:
    """What was answered before (without the booking), or None when this must be decided now.

    A refusal binds the question only: what happened all the same is a fact. Raises KeyReused.
    """
    found = connection.execute(sa.select(operation).where(_same(told))).one_or_none()
    if found is None:
        return None
    is_same = found.body_hash == told.body_hash if found.mode == told.mode else found.subject_hash == told.subject_hash
    if not is_same:
        raise KeyReused
    if found.verdict == Verdict.REFUSED and told.mode is Mode.HAPPENED:
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


def remember(connection: sa.Connection, told: Told, result: EventResult) -> None:
    """Keep the answer, in the transaction of what it answers.

    Only the refusal of a question gives way, to what happened all the same. Where another server answered meanwhile,
    the store refuses the second answer: the piece is done again and finds theirs.
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
                kind=KIND,
                **answer,
            )
        )


def _same(told: Told) -> sa.ColumnElement[bool]:
    return sa.and_(
        operation.c.hospital_id == told.caller.hospital_id, operation.c.operation_id == told.act.operation_id
    )
