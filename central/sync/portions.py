"""The snapshot in portions, each read at a position of its own: what a slow line has brought once need not come again.

Rows are in one order: those without a day and the sessions, by kind and id, then bookings by day and id. A mark says
after which row the next portion begins. The feed is followed from the position of the first portion: whatever changes
while the others are read comes again with it.  # sync C3
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from booking.wire import Row, RowKind, SnapshotHead
from central.appointments.tables import booking
from central.rosters.tables import session
from central.sync import rows
from central.sync.service import (
    Gone,
    NotInScope,
    cursor_now,
    feed_now,
    is_reached,
    rows_without_day,
    scope,
    session_scope,
    today_at,
)

LARGEST_PORTION = 2000
_MARK = re.compile(r"(?P<section>[a-z_]{1,16}|\d{4}-\d{2}-\d{2})/(?P<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")
_ORDER = [kind.value for kind in RowKind if kind is not RowKind.BOOKING]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A portion of the whole snapshot, or of one day's."""

    limit: int
    after: str = ""
    """The mark that the portion before it gave; empty: the first one."""
    day: str | None = None
    since: str = ""
    """A position: what is older does not do."""


def portion(
    connection: sa.Connection, hospital_id: UUID, now_ms: int, wanted: Wanted
) -> tuple[SnapshotHead, list[Row]]:
    """At most so many rows after the mark, and where the next portion begins; no mark: this was the last one.

    The connection must see one state throughout. Raises NotInScope, and Gone where mark or position leads nowhere.
    """
    now = feed_now(connection, hospital_id)
    if wanted.since and not is_reached(now, wanted.since):
        raise Gone
    today = today_at(connection, hospital_id, now_ms)
    days, session_days = scope(today), session_scope(today)
    if wanted.day is not None:
        if wanted.day not in session_days:
            raise NotInScope
        days, session_days = tuple(it for it in days if it == wanted.day), (wanted.day,)
    section, after = _read(wanted.after)
    found: list[tuple[str, Row]] = []
    if not section or section in _ORDER:
        every = [
            *rows_without_day(connection, hospital_id, now_ms),
            *rows.session_rows(connection, hospital_id, session.c.service_date.in_(session_days)),
        ]
        begins = (_ORDER.index(section), after) if section else (-1, "")
        rest = sorted((it for it in every if _place(it) > begins), key=_place)
        found = [(row.kind, row) for row in rest[: wanted.limit]]
    begins_at = (section, after) if section and section not in _ORDER else ("", "")
    for day, ids in _booking_ids(connection, hospital_id, days, begins_at, wanted.limit - len(found)):
        of_id = {row.id: row for row in rows.bookings_by_id(connection, hospital_id, ids)}
        found.extend((day, of_id[str(it)]) for it in ids if str(it) in of_id)
    is_full = len(found) >= wanted.limit
    head = SnapshotHead(
        cursor=cursor_now(connection, hospital_id),
        days=days,
        today=today.isoformat(),
        rows=len(found),
        session_days=session_days,
        next=f"{found[-1][0]}/{found[-1][1].id}" if is_full else "",
    )
    return head, [row for _, row in found]


def _place(row: Row) -> tuple[int, str]:
    return _ORDER.index(row.kind), row.id


def _read(mark: str) -> tuple[str, str]:
    if not mark:
        return "", ""
    parts = _MARK.fullmatch(mark)
    if parts is None or (parts["section"] not in _ORDER and not parts["section"][0].isdigit()):
        raise Gone
    return parts["section"], parts["id"]


def _booking_ids(
    connection: sa.Connection, hospital_id: UUID, days: tuple[str, ...], after: tuple[str, str], room: int
) -> Iterator[tuple[str, list[UUID]]]:
    """The next bookings, day by day; one day's are put in order at a time."""
    for day in days:
        if room <= 0:
            return
        if day < after[0]:
            continue
        query = sa.select(booking.c.booking_id).where(
            booking.c.hospital_id == hospital_id, booking.c.service_date == day
        )
        if day == after[0]:
            query = query.where(booking.c.booking_id > UUID(after[1]))
        ids = list(connection.execute(query.order_by(booking.c.booking_id).limit(room)).scalars())
        room -= len(ids)
        if ids:
            yield day, ids
