"""The feed and the snapshot: where a terminal is, and what it must be told to be where the server is.

A change is written with `write_change` in the transaction that makes it. A page of the feed carries each changed thing
as it now is, so reading twice or out of order is harmless. A cursor is `epoch.pos`, and positions are in the order of
the commits: who read up to one has missed nothing before it.  # sync C3
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from booking.wire import FeedPage, Row, RowKind, SnapshotHead
from central.appointments.tables import booking
from central.moment import Moment, days_around, local_date
from central.rosters.tables import hospital, session
from central.sync import rows
from central.sync.tables import feed, feed_epoch
from central.tables.database import commits_in_order
from central.tables.prepared import Prepared
from central.writer import touch

DAYS_BEFORE = 1
DAYS_AFTER = 3
_NEXT = sa.select(sa.func.coalesce(sa.func.max(feed.c.pos), 0) + 1).where(feed.c.tenant_id == sa.bindparam("of_tenant"))
_COLUMNS = ("tenant_id", "change_id", "entity", "entity_id", "ver", "service_date")
_NUMBERED = Prepared(feed.insert().values(pos=_NEXT.scalar_subquery()), _COLUMNS)
_UNNUMBERED = Prepared(feed.insert(), _COLUMNS)
_OF_HERE = feed.c.tenant_id == sa.bindparam("tenant_id")
_FEED = Prepared(
    sa.select(
        feed_epoch.c.epoch,
        hospital.c.time_zone,
        # One question each: only alone does each use the index.
        sa.select(sa.func.min(feed.c.pos)).where(_OF_HERE).scalar_subquery().label("first"),
        sa.select(sa.func.max(feed.c.pos)).where(_OF_HERE).scalar_subquery().label("last"),
    )
    .join(hospital, hospital.c.hospital_id == feed_epoch.c.tenant_id)
    .where(feed_epoch.c.tenant_id == sa.bindparam("tenant_id"))
)
"""What every reader of the feed must know first."""
_AFTER = Prepared(
    sa.select(feed.c.pos, feed.c.entity, feed.c.entity_id, feed.c.ver, feed.c.service_date)
    .where(_OF_HERE, feed.c.pos > sa.bindparam("after"))
    .order_by(feed.c.pos)
    .limit(sa.bindparam("most"))
)
_CURSOR = re.compile(r"([0-9a-f]{1,32})\.(0|[1-9][0-9]{0,17})")


@dataclass(frozen=True, slots=True)
class FeedNow:
    """How far a feed is: its epoch, the first and the last position that are there (1 and 0: none)."""

    epoch: str
    first: int
    head: int
    time_zone: str


class Gone(Exception):
    """The cursor leads nowhere: another epoch, or a position that is not there. A snapshot is needed."""


class NotInScope(Exception):
    """A day that terminals do not hold."""


@dataclass(frozen=True, slots=True)
class Change:
    """A thing that is now at version `ver`. `service_date` is None for what every terminal needs."""

    kind: RowKind
    entity_id: UUID
    ver: int
    service_date: str | None = None


def write_change(connection: sa.Connection, hospital_id: UUID, change: Change, moment: Moment) -> None:
    """Put a change into the hospital's feed. One writer alone gives it the next position at once; where several write,
    a later position could be committed first, and the sequencer gives it (`central.sync.numbering`).
    """
    values = {
        "tenant_id": hospital_id,
        "change_id": moment.new_id(),
        "entity": change.kind.value,
        "entity_id": change.entity_id,
        "ver": change.ver,
        "service_date": change.service_date,
    }
    if commits_in_order(connection):
        _NUMBERED.run(connection, values | {"of_tenant": hospital_id})
    else:
        _UNNUMBERED.run(connection, values)
    touch(connection, hospital_id)


def today_at(connection: sa.Connection, hospital_id: UUID, now_ms: int) -> date:
    """The hospital's date."""
    zone = connection.execute(sa.select(hospital.c.time_zone).where(hospital.c.hospital_id == hospital_id)).scalar_one()
    return local_date(now_ms, zone)


def scope(today: date) -> tuple[str, ...]:
    """The days that a terminal holds: yesterday to the end of the promise to work off line."""
    return days_around(today, before=DAYS_BEFORE, after=DAYS_AFTER)


def snapshot(
    connection: sa.Connection, hospital_id: UUID, now_ms: int, *, day: str | None = None
) -> tuple[SnapshotHead, list[Row]]:
    """All that a terminal holds, or one day of it, at one position of the feed.

    The connection must see one state throughout. Raises NotInScope.
    """
    today = today_at(connection, hospital_id, now_ms)
    days = scope(today)
    if day is not None:
        if day not in days:
            raise NotInScope
        days = (day,)
    found = [
        *rows.policy_rows(connection, hospital_id, now_ms),
        *rows.department_rows(connection, hospital_id),
        *rows.doctor_rows(connection, hospital_id),
        *rows.place_rows(connection, hospital_id),
        *rows.service_rows(connection, hospital_id),
        *rows.notice_rows(connection, hospital_id),
        *rows.terminal_rows(connection, hospital_id),
        *rows.seal_key_rows(connection, hospital_id),
        *rows.session_rows(connection, hospital_id, session.c.service_date.in_(days)),
        *rows.booking_rows(connection, hospital_id, booking.c.service_date.in_(days)),
    ]
    _, head = _span(connection, hospital_id)
    cursor = _cursor(_epoch(connection, hospital_id), head)
    return SnapshotHead(cursor=cursor, days=days, today=today.isoformat(), rows=len(found)), found


