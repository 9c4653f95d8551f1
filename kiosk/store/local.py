"""Bookings and persons that this terminal made, for as long as the mirror does not have them.

The mirror's row takes over whatever its version is, and the local one goes. Holds nothing readable.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterable
from dataclasses import replace
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from booking.roster import BookingState
from booking.wire import BookingRow, Row, RowKind
from kiosk.ports.lending import LocalPerson
from kiosk.ports.store import Codec, StoreFault
from kiosk.store.tables import LOCAL_BOOKING, LOCAL_KEY, LOCAL_PERSON, MIRROR, OUTBOX

KEEP_PERSONS_MS = 7 * 24 * 3600 * 1000


class LocalTables:
    """What one hospital's terminal made. Within the caller's transaction."""

    def __init__(self, hospital_id: UUID, *, codec: Codec) -> None:
        self._hospital_id = hospital_id
        self._codec = codec

    # Bookings
    def put_booking(self, connection: sa.Connection, row: Row, *, operation_id: UUID, is_seen: bool) -> None:
        """A booking that was made here."""
        booking = _booking(row)
        connection.execute(
            insert(LOCAL_BOOKING).values(
                hospital_id=self._hospital_id,
                booking_id=booking.id,
                operation_id=operation_id,
                service_date=booking.service_date,
                body=self._codec.encode(row),
                is_seen=is_seen,
            )
        )
        self._put_keys(connection, booking.id, (booking.number_hash, *booking.credential_hashes))

    def set_state(self, connection: sa.Connection, booking_id: UUID, state: BookingState) -> None:
        """A booking that only this terminal has is in this state now."""
        row = self.booking(connection, booking_id)
        if row is None:
            return
        body = self._codec.encode(replace(row, booking=replace(_booking(row), state=state.value)))
        connection.execute(sa.update(LOCAL_BOOKING).where(*self._is(booking_id)).values(body=body))

    def show(self, connection: sa.Connection, booking_id: UUID) -> None:
        """The change that led to it was granted."""
        connection.execute(sa.update(LOCAL_BOOKING).where(*self._is(booking_id)).values(is_seen=True))

    def forget_booking(self, connection: sa.Connection, booking_id: UUID) -> None:
        """It never came to be, or the server's row has come."""
        connection.execute(sa.delete(LOCAL_BOOKING).where(*self._is(booking_id)))
        self._drop_keys(connection, booking_id)

    def booking(self, connection: sa.Connection, booking_id: UUID) -> Row | None:
        """A booking of this terminal that the mirror does not have."""
        return next(iter(self._bookings(connection, LOCAL_BOOKING.c.booking_id == booking_id)), None)

    def bookings_with(self, connection: sa.Connection, hashes: Iterable[str]) -> tuple[Row, ...]:
        """Those found under any of these keys."""
        ids = sa.select(LOCAL_KEY.c.subject_id).where(
            LOCAL_KEY.c.hospital_id == self._hospital_id, LOCAL_KEY.c.hash.in_(tuple(hashes))
        )
        return self._bookings(connection, LOCAL_BOOKING.c.booking_id.in_(ids))

    def bookings_on(self, connection: sa.Connection, service_date: str) -> tuple[Row, ...]:
        """Those of a day."""
        return self._bookings(connection, LOCAL_BOOKING.c.service_date == service_date)

    def _bookings(self, connection: sa.Connection, which: sa.ColumnElement[bool]) -> tuple[Row, ...]:
        found = connection.execute(
            sa.select(LOCAL_BOOKING.c.booking_id, LOCAL_BOOKING.c.body).where(
                LOCAL_BOOKING.c.hospital_id == self._hospital_id, LOCAL_BOOKING.c.is_seen, which
            )
        ).all()
        if not found:
            return ()
        mirrored = set(
            connection.scalars(
                sa.select(MIRROR.c.id).where(
                    MIRROR.c.hospital_id == self._hospital_id,
                    MIRROR.c.kind == RowKind.BOOKING,
                    MIRROR.c.id.in_([str(one.booking_id) for one in found]),
                )
            )
        )
        return tuple(self._codec.decode(Row, one.body) for one in found if str(one.booking_id) not in mirrored)

    # Persons
    def put_person(self, connection: sa.Connection, person: LocalPerson, *, operation_id: UUID, made_ms: int) -> None:
        """Somebody who was registered here; once more with another card, they are found by that too."""
        connection.execute(
            insert(LOCAL_PERSON)
            .values(
                hospital_id=self._hospital_id,
                person_id=person.person_id,
                operation_id=operation_id,
                made_ms=made_ms,
                masked_name=person.masked_name,
                sex=person.sex,
                birth_year=person.birth_year,
                credential_hashes=json.dumps(person.credential_hashes),
                was_card_read=person.was_card_read,
            )
            .on_conflict_do_nothing()
        )
        self._put_keys(connection, person.person_id, person.credential_hashes)

    def person_with(self, connection: sa.Connection, hashes: Iterable[str]) -> LocalPerson | None:
        """Who registered here with one of these credentials, the latest first."""
        ids = sa.select(LOCAL_KEY.c.subject_id).where(
            LOCAL_KEY.c.hospital_id == self._hospital_id, LOCAL_KEY.c.hash.in_(tuple(hashes))
        )
        query = (
            sa.select(LOCAL_PERSON)
            .where(LOCAL_PERSON.c.hospital_id == self._hospital_id, LOCAL_PERSON.c.person_id.in_(ids))
            .order_by(LOCAL_PERSON.c.made_ms.desc(), LOCAL_PERSON.c.person_id.desc())
            .limit(1)
        )
        found = connection.execute(query).one_or_none()
        if found is None:
            return None
        return LocalPerson(
            person_id=found.person_id,
            masked_name=found.masked_name,
            sex=found.sex,
            birth_year=found.birth_year,
            credential_hashes=tuple(json.loads(found.credential_hashes)),
            was_card_read=found.was_card_read,
        )

    # The end of a day
    def purge(self, connection: sa.Connection, *, keep_from: str, now_ms: int) -> None:
        """Bookings of days before `keep_from`; persons seven days after their registration was settled."""
        ours = LOCAL_BOOKING.c.hospital_id == self._hospital_id
        old = connection.scalars(
            sa.select(LOCAL_BOOKING.c.booking_id).where(ours, LOCAL_BOOKING.c.service_date < keep_from)
        ).all()
        for booking_id in old:
            self.forget_booking(connection, booking_id)
        is_open = sa.exists().where(
            OUTBOX.c.hospital_id == LOCAL_PERSON.c.hospital_id,
            OUTBOX.c.operation_id == LOCAL_PERSON.c.operation_id,
            OUTBOX.c.state != "answered",
        )
        gone = connection.scalars(
            sa.select(LOCAL_PERSON.c.person_id).where(
                LOCAL_PERSON.c.hospital_id == self._hospital_id,
                LOCAL_PERSON.c.made_ms < now_ms - KEEP_PERSONS_MS,
                ~is_open,
            )
        ).all()
        for person_id in gone:
            connection.execute(
                sa.delete(LOCAL_PERSON).where(
                    LOCAL_PERSON.c.hospital_id == self._hospital_id, LOCAL_PERSON.c.person_id == person_id
                )
            )
            self._drop_keys(connection, person_id)

    def forget_mirrored(self, connection: sa.Connection, ids: Container[str]) -> None:
        """The mirror has these bookings now: its word is the later one."""
        ours = sa.select(LOCAL_BOOKING.c.booking_id).where(LOCAL_BOOKING.c.hospital_id == self._hospital_id)
        for booking_id in connection.scalars(ours).all():
            if str(booking_id) in ids:
                self.forget_booking(connection, booking_id)

    def _put_keys(self, connection: sa.Connection, subject_id: UUID, hashes: Iterable[str]) -> None:
        keys = [{"hospital_id": self._hospital_id, "hash": key, "subject_id": subject_id} for key in {*hashes} if key]
        if keys:
            connection.execute(insert(LOCAL_KEY).on_conflict_do_nothing(), keys)

    def _drop_keys(self, connection: sa.Connection, subject_id: UUID) -> None:
        connection.execute(
            sa.delete(LOCAL_KEY).where(
                LOCAL_KEY.c.hospital_id == self._hospital_id, LOCAL_KEY.c.subject_id == subject_id
            )
        )

    def _is(self, booking_id: UUID) -> tuple[sa.ColumnElement[bool], ...]:
        return (LOCAL_BOOKING.c.hospital_id == self._hospital_id, LOCAL_BOOKING.c.booking_id == booking_id)


def _booking(row: Row) -> BookingRow:
    if row.booking is None:
        raise StoreFault("a booking's row has no booking")
    return row.booking
