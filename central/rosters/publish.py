"""Publishing: drafts that were approved become sessions with pools and numbered places.  # rules C1, C4, C5, C8

`booking.roster.publish` numbers and times them; here is decided what is in their way (letters and hours that are taken)
and which places are open already. A roster is published day by day, each day whole or not at all: who was interrupted
does it again, and a day that is there stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from booking.roster.places import BlockedFor
from booking.roster.plans import Draft, SessionPlan
from booking.roster.publish import DraftTrouble, Session, TakenLetters, Trouble, publish
from booking.roster.slots import SlotRun
from booking.roster.states import SlotState
from booking.wire import RowKind
from central.moment import Moment
from central.policies.service import policy_in_force
from central.rosters.pools import COMMON_TEXT, Division, Divisions, PoolDay
from central.rosters.tables import hospital, session, session_pool, slot
from central.sync.bulk import write_changes
from central.sync.service import Change
from central.tables.statistics import count_new_tables

Values = dict[str, Any]
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a session has besides its hours and places. The fee is that of registration or examination, in cents."""

    service_id: UUID | None = None
    fee_cents: int = 0
    owner_confirms: bool = False
    """The hospital's own system owns the session and confirms each booking.  # rule D4"""


_NO_TERMS = Terms()


@dataclass(frozen=True, slots=True)
class RosterDay:
    """The sessions that a roster has for one day."""

    roster_id: UUID
    day: date
    plans: tuple[SessionPlan, ...]
    terms: Mapping[SessionPlan, Terms] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PublishedDay:
    """What became of it. `was_there`: the day had been published before, and nothing was done."""

    sessions: tuple[Session, ...] = ()
    troubles: tuple[DraftTrouble, ...] = ()
    was_there: bool = False


def publish_day(
    connection: sa.Connection,
    hospital_id: UUID,
    wanted: RosterDay,
    moment: Moment,
    *,
    ids: Iterable[UUID] | None = None,
) -> PublishedDay:
    """Publish one day of a roster. Of several who publish for a hospital, one waits until the other is done.

    `ids` are the sessions', where somebody has made them already.
    """
    name = _take_turn(connection, hospital_id)
    if _is_there(connection, hospital_id, wanted):
        return PublishedDay(was_there=True)
    policy, zone = policy_in_force(connection, hospital_id, moment.now_ms).roster, ZoneInfo(name)
    publication = publish(
        [Draft(plan, wanted.day) for plan in wanted.plans],
        policy=policy,
        zone=zone,
        ids=_ids(moment) if ids is None else ids,
        taken=_taken_letters(connection, hospital_id, wanted.day),
    )
    hours = _taken_hours(connection, hospital_id, wanted)
    sitting_twice = [it for it in publication.sessions if _sits_already(it, hours)]
    sessions = tuple(it for it in publication.sessions if it not in sitting_twice)
    _store(connection, hospital_id, sessions, wanted, Divisions(policy, zone), moment)
    twice = (DraftTrouble(Draft(it.plan, wanted.day), Trouble.DOCTOR_SITS_TWICE) for it in sitting_twice)
    return PublishedDay(sessions, (*publication.troubles, *twice))


def _take_turn(connection: sa.Connection, hospital_id: UUID) -> str:
    """The hospital's time zone, and its row until the commit: what is read after this, nobody publishes beside.

    Letters alone would not do: a session without a waiting area has none that could be taken, and whether a roster is
    there, which letters and which hours are taken must be of one moment.
    """
    found = connection.execute(
        sa.select(hospital.c.time_zone)
        .where(hospital.c.hospital_id == hospital_id)
        .with_for_update(key_share=True)  # not its key: whoever only names the hospital need not wait
    )
    name: str = found.scalar_one()
    return name


def _is_there(connection: sa.Connection, hospital_id: UUID, wanted: RosterDay) -> bool:
    found = connection.execute(
        sa.select(session.c.session_id)
        .where(
            session.c.hospital_id == hospital_id,
            session.c.service_date == wanted.day.isoformat(),
            session.c.roster_id == wanted.roster_id,
        )
        .limit(1)
    )
    return found.first() is not None


def _ids(moment: Moment) -> Iterator[UUID]:
    while True:
        yield moment.new_id()


def _taken_letters(connection: sa.Connection, hospital_id: UUID, day: date) -> set[TakenLetters]:
    found = connection.execute(
        sa.select(session.c.area_id, session.c.letters).where(
            session.c.hospital_id == hospital_id,
            session.c.service_date == day.isoformat(),
            session.c.area_id.is_not(None),
        )
    )
    return {(it.area_id, day, it.letters) for it in found}


_Hours = dict[UUID, list[tuple[int, int]]]


def _taken_hours(connection: sa.Connection, hospital_id: UUID, wanted: RosterDay) -> _Hours:
    """When doctors sit already, with the days around: a night's session ends on the next.  # rule C4"""
    days = [(wanted.day + shift * _DAY).isoformat() for shift in (-1, 0, 1)]
    found = connection.execute(
        sa.select(session.c.doctor_id, session.c.starts_ms, session.c.ends_ms).where(
            session.c.hospital_id == hospital_id,
            session.c.service_date.in_(days),
            session.c.doctor_id.is_not(None),
            session.c.stopped_ms.is_(None),
        )
    )
    hours: _Hours = {}
    for it in found:
        hours.setdefault(it.doctor_id, []).append((it.starts_ms, it.ends_ms))
    return hours


