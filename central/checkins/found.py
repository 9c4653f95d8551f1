"""A booking with all the facts that a check-in is decided on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from booking.decide import CheckInFacts
from booking.decide.given import BookingFacts, Place
from booking.facts import Known
from booking.numbers import queue_number
from booking.roster import BookingState, Slot
from central.appointments.place_times import OWN_SLOT, time_of_place
from central.appointments.tables import booking
from central.moment import local_date
from central.rosters.tables import hospital, session, slot
from central.tables.prepared import Prepared


@dataclass(frozen=True, slots=True)
class FoundBooking:
    """One booking of the hospital, its place, and who has the place now."""

    hospital_id: UUID
    booking_id: UUID
    session_id: UUID
    department_id: UUID
    person_id: UUID
    slot: Slot
    session_ends_ms: int
    service_date: str
    time_zone: str
    letters: str
    state: BookingState
    ver: int

    @property
    def queue_number(self) -> str:
        """The number called in the waiting area."""
        return queue_number(letters=self.letters, slot_no=self.slot.no)

    @property
    def day(self) -> date:
        """The visit's day."""
        return date.fromisoformat(self.service_date)

    def as_missed(self) -> BookingFacts:
        """The booking, of which it was recorded that its patient never came."""
        place = Place(
            service_date=self.day,
            starts_ms=self.slot.starts_ms,
            ends_ms=self.slot.ends_ms,
            session_ends_ms=self.session_ends_ms,
        )
        return BookingFacts(
            place=place, state=Known(self.state), last_known_state=self.state, zone=ZoneInfo(self.time_zone)
        )

    def facts(self, at_ms: int, *, state: BookingState | None = None) -> CheckInFacts:
        """All is known here. `state` asks as if the booking were in another one."""
        judged = state or self.state
        return CheckInFacts(
            slot=self.slot,
            service_date=self.service_date,
            today=local_date(at_ms, self.time_zone).isoformat(),
            state=Known(judged),
            last_known_state=judged,
        )


_FIND = Prepared(
    sa.select(
        booking.c.session_id,
        booking.c.slot_no,
        booking.c.service_date,
        booking.c.state,
        booking.c.ver,
        booking.c.person_id,
        time_of_place("starts_ms").label("starts_ms"),
        time_of_place("ends_ms").label("ends_ms"),
        session.c.ends_ms.label("session_ends_ms"),
        session.c.letters,
        session.c.department_id,
        hospital.c.time_zone,
    )
    .outerjoin(slot, OWN_SLOT)
    .join(
        session,
        sa.and_(session.c.hospital_id == booking.c.hospital_id, session.c.session_id == booking.c.session_id),
    )
    .join(hospital, hospital.c.hospital_id == booking.c.hospital_id)
    .where(booking.c.hospital_id == sa.bindparam("hospital_id"), booking.c.booking_id == sa.bindparam("booking_id"))
)


def find_booking(connection: sa.Connection, hospital_id: UUID, booking_id: UUID) -> FoundBooking | None:
    """The booking, if this hospital has it."""
    it = _FIND.row(connection, {"hospital_id": hospital_id, "booking_id": booking_id})
    if it is None:
        return None
    return FoundBooking(
        hospital_id=hospital_id,
        booking_id=booking_id,
        session_id=it.session_id,
        department_id=it.department_id,
        slot=Slot(no=it.slot_no, starts_ms=it.starts_ms, ends_ms=it.ends_ms),
        person_id=it.person_id,
        session_ends_ms=it.session_ends_ms,
        service_date=it.service_date,
        time_zone=it.time_zone,
        letters=it.letters,
        state=BookingState(it.state),
        ver=it.ver,
    )
