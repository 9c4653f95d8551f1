"""A booking that exists: read whole, as facts for the rules, and as a view for whoever may see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from booking.decide.given import Acting, BookingFacts, Place, SessionNow, Waiting
from booking.facts import Known
from booking.roster import BookingState
from booking.roster.plans import ClinicKind
from booking.wire_booking import BookingView
from central.appointments.at_hand import Found, people_waiting
from central.appointments.entered import Subject
from central.appointments.numbers import open_number
from central.appointments.place_times import OWN_SLOT, time_of_place
from central.appointments.scene import NoSuchThing, Scene
from central.appointments.tables import booking, booking_step
from central.people.facts import acting_for
from central.people.tables import patient
from central.rosters.tables import session, slot
from central.tables.prepared import Prepared

MEDICAL_MOVE = "medical_move"
"""The reason of the step by which a doctor asks for another time.  # rule E5"""
CHANGED = "changed"
"""The end reason of a booking that the patient changed for another.  # rule E4"""
_DAY_MS = 86_400_000


_WHOLE = (
    sa.select(
        booking,
        time_of_place("starts_ms").label("place_starts_ms"),
        time_of_place("ends_ms").label("place_ends_ms"),
        session.c.department_id,
        session.c.doctor_id,
        session.c.place_id,
        session.c.kind,
        session.c.letters,
        session.c.ends_ms.label("session_ends_ms"),
        session.c.stopped_ms,
        session.c.owner_confirms,
        session.c.is_offered,
        patient.c.guardian_ids,
        patient.c.credential_hashes,
    )
    .join(
        session,
        sa.and_(session.c.hospital_id == booking.c.hospital_id, session.c.session_id == booking.c.session_id),
    )
    .outerjoin(slot, OWN_SLOT)
    .join(patient, sa.and_(patient.c.hospital_id == booking.c.hospital_id, patient.c.person_id == booking.c.person_id))
)

