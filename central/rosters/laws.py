"""Whether a hospital's places add up: the two quota laws, and that no place and booking disagree.

Read-only, a question to the whole hospital. What it finds is for staff and for tests; nothing is mended here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa

from booking.roster.places import BlockedFor
from booking.roster.states import SlotState
from central.appointments.tables import ACTIVE_STATES, booking, hold
from central.leases.tables import lease, lease_place
from central.rosters.pools import COMMON_TEXT
from central.rosters.tables import extra_place, session, session_pool, slot


class Law(StrEnum):
    """What does not hold."""

    POOL_CAPACITY = "pool_capacity"
    """free + held + leased + busy + blocked = capacity, for the pool that places were published in."""
    SESSION_CAPACITY = "session_capacity"
    NUMBERS_GIVEN = "numbers_given"
    """numbers given = busy + overflow + add-on + cancelled after print."""
    HOLDER = "holder"
    """A place has the holder that its state names, and no other."""
    SOLD_TWICE = "sold_twice"
    """A place is busy for one booking that counts in it; a booking that counts has its place."""
    HELD = "held"
    """A held place has a hold that has not ended, and the other way round."""
    LENT = "lent"
    """A lent place is lent under the lease that it names, and what an active lease has lent is lent.  # sync C4"""
    WRONG_POOL = "wrong_pool"
    """A place is in its own pool, or in the common one once its own has returned; then no place that nobody has is left
    behind in it.
    """
    RELEASE = "release"
    """No place waits for a release that is past."""


@dataclass(frozen=True, slots=True)
class Breach:
    """One thing that does not add up: where, and the figures. `no` is 0 where it is the session as a whole."""

    law: Law
    session_id: UUID
    no: int = 0
    pool: str = ""
    counted: int = 0
    expected: int = 0


def breaches(connection: sa.Connection, hospital_id: UUID) -> list[Breach]:
    """All that does not hold at this hospital; empty when all is well. The connection must see one state."""
    return [breach for check in _CHECKS for breach in check(connection, hospital_id)]


def _pool_capacity(connection: sa.Connection, hospital_id: UUID) -> Iterator[Breach]:
    there = _counts(connection, slot.c.home_pool, slot.c.hospital_id == hospital_id)
    rows = connection.execute(
        sa.select(session_pool.c.session_id, session_pool.c.pool, session_pool.c.capacity).where(
            session_pool.c.hospital_id == hospital_id
        )
    )
    meant = {(it.session_id, it.pool): it.capacity for it in rows}
    for key in {*there, *meant}:
        counted, expected = there.get(key, 0), meant.get(key, 0)
        if counted != expected:
            yield Breach(Law.POOL_CAPACITY, key[0], pool=key[1], counted=counted, expected=expected)


def _counts(
    connection: sa.Connection, column: sa.Column[str], *where: sa.ColumnElement[bool]
) -> dict[tuple[UUID, str], int]:
    query = sa.select(slot.c.session_id, column, sa.func.count()).where(*where).group_by(slot.c.session_id, column)
    return {(session_id, text): count for session_id, text, count in connection.execute(query)}


def _session_capacity(connection: sa.Connection, hospital_id: UUID) -> Iterator[Breach]:
    count = sa.func.count(slot.c.no)
    same = sa.and_(slot.c.hospital_id == session.c.hospital_id, slot.c.session_id == session.c.session_id)
    query = (
        sa.select(session.c.session_id, session.c.capacity, count.label("places"))
        .select_from(session.outerjoin(slot, same))
        .where(session.c.hospital_id == hospital_id, session.c.published_ms.is_not(None))
        .group_by(session.c.session_id, session.c.capacity)
        .having(count != session.c.capacity)
    )
    for it in connection.execute(query):
        yield Breach(Law.SESSION_CAPACITY, it.session_id, counted=it.places, expected=it.capacity)


def _numbers_given(connection: sa.Connection, hospital_id: UUID) -> Iterator[Breach]:
    """Given: bookings that count, and those that ended with their number on paper."""
    active = booking.c.state.in_([state.value for state in ACTIVE_STATES])
    given = _by_session(connection, booking, hospital_id, sa.or_(active, booking.c.is_printed))
    cancelled = _by_session(connection, booking, hospital_id, ~active, booking.c.is_printed)
    busy = _by_session(connection, slot, hospital_id, slot.c.state == SlotState.BUSY.value)
    above = _by_session(connection, extra_place, hospital_id, extra_place.c.ended_ms.is_(None))
    for session_id in {*given, *busy, *above}:
        parts = (busy, above, cancelled)
        counted, expected = given.get(session_id, 0), sum(part.get(session_id, 0) for part in parts)
        if counted != expected:
            yield Breach(Law.NUMBERS_GIVEN, session_id, counted=counted, expected=expected)


def _by_session(
    connection: sa.Connection, table: sa.Table, hospital_id: UUID, *where: sa.ColumnElement[bool]
) -> dict[UUID, int]:
    query = sa.select(table.c.session_id, sa.func.count()).where(table.c.hospital_id == hospital_id, *where)
    return {it.session_id: it[1] for it in connection.execute(query.group_by(table.c.session_id))}


_HOLDERS = (slot.c.hold_id, slot.c.lease_id, slot.c.booking_id, slot.c.blocked_for)
_HOLDER_OF = {
    SlotState.FREE: None,
    SlotState.HELD: slot.c.hold_id,
    SlotState.LEASED: slot.c.lease_id,
    SlotState.BUSY: slot.c.booking_id,
    SlotState.BLOCKED: slot.c.blocked_for,
}


