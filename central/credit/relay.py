"""The relay between hospitals and their group: news to the ledger, and every person's copies to the newest version.

Two flows, each safe by itself. What a hospital told is added to the ledger under the message's own id and then marked
as delivered; a person who changed stays due until every hospital has the version. Each step is a transaction of one
tenant, and each may be repeated: whoever dies between two of them leaves nothing but work to do again.  # rules F1, F3

The relay is a function `step(now)` that says when it wants to be called again; a thread only calls it.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Protocol, TypeVar
from uuid import UUID

import sqlalchemy as sa

from booking.credit import Act, Arrived, Cause, Confirmed, Entry, Record, Voided
from central.clockwork import IsEnding, never_ending
from central.credit.bring import Brought, bring, groups, hospitals_of, read_person, rules_of, with_a_standing
from central.credit.records import Kept, Source, add_record
from central.credit.standing import HospitalRules
from central.credit.tables import told_to_group
from central.credit.tell import Kind
from central.keys import Keys
from central.moment import Moment
from central.people.changed import UnknownPerson, follow_new_copy
from central.people.personal import GroupKeys
from central.people.tables import copy_due
from central.staff.service import Task, open_task

Result = TypeVar("Result")

BATCH = 100
PAUSE_MS = 1_000
"""Between two looks when there was nothing more to do."""
LOOK_MS = 60_000
"""Between two looks whether a hospital has another day or other rules."""


class Submit(Protocol):
    """Hands a question or a piece of work over."""

    def __call__(self, work: Callable[[sa.Connection], Result], /) -> Future[Result]: ...


@dataclass(slots=True)
class _Round:
    """How far the daily look at those with a standing has come."""

    days: dict[UUID, HospitalRules]
    hospital_ids: list[UUID]
    after: UUID | None = None


class Relay:
    """Carries news to the ledgers, and copies to the hospitals."""

    def __init__(self, *, ask: Submit, write: Submit, keys: Keys, is_ending: IsEnding = never_ending) -> None:
        self._ask = ask
        self._write = write
        self._keys = keys
        self._is_ending = is_ending
        self._rounds: dict[UUID, _Round] = {}
        self._look_ms = 0
        """When to see whether a hospital has another day or other rules."""

    def step(self, now_ms: int) -> int:
        """Do what is due, a batch of it; when there may be more. Raises what the store raises: try again later."""
        moment = Moment(now_ms)
        is_more = False
        is_time = now_ms >= self._look_ms
        for group_id in self._ask(groups).result():
            keys = GroupKeys(group_id, self._keys)
            hospital_ids = self._ask(partial(hospitals_of, group_id=group_id)).result()
            for hospital_id in hospital_ids:
                is_more |= self._deliver(keys, hospital_id, moment)
            due = self._ask(partial(copies_due, group_id=group_id)).result()
            if due or is_time:
                rules = {it: self._rules(it, now_ms) for it in hospital_ids}
                is_more |= self._copies(keys, due, rules, moment)
                is_more |= self._new_day(keys, rules, moment)
        if is_time and not is_more and not self._is_ending():
            self._look_ms = now_ms + LOOK_MS
        return now_ms if is_more else now_ms + PAUSE_MS

    def _rules(self, hospital_id: UUID, now_ms: int) -> HospitalRules:
        return self._ask(partial(rules_of, hospital_id=hospital_id, now_ms=now_ms)).result()

    def _deliver(self, keys: GroupKeys, hospital_id: UUID, moment: Moment) -> bool:
        """What this hospital told and nobody has carried yet."""
        told = self._ask(partial(undelivered, hospital_id=hospital_id)).result()
        for row in told:
            if self._is_ending():
                return False
            fault = ""
            try:
                self._write(partial(hear, keys=keys, row=row, moment=moment)).result()
            except UnknownPerson:
                fault = "unknown_person"
            self._write(partial(mark_delivered, row=row, moment=moment, fault=fault)).result()
        return len(told) == BATCH

    def _copies(
        self, keys: GroupKeys, due: list[sa.Row[Any]], rules: dict[UUID, HospitalRules], moment: Moment
    ) -> bool:
        """Those whose copies are due."""
        for row in due:
            if self._is_ending():
                return False
            self._bring(keys, row.person_id, rules, moment)
            self._write(partial(copies_done, row=row)).result()
        return len(due) == BATCH

    def _bring(self, keys: GroupKeys, person_id: UUID, rules: dict[UUID, HospitalRules], moment: Moment) -> None:
        brought = self._ask(partial(read_person, keys=keys, person_id=person_id)).result()
        if brought is None:
            return
        for hospital_id in rules:
            self._bring_to(hospital_id, brought, rules, moment)

    def _bring_to(self, hospital_id: UUID, brought: Brought, rules: dict[UUID, HospitalRules], moment: Moment) -> None:
        work = partial(bring, hospital_id=hospital_id, brought=brought, rules=rules, keys=self._keys, moment=moment)
        self._write(work).result()

    def _new_day(self, keys: GroupKeys, rules: dict[UUID, HospitalRules], moment: Moment) -> bool:
        """Another day, or other rules: how people stand is worked out again, some persons at a time."""
        here = self._rounds.get(keys.group_id)
        if here is None or here.days != rules:
            here = self._rounds[keys.group_id] = _Round(rules, list(rules))
        if not here.hospital_ids:
            return False
        hospital_id = here.hospital_ids[0]
        look = partial(with_a_standing, hospital_id=hospital_id, after=here.after, limit=BATCH)
        people = self._ask(look).result()
        for person_id in people:
            if self._is_ending():
                return False
            brought = self._ask(partial(read_person, keys=keys, person_id=person_id)).result()
            if brought is not None:
                self._bring_to(hospital_id, brought, rules, moment)
        if len(people) == BATCH:
            here.after = people[-1]
        else:
            here.hospital_ids, here.after = here.hospital_ids[1:], None
        return bool(here.hospital_ids)


def undelivered(connection: sa.Connection, hospital_id: UUID) -> list[sa.Row[Any]]:
    """What the hospital told and nobody has carried yet, oldest first."""
    query = (
        sa.select(told_to_group)
        .where(told_to_group.c.hospital_id == hospital_id, told_to_group.c.delivered_ms.is_(None))
        .order_by(told_to_group.c.made_ms, told_to_group.c.message_id)
        .limit(BATCH)
    )
    return list(connection.execute(query))


def hear(connection: sa.Connection, keys: GroupKeys, row: sa.Row[Any], moment: Moment) -> None:
    """The group takes one message in, once. Raises UnknownPerson, Overtaken."""
    if row.kind == Kind.COPIED:
        follow_new_copy(connection, keys.group_id, row.person_id, row.body["ver"], moment)
    else:
        add_record(connection, keys, row.person_id, Kept(_record(row), Source(hospital_id=row.hospital_id)), moment)


def mark_delivered(connection: sa.Connection, row: sa.Row[Any], moment: Moment, *, fault: str = "") -> None:
    """The group has heard it. What it cannot keep, for the person is not known any more, staff must look at."""
    marked = connection.execute(
        told_to_group.update()
        .where(
            told_to_group.c.hospital_id == row.hospital_id,
            told_to_group.c.message_id == row.message_id,
            told_to_group.c.delivered_ms.is_(None),
        )
        .values(delivered_ms=moment.now_ms)
    )
    if fault and marked.rowcount:
        task = Task(kind="credit_not_kept", reason=fault, facts={"message_id": str(row.message_id)})
        open_task(connection, row.hospital_id, task, moment)


def copies_due(connection: sa.Connection, group_id: UUID) -> list[sa.Row[Any]]:
    """Who changed, longest ago first."""
    query = (
        sa.select(copy_due)
        .where(copy_due.c.group_id == group_id)
        .order_by(copy_due.c.since_ms, copy_due.c.person_id)
        .limit(BATCH)
    )
    return list(connection.execute(query))


def copies_done(connection: sa.Connection, row: sa.Row[Any]) -> None:
    """Every hospital has this version; should the person have changed again, they stay due."""
    connection.execute(
        copy_due.delete().where(
            copy_due.c.group_id == row.group_id, copy_due.c.person_id == row.person_id, copy_due.c.ver == row.ver
        )
    )


def _record(row: sa.Row[Any]) -> Record:
    """The ledger's record of a message."""
    body = row.body
    record_id, day, at_ms = str(row.message_id), date.fromisoformat(body["day"]), body["at_ms"]
    match Kind(row.kind):
        case Kind.ENTRY:
            return Entry(
                id=record_id,
                day=day,
                at_ms=at_ms,
                act=Act(body["act"]),
                booking=body["booking_id"] or "",
                cause=Cause(body["cause"]),
                provisional=body["is_provisional"],
            )
        case Kind.VOIDED:
            return Voided(id=record_id, day=day, at_ms=at_ms, record=body["about_id"])
        case Kind.ARRIVED:
            return Arrived(id=record_id, day=day, at_ms=at_ms, booking=body["booking_id"])
        case Kind.CONFIRMED:
            return Confirmed(id=record_id, day=day, at_ms=at_ms, entry=body["about_id"])
        case Kind.COPIED:
            raise ValueError(row.kind)
