"""Reading what may be lent: sessions within the promise, their free and lent places, what a terminal sold lately."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from booking.decide.clock import today
from booking.roster import BookingState
from booking.roster.affected import first_choice_until_ms
from booking.roster.channels import Channel
from booking.roster.places import BlockedFor
from booking.roster.plans import ClinicKind
from booking.roster.pools import WALK_IN, channel_pool
from booking.roster.states import SlotState
from central.appointments.at_hand import SESSIONS
from central.appointments.freed import WAITING
from central.appointments.tables import booking, booking_step, waiting_entry
from central.channels.caller import Asker
from central.leases.places import LeaseState, PlaceState
from central.leases.sizing import Lending, Line, Need, Pools, Stock, sold_by
from central.leases.tables import lease, lease_place
from central.moment import days_around
from central.rosters.pools import COMMON_TEXT, pool_text
from central.rosters.tables import session, slot
from central.terminals.caller import Caller

OWN_POOL = {False: pool_text(channel_pool(Channel.KIOSK)), True: pool_text(WALK_IN)}
"""By whether it is for walk-ins: the pool that is lent of first."""
_POOLS = (*OWN_POOL.values(), COMMON_TEXT)
_DAY_MS = 86_400_000
_FREE = slot.c.state == SlotState.FREE.value
_NOT_RELEASED = sa.and_(
    slot.c.state == SlotState.BLOCKED.value,
    slot.c.blocked_for == BlockedFor.NOT_RELEASED.value,
    slot.c.pool == OWN_POOL[True],
)
"""Walk-in places open on their day: they are lent ahead of it, for a terminal may be off line by then. The rules sell
none before its hour.  # rule G4"""
MAY_BE_LENT = sa.or_(_FREE, _NOT_RELEASED)


@dataclass(frozen=True, slots=True)
class Ledger:
    """What one pool of a session has."""

    bookable: int = 0
    for_walk_ins: int = 0
    lent: int = 0
    places: int = 0


def read_stocks(
    connection: sa.Connection, caller: Caller, lending: Lending, session_ids: Collection[UUID]
) -> list[Stock]:
    """These sessions, but for those that are over."""
    if not session_ids:
        return []
    ids = tuple(session_ids)
    here = (session.c.hospital_id == caller.hospital_id, session.c.session_id.in_(ids))
    rows = connection.execute(
        SESSIONS.where(*here, session.c.published_ms.is_not(None), session.c.ends_ms > lending.now_ms)
    ).all()
    pools = _pools(connection, caller, lending, ids)
    held = _held(connection, caller)
    waiting = _waiting(connection, caller, ids)
    return [_stock(it, pools, held, waiting) for it in rows]


def read_need(connection: sa.Connection, caller: Caller, lending: Lending, request_id: UUID) -> Need:
    """What the asking terminal sold in as long a past as leases are good for, and whose choice comes first."""
    return Need(
        lot=caller.terminal_id.bytes + request_id.bytes,
        sold=sold_by(_sold(connection, caller, lending)),
        first_choice=_first_choice(connection, caller, lending),
    )


