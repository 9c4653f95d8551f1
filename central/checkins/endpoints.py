"""POST /v1/check-ins (asked), POST /v1/events (happened)."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header
from pydantic import TypeAdapter, ValidationError

from booking import wire
from booking.wire import CheckInAct, Event, EventResult, EventResults, Verdict
from central.checkins.service import ask_check_in, record_check_in, record_malformed
from central.terminals.caller import Caller
from central.web.limits import check_act
from central.web.parts import Parts, SignedCaller
from central.web.problems import KNOWN_FAULTS, Refusal
from central.web.routes import new_router

LARGEST_BATCH = 100
NO_OPERATION = UUID(int=0)
"""In the answer to an event of a kind that this server does not know: its operation id stands where we do not look."""
logger = logging.getLogger(__name__)

_EVENT: TypeAdapter[Event] = TypeAdapter(Event)


@dataclass(frozen=True, slots=True)
class UnreadBatch:
    """An `EventBatch` whose events are read one by one: a malformed one must not hold the others up."""

    events: tuple[dict[str, Any], ...]
    v: int = wire.WIRE_VERSION


def check_in_router(parts: Parts) -> APIRouter:
    """The endpoints of the check-in."""
    router = new_router("/v1")

    @router.post("/check-ins")
    async def post_check_in(
        act: CheckInAct, caller: SignedCaller, idempotency_key: Annotated[str, Header(max_length=64)]
    ) -> EventResult:
        if idempotency_key.strip('"') != str(act.operation_id):
            raise Refusal("bad_request", "Idempotency-Key is the operation_id")
        check_act(act)
        if act.v > wire.WIRE_VERSION:
            raise Refusal("bad_request", f"this server speaks version {wire.WIRE_VERSION}")
        moment = parts.moment()
        return await parts.write(
            lambda connection: ask_check_in(connection, act, caller, moment), key=caller.terminal_id
        )

    @router.post("/events")
    async def post_events(batch: UnreadBatch, caller: SignedCaller) -> EventResults:
        if len(batch.events) > LARGEST_BATCH:
            raise Refusal("too_large", f"at most {LARGEST_BATCH} events")
        return EventResults(results=await _record_all(parts, caller, batch))

    return router


async def _record_all(parts: Parts, caller: Caller, batch: UnreadBatch) -> tuple[EventResult, ...]:
    """One answer an event, in the order of the batch; they are done in the order of their `seq`."""
    events = [_later(batch, raw) or _read(raw) for raw in batch.events]
    order = sorted(range(len(events)), key=lambda place: _seq(events[place]))
    answers = {place: _record(parts, caller, events[place], batch.events[place]) for place in order}
    results = await asyncio.gather(*answers.values(), return_exceptions=True)
    by_place = dict(zip(answers, results, strict=True))
    return tuple(_settled(by_place[place], batch.events[place]) for place in range(len(events)))


def _settled(result: EventResult | BaseException, raw: dict[str, Any]) -> EventResult:
    """What to say of one event. One that met a bug waits and holds nothing up; faults of the store are the batch's."""
    if isinstance(result, EventResult):
        return result
    if isinstance(result, KNOWN_FAULTS) or not isinstance(result, Exception):
        raise result
    logger.error("an event met a bug", exc_info=result)
    return EventResult(operation_id=_operation_id(raw), verdict=Verdict.DEFERRED)


def _record(parts: Parts, caller: Caller, event: Event | None, raw: dict[str, Any]) -> asyncio.Future[EventResult]:
    """Hand one event to the writer now; its answer comes later. A terminal's events are done in the order they came."""
    moment = parts.moment()
    if event is not None and event.check_in is not None:
        act = event.check_in
        return asyncio.wrap_future(
            parts.writer.submit(
                lambda connection: record_check_in(connection, act, caller, moment), key=caller.terminal_id
            )
        )
    if event is None:
        operation_id = _operation_id(raw)
        return asyncio.wrap_future(
            parts.writer.submit(
                lambda connection: record_malformed(connection, operation_id, caller, moment), key=caller.terminal_id
            )
        )
    unknown: asyncio.Future[EventResult] = asyncio.get_running_loop().create_future()
    unknown.set_result(EventResult(operation_id=_operation_id(raw), verdict=Verdict.DEFERRED))
    return unknown


def _later(batch: UnreadBatch, raw: dict[str, Any]) -> Event | None:
    """An event in a later version than this server speaks, as one of an unknown kind: it waits for a newer server."""
    act = raw.get("check_in")
    versions = (batch.v, act.get("v") if isinstance(act, dict) else None)
    if not any(isinstance(version, int) and version > wire.WIRE_VERSION for version in versions):
        return None
    seq = raw.get("seq")
    return Event(kind="later", seq=seq if isinstance(seq, int) else 0)


def _read(raw: dict[str, Any]) -> Event | None:
    """The event; None when it is malformed. A kind that this server does not know is not malformed."""
    try:
        event = _EVENT.validate_python(raw)
        if event.kind != "check_in":
            return Event(kind=event.kind, seq=event.seq)
        if event.check_in is None:
            return None
        check_act(event.check_in)
    except (ValidationError, Refusal):
        return None
    return event


def _seq(event: Event | None) -> int:
    return event.seq if event else 0


def _operation_id(raw: dict[str, Any]) -> UUID:
    act = raw.get("check_in")
    try:
        return UUID(str(act.get("operation_id"))) if isinstance(act, dict) else NO_OPERATION
    except ValueError:
        return NO_OPERATION
