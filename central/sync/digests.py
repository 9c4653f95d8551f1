"""Digests of what terminals hold, made of the tables themselves: what the feed has failed to tell shows in them too."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from uuid import UUID

import sqlalchemy as sa

from booking.wire import Row, RowKind
from booking.wire_digest import DigestLine, Digests, digest_of
from central.appointments.tables import booking
from central.rosters.tables import session
from central.sync import rows
from central.sync.service import cursor_now, rows_without_day, scope, session_scope, today_at

_Group = tuple[str, str, UUID | None]
_Mark = tuple[str, str, int]


def digests(connection: sa.Connection, hospital_id: UUID, now_ms: int) -> Digests:
    """Of all that a terminal holds now. The connection must see one state throughout."""
    today = today_at(connection, hospital_id, now_ms)
    groups: dict[_Group, list[_Mark]] = defaultdict(list)
    held = [
        *rows_without_day(connection, hospital_id, now_ms),
        *rows.session_rows(connection, hospital_id, session.c.service_date.in_(session_scope(today))),
    ]
    for group, mark in (*_marks(held), *_bookings(connection, hospital_id, scope(today))):
        groups[group].append(mark)
    return Digests(
        cursor=cursor_now(connection, hospital_id),
        today=today.isoformat(),
        is_at_hand=True,
        lines=tuple(
            DigestLine(kind=kind, day=day, department_id=department_id, digest=digest_of(marks), rows=len(marks))
            for (kind, day, department_id), marks in groups.items()
        ),
    )


def _marks(held: Iterable[Row]) -> Iterator[tuple[_Group, _Mark]]:
    for row in held:
        if row.session is None:
            yield (row.kind, "", None), (row.kind, row.id, row.ver)
        else:
            yield ("", row.session.service_date, row.session.department_id), (row.kind, row.id, row.ver)


def _bookings(connection: sa.Connection, hospital_id: UUID, days: tuple[str, ...]) -> Iterator[tuple[_Group, _Mark]]:
    """Tens of thousands: without the rows' bodies."""
    query = (
        sa.select(booking.c.booking_id, booking.c.ver, booking.c.service_date, session.c.department_id)
        .join(
            session,
            sa.and_(session.c.hospital_id == booking.c.hospital_id, session.c.session_id == booking.c.session_id),
        )
        .where(booking.c.hospital_id == hospital_id, booking.c.service_date.in_(days))
    )
    for booking_id, ver, day, department_id in connection.execute(query):
        yield ("", day, department_id), (RowKind.BOOKING.value, str(booking_id), ver)
