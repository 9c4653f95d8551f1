"""What the desk does with lent places, and with everybody's bookings while the server cannot be asked.

A sale changes one place on the condition that it is lent and may be sold at that instant; place, booking, act and
ticket are one transaction. Who may book what is decided elsewhere.  # sync C4
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import sqlalchemy as sa

from booking.lending import Now
from booking.roster import BookingState
from booking.wire import EventResult
from booking.wire_acts import EventKind, LentPlaceTaken
from kiosk.ports.lending import (
    ActState,
    AnsweredRecord,
    CancelRecord,
    ChangeRecord,
    LocalPerson,
    NotOnlyHere,
    OwnAct,
    PlaceGone,
    PlaceState,
    RegisterRecord,
    RequestRecord,
    SaleRecord,
    SellablePlace,
)
from kiosk.ports.store import Codec, QueuedTicket
from kiosk.store import lent
from kiosk.store.acts import Act, kind_of, subject_of
from kiosk.store.engine import reading, writing
from kiosk.store.local import LocalTables
from kiosk.store.mirror import MirrorTable
from kiosk.store.outbox import WAITING, OutboxTable
from kiosk.store.spool import queue_job
from kiosk.store.tables import LEASE_NUMBER, LENT_PLACE, LOCAL_BOOKING, OUTBOX
from kiosk.store.trail import note, put_arrival


class SaleTables:
    """Lent places and local acts of one hospital's terminal. Implements kiosk.ports.lending.SaleStore."""

    def __init__(
        self, engine: sa.Engine, hospital_id: UUID, *, codec: Codec, mirror: MirrorTable, outbox: OutboxTable
    ) -> None:
        self._engine = engine
        self._hospital_id = hospital_id
        self._codec = codec
        self._mirror = mirror
        self._outbox = outbox
        self._local = LocalTables(hospital_id, codec=codec)

    def sellable_places(self, *, now: Now, session_id: UUID | None = None) -> tuple[SellablePlace, ...]:
        """The lent places that may be sold now, in order of time."""
        query = lent.open_places(self._hospital_id)
        with reading(self._engine) as connection:
            found = connection.execute(query).all()
            numbers = lent.next_numbers(connection, self._hospital_id) if found else {}
        return tuple(
            SellablePlace(
                lease_id=row.lease_id,
                session_id=row.session_id,
                service_date=row.service_date,
                no=row.no,
                starts_ms=row.starts_ms,
                ends_ms=row.ends_ms,
                is_for_walk_ins=row.is_for_walk_ins,
                number=numbers[row.lease_id],
            )
            for row in found
            if row.lease_id in numbers and session_id in (None, row.session_id) and lent.is_sellable(row, now)
        )

    def write_sale(self, record: SaleRecord) -> None:
        """Sold, and sent when it can be."""
        act = record.act
        with writing(self._engine) as connection:
            self._outbox.add(connection, act, made_ms=record.made_ms)
            self._take(connection, act.place, record.now, act.operation_id, act.booking_id, PlaceState.SOLD)
            self._local.put_booking(connection, record.booking, operation_id=act.operation_id, is_seen=True)
            if record.arrival is not None:
                put_arrival(connection, self._hospital_id, record.arrival)
            self._queue(connection, record.ticket)
            self._note(connection, act, record.made_ms)

    def write_register(self, record: RegisterRecord) -> None:
        """Known here, and told when it can be."""
        act = record.act
        with writing(self._engine) as connection:
            self._outbox.add(connection, act, made_ms=record.made_ms)
            self._local.put_person(connection, record.person, operation_id=act.operation_id, made_ms=record.made_ms)
            self._note(connection, act, record.made_ms)

    def is_only_here(self, booking_id: UUID) -> bool:
        """Whether nothing of this booking has ever been sent."""
        with reading(self._engine) as connection:
            return self._is_only_here(connection, booking_id)

    def write_cancel(self, record: CancelRecord) -> None:
        """Done where only this terminal has it: its place is the lease's again, and sold once the server agrees."""
        act = record.act
        with writing(self._engine) as connection:
            if not act.is_request and not self._is_only_here(connection, act.booking_id):
                raise NotOnlyHere("the server may know this booking")
            self._outbox.add(connection, act, made_ms=record.made_ms)
            if not act.is_request:
                self._give_to_lease(connection, act.booking_id, act.operation_id)
                self._local.set_state(connection, act.booking_id, BookingState.CANCELLED)
            self._queue(connection, record.ticket)
            self._note(connection, act, record.made_ms)

    def write_change(self, record: ChangeRecord) -> None:
        """The new place is sold, or kept until the answer."""
        act = record.act
        state = PlaceState.KEPT_FOR_CHANGE if act.is_request else PlaceState.SOLD
        with writing(self._engine) as connection:
            if not act.is_request and not self._is_only_here(connection, act.booking_id):
                raise NotOnlyHere("the server may know this booking")
            self._outbox.add(connection, act, made_ms=record.made_ms)
            self._take(connection, act.place, record.now, act.operation_id, act.new_booking_id, state)
            if not act.is_request:
                self._give_to_lease(connection, act.booking_id, act.operation_id)
                self._local.set_state(connection, act.booking_id, BookingState.MOVED)
            self._local.put_booking(
                connection, record.booking, operation_id=act.operation_id, is_seen=not act.is_request
            )
            self._queue(connection, record.ticket)
            self._note(connection, act, record.made_ms)

    def write_request(self, record: RequestRecord) -> None:
        """Told when it can be."""
        with writing(self._engine) as connection:
            self._outbox.add(connection, record.act, made_ms=record.made_ms)
            self._queue(connection, record.ticket)
            self._note(connection, record.act, record.made_ms)

    def write_answered(self, record: AnsweredRecord) -> None:
        """The server was asked and has answered."""
        act, result = record.act, record.result
        rows = record.rows if result.booking is None else (*record.rows, result.booking)
        with writing(self._engine) as connection:
            self._outbox.add(connection, act, made_ms=record.made_ms, result=result)
            if record.person is not None:
                self._local.put_person(connection, record.person, operation_id=act.operation_id, made_ms=record.made_ms)
            if record.arrival is not None:
                put_arrival(connection, self._hospital_id, record.arrival)
            self._queue(connection, record.ticket)
            self._mirror.take(connection, rows)
            self._note(connection, act, record.made_ms)

    def local_person(self, credential_hashes: Iterable[str]) -> LocalPerson | None:
        """Who registered here with one of these credentials."""
        with reading(self._engine) as connection:
            return self._local.person_with(connection, credential_hashes)

    def acts_about(self, subject_id: UUID) -> tuple[OwnAct, ...]:
        """How this terminal's acts about it stand."""
        maker = sa.select(LOCAL_BOOKING.c.operation_id).where(
            LOCAL_BOOKING.c.hospital_id == self._hospital_id, LOCAL_BOOKING.c.booking_id == subject_id
        )
        query = (
            sa.select(OUTBOX)
            .where(
                OUTBOX.c.hospital_id == self._hospital_id,
                sa.or_(OUTBOX.c.subject_id == subject_id, OUTBOX.c.operation_id.in_(maker)),
            )
            .order_by(OUTBOX.c.made_ms, OUTBOX.c.seq)
        )
        with reading(self._engine) as connection:
            found = connection.execute(query).all()
        return tuple(
            OwnAct(
                operation_id=row.operation_id,
                kind=row.kind,
                made_ms=row.made_ms,
                state=ActState(row.state),
                result=None if row.result is None else self._codec.decode(EventResult, row.result),
            )
            for row in found
        )

    def _is_only_here(self, connection: sa.Connection, booking_id: UUID) -> bool:
        query = (
            sa.select(sa.func.count())
            .select_from(sa.join(LOCAL_BOOKING, OUTBOX, LOCAL_BOOKING.c.operation_id == OUTBOX.c.operation_id))
            .where(
                LOCAL_BOOKING.c.hospital_id == self._hospital_id,
                OUTBOX.c.hospital_id == self._hospital_id,
                LOCAL_BOOKING.c.booking_id == booking_id,
                LOCAL_BOOKING.c.is_seen,
                OUTBOX.c.kind.in_((EventKind.BOOK, EventKind.CHANGE)),
                OUTBOX.c.state == WAITING,
                OUTBOX.c.offered_ms.is_(None),
            )
        )
        return connection.execute(query).scalar_one() == 1

    def _take(
        self,
        connection: sa.Connection,
        place: LentPlaceTaken,
        now: Now,
        operation_id: UUID,
        booking_id: UUID,
        state: PlaceState,
    ) -> None:
        """The place is taken, on the condition that it is there to be sold. Raises PlaceGone."""
        which = (LENT_PLACE.c.lease_id == place.lease_id, LENT_PLACE.c.no == place.slot_no)
        found = connection.execute(lent.open_places(self._hospital_id).where(*which)).one_or_none()
        if found is None or found.session_id != place.session_id or not lent.is_sellable(found, now):
            raise PlaceGone("the place may not be sold any more")
        taken = connection.execute(
            sa.update(LENT_PLACE)
            .where(LENT_PLACE.c.hospital_id == self._hospital_id, *which, LENT_PLACE.c.state == PlaceState.LENT)
            .values(state=state, booking_id=booking_id, operation_id=operation_id)
        )
        used = connection.execute(
            sa.update(LEASE_NUMBER)
            .where(
                LEASE_NUMBER.c.hospital_id == self._hospital_id,
                LEASE_NUMBER.c.lease_id == place.lease_id,
                LEASE_NUMBER.c.number == place.number,
                LEASE_NUMBER.c.is_used.is_(False),
            )
            .values(is_used=True)
        )
        if taken.rowcount != 1 or used.rowcount != 1:
            raise PlaceGone("the place or its number is taken")
        lent.raise_high_water(connection, now)

    def _give_to_lease(self, connection: sa.Connection, booking_id: UUID, operation_id: UUID) -> None:
        """Sold by this terminal and never told: lent again, unless the server counts it as lent no longer."""
        state = sa.case((LENT_PLACE.c.is_listed, PlaceState.LENT.value), else_=PlaceState.GONE.value)
        connection.execute(
            sa.update(LENT_PLACE)
            .where(
                LENT_PLACE.c.hospital_id == self._hospital_id,
                LENT_PLACE.c.booking_id == booking_id,
                LENT_PLACE.c.state == PlaceState.SOLD,
            )
            .values(state=state, booking_id=None, operation_id=operation_id)
        )

    def _queue(self, connection: sa.Connection, ticket: QueuedTicket | None) -> None:
        if ticket is not None:
            queue_job(connection, self._hospital_id, ticket)

    def _note(self, connection: sa.Connection, act: Act, at_ms: int) -> None:
        note(connection, self._hospital_id, kind_of(act), at_ms=at_ms, subject_id=subject_of(act))
