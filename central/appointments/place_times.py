"""The times of a booking's place. One above capacity has no slot of its own: it has those of the session's last one."""

from __future__ import annotations

import sqlalchemy as sa

from central.appointments.tables import booking
from central.rosters.tables import slot

OWN_SLOT = sa.and_(
    slot.c.hospital_id == booking.c.hospital_id,
    slot.c.session_id == booking.c.session_id,
    slot.c.no == booking.c.slot_no,
)
"""On which `slot` is joined to `booking`, as an outer join."""


def time_of_place(name: str) -> sa.ColumnElement[int]:
    """`starts_ms` or `ends_ms`, where `slot` is joined on `OWN_SLOT`."""
    others = slot.alias()
    last = (
        sa.select(others.c[name])
        .where(others.c.hospital_id == booking.c.hospital_id, others.c.session_id == booking.c.session_id)
        .order_by(others.c.no.desc())
        .limit(1)
        .correlate(booking)
    )
    return sa.func.coalesce(slot.c[name], last.scalar_subquery())