def _holder(connection: sa.Connection, hospital_id: UUID) -> Iterator[Breach]:
    right = [
        sa.and_(
            slot.c.state == state.value,
            *(column.is_not(None) if column is own else column.is_(None) for column in _HOLDERS),
        )
        for state, own in _HOLDER_OF.items()
    ]
    yield from _places(connection, Law.HOLDER, slot.c.hospital_id == hospital_id, ~sa.or_(*right))


def _places(connection: sa.Connection, law: Law, *where: sa.ColumnElement[bool]) -> Iterator[Breach]:
    for it in connection.execute(sa.select(slot.c.session_id, slot.c.no, slot.c.pool).where(*where)):
        yield Breach(law, it.session_id, it.no, pool=it.pool)


def _sold_twice(connection: sa.Connection, hospital_id: UUID) -> Iterator[Breach]:
    counting = booking.c.state.in_([state.value for state in ACTIVE_STATES])
    places = _held_by(connection, slot, slot.c.booking_id, hospital_id, slot.c.state == SlotState.BUSY.value)
    places |= _held_by(connection, extra_place, extra_place.c.booking_id, hospital_id, extra_place.c.ended_ms.is_(None))
    rows = connection.execute(
        sa.select(booking.c.session_id, booking.c.slot_no, booking.c.booking_id).where(
            booking.c.hospital_id == hospital_id, counting
        )
    )
    bookings = {(it.session_id, it.slot_no, it.booking_id) for it in rows}
    for session_id, no, _booking_id in places ^ bookings:
        yield Breach(Law.SOLD_TWICE, session_id, no)


def _held_by(
    connection: sa.Connection,
    table: sa.Table,
    holder: sa.Column[UUID],
    hospital_id: UUID,
    *where: sa.ColumnElement[bool],
) -> set[tuple[UUID, int, UUID]]:
    query = sa.select(table.c.session_id, table.c.no, holder).where(table.c.hospital_id == hospital_id, *where)
    return {(session_id, no, holder_id) for session_id, no, holder_id in connection.execute(query)}


def _held(connection: sa.Connection, hospital_id: UUID) -> Iterator[Breach]:
    places = _held_by(connection, slot, slot.c.hold_id, hospital_id, slot.c.state == SlotState.HELD.value)
    rows = connection.execute(
        sa.select(hold.c.session_id, hold.c.slot_no, hold.c.hold_id).where(
            hold.c.hospital_id == hospital_id, hold.c.ended_ms.is_(None)
        )
    )
    for session_id, no, _hold_id in places ^ {(it.session_id, it.slot_no, it.hold_id) for it in rows}:
        yield Breach(Law.HELD, session_id, no)


def _lent(connection: sa.Connection, hospital_id: UUID) -> Iterator[Breach]:
    places = _held_by(connection, slot, slot.c.lease_id, hospital_id, slot.c.state == SlotState.LEASED.value)
    rows = connection.execute(
        sa.select(lease.c.session_id, lease_place.c.no, lease.c.lease_id)
        .join(
            lease_place,
            sa.and_(lease_place.c.hospital_id == lease.c.hospital_id, lease_place.c.lease_id == lease.c.lease_id),
        )
        .where(lease.c.hospital_id == hospital_id, lease.c.state == "active", lease_place.c.state == "lent")
    )
    for session_id, no, _lease_id in places ^ {(it.session_id, it.no, it.lease_id) for it in rows}:
        yield Breach(Law.LENT, session_id, no)


def _pool_of_slot(*where: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    """Whether the pool that the place was published in meets the conditions."""
    return (
        sa.exists()
        .where(
            session_pool.c.hospital_id == slot.c.hospital_id,
            session_pool.c.session_id == slot.c.session_id,
            *where,
        )
        .correlate(slot)
    )


def _wrong_pool(connection: sa.Connection, hospital_id: UUID) -> Iterator[Breach]:
    returned = _pool_of_slot(session_pool.c.pool == slot.c.home_pool, session_pool.c.returned_ms.is_not(None))
    moved, stayed = slot.c.pool != slot.c.home_pool, slot.c.pool == slot.c.home_pool
    is_nobodys = slot.c.state.in_((SlotState.FREE.value, SlotState.BLOCKED.value))
    yield from _places(
        connection,
        Law.WRONG_POOL,
        slot.c.hospital_id == hospital_id,
        sa.or_(
            sa.and_(moved, sa.or_(slot.c.pool != COMMON_TEXT, ~returned)),
            sa.and_(stayed, is_nobodys, returned),
        ),
    )


def _release(connection: sa.Connection, hospital_id: UUID) -> Iterator[Breach]:
    opened = _pool_of_slot(session_pool.c.pool == slot.c.pool, session_pool.c.opened_ms.is_not(None))
    waiting = slot.c.blocked_for == BlockedFor.NOT_RELEASED.value
    yield from _places(connection, Law.RELEASE, slot.c.hospital_id == hospital_id, waiting, opened)


_Check = Callable[[sa.Connection, UUID], Iterable[Breach]]
_CHECKS: tuple[_Check, ...] = (
    _pool_capacity,
    _session_capacity,
    _numbers_given,
    _holder,
    _sold_twice,
    _held,
    _lent,
    _wrong_pool,
    _release,
)
