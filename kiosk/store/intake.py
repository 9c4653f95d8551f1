"""Filling the mirror by portions of a snapshot, and mending it; what it holds, as digests.

How far a snapshot has come is a single value beside the rows: after a cut or a restart the next portion is asked for.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict
from datetime import date, timedelta
from itertools import islice
from uuid import UUID

import sqlalchemy as sa

from booking.wire import Row, RowKind
from booking.wire_digest import DigestLine, digest_of
from kiosk.ports.intake import HeldDigests, Taking
from kiosk.store import meta
from kiosk.store.engine import reading, writing
from kiosk.store.mirror import BATCH, REWRITE, MirrorTable
from kiosk.store.tables import MIRROR

_TAKING = "taking"


class IntakeTable:
    """Fills the mirror of one hospital."""

    def __init__(self, engine: sa.Engine, hospital_id: UUID, *, mirror: MirrorTable) -> None:
        self._engine = engine
        self._hospital_id = hospital_id
        self._mirror = mirror

    def taking(self) -> Taking | None:
        """What has been begun; what cannot be read (another release wrote it) begins anew."""
        with reading(self._engine) as connection:
            text = meta.get(connection, _TAKING)
        if text is None:
            return None
        try:
            return Taking(**json.loads(text))
        except (ValueError, TypeError):
            return None

    def begin(self, *, day: str = "", replaces: bool = False, since: str = "") -> Taking:
        """Begin, under the next number."""
        with writing(self._engine) as connection:
            rewrites = not day and meta.get(connection, REWRITE) is not None
            number = meta.raise_number(connection, "snapshot_no")
            taking = Taking(number=number, day=day, replaces=replaces or rewrites, since=since)
            _keep(connection, taking)
            return taking

    def take_portion(self, rows: Iterable[Row], taking: Taking) -> int:
        """A batch a transaction. What was begun anew meanwhile is not touched by what is left of the old one."""
        taken = 0
        rest = iter(rows)
        while batch := list(islice(rest, BATCH)):
            with writing(self._engine) as connection:
                taken += self._mirror.take(connection, batch, snapshot_no=taking.number, replaces=taking.replaces)
        with writing(self._engine) as connection:
            _keep(connection, taking)
        return taken

    def drop_taking(self) -> None:
        """Forget how far it came; the rows stay."""
        with writing(self._engine) as connection:
            meta.drop(connection, _TAKING)

    def finish_whole(self, taking: Taking) -> int:
        """Drop what it did not have; the feed goes on from its position."""
        with writing(self._engine) as connection:
            dropped = self._mirror.drop(connection, MIRROR.c.snapshot_no != taking.number)
            meta.put(connection, "cursor", taking.since)
            meta.drop(connection, REWRITE)
            meta.drop(connection, _TAKING)
            return dropped

    def finish_day(self, taking: Taking, *, spared: Iterable[str] = ()) -> int:
        """The feed stays where it is."""
        with writing(self._engine) as connection:
            meta.drop(connection, _TAKING)
            if not taking.replaces:
                return 0
            gone = (MIRROR.c.snapshot_no != taking.number, MIRROR.c.is_deleted.is_(False))
            of_day = sa.and_(MIRROR.c.service_date == taking.day, MIRROR.c.kind.not_in(tuple(spared)))
            return self._mirror.drop(connection, *gone, sa.or_(of_day, MIRROR.c.service_date == ""))

    def digests(self) -> HeldDigests:
        """All that the digest is made of stands in an index: no row is read for it."""
        columns = (MIRROR.c.service_date, MIRROR.c.department_id, MIRROR.c.kind, MIRROR.c.id, MIRROR.c.ver)
        groups: dict[tuple[str, str, str], list[tuple[str, str, int]]] = defaultdict(list)
        with reading(self._engine) as connection:
            cursor = meta.get(connection, "cursor")
            today, days = meta.get(connection, "today") or "", _compared_days(connection)
            query = sa.select(*columns).where(MIRROR.c.hospital_id == self._hospital_id, MIRROR.c.is_deleted.is_(False))
            for day, department_id, kind, row_id, ver in connection.execute(query):
                first, last = days.get(kind, days[RowKind.SESSION])
                if not day or first <= day <= last:
                    # A kind that has no day, with a day, is wrong: the server has no such group.
                    group = ("", day, department_id) if day and kind in days else (kind, day, "")
                    groups[group].append((kind, row_id, ver))
        lines = tuple(
            DigestLine(kind=kind, day=day, department_id=_uuid(of), digest=digest_of(rows), rows=len(rows))
            for (kind, day, of), rows in groups.items()
        )
        return HeldDigests(cursor, today, lines)


def _compared_days(connection: sa.Connection) -> dict[str, tuple[str, str]]:
    """The first and the last day of bookings and sessions that the server compares; what is kept beyond is our own."""
    today, held_to, sessions_to = (meta.get(connection, name) or "" for name in ("today", "held_to", "sessions_to"))
    first = (date.fromisoformat(today) - timedelta(days=1)).isoformat() if today else ""
    return {RowKind.BOOKING.value: (first, held_to), RowKind.SESSION.value: (first, sessions_to or held_to)}


def _keep(connection: sa.Connection, taking: Taking) -> None:
    meta.put(connection, _TAKING, json.dumps(asdict(taking)))


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