_HERE: sa.BindParameter[UUID] = sa.bindparam("hospital_id")
_BOOKING: sa.BindParameter[UUID] = sa.bindparam("booking_id")
_ONE = Prepared(_WHOLE.where(booking.c.hospital_id == _HERE, booking.c.booking_id == _BOOKING))
_TAKE_PERSON = Prepared(
    sa.select(patient.c.person_id)
    .where(
        patient.c.hospital_id == _HERE,
        patient.c.person_id
        == sa.select(booking.c.person_id)
        .where(booking.c.hospital_id == _HERE, booking.c.booking_id == _BOOKING)
        .scalar_subquery(),
    )
    .with_for_update()
)
_CHANGES = Prepared(
    sa.select(sa.func.count().label("changes")).where(
        booking.c.hospital_id == _HERE,
        booking.c.person_id == sa.bindparam("person_id"),
        booking.c.state == BookingState.MOVED.value,
        booking.c.end_reason == CHANGED,
        booking.c.ended_ms >= sa.bindparam("since_ms"),
    )
)
_MOVED_BY_DOCTOR = Prepared(
    sa.select(booking_step.c.step_id)
    .where(
        booking_step.c.hospital_id == _HERE,
        booking_step.c.booking_id == _BOOKING,
        booking_step.c.reason == MEDICAL_MOVE,
    )
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class BookingNow:
    """A booking with all that is decided about it."""

    row: Found
    facts: BookingFacts
    subject: Subject


def booking_now(scene: Scene, booking_id: UUID, acting_id: UUID | None = None) -> BookingNow:
    """The booking, its person's row taken first. Raises NoSuchThing."""
    _take_person(scene, booking_id)
    row = _ONE.row(scene.connection, _named(scene, booking_id))
    if row is None:
        raise NoSuchThing
    return BookingNow(row, _facts(scene, row, acting_id), as_subject(row))


def subject_of(scene: Scene, booking_id: UUID) -> Subject | None:
    """The booking as effects know it; None where the hospital has none of this id."""
    row = scene.connection.execute(
        sa.select(booking).where(booking.c.hospital_id == scene.hospital_id, booking.c.booking_id == booking_id)
    ).one_or_none()
    return None if row is None else as_subject(row)


def as_subject(row: Found) -> Subject:
    """A row of `booking` as effects know it."""
    return Subject(
        booking_id=row.booking_id,
        person_id=row.person_id,
        session_id=row.session_id,
        slot_no=row.slot_no,
        service_date=date.fromisoformat(row.service_date),
        state=BookingState(row.state),
        ver=row.ver,
        queue_number=row.queue_number,
        fee_cents=row.fee_cents,
        is_paid=row.is_paid,
    )


def view(scene: Scene, booking_id: UUID) -> BookingView:
    """The booking as it now is. Raises NoSuchThing."""
    row = _ONE.row(scene.connection, _named(scene, booking_id))
    if row is None:
        raise NoSuchThing
    return _view(scene, row)


def views(scene: Scene, *where: sa.ColumnElement[bool]) -> list[BookingView]:
    """The hospital's bookings that meet the condition, the newest day first."""
    query = _WHOLE.where(booking.c.hospital_id == scene.hospital_id, *where).order_by(
        booking.c.service_date.desc(), booking.c.booking_id.desc()
    )
    return [_view(scene, row) for row in scene.connection.execute(query)]


def changes_of(scene: Scene, person_id: UUID) -> int:
    """How often the person changed bookings within the policy's period.  # rule E4"""
    since_ms = scene.now_ms - scene.policy.changing.within_days * _DAY_MS
    values = {"hospital_id": scene.hospital_id, "person_id": person_id, "since_ms": since_ms}
    return int(_CHANGES.row(scene.connection, values).changes)


def _take_person(scene: Scene, booking_id: UUID) -> None:
    """What is done for one person is done in a row, whatever the engine.  # rule D3"""
    _TAKE_PERSON.rows(scene.connection, _named(scene, booking_id))


def _named(scene: Scene, booking_id: UUID) -> dict[str, UUID]:
    return {"hospital_id": scene.hospital_id, "booking_id": booking_id}


def _facts(scene: Scene, row: Found, acting_id: UUID | None) -> BookingFacts:
    acting = acting_for(row, acting_id)
    if acting_id is None and scene.asker.is_staff:
        acting = Acting.STAFF
    state = BookingState(row.state)
    return BookingFacts(
        place=Place(
            service_date=date.fromisoformat(row.service_date),
            starts_ms=row.place_starts_ms,
            ends_ms=row.place_ends_ms,
            department=str(row.department_id),
            kind=ClinicKind(row.kind),
            session_ends_ms=row.session_ends_ms,
            owner_confirms=row.owner_confirms,
        ),
        number=str(row.booking_id),
        zone=scene.zone,
        state=Known(state),
        last_known_state=state,
        acting=acting,
        session=Known(SessionNow(is_stopped=row.stopped_ms is not None, is_offered=row.is_offered)),
        booked_ms=row.made_ms,
        is_paid=row.is_paid,
        waiting=Known(Waiting(people=len(people_waiting(scene, row.session_id)))),
        changes=Known(changes_of(scene, row.person_id)),
        was_assumed=bool(row.assumed),
        was_our_fault=_was_moved_by_doctor(scene, row.booking_id),
    )


def _was_moved_by_doctor(scene: Scene, booking_id: UUID) -> bool:
    return _MOVED_BY_DOCTOR.row(scene.connection, _named(scene, booking_id)) is not None


def _view(scene: Scene, row: Found) -> BookingView:
    return BookingView(
        booking_id=row.booking_id,
        number=open_number(scene, row.booking_id, row.number_sealed),
        state=row.state,
        person_id=row.person_id,
        session_id=row.session_id,
        slot_no=row.slot_no,
        service_date=row.service_date,
        starts_ms=row.place_starts_ms,
        ends_ms=row.place_ends_ms,
        department_id=row.department_id,
        doctor_id=row.doctor_id,
        place_id=row.place_id,
        channel=row.channel,
        made_ms=row.made_ms,
        is_return_visit=row.is_return_visit,
        is_paid=row.is_paid,
        fee_cents=row.fee_cents,
        queue_number=row.queue_number,
        checked_in_ms=row.checked_in_ms,
        await_until_ms=row.await_until_ms,
        earlier_booking_id=row.earlier_booking_id,
        later_booking_id=row.later_booking_id,
        ended_ms=row.ended_ms,
        ended_by=row.ended_by,
        end_reason=row.end_reason,
        assumed=tuple(row.assumed or ()),
        ver=row.ver,
    )
