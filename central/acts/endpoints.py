"""POST /v1/events: what happened at a terminal, in the order of its outbox."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from functools import partial

from fastapi import APIRouter

from booking.wire import EventResult, EventResults, Verdict
from booking.wire_acts import RegisterAct
from central.acts.answering import Hearing
from central.acts.dispatch import record, record_malformed
from central.acts.reading import ReadEvent, UnreadBatch, read_event
from central.acts.registering import record_registration
from central.terminals.caller import Caller
from central.web.parts import Parts, SignedCaller
from central.web.problems import KNOWN_FAULTS, Refusal

LARGEST_BATCH = 100
logger = logging.getLogger(__name__)


def event_router(parts: Parts) -> APIRouter:
    """The endpoint of the outboxes."""
    router = APIRouter(prefix="/v1")

    @router.post("/events")
    async def post_events(batch: UnreadBatch, caller: SignedCaller) -> EventResults:
        if len(batch.events) > LARGEST_BATCH:
            raise Refusal("too_large", f"at most {LARGEST_BATCH} events")
        events = [read_event(batch, raw) for raw in batch.events]
        return EventResults(results=await _record_all(parts, caller, events))

    return router


async def _record_all(parts: Parts, caller: Caller, events: list[ReadEvent]) -> tuple[EventResult, ...]:
    """One answer an event, in the order of the batch. Registrations are done first, for others name their people; the
    rest in the order of their `seq`.
    """
    order = sorted(range(len(events)), key=lambda at: events[at].seq)
    first = [at for at in order if isinstance(events[at].act, RegisterAct)]
    results: dict[int, EventResult | BaseException] = {}
    for places in (first, [at for at in order if at not in first]):
        answers = [_record(parts, caller, events[at]) for at in places]
        results |= dict(zip(places, await asyncio.gather(*answers, return_exceptions=True), strict=True))
    return tuple(_settled(results[at], event) for at, event in enumerate(events))


def _settled(result: EventResult | BaseException, event: ReadEvent) -> EventResult:
    """What to say of one event. One that met a bug waits and holds nothing up; faults of the store are the batch's."""
    if isinstance(result, EventResult):
        return result
    if isinstance(result, KNOWN_FAULTS) or not isinstance(result, Exception):
        raise result
    logger.error("an event met a bug", exc_info=result)
    return EventResult(operation_id=event.operation_id, verdict=Verdict.DEFERRED)


def _record(parts: Parts, caller: Caller, event: ReadEvent) -> Awaitable[EventResult]:
    """Hand one event to the writer now; its answer comes later. A terminal's events are done in the order they came."""
    hearing = Hearing(parts.keys, caller, parts.moment())
    if event.is_later:
        return _later(event)
    if isinstance(event.act, RegisterAct):
        return record_registration(parts, event.act, hearing)
    work = (
        partial(record_malformed, event=event, hearing=hearing)
        if event.act is None
        else partial(record, act=event.act, hearing=hearing)
    )
    return asyncio.wrap_future(parts.writer.submit(work, key=caller.terminal_id))


async def _later(event: ReadEvent) -> EventResult:
    return EventResult(operation_id=event.operation_id, verdict=Verdict.DEFERRED)