def feed_now(connection: sa.Connection, hospital_id: UUID) -> FeedNow:
    """How far the hospital's feed is."""
    now = _FEED.row(connection, {"tenant_id": hospital_id})
    first, head = (1, 0) if now.last is None else (now.first, now.last)
    return FeedNow(now.epoch, first, head, now.time_zone)


def empty_page(now: FeedNow, now_ms: int, *, cursor: str) -> FeedPage | None:
    """The page of whoever has read all that there is; None: it has to be looked for."""
    if cursor != _cursor(now.epoch, now.head):
        return None
    return FeedPage(cursor=cursor, rows=(), has_more=False, today=local_date(now_ms, now.time_zone).isoformat())


def feed_page(connection: sa.Connection, hospital_id: UUID, now_ms: int, *, cursor: str, limit: int) -> FeedPage:
    """What changed after the cursor, at most `limit` positions further. Raises Gone."""
    now = feed_now(connection, hospital_id)
    empty = empty_page(now, now_ms, cursor=cursor)
    if empty is not None:
        return empty
    pos, head = _position(cursor, epoch=now.epoch), now.head
    if pos > head or pos < now.first - 1:
        raise Gone
    today = local_date(now_ms, now.time_zone)
    asked = {"tenant_id": hospital_id, "after": pos, "most": limit}
    changes = _AFTER.rows(connection, asked) if pos < head else []
    last_of = {
        (change.entity, change.entity_id): Change(
            RowKind(change.entity), change.entity_id, change.ver, change.service_date
        )
        for change in changes
        if change.service_date is None or change.service_date in scope(today)
    }
    reached = changes[-1].pos if changes else pos
    return FeedPage(
        cursor=_cursor(now.epoch, reached),
        rows=tuple(_as_they_are(connection, hospital_id, now_ms, last_of.values())),
        has_more=reached < head,
        today=today.isoformat(),
    )


def _as_they_are(connection: sa.Connection, hospital_id: UUID, now_ms: int, changes: Iterable[Change]) -> list[Row]:
    by_kind: dict[RowKind, dict[UUID, Change]] = {}
    for change in changes:
        by_kind.setdefault(change.kind, {})[change.entity_id] = change
    found: list[Row] = []
    for kind, wanted in sorted(by_kind.items(), key=lambda item: list(RowKind).index(item[0])):
        present = _rows_of(connection, hospital_id, kind, list(wanted), now_ms)
        found.extend(present)
        present_ids = {row.id for row in present}
        found.extend(
            Row(kind=kind, id=str(entity_id), ver=change.ver, is_deleted=True)
            for entity_id, change in wanted.items()
            if str(entity_id) not in present_ids
        )
    return found


def _rows_of(connection: sa.Connection, hospital_id: UUID, kind: RowKind, ids: list[UUID], now_ms: int) -> list[Row]:
    match kind:
        case RowKind.POLICY:
            return rows.policy_rows(connection, hospital_id, now_ms)
        case RowKind.DEPARTMENT:
            return rows.department_rows(connection, hospital_id, ids)
        case RowKind.DOCTOR:
            return rows.doctor_rows(connection, hospital_id, ids)
        case RowKind.PLACE:
            return rows.place_rows(connection, hospital_id, ids)
        case RowKind.SERVICE:
            return rows.service_rows(connection, hospital_id, ids)
        case RowKind.NOTICE:
            return rows.notice_rows(connection, hospital_id, ids)
        case RowKind.TERMINAL:
            return rows.terminal_rows(connection, hospital_id, ids)
        case RowKind.SEAL_KEY:
            return rows.seal_key_rows(connection, hospital_id, ids)
        case RowKind.SESSION:
            return rows.session_rows(connection, hospital_id, session.c.session_id.in_(ids))
        case RowKind.BOOKING:
            return rows.bookings_by_id(connection, hospital_id, ids)


def _span(connection: sa.Connection, hospital_id: UUID) -> tuple[int, int]:
    """The first and the last position that are there; (1, 0) for a feed without any."""
    first, last = (
        connection.execute(sa.select(end(feed.c.pos)).where(feed.c.tenant_id == hospital_id)).scalar_one()
        for end in (sa.func.min, sa.func.max)  # one question each: only alone does each use the index
    )
    return (1, 0) if last is None else (first, last)


def _epoch(connection: sa.Connection, hospital_id: UUID) -> str:
    epoch: str = connection.execute(
        sa.select(feed_epoch.c.epoch).where(feed_epoch.c.tenant_id == hospital_id)
    ).scalar_one()
    return epoch


def _cursor(epoch: str, pos: int) -> str:
    return f"{epoch}.{pos}"


def _position(cursor: str, *, epoch: str) -> int:
    parts = _CURSOR.fullmatch(cursor)
    if parts is None or parts[1] != epoch:
        raise Gone
    return int(parts[2])