def read_lines(connection: sa.Connection, caller: Caller, lending: Lending) -> list[Line]:
    """All sessions of the days of the promise that are not over. A large hospital has more than a thousand: of most of
    them nothing else is read.
    """
    days = days_around(today(lending.now_ms, lending.zone), before=0, after=-(-lending.promise_ms // _DAY_MS))
    rows = connection.execute(
        sa.select(session.c.session_id, session.c.department_id, session.c.service_date).where(
            session.c.hospital_id == caller.hospital_id,
            session.c.service_date.between(days[0], days[-1]),
            session.c.published_ms.is_not(None),
            session.c.stopped_ms.is_(None),
            session.c.ends_ms > lending.now_ms,
        )
    )
    return [Line(it.session_id, it.department_id, it.service_date) for it in rows]


def _sold(connection: sa.Connection, caller: Caller, lending: Lending) -> list[tuple[UUID, bool, int]]:
    is_walk_in = booking_step.c.after == sa.literal_column(f"'{BookingState.CHECKED_IN.value}'")
    rows = connection.execute(
        sa.select(session.c.department_id, is_walk_in.label("is_walk_in"), sa.func.count())
        .select_from(booking_step)
        .join(
            booking,
            sa.and_(
                booking.c.hospital_id == booking_step.c.hospital_id,
                booking.c.booking_id == booking_step.c.booking_id,
            ),
        )
        .join(
            session,
            sa.and_(session.c.hospital_id == booking.c.hospital_id, session.c.session_id == booking.c.session_id),
        )
        .where(
            booking_step.c.hospital_id == caller.hospital_id,
            booking_step.c.actor == terminal_asker(caller).actor,
            booking_step.c.at_ms > lending.now_ms - lending.promise_ms,
            sa.literal_column("booking_step.channel") == sa.literal_column(f"'{Channel.KIOSK.value}'"),
            booking_step.c.before.is_(None),
        )
        .group_by(session.c.department_id, is_walk_in)
    )
    return [(it[0], bool(it[1]), it[2]) for it in rows]


def terminal_asker(caller: Caller) -> Asker:
    """A terminal, as acts at a hospital name who asks."""
    return Asker(caller.terminal_id, caller.hospital_id, Channel.KIOSK, is_terminal=True)


def _pools(
    connection: sa.Connection, caller: Caller, lending: Lending, session_ids: tuple[UUID, ...]
) -> Mapping[UUID, Mapping[str, Ledger]]:
    def count(*conditions: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
        return sa.func.coalesce(sa.func.sum(sa.case((sa.and_(*conditions), 1), else_=0)), 0)

    starts = slot.c.starts_ms
    rows = connection.execute(
        sa.select(
            slot.c.session_id,
            slot.c.pool,
            count(_FREE, starts > lending.sold_from_ms()).label("bookable"),
            count(MAY_BE_LENT, starts > lending.now_ms).label("for_walk_ins"),
            count(slot.c.state == SlotState.LEASED.value).label("lent"),
            sa.func.count().label("places"),
        )
        .where(
            slot.c.hospital_id == caller.hospital_id,
            slot.c.session_id.in_(session_ids),
            slot.c.pool.in_(_POOLS),
        )
        .group_by(slot.c.session_id, slot.c.pool)
    )
    found: defaultdict[UUID, dict[str, Ledger]] = defaultdict(dict)
    for it in rows:
        found[it.session_id][it.pool] = Ledger(int(it.bookable), int(it.for_walk_ins), int(it.lent), it.places)
    return found


def _held(connection: sa.Connection, caller: Caller) -> Mapping[tuple[UUID, bool], int]:
    rows = connection.execute(
        sa.select(lease.c.session_id, lease.c.is_for_walk_ins, sa.func.count())
        .join(
            lease_place,
            sa.and_(lease_place.c.hospital_id == lease.c.hospital_id, lease_place.c.lease_id == lease.c.lease_id),
        )
        .where(*active_leases(caller), lease_place.c.state == PlaceState.LENT.value)
        .group_by(lease.c.session_id, lease.c.is_for_walk_ins)
    )
    return {(it[0], bool(it[1])): it[2] for it in rows}


def active_leases(caller: Caller) -> tuple[sa.ColumnElement[bool], ...]:
    """Those of which the terminal has places. The state stands in the text, so that their index is taken."""
    return (
        lease.c.hospital_id == caller.hospital_id,
        lease.c.terminal_id == caller.terminal_id,
        lease.c.state == sa.literal_column(f"'{LeaseState.ACTIVE.value}'"),
    )


def _waiting(connection: sa.Connection, caller: Caller, session_ids: tuple[UUID, ...]) -> Mapping[UUID, int]:
    rows = connection.execute(
        sa.select(waiting_entry.c.session_id, sa.func.count())
        .where(
            waiting_entry.c.hospital_id == caller.hospital_id,
            waiting_entry.c.session_id.in_(session_ids),
            waiting_entry.c.state == WAITING,
        )
        .group_by(waiting_entry.c.session_id)
    )
    return {it[0]: it[1] for it in rows}


def _first_choice(connection: sa.Connection, caller: Caller, lending: Lending) -> frozenset[UUID]:
    lasts_ms = first_choice_until_ms(0, lending.policy.roster.changes)
    first_day = today(lending.now_ms, lending.zone).isoformat()
    found = connection.scalars(
        sa.select(session.c.department_id).where(
            session.c.hospital_id == caller.hospital_id,
            session.c.service_date >= first_day,
            session.c.stopped_ms > lending.now_ms - lasts_ms,
        )
    )
    return frozenset(found)


def _stock(
    it: Any,  # noqa: ANN401 - a row of SESSIONS
    pools: Mapping[UUID, Mapping[str, Ledger]],
    held: Mapping[tuple[UUID, bool], int],
    waiting: Mapping[UUID, int],
) -> Stock:
    its = pools.get(it.session_id, {})
    own, walk_in, common = (its.get(pool, Ledger()) for pool in _POOLS)
    return Stock(
        session_id=it.session_id,
        department_id=it.department_id,
        service_date=date.fromisoformat(it.service_date),
        starts_ms=it.starts_ms,
        ends_ms=it.ends_ms,
        kind=ClinicKind(it.kind),
        is_offered=bool(it.is_offered) and it.stopped_ms is None,
        bookable=Pools(own=own.bookable, own_lent=own.lent, own_places=own.places, common=common.bookable),
        walk_in=Pools(
            own=walk_in.for_walk_ins, own_lent=walk_in.lent, own_places=walk_in.places, common=common.for_walk_ins
        ),
        common_lent=common.lent,
        common_places=common.places,
        waiting=waiting.get(it.session_id, 0),
        held=held.get((it.session_id, False), 0),
        held_for_walk_ins=held.get((it.session_id, True), 0),
    )