def _sits_already(it: Session, hours: _Hours) -> bool:
    taken = hours.get(it.plan.doctor_id, []) if it.plan.doctor_id else []
    return any(starts_ms < it.ends_ms and it.starts_ms < ends_ms for starts_ms, ends_ms in taken)


def _store(
    connection: sa.Connection,
    hospital_id: UUID,
    sessions: tuple[Session, ...],
    wanted: RosterDay,
    divisions: Divisions,
    moment: Moment,
) -> None:
    if not sessions:
        return
    divided = [(it, divisions.of(it.capacity, it.service_date)) for it in sessions]
    now_ms = moment.now_ms
    connection.execute(session.insert(), [_session_row(hospital_id, it, wanted, now_ms) for it in sessions])
    count_new_tables(connection, session)
    connection.execute(
        session_pool.insert(),
        [_pool_row(hospital_id, it, pool, now_ms) for it, division in divided for pool in division.pools],
    )
    _store_slots(connection, hospital_id, divided, now_ms)
    day = wanted.day.isoformat()
    write_changes(connection, hospital_id, [Change(RowKind.SESSION, it.session_id, 1, day) for it in sessions], moment)


def _store_slots(
    connection: sa.Connection, hospital_id: UUID, divided: list[tuple[Session, Division]], now_ms: int
) -> None:
    """Sessions of the same hours have the same places but for the session's id: one is written, the others are copied
    within the store. A month's roster is some hundred thousand places.
    """
    alike: dict[tuple[SlotRun, ...], list[tuple[Session, Division]]] = {}
    for it, division in divided:
        alike.setdefault(it.runs, []).append((it, division))
    for (first, division), *others in alike.values():
        connection.execute(slot.insert(), list(_slot_rows(hospital_id, first, division, now_ms)))
        if others:
            _copy_slots(connection, hospital_id, first.session_id, [it.session_id for it, _ in others])


def _copy_slots(connection: sa.Connection, hospital_id: UUID, first_id: UUID, other_ids: list[UUID]) -> None:
    columns = [column for column in slot.c if column is not slot.c.session_id]
    copied = (
        sa.select(session.c.session_id, *columns)
        .select_from(session.join(slot, slot.c.hospital_id == session.c.hospital_id))
        .where(slot.c.hospital_id == hospital_id, slot.c.session_id == first_id, session.c.session_id.in_(other_ids))
        .order_by(session.c.session_id, slot.c.no)
    )
    connection.execute(slot.insert().from_select([slot.c.session_id, *columns], copied))


def _session_row(hospital_id: UUID, it: Session, wanted: RosterDay, now_ms: int) -> Values:
    plan, terms = it.plan, wanted.terms.get(it.plan, _NO_TERMS)
    return {
        "hospital_id": hospital_id,
        "session_id": it.session_id,
        "department_id": plan.department_id,
        "doctor_id": plan.doctor_id,
        "place_id": plan.place_id,
        "area_id": plan.area_id,
        "service_date": it.service_date.isoformat(),
        "starts_ms": it.starts_ms,
        "ends_ms": it.ends_ms,
        "letters": it.letters,
        "capacity": it.capacity,
        "kind": plan.kind.value,
        "service_id": terms.service_id,
        "fee_cents": terms.fee_cents,
        "owner_confirms": terms.owner_confirms,
        "roster_id": wanted.roster_id,
        "published_ms": now_ms,
        "ver": 1,
    }


def _pool_row(hospital_id: UUID, it: Session, pool: PoolDay, now_ms: int) -> Values:
    return {
        "hospital_id": hospital_id,
        "session_id": it.session_id,
        "pool": pool.pool,
        "capacity": pool.capacity,
        "opens_ms": pool.opens_ms,
        "returns_ms": pool.returns_ms,
        "opened_ms": now_ms if pool.opens_ms <= now_ms else None,
        "returned_ms": now_ms if _has_returned(pool, now_ms) else None,
    }


def _slot_rows(hospital_id: UUID, it: Session, division: Division, now_ms: int) -> Iterable[Values]:
    """The places, each in its pool; those whose hour of release is past are free at once."""
    now_in = {pool.pool: COMMON_TEXT if _has_returned(pool, now_ms) else pool.pool for pool in division.pools}
    open_pools = {pool.pool for pool in division.pools if pool.opens_ms <= now_ms}
    waiting, blocked, free = BlockedFor.NOT_RELEASED.value, SlotState.BLOCKED.value, SlotState.FREE.value
    for place, home_pool in zip(it.slots, division.row, strict=True):
        is_open = home_pool in open_pools or now_in[home_pool] in open_pools
        yield {
            "hospital_id": hospital_id,
            "session_id": it.session_id,
            "no": place.no,
            "starts_ms": place.starts_ms,
            "ends_ms": place.ends_ms,
            "state": free if is_open else blocked,
            "blocked_for": None if is_open else waiting,
            "pool": now_in[home_pool],
            "home_pool": home_pool,
            "ver": 1,
        }


def _has_returned(pool: PoolDay, now_ms: int) -> bool:
    return pool.returns_ms is not None and pool.returns_ms <= now_ms
