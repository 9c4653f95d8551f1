"""The mirror: the server's rows for the terminal's days. The higher `ver` wins, whatever the order of arrival.

Decides nothing about bookings; unknown kinds are kept out by whoever hands rows over.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator
from itertools import islice
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from booking.wire import PolicyRow, Row, RowKind
from booking.wire_lease import SealKeyRow
from kiosk.ports.store import Codec, Scope, StoreBroken
from kiosk.store import meta
from kiosk.store.engine import reading, writing
from kiosk.store.lent import purge_leases
from kiosk.store.local import LocalTables
from kiosk.store.tables import AUDIT, CHECK_IN, LISTED, MIRROR, MIRROR_KEY, NUMBER_TRY, OUTBOX, SPOOL

BATCH = 1000
"""Rows a transaction: a snapshot never keeps a visitor's check-in waiting for longer than one batch."""
KEEP_ANSWERED_MS = 7 * 24 * 3600 * 1000
KEEP_AUDIT_MS = 90 * 24 * 3600 * 1000


REWRITE = "rewrite_mirror"
"""Set while rows may lack what this release wants of them: the next whole snapshot writes all of them anew."""
_SHAPE = "shape 2"
"""Changes when this release wants more of rows than the one before, which their versions do not tell."""


def ask_for_new_kinds(engine: sa.Engine) -> None:
    """A release that knows other kinds of rows than the one before has not got those that the feed brought then, and
    one that wants more of a row has not got that.
    """
    kinds = " ".join((*sorted(RowKind), _SHAPE))
    with reading(engine) as connection:
        if meta.get(connection, "row_kinds") == kinds:
            return
    with writing(engine) as connection:
        meta.drop(connection, "cursor")
        meta.drop(connection, "taking")
        meta.put(connection, REWRITE, "yes")
        meta.put(connection, "row_kinds", kinds)


