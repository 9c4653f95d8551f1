"""What is lent to a terminal now, as it is told."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from booking.roster.plans import ClinicKind
from booking.roster.states import SlotState
from booking.wire_lease import Lease, LentPlace
from central.keys import ColumnSeal
from central.leases.places import PlaceState
from central.leases.sizing import Lending, Stock
from central.leases.stock import active_leases
from central.leases.tables import lease, lease_number, lease_place
from central.rosters.tables import session, slot
from central.terminals.caller import Caller

NUMBERS_A_PLACE = 2
SEALED_AS = {"table": "lease_number", "column": "number_sealed"}


def everything_lent(connection: sa.Connection, caller: Caller, lending: Lending, seal: ColumnSeal) -> list[Lease]:
    """All leases of the terminal with places that are lent, those of the next sessions first. In a stopped session
    nothing more may be sold.
    """
    numbers = _numbers(connection, caller, seal)
    rows: defaultdict[UUID, list[Any]] = defaultdict(list)
    for it in connection.execute(
        _LENT.where(*active_leases(caller)).order_by(session.c.starts_ms, lease.c.is_for_walk_ins, slot.c.no)
    ):
        rows[it.lease_id].append(it)
    return [_lease(places, numbers.get(lease_id, []), lending) for lease_id, places in rows.items()]


def lacking_numbers(leases: Iterable[Lease]) -> dict[UUID, int]:
    """Leases that have fewer booking numbers left than places, and how many they should get."""
    return {
        it.id: NUMBERS_A_PLACE * len(it.places) - len(it.numbers) for it in leases if len(it.numbers) < len(it.places)
    }


_LENT = (
    sa.select(
        lease.c.lease_id,
        lease.c.session_id,
        lease.c.is_for_walk_ins,
        lease.c.granted_ms,
        session.c.department_id,
        session.c.service_date,
        session.c.starts_ms.label("session_starts_ms"),
        session.c.ends_ms.label("session_ends_ms"),
        session.c.stopped_ms,
        session.c.kind,
        slot.c.no,
        slot.c.starts_ms,
        slot.c.ends_ms,
    )
    .select_from(lease)
    .join(
        lease_place,
        sa.and_(lease_place.c.hospital_id == lease.c.hospital_id, lease_place.c.lease_id == lease.c.lease_id),
    )
    .join(
        slot,
        sa.and_(
            slot.c.hospital_id == lease.c.hospital_id,
            slot.c.session_id == lease.c.session_id,
            slot.c.no == lease_place.c.no,
            slot.c.lease_id == lease.c.lease_id,
        ),
    )
    .join(
        session,
        sa.and_(session.c.hospital_id == lease.c.hospital_id, session.c.session_id == lease.c.session_id),
    )
    .where(lease_place.c.state == PlaceState.LENT.value, slot.c.state == SlotState.LEASED.value)
)


def _lease(rows: list[Any], numbers: list[str], lending: Lending) -> Lease:
    first = rows[0]
    of = Stock(
        session_id=first.session_id,
        department_id=first.department_id,
        service_date=date.fromisoformat(first.service_date),
        starts_ms=first.session_starts_ms,
        ends_ms=first.session_ends_ms,
        kind=ClinicKind(first.kind),
    )
    last_ms = lending.last_sale_ms(
        of, starts_ms=max(it.starts_ms for it in rows), is_for_walk_ins=first.is_for_walk_ins
    )
    if first.stopped_ms is not None:
        last_ms = min(last_ms, first.stopped_ms)
    return Lease(
        id=first.lease_id,
        session_id=first.session_id,
        service_date=first.service_date,
        places=tuple(LentPlace(no=it.no, starts_ms=it.starts_ms, ends_ms=it.ends_ms) for it in rows),
        numbers=tuple(numbers),
        good_for_ms=lending.good_for_ms(last_ms),
        last_sale_ms=last_ms,
        is_for_walk_ins=first.is_for_walk_ins,
        granted_ms=first.granted_ms,
    )


def _numbers(connection: sa.Connection, caller: Caller, seal: ColumnSeal) -> Mapping[UUID, list[str]]:
    """The booking numbers that are left, by lease."""
    its = sa.and_(lease.c.hospital_id == lease_number.c.hospital_id, lease.c.lease_id == lease_number.c.lease_id)
    rows = connection.execute(
        sa.select(lease_number.c.lease_id, lease_number.c.number_id, lease_number.c.number_sealed)
        .join(lease, its)
        .where(*active_leases(caller), lease_number.c.booking_id.is_(None))
        .order_by(lease_number.c.number_id)
    )
    found: defaultdict[UUID, list[str]] = defaultdict(list)
    for it in rows:
        found[it.lease_id].append(seal.open(it.number_sealed, **SEALED_AS, row=it.number_id))
    return found
