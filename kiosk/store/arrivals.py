"""What the desk reads and writes: the mirror's bookings, local check-ins, tickets, and tries of typed numbers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from booking.wire import PolicyRow, Row, RowKind
from kiosk.ports.printers import JobState
from kiosk.ports.store import Arrival, CheckInRecord, Codec, Copies, QueuedTicket, Tries
from kiosk.ports.tickets import Ticket
from kiosk.store.engine import reading, writing
from kiosk.store.local import LocalTables
from kiosk.store.mirror import MirrorTable, start_of
from kiosk.store.outbox import OutboxTable
from kiosk.store.spool import queue_job
from kiosk.store.tables import CHECK_IN, NUMBER_TRY, SPOOL
from kiosk.store.ticket_json import ticket_from_json
from kiosk.store.trail import note, put_arrival

MOST_TRIES = 3
LOCKED_FOR_MS = 15 * 60 * 1000
_NOT_ON_PAPER = (JobState.HELD, JobState.CANCELLED, JobState.EXPIRED)


class ArrivalTables:
    """The desk's view of one hospital's store."""

    def __init__(
        self, engine: sa.Engine, hospital_id: UUID, *, codec: Codec, mirror: MirrorTable, outbox: OutboxTable
    ) -> None:
        self._engine = engine
        self._hospital_id = hospital_id
        self._mirror = mirror
        self._outbox = outbox
        self._local = LocalTables(hospital_id, codec=codec)

    def policy(self) -> PolicyRow | None:
        """The newest policy in the mirror."""
        return self._mirror.policy()

    def row(self, kind: str, row_id: UUID) -> Row | None:
        """One row of the mirror, or a booking that was made here and is not in it yet."""
        found = self._mirror.row(kind, row_id)
        if found is not None or kind != RowKind.BOOKING:
            return found
        with reading(self._engine) as connection:
            return self._local.booking(connection, row_id)

    def bookings_of(self, credential_hashes: Iterable[str]) -> tuple[Row, ...]:
        """The bookings of whoever has one of these credentials, with those that were made here."""
        keys = tuple(credential_hashes)
        mirrored = self._mirror.bookings_with(keys)
        with reading(self._engine) as connection:
            local = self._local.bookings_with(connection, keys)
        return tuple(sorted((*mirrored, *local), key=start_of)) if local else mirrored

    def booking_with_number(self, number_hash: str) -> Row | None:
        """The booking with this number."""
        return next(iter(self.bookings_of((number_hash,))), None)

    def take_rows(self, rows: Iterable[Row]) -> int:
        """Take over newer rows."""
        return self._mirror.take_rows(rows)

    def arrival(self, booking_id: UUID) -> Arrival | None:
        """This terminal's check-in of the booking."""
        query = sa.select(CHECK_IN).where(
            CHECK_IN.c.hospital_id == self._hospital_id, CHECK_IN.c.booking_id == booking_id
        )
        with reading(self._engine) as connection:
            found = connection.execute(query).one_or_none()
        if found is None:
            return None
        return Arrival(
            booking_id=found.booking_id,
            operation_id=found.operation_id,
            service_date=found.service_date,
            queue_number=found.queue_number,
            checked_in_ms=found.checked_in_ms,
            is_confirmed=found.is_confirmed,
        )

    def queued_ticket(self, job_id: UUID) -> Ticket | None:
        """The job's ticket, while it waits to be printed."""
        query = sa.select(SPOOL.c.ticket).where(
            SPOOL.c.hospital_id == self._hospital_id, SPOOL.c.job_id == job_id, SPOOL.c.state == JobState.QUEUED
        )
        with reading(self._engine) as connection:
            found = connection.scalar(query)
        return None if found is None else ticket_from_json(found)

    def copies(self, subject_id: UUID) -> Copies:
        """How many tickets there are about a booking or whatever else."""
        query = sa.select(SPOOL.c.copy_no, SPOOL.c.state).where(*self._tickets(subject_id))
        with reading(self._engine) as connection:
            found = connection.execute(query).all()
        return Copies(
            last_copy_no=max((copy.copy_no for copy in found), default=0),
            used=sum(copy.state not in _NOT_ON_PAPER for copy in found),
        )

    def begin_try(self, number_hash: str, *, now_ms: int) -> Tries:
        """Count a try. A clock that was set back forgives nothing, and locks for no longer than the usual time."""
        key: dict[str, Any] = {"hospital_id": self._hospital_id, "number_hash": number_hash}
        where = (NUMBER_TRY.c.hospital_id == self._hospital_id, NUMBER_TRY.c.number_hash == number_hash)
        with writing(self._engine) as connection:
            found = connection.execute(sa.select(NUMBER_TRY.c.tries, NUMBER_TRY.c.until_ms).where(*where)).one_or_none()
            if found is not None and found.until_ms < now_ms:
                found = None
            before = 0 if found is None else found.tries
            if found is not None and before >= MOST_TRIES:
                until_ms = min(found.until_ms, now_ms + LOCKED_FOR_MS)
                connection.execute(sa.update(NUMBER_TRY).where(*where).values(until_ms=until_ms))
                return Tries(left=0, is_locked=True)
            values = {"tries": before + 1, "until_ms": now_ms + LOCKED_FOR_MS}
            connection.execute(
                insert(NUMBER_TRY)
                .values(**key, **values)
                .on_conflict_do_update(index_elements=["hospital_id", "number_hash"], set_=values)
            )
            if before + 1 == MOST_TRIES:
                note(connection, self._hospital_id, "number_tried_too_often", at_ms=now_ms)
            return Tries(left=MOST_TRIES - before - 1, is_locked=False)

    def forgive_tries(self, number_hash: str) -> None:
        """The answer was right."""
        with writing(self._engine) as connection:
            connection.execute(
                sa.delete(NUMBER_TRY).where(
                    NUMBER_TRY.c.hospital_id == self._hospital_id, NUMBER_TRY.c.number_hash == number_hash
                )
            )

    def write_check_in(self, record: CheckInRecord) -> None:
        """Check-in, operation, ticket and newer row: all or nothing. One that was undone since makes room."""
        arrival, result = record.arrival, record.result
        with writing(self._engine) as connection:
            put_arrival(connection, self._hospital_id, arrival)
            self._outbox.add(connection, record.act, made_ms=arrival.checked_in_ms, result=result)
            queue_job(connection, self._hospital_id, record.ticket)
            note(
                connection, self._hospital_id, "checked_in", at_ms=arrival.checked_in_ms, subject_id=arrival.booking_id
            )
            if result is not None and result.booking is not None:
                self._mirror.take(connection, (result.booking,))

    def write_reprint(self, ticket: QueuedTicket) -> None:
        """A further copy; held ones will not come out any more."""
        with writing(self._engine) as connection:
            connection.execute(
                sa.update(SPOOL)
                .where(*self._tickets(ticket.subject_id), SPOOL.c.state == JobState.HELD)
                .values(state=JobState.CANCELLED, why="a further copy was asked for", changed_ms=ticket.made_ms)
            )
            queue_job(connection, self._hospital_id, ticket)
            note(connection, self._hospital_id, "ticket_reprinted", at_ms=ticket.made_ms, subject_id=ticket.subject_id)

    def hold_ticket(self, job_id: UUID, *, now_ms: int) -> None:
        """Its visit is over: it comes out only when asked for."""
        with writing(self._engine) as connection:
            connection.execute(
                sa.update(SPOOL)
                .where(
                    SPOOL.c.hospital_id == self._hospital_id,
                    SPOOL.c.job_id == job_id,
                    SPOOL.c.state == JobState.QUEUED,
                )
                .values(state=JobState.HELD, why="its visit had ended", changed_ms=now_ms)
            )

    def _tickets(self, subject_id: UUID) -> tuple[sa.ColumnElement[bool], ...]:
        return (SPOOL.c.hospital_id == self._hospital_id, SPOOL.c.subject_id == subject_id)