class MirrorTable:
    """Rows of one hospital."""

    def __init__(self, engine: sa.Engine, hospital_id: UUID, *, codec: Codec) -> None:
        self._engine = engine
        self._hospital_id = hospital_id
        self._codec = codec
        self._local = LocalTables(hospital_id, codec=codec)

    # Reading, for the desk
    def policy(self) -> PolicyRow | None:
        """The newest policy there is."""
        with reading(self._engine) as connection:
            rows = self._rows(connection, MIRROR.c.kind == RowKind.POLICY)
        policies = [row.policy for row in rows if row.policy is not None]
        return max(policies, key=lambda policy: policy.version, default=None)

    def seal_key(self, *, now_ms: int) -> SealKeyRow | None:
        """The newest key that counts by now; where a clock is behind, the oldest there is."""
        with reading(self._engine) as connection:
            rows = self._rows(connection, MIRROR.c.kind == RowKind.SEAL_KEY)
        keys = sorted((row.seal_key for row in rows if row.seal_key is not None), key=lambda it: (it.from_ms, it.id))
        counting = [key for key in keys if key.from_ms <= now_ms]
        return counting[-1] if counting else next(iter(keys), None)

    def row(self, kind: str, row_id: UUID) -> Row | None:
        """One row that is not deleted."""
        with reading(self._engine) as connection:
            return next(self._rows(connection, MIRROR.c.kind == kind, MIRROR.c.id == str(row_id)), None)

    def bookings_with(self, hashes: Iterable[str]) -> tuple[Row, ...]:
        """The bookings found under any of these keys, in order of time."""
        ids = sa.select(MIRROR_KEY.c.booking_id).where(
            MIRROR_KEY.c.hospital_id == self._hospital_id, MIRROR_KEY.c.hash.in_(tuple(hashes))
        )
        with reading(self._engine) as connection:
            found = tuple(self._rows(connection, MIRROR.c.kind == RowKind.BOOKING, MIRROR.c.id.in_(ids)))
        return tuple(sorted(found, key=start_of))

    def bookings_on(self, service_date: str) -> tuple[Row, ...]:
        """The bookings of a day, in order of time."""
        with reading(self._engine) as connection:
            day = MIRROR.c.service_date == service_date
            found = tuple(self._rows(connection, MIRROR.c.kind == RowKind.BOOKING, day))
        return tuple(sorted(found, key=start_of))

    def _rows(self, connection: sa.Connection, *where: sa.ColumnElement[bool]) -> Iterator[Row]:
        query = sa.select(MIRROR.c.body).where(
            MIRROR.c.hospital_id == self._hospital_id, MIRROR.c.is_deleted.is_(False), *where
        )
        return (self._codec.decode(Row, body) for body in connection.scalars(query).all())

    # Writing
    def take(
        self,
        connection: sa.Connection,
        rows: Iterable[Row],
        *,
        snapshot_no: int | None = None,
        replaces: bool = False,
    ) -> int:
        """Take over what is newer (or, where it replaces, all of it), within the caller's transaction; how many rows
        came or have another version now.
        """
        number = snapshot_no if snapshot_no is not None else meta.number(connection, "snapshot_no")
        newest: dict[tuple[str, str], Row] = {}
        for row in rows:
            other = newest.get((row.kind, row.id))
            if other is None or row.ver > other.ver:
                newest[row.kind, row.id] = row
        if not newest:
            return 0
        held = self._versions(connection, newest)
        if snapshot_no is not None and held and not replaces:
            self._mark(connection, held, number)
        taken = [row for key, row in newest.items() if replaces or key not in held or row.ver > held[key][0]]
        if taken:
            self._write(connection, taken, number)
            self._write_keys(connection, taken, newest if replaces else held)
            self._local.forget_mirrored(connection, {row.id for row in taken if row.kind == RowKind.BOOKING})
        return sum((row.ver, row.is_deleted) != held.get((row.kind, row.id)) for row in taken)

    def take_rows(self, rows: Iterable[Row]) -> int:
        """Take over what is newer, a batch a transaction."""
        taken = 0
        rest = iter(rows)
        while batch := list(islice(rest, BATCH)):
            with writing(self._engine) as connection:
                taken += self.take(connection, batch)
        return taken

    def take_feed(self, rows: Iterable[Row], *, cursor: str) -> int:
        """One page and the cursor after it, together."""
        with writing(self._engine) as connection:
            taken = self.take(connection, rows)
            meta.put(connection, "cursor", cursor)
            return taken

    def cursor(self) -> str | None:
        """Where the feed goes on."""
        with reading(self._engine) as connection:
            return meta.get(connection, "cursor")

    def drop_cursor(self) -> None:
        """The next round takes a snapshot."""
        with writing(self._engine) as connection:
            meta.drop(connection, "cursor")

    def scope(self) -> Scope:
        """Which days it holds."""
        with reading(self._engine) as connection:
            names = ("today", "held_to", "kept_from", "sessions_to")
            return Scope(**{name: meta.get(connection, name) or "" for name in names})

    def roll_to(self, scope: Scope) -> None:
        """It holds these days from now on."""
        with writing(self._engine) as connection:
            meta.put(connection, "today", scope.today)
            meta.put(connection, "held_to", scope.held_to)
            meta.put(connection, "kept_from", scope.kept_from)
            meta.put(connection, "sessions_to", scope.sessions_to)

    def purge(self, *, keep_from: str, now_ms: int) -> None:
        """Visits older than `keep_from`, answers older than seven days, tries that are over, old lines of the trail."""
        with writing(self._engine) as connection:
            meta.put(connection, "kept_from", keep_from)
            self.drop(connection, MIRROR.c.service_date != "", MIRROR.c.service_date < keep_from)
            for table in (CHECK_IN, SPOOL, LISTED):
                connection.execute(
                    sa.delete(table).where(table.c.hospital_id == self._hospital_id, table.c.service_date < keep_from)
                )
            self._local.purge(connection, keep_from=keep_from, now_ms=now_ms)
            purge_leases(connection, self._hospital_id, keep_from=keep_from)
            connection.execute(
                sa.delete(OUTBOX).where(
                    OUTBOX.c.hospital_id == self._hospital_id,
                    OUTBOX.c.state == "answered",
                    OUTBOX.c.answered_ms < now_ms - KEEP_ANSWERED_MS,
                )
            )
            connection.execute(
                sa.delete(NUMBER_TRY).where(
                    NUMBER_TRY.c.hospital_id == self._hospital_id, NUMBER_TRY.c.until_ms < now_ms
                )
            )
            connection.execute(
                sa.delete(AUDIT).where(AUDIT.c.hospital_id == self._hospital_id, AUDIT.c.at_ms < now_ms - KEEP_AUDIT_MS)
            )

    def probe(self) -> None:
        """Write something small and read it back."""
        with writing(self._engine) as connection:
            written = meta.raise_number(connection, "probe")
        with reading(self._engine) as connection:
            if meta.number(connection, "probe") != written:
                raise StoreBroken("what was written is not what is read")

    def _versions(
        self, connection: sa.Connection, keys: Iterable[tuple[str, str]]
    ) -> dict[tuple[str, str], tuple[int, bool]]:
        """The versions held of these rows, and whether they are tombstones; kind by kind, as the key is built."""
        ids_of: dict[str, list[str]] = {}
        for kind, row_id in keys:
            ids_of.setdefault(kind, []).append(row_id)
        found: dict[tuple[str, str], tuple[int, bool]] = {}
        for kind, ids in ids_of.items():
            for start in range(0, len(ids), BATCH):
                query = sa.select(MIRROR.c.id, MIRROR.c.ver, MIRROR.c.is_deleted).where(
                    MIRROR.c.hospital_id == self._hospital_id,
                    MIRROR.c.kind == kind,
                    MIRROR.c.id.in_(ids[start : start + BATCH]),
                )
                found.update({(kind, row_id): (ver, gone) for row_id, ver, gone in connection.execute(query)})
        return found

    def _mark(self, connection: sa.Connection, keys: Iterable[tuple[str, str]], snapshot_no: int) -> None:
        connection.execute(
            sa.update(MIRROR)
            .where(
                MIRROR.c.hospital_id == self._hospital_id,
                MIRROR.c.kind == sa.bindparam("of_kind"),
                MIRROR.c.id == sa.bindparam("of_id"),
            )
            .values(snapshot_no=snapshot_no),
            [{"of_kind": kind, "of_id": row_id} for kind, row_id in keys],
        )

    def _write(self, connection: sa.Connection, rows: list[Row], snapshot_no: int) -> None:
        statement = insert(MIRROR)
        names = ("ver", "service_date", "department_id", "body", "is_deleted", "snapshot_no")
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["hospital_id", "kind", "id"],
                set_={name: statement.excluded[name] for name in names},
            ),
            [
                {
                    "hospital_id": self._hospital_id,
                    "kind": row.kind,
                    "id": row.id,
                    "ver": row.ver,
                    "service_date": _service_date(row),
                    "department_id": _department_id(row),
                    "body": self._codec.encode(row),
                    "is_deleted": row.is_deleted,
                    "snapshot_no": snapshot_no,
                }
                for row in rows
            ],
        )

    def _write_keys(self, connection: sa.Connection, rows: list[Row], held: Container[tuple[str, str]]) -> None:
        """What bookings are found by; those of an earlier version go."""
        bookings = [row for row in rows if row.kind == RowKind.BOOKING]
        earlier = [{"of_id": row.id} for row in bookings if (row.kind, row.id) in held]
        if earlier:
            connection.execute(
                sa.delete(MIRROR_KEY).where(
                    MIRROR_KEY.c.hospital_id == self._hospital_id, MIRROR_KEY.c.booking_id == sa.bindparam("of_id")
                ),
                earlier,
            )
        keys = [
            {"hospital_id": self._hospital_id, "hash": key, "booking_id": row.id}
            for row in bookings
            for key in _keys(row)
        ]
        if keys:
            connection.execute(insert(MIRROR_KEY).on_conflict_do_nothing(), keys)

    def drop(self, connection: sa.Connection, *where: sa.ColumnElement[bool]) -> int:
        """Drop these rows and what they are found by, within the caller's transaction; how many."""
        ours = (MIRROR.c.hospital_id == self._hospital_id, *where)
        connection.execute(
            sa.delete(MIRROR_KEY).where(
                MIRROR_KEY.c.hospital_id == self._hospital_id,
                MIRROR_KEY.c.booking_id.in_(sa.select(MIRROR.c.id).where(MIRROR.c.kind == RowKind.BOOKING, *ours)),
            )
        )
        return connection.execute(sa.delete(MIRROR).where(*ours)).rowcount


def _keys(row: Row) -> set[str]:
    if row.booking is None or row.is_deleted:
        return set()
    return {key for key in (row.booking.number_hash, *row.booking.credential_hashes) if key}


def _service_date(row: Row) -> str:
    """The day that decides how long the row is kept; a tombstone keeps none and goes with the next snapshot."""
    if row.booking is not None:
        return row.booking.service_date
    if row.session is not None:
        return row.session.service_date
    return ""


def _department_id(row: Row) -> str:
    """What its digest is made under."""
    body = row.booking or row.session
    return "" if body is None or body.department_id is None else str(body.department_id)


def start_of(row: Row) -> tuple[str, int]:
    """What bookings are in order by."""
    booking = row.booking
    return ("", 0) if booking is None else (booking.service_date, booking.slot_starts_ms)
