"""A registration's way through its pieces: hospital, group, hospital. No transaction spans tenants."""

from __future__ import annotations

import asyncio
from functools import partial
from uuid import UUID

from booking.wire import EventResult, Verdict
from booking.wire_acts import RegisterAct
from central.acts.answering import Hearing
from central.acts.register import open_registration, put_on_record, read_record, settle_registration
from central.credit.bring import hospitals_of, rules_of
from central.credit.standing import Rules
from central.web.parts import Parts


async def record_registration(parts: Parts, act: RegisterAct, hearing: Hearing) -> EventResult:
    """What becomes of it."""
    opened = await parts.write(partial(open_registration, act=act, hearing=hearing), key=act.person_id)
    if isinstance(opened, EventResult):
        return opened
    outcome = await parts.write(partial(put_on_record, act=act, opened=opened, hearing=hearing), key=act.person_id)
    brought = await parts.read(partial(read_record, outcome=outcome, opened=opened, hearing=hearing))
    if brought is None:  # erased this instant
        return EventResult(operation_id=act.operation_id, verdict=Verdict.DEFERRED)
    rules = await _rules(parts, opened.group_id) if brought.ledger.kept else {}
    return await parts.write(
        partial(settle_registration, act=act, outcome=outcome, brought=brought, hearing=hearing, rules=rules),
        key=act.person_id,
    )


async def _rules(parts: Parts, group_id: UUID) -> Rules:
    """The rules of trust of every hospital of the group, each read by itself."""
    hospital_ids = await parts.read(partial(hospitals_of, group_id=group_id))
    now_ms = parts.clock()
    read = (parts.read(partial(rules_of, hospital_id=it, now_ms=now_ms)) for it in hospital_ids)
    return dict(zip(hospital_ids, await asyncio.gather(*read), strict=True))
