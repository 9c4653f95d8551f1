"""Snapshots and days: what a snapshot's text holds, which rows this release knows, which days are to be held.

Pure. The store applies rows by `ver`, so nothing here depends on the order in which they came.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from io import BytesIO
from typing import Any

from booking.wire import FeedPage, Row, RowKind, SnapshotHead
from kiosk.ports.store import Codec

_KINDS = frozenset(kind.value for kind in RowKind)
UNKNOWN_KIND = "unknown"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A whole snapshot: cut short it would not have become one."""

    head: SnapshotHead
    rows: Iterator[Row]
    """To be taken once. Each is decoded when its turn comes: all of them together are many times their text."""
    unreadable: Counter[str] = field(default_factory=Counter)
    """Rows left out so far because they cannot be read, by kind."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the feed, without the rows that cannot be read."""

    page: FeedPage
    unreadable: Counter[str]
    """Rows left out, by kind."""


@dataclass(frozen=True, slots=True)
class KnownRows:
    """The rows that this release can use, and how many it cannot."""

    rows: tuple[Row, ...]
    skipped: int


def read_snapshot(body: bytes, codec: Codec) -> Snapshot:
    """The snapshot in this NDJSON. Raises ValueError when it is none or not all of it is there; so do its rows, at
    a line that is none. A row that says its kind and cannot be read is left out: it must not cost all others.
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
    unreadable: Counter[str] = Counter()
    return Snapshot(head, _readable((line for line in lines if line != b"\n"), codec, unreadable), unreadable)


def read_page(body: bytes, codec: Codec) -> Page:
    """The page of the feed in this JSON. Raises ValueError when it is none, or a row does not even say its kind."""
    unreadable: Counter[str] = Counter()
    try:
        return Page(codec.decode(FeedPage, body), unreadable)
    except ValueError:
        page = _json(body)
        rows = page.get("rows") if isinstance(page, dict) else None
        if not isinstance(rows, list):
            raise
    found = tuple(_readable((json.dumps(row).encode() for row in rows), codec, unreadable))
    page = codec.decode(FeedPage, json.dumps({**page, "rows": []}))
    return Page(replace(page, rows=found), unreadable)


def _readable(texts: Iterable[bytes], codec: Codec, unreadable: Counter[str]) -> Iterator[Row]:
    for text in texts:
        try:
            row = codec.decode(Row, text)
        except ValueError:
            unreadable[_kind_said(text)] += 1
        else:
            yield row


def _kind_said(text: bytes) -> str:
    """The kind of a row that cannot be read, told by a word of ours. Raises ValueError when the text is no row."""
    said = _json(text)
    kind = said.get("kind") if isinstance(said, dict) else None
    if not isinstance(kind, str):
        raise ValueError("not a Row: it says no kind")  # noqa: TRY004 - a message's fault, as the codec tells it
    return kind if kind in _KINDS else UNKNOWN_KIND


def _json(text: bytes) -> Any:  # noqa: ANN401 - anything may come from outside
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError("not JSON") from None


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
        RowKind.TERMINAL: row.terminal,
        RowKind.SEAL_KEY: row.seal_key,
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
