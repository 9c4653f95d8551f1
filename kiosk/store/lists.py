"""What lists for staff are made of, and on which of them an arrival stands.

What became of a list is the state of its job in the spool: an arrival is on paper when one of its lists was printed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from booking.wire import Row, RowKind
from kiosk.ports.lending import LeaseStand
from kiosk.ports.lists import Fate, ListedArrival
from kiosk.ports.printers import JobState
from kiosk.ports.store import Arrival, Codec, QueuedTicket
from kiosk.store import lent, meta
from kiosk.store.engine import reading, writing
from kiosk.store.local import LocalTables
from kiosk.store.mirror import MirrorTable, start_of
from kiosk.store.outbox import NOT_APPLIED, WAITING
from kiosk.store.spool import IS_LIST, queue_job
from kiosk.store.tables import CHECK_IN, LISTED, OUTBOX, SPOOL

_CUT = "cut_ms"
_NEVER_PRINTED = (JobState.HELD, JobState.CANCELLED, JobState.EXPIRED)


class ListTables:
    """Lists of one hospital's terminal. Implements kiosk.ports.lists.ListStore."""

    def __init__(self, engine: sa.Engine, hospital_id: UUID, *, codec: Codec, mirror: MirrorTable) -> None:
        self._engine = engine
        self._hospital_id = hospital_id
        self._mirror = mirror
        self._local = LocalTables(hospital_id, codec=codec)

    def row(self, kind: str, row_id: UUID) -> Row | None:
        """One row of the mirror, or a booking that was made here and is not in it yet."""
        found = self._mirror.row(kind, row_id)
        if found is not None or kind != RowKind.BOOKING:
            return found
        with reading(self._engine) as connection:
            return self._local.booking(connection, row_id)

    def bookings_on(self, service_date: str) -> tuple[Row, ...]:
        """The mirror's bookings of a day, with those that were made here."""
        mirrored = self._mirror.bookings_on(service_date)
        with reading(self._engine) as connection:
            local = self._local.bookings_on(connection, service_date)
        return tuple(sorted((*mirrored, *local), key=start_of)) if local else mirrored

    def leases(self) -> tuple[LeaseStand, ...]:
        """What is lent to this terminal."""
        with reading(self._engine) as connection:
            return lent.stands(connection, self._hospital_id)

    def unheard(self) -> tuple[ListedArrival, ...]:
        """What waits for the server, and what it did not take and staff have not settled."""
        is_open = sa.exists().where(
            OUTBOX.c.hospital_id == CHECK_IN.c.hospital_id,
            OUTBOX.c.operation_id == CHECK_IN.c.operation_id,
            OUTBOX.c.state.in_((WAITING, NOT_APPLIED)),
        )
        return self._arrivals(is_open)

    def arrivals_since(self, at_ms: int) -> tuple[ListedArrival, ...]:
        """All made here from then on."""
        return self._arrivals(CHECK_IN.c.checked_in_ms >= at_ms)

    def write_page(self, page: QueuedTicket, operation_ids: Iterable[UUID]) -> None:
        """The job and whom it names, together; what was never printed is forgotten."""
        ours = SPOOL.c.hospital_id == self._hospital_id
        with writing(self._engine) as connection:
            unprinted = sa.select(SPOOL.c.job_id).where(ours, IS_LIST, SPOOL.c.state.in_(_NEVER_PRINTED))
            connection.execute(
                sa.delete(LISTED).where(LISTED.c.hospital_id == self._hospital_id, LISTED.c.job_id.in_(unprinted))
            )
            connection.execute(sa.delete(SPOOL).where(ours, IS_LIST, SPOOL.c.state.in_(_NEVER_PRINTED)))
            queue_job(connection, self._hospital_id, page)
            named = [
                {
                    "hospital_id": self._hospital_id,
                    "job_id": page.command.job_id,
                    "operation_id": operation_id,
                    "service_date": page.service_date,
                }
                for operation_id in operation_ids
            ]
            if named:
                connection.execute(insert(LISTED), named)

    def cut_ms(self) -> int | None:
        """Since when the line is cut."""
        with reading(self._engine) as connection:
            found = meta.get(connection, _CUT)
        return None if found is None else int(found)

    def note_cut(self, at_ms: int | None) -> None:
        """The line is cut since then, or not any more."""
        with writing(self._engine) as connection:
            if at_ms is None:
                meta.drop(connection, _CUT)
            else:
                meta.put(connection, _CUT, str(at_ms))

    def _arrivals(self, which: sa.ColumnElement[bool]) -> tuple[ListedArrival, ...]:
        query = (
            sa.select(CHECK_IN)
            .where(CHECK_IN.c.hospital_id == self._hospital_id, which)
            .order_by(CHECK_IN.c.checked_in_ms, CHECK_IN.c.queue_number)
        )
        with reading(self._engine) as connection:
            found = connection.execute(query).all()
            slips = self._slips(connection)
        return tuple(_listed(row, slips.get(row.operation_id, ())) for row in found)

    def _slips(self, connection: sa.Connection) -> dict[UUID, list[tuple[str, int]]]:
        """For each act the lists that it is on: their state, and when they were made."""
        query = (
            sa.select(LISTED.c.operation_id, SPOOL.c.state, SPOOL.c.made_ms)
            .join(SPOOL, sa.and_(SPOOL.c.hospital_id == LISTED.c.hospital_id, SPOOL.c.job_id == LISTED.c.job_id))
            .where(LISTED.c.hospital_id == self._hospital_id)
        )
        slips: dict[UUID, list[tuple[str, int]]] = {}
        for operation_id, state, made_ms in connection.execute(query):
            slips.setdefault(operation_id, []).append((state, made_ms))
        return slips


def _listed(row: sa.Row[Any], slips: Iterable[tuple[str, int]]) -> ListedArrival:
    """On paper if any list was printed or is on its way; else doubtful if one may have been; else new."""
    arrival = Arrival(
        booking_id=row.booking_id,
        operation_id=row.operation_id,
        service_date=row.service_date,
        queue_number=row.queue_number,
        checked_in_ms=row.checked_in_ms,
        is_confirmed=row.is_confirmed,
    )
    counting = [(state, made_ms) for state, made_ms in slips if state not in _NEVER_PRINTED]
    if any(state != JobState.UNKNOWN for state, _ in counting):
        return ListedArrival(arrival, Fate.ON_PAPER)
    if counting:
        return ListedArrival(arrival, Fate.DOUBTFUL, max(made_ms for _, made_ms in counting))
    return ListedArrival(arrival)
