"""Which bookings wait for the word of the system that owns their session.  # rule D4"""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa

from booking.roster import BookingState
from central.appointments.numbers import open_number
from central.appointments.place_times import OWN_SLOT, time_of_place
from central.appointments.scene import Scene
from central.appointments.tables import booking
from central.orders.tables import owner_answer
from central.rosters.tables import session, slot


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingBooking:
    """A booking that nobody has confirmed. `person_id` is the group's id of the patient."""

    booking_id: UUID
    number: str = field(repr=False)
    person_id: UUID
    session_id: UUID
    department_id: UUID
    doctor_id: UUID | None
    service_date: str
    slot_no: int
    starts_ms: int
    made_ms: int
    await_until_ms: int | None
    """Unanswered until then, it lapses."""


@dataclass(frozen=True, slots=True)
class PendingBookings:
    """Some of them; `next` is where to go on, None at the end."""

    bookings: tuple[PendingBooking, ...]
    next: UUID | None = None


def pending_bookings(scene: Scene, *, after: UUID | None, limit: int) -> PendingBookings:
    """The hospital's, in the order in which they were made."""
    answered = sa.exists().where(
        owner_answer.c.hospital_id == booking.c.hospital_id,
        owner_answer.c.booking_id == booking.c.booking_id,
        owner_answer.c.is_confirmed,
    )
    query = (
        sa.select(
            booking,
            time_of_place("starts_ms").label("place_starts_ms"),
            session.c.department_id,
            session.c.doctor_id,
        )
        .join(
            session,
            sa.and_(session.c.hospital_id == booking.c.hospital_id, session.c.session_id == booking.c.session_id),
        )
        .outerjoin(slot, OWN_SLOT)
        .where(
            booking.c.hospital_id == scene.hospital_id,
            booking.c.state == BookingState.PENDING.value,
            booking.c.service_date >= scene.today.isoformat(),
            session.c.owner_confirms,
            ~answered,
        )
        .order_by(booking.c.booking_id)
        .limit(limit)
    )
    rows = scene.connection.execute(query if after is None else query.where(booking.c.booking_id > after)).all()
    found = tuple(
        PendingBooking(
            booking_id=it.booking_id,
            number=open_number(scene, it.booking_id, it.number_sealed),
            person_id=it.person_id,
            session_id=it.session_id,
            department_id=it.department_id,
            doctor_id=it.doctor_id,
            service_date=it.service_date,
            slot_no=it.slot_no,
            starts_ms=it.place_starts_ms,
            made_ms=it.made_ms,
            await_until_ms=it.await_until_ms,
        )
        for it in rows
    )
    return PendingBookings(found, next=found[-1].booking_id if len(found) == limit else None)
