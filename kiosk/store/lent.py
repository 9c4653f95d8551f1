"""Lent places within the caller's transaction: what the desk's sales and the sync's leases share."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from booking.lending import Asked, Now, may_sell
from kiosk.ports.lending import ClockMark, LeaseStand, PlaceState
from kiosk.store import meta
from kiosk.store.tables import LEASE, LEASE_NUMBER, LENT_PLACE, OUTBOX

LENT, WANTED_BACK, OVER = "lent", "wanted_back", "over"
_HIGH_WATER, _CLOCK_BOOT, _CLOCK_DISTANCE = "clock_high_water", "clock_boot", "clock_distance"
_OPEN = (PlaceState.LENT, PlaceState.KEPT_FOR_CHANGE, PlaceState.GIVING_BACK)


def asked_of(row: sa.Row[Any]) -> Asked:
    """When the lease was asked for."""
    return Asked(boot_id=row.asked_boot_id, boot_ms=row.asked_boot_ms, wall_ms=row.asked_wall_ms)


def is_sellable(row: sa.Row[Any], now: Now) -> bool:
    """Whether this place may be sold: a row of the lease and its place. What has ended is never sold."""
    return row.ends_ms > now.wall_ms and may_sell(
        asked=asked_of(row), good_for_ms=row.good_for_ms, last_sale_ms=row.last_sale_ms, now=now
    )


def places_of(hospital_id: UUID, *states: PlaceState) -> sa.Select[Any]:
    """Leases and their places in these states, in order of time."""
    together = sa.and_(LENT_PLACE.c.hospital_id == LEASE.c.hospital_id, LENT_PLACE.c.lease_id == LEASE.c.lease_id)
    columns = [
        *(column for column in LEASE.c if column.name not in ("hospital_id", "state")),
        *(column for column in LENT_PLACE.c if column.name not in ("hospital_id", "lease_id", "state")),
        LENT_PLACE.c.state.label("state"),
        LEASE.c.state.label("lease_state"),
    ]
    return (
        sa.select(*columns)
        .select_from(sa.join(LEASE, LENT_PLACE, together))
        .where(LEASE.c.hospital_id == hospital_id, LENT_PLACE.c.state.in_(states))
        .order_by(LENT_PLACE.c.starts_ms, LENT_PLACE.c.no, LEASE.c.lease_id)
    )


def open_places(hospital_id: UUID) -> sa.Select[Any]:
    """Lent places that no act of this terminal is still to free: until the server has said that the lease has such a
    place again, somebody else may free it there and sell it.
    """
    is_pending = sa.exists().where(
        OUTBOX.c.hospital_id == LENT_PLACE.c.hospital_id,
        OUTBOX.c.operation_id == LENT_PLACE.c.operation_id,
        OUTBOX.c.state == "waiting",
    )
    return places_of(hospital_id, PlaceState.LENT).where(~is_pending)


def next_numbers(connection: sa.Connection, hospital_id: UUID) -> dict[UUID, str]:
    """For each lease the number that its next sale uses."""
    query = (
        sa.select(LEASE_NUMBER.c.lease_id, sa.func.min(LEASE_NUMBER.c.number).label("number"))
        .where(LEASE_NUMBER.c.hospital_id == hospital_id, LEASE_NUMBER.c.is_used.is_(False))
        .group_by(LEASE_NUMBER.c.lease_id)
    )
    return {row.lease_id: row.number for row in connection.execute(query)}


def stands(connection: sa.Connection, hospital_id: UUID) -> tuple[LeaseStand, ...]:
    """All leases with their places."""
    leases = connection.execute(
        sa.select(LEASE).where(LEASE.c.hospital_id == hospital_id).order_by(LEASE.c.service_date, LEASE.c.lease_id)
    ).all()
    places: dict[UUID, list[tuple[int, int, PlaceState]]] = {}
    query = (
        sa.select(LENT_PLACE.c.lease_id, LENT_PLACE.c.no, LENT_PLACE.c.starts_ms, LENT_PLACE.c.state)
        .where(LENT_PLACE.c.hospital_id == hospital_id)
        .order_by(LENT_PLACE.c.no)
    )
    for lease_id, no, starts_ms, state in connection.execute(query):
        places.setdefault(lease_id, []).append((no, starts_ms, PlaceState(state)))
    left = (
        sa.select(LEASE_NUMBER.c.lease_id, sa.func.count().label("how_many"))
        .where(LEASE_NUMBER.c.hospital_id == hospital_id, LEASE_NUMBER.c.is_used.is_(False))
        .group_by(LEASE_NUMBER.c.lease_id)
    )
    numbers: dict[UUID, int] = {row.lease_id: row.how_many for row in connection.execute(left)}
    return tuple(
        LeaseStand(
            lease_id=row.lease_id,
            session_id=row.session_id,
            service_date=row.service_date,
            is_for_walk_ins=row.is_for_walk_ins,
            is_wanted_back=row.state == WANTED_BACK,
            asked=asked_of(row),
            good_for_ms=row.good_for_ms,
            last_sale_ms=row.last_sale_ms,
            numbers_left=numbers.get(row.lease_id, 0),
            places=tuple(places.get(row.lease_id, ())),
        )
        for row in leases
    )


def purge_leases(connection: sa.Connection, hospital_id: UUID, *, keep_from: str) -> None:
    """Leases of earlier days go when nothing of them is open, at either end as far as the last answer told: forgotten
    too early, a place that was sold would look as if it were lent anew.
    """
    is_open = sa.exists().where(
        LENT_PLACE.c.hospital_id == LEASE.c.hospital_id,
        LENT_PLACE.c.lease_id == LEASE.c.lease_id,
        sa.or_(LENT_PLACE.c.state.in_(_OPEN), LENT_PLACE.c.is_listed),
    )
    gone = tuple(
        connection.scalars(
            sa.select(LEASE.c.lease_id).where(
                LEASE.c.hospital_id == hospital_id, LEASE.c.service_date < keep_from, ~is_open
            )
        )
    )
    for table in (LENT_PLACE, LEASE_NUMBER, LEASE):
        for lease_id in gone:
            connection.execute(sa.delete(table).where(table.c.hospital_id == hospital_id, table.c.lease_id == lease_id))


def clock_mark(connection: sa.Connection) -> ClockMark:
    """What is kept of the time."""
    distance = meta.get(connection, _CLOCK_DISTANCE)
    return ClockMark(
        high_water_ms=meta.number(connection, _HIGH_WATER),
        boot_id=meta.get(connection, _CLOCK_BOOT) or "",
        server_minus_boot_ms=int(distance) if distance else None,
    )


def keep_clock_mark(connection: sa.Connection, mark: ClockMark) -> None:
    """Keep it as it is."""
    meta.put(connection, _HIGH_WATER, str(mark.high_water_ms))
    meta.put(connection, _CLOCK_BOOT, mark.boot_id)
    meta.put(connection, _CLOCK_DISTANCE, "" if mark.server_minus_boot_ms is None else str(mark.server_minus_boot_ms))


def raise_high_water(connection: sa.Connection, now: Now) -> None:
    """A sale was decided by this time: it is never earlier again."""
    if now.wall_ms > meta.number(connection, _HIGH_WATER):
        meta.put(connection, _HIGH_WATER, str(now.wall_ms))
