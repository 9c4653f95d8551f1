"""Snapshots and days: what a snapshot's text holds, which rows this release knows, which days are to be held.

Pure. The store applies rows by `ver`, so nothing here depends on the order in which they came.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO

from booking.wire import Row, RowKind, SnapshotHead
from kiosk.ports.store import Codec

_KINDS = frozenset(kind.value for kind in RowKind)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A whole snapshot: cut short it would not have become one."""

    head: SnapshotHead
    rows: Iterator[Row]
    """To be taken once. Each is decoded when its turn comes: all of them together are many times their text."""


@dataclass(frozen=True, slots=True)
class KnownRows:
    """The rows that this release can use, and how many it cannot."""

    rows: tuple[Row, ...]
    skipped: int


def read_snapshot(body: bytes, codec: Codec) -> Snapshot:
    """The snapshot in this NDJSON. Raises ValueError when it is none or not all of it is there; so do its rows, at
    one that is none.
    """
    lines = BytesIO(body)  # shares the bytes
    head = codec.decode(SnapshotHead, lines.readline())
    first = lines.tell()
    found = sum(1 for line in lines if line != b"\n")
    if found != head.rows:
        raise ValueError(f"a snapshot of {head.rows} rows has {found}")
    if not body.endswith(b"\n"):
        raise ValueError("a snapshot ends within a line")
    lines.seek(first)
    return Snapshot(head, (codec.decode(Row, line) for line in lines if line != b"\n"))


def known_rows(rows: Iterable[Row]) -> KnownRows:
    """Leave out what this release cannot use."""
    every = tuple(rows)
    known = tuple(row for row in every if is_known(row))
    return KnownRows(known, len(every) - len(known))


def is_known(row: Row) -> bool:
    """Not a kind that this release does not know, nor a row without a body that is not a deletion."""
    return row.kind in _KINDS and (row.is_deleted or _has_body(row))


def _has_body(row: Row) -> bool:
    bodies = {
        RowKind.POLICY: row.policy,
        RowKind.DEPARTMENT: row.department,
        RowKind.DOCTOR: row.doctor,
        RowKind.PLACE: row.place,
        RowKind.SESSION: row.session,
        RowKind.BOOKING: row.booking,
        RowKind.SERVICE: row.service,
        RowKind.NOTICE: row.notice,
    }
    return bodies[RowKind(row.kind)] is not None


def days_to_fetch(*, held_to: str, old_today: str, today: str) -> tuple[str, ...] | None:
    """The days that entered the scope when the hospital's day moved; None when only a whole snapshot will do."""
    try:
        last, old, new = (date.fromisoformat(day) for day in (held_to, old_today, today))
    except ValueError:
        return None
    moved = (new - old).days
    ahead = (last - old).days
    if moved < 0 or ahead < 0 or moved > ahead + 1:
        return None
    return tuple((last + timedelta(days=number)).isoformat() for number in range(1, moved + 1))


def keep_from(today: str) -> str:
    """The oldest service day that is kept: yesterday. # sync C3"""
    return (date.fromisoformat(today) - timedelta(days=1)).isoformat()
