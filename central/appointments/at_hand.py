"""The rows that an act on a place is decided on: the person, the session, the free places, what else they have.

Nothing is decided here and nothing is written. The person's row is taken first and, where several write at once, kept
until the end: two acts for one person at two channels follow one another, and none of them misses what the other did.
# rule D3
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from booking.decide.given import Held
from booking.decide.states import counts_for_limits
from booking.roster import BookingState, SlotState
from central.appointments.scene import NoSuchThing, Scene
from central.appointments.tables import booking, booking_step, referral, waiting_entry
from central.orders.tables import order_item
from central.people.tables import patient
from central.rosters.tables import department, doctor, extra_place, session, slot
from central.tables.prepared import Prepared

Found = Any
"""A row, its columns as attributes."""
COUNTING = tuple(state.value for state in BookingState if counts_for_limits(state))
EXEMPTED = "exempted"
"""The reason of the step of a booking that was exempted from a limit."""
_A_WEEK = timedelta(days=6)

_HERE: sa.BindParameter[UUID] = sa.bindparam("hospital_id")
_PERSON: sa.BindParameter[UUID] = sa.bindparam("person_id")
_SESSION: sa.BindParameter[UUID] = sa.bindparam("session_id")

_REFERRED = (
    sa.exists()
    .where(
        referral.c.hospital_id == _HERE,
        referral.c.person_id == patient.c.person_id,
        referral.c.direction == "in",
        referral.c.state == "open",
        referral.c.valid_until_ms >= sa.bindparam("now_ms"),
    )
    .label("is_referred")
)
PATIENTS = sa.select(
    patient.c.person_id,
    patient.c.masked_name,
    patient.c.birth_year,
    patient.c.credential_hashes,
    patient.c.document_kinds,
    patient.c.birth_sealed,
    patient.c.answers_sealed,
    patient.c.is_verified,
    patient.c.is_reachable,
    patient.c.grants,
    patient.c.guardian_ids,
    patient.c.standing,
    _REFERRED,
)
"""Copies of persons."""
_PATIENT = Prepared(
    PATIENTS.where(patient.c.hospital_id == _HERE, patient.c.person_id == _PERSON).with_for_update(of=patient)
)
SESSIONS = (
    sa.select(
        session.c.session_id,
        session.c.department_id,
        session.c.doctor_id,
        session.c.place_id,
        session.c.service_date,
        session.c.starts_ms,
        session.c.ends_ms,
        session.c.letters,
        session.c.kind,
        session.c.fee_cents,
        session.c.service_id,
        session.c.owner_confirms,
        session.c.stopped_ms,
        session.c.published_ms,
        sa.and_(
            session.c.is_offered,
            department.c.is_bookable,
            sa.not_(department.c.is_retired),
            sa.func.coalesce(doctor.c.is_bookable, sa.true()),
        ).label("is_offered"),
    )
    .join(
        department,
        sa.and_(
            department.c.hospital_id == session.c.hospital_id, department.c.department_id == session.c.department_id
        ),
    )
    .outerjoin(
        doctor,
        sa.and_(doctor.c.hospital_id == session.c.hospital_id, doctor.c.doctor_id == session.c.doctor_id),
    )
)
"""Sessions with what staff have set for them."""
_OF_SESSION = Prepared(SESSIONS.where(session.c.hospital_id == _HERE, session.c.session_id == _SESSION))
FREE = (
    sa.select(slot.c.session_id, slot.c.pool, sa.func.count().label("free"), sa.func.min(slot.c.no).label("first_no"))
    .where(slot.c.state == sa.literal_column(f"'{SlotState.FREE.value}'"))
    .group_by(slot.c.session_id, slot.c.pool)
)
"""How many places of sessions are free in each pool. The state stands in the text: else no engine
would take the index of the free ones.
"""
_FREE = Prepared(FREE.where(slot.c.hospital_id == _HERE, slot.c.session_id == _SESSION))
SLOTS = sa.select(
    slot.c.session_id,
    slot.c.no,
    slot.c.starts_ms,
    slot.c.ends_ms,
    slot.c.state,
    slot.c.pool,
    slot.c.hold_id,
    slot.c.booking_id,
)
"""Numbered places."""
_SLOT = Prepared(
    SLOTS.where(slot.c.hospital_id == _HERE, slot.c.session_id == _SESSION, slot.c.no == sa.bindparam("no"))
)
LAST_OF_SESSION = (
    sa.select(slot.c.starts_ms, slot.c.ends_ms)
    .where(slot.c.hospital_id == _HERE, slot.c.session_id == _SESSION)
    .order_by(slot.c.no.desc())
    .limit(1)
)
_LAST_SLOT = Prepared(LAST_OF_SESSION)
HELD = (
    sa.select(
        booking.c.booking_id,
        booking.c.person_id,
        booking.c.service_date,
        booking.c.order_id,
        session.c.service_id,
        session.c.department_id,
        sa.func.coalesce(slot.c.starts_ms, session.c.ends_ms).label("starts_ms"),
        sa.func.coalesce(slot.c.ends_ms, session.c.ends_ms).label("ends_ms"),
    )
    .join(
        session,
        sa.and_(session.c.hospital_id == booking.c.hospital_id, session.c.session_id == booking.c.session_id),
    )
    .outerjoin(
        slot,
        sa.and_(
            slot.c.hospital_id == booking.c.hospital_id,
            slot.c.session_id == booking.c.session_id,
            slot.c.no == booking.c.slot_no,
        ),
    )
    .where(
        booking.c.state.in_([sa.literal_column(f"'{state}'") for state in COUNTING]),
        # Coalesced, so that the index of the person is taken and not the one of the day, which thousands share.
        sa.func.coalesce(booking.c.service_date, "").between(sa.bindparam("first_day"), sa.bindparam("last_day")),
    )
)
"""Bookings that still count in a span of days."""
_HELD = Prepared(HELD.where(booking.c.hospital_id == _HERE, booking.c.person_id == _PERSON))


def person_row(scene: Scene, person_id: UUID) -> Found:
    """The hospital's copy of the person, taken until the end of this act. Raises NoSuchThing."""
    values = {"hospital_id": scene.hospital_id, "person_id": person_id, "now_ms": scene.now_ms}
    found = _PATIENT.row(scene.connection, values)
    if found is None:
        raise NoSuchThing
    return found


def session_row(scene: Scene, session_id: UUID) -> Found:
    """A published session with what staff have set for it. Raises NoSuchThing."""
    found = _OF_SESSION.row(scene.connection, {"hospital_id": scene.hospital_id, "session_id": session_id})
    if found is None or found.published_ms is None:
        raise NoSuchThing
    return found


def free_pools(scene: Scene, session_id: UUID) -> dict[str, tuple[int, int]]:
    """How many places are free in each pool, and the lowest number of them."""
    values = {"hospital_id": scene.hospital_id, "session_id": session_id}
    return {it.pool: (it.free, it.first_no) for it in _FREE.rows(scene.connection, values)}


def slot_row(scene: Scene, session_id: UUID, no: int) -> Found:
    """One numbered place; None where there is none within capacity."""
    return _SLOT.row(scene.connection, {"hospital_id": scene.hospital_id, "session_id": session_id, "no": no})


def last_slot(scene: Scene, session_id: UUID) -> Found:
    """First and last instant of the session's last place; None where it has none."""
    return _LAST_SLOT.row(scene.connection, {"hospital_id": scene.hospital_id, "session_id": session_id})


def held_around(scene: Scene, person_id: UUID, day: date, *, with_items: bool = False) -> tuple[Held, ...]:
    """The person's bookings of that week and around it that still count. A booking's id stands for its number: numbers
    are sealed, and only a refusal that names one opens it.  # rule D3
    """
    first, last = week_around(day)
    values = {"hospital_id": scene.hospital_id, "person_id": person_id, "first_day": first, "last_day": last}
    return tuple(
        held_from(it, _codes(scene, it.order_id, it.service_id) if with_items and it.order_id else ())
        for it in _HELD.rows(scene.connection, values)
    )


def week_around(day: date) -> tuple[str, str]:
    """The days whose bookings limits may count, as the store writes them."""
    return (day - _A_WEEK).isoformat(), (day + _A_WEEK).isoformat()


def held_from(row: Found, items: tuple[str, ...] = ()) -> Held:
    """A row of `HELD` as the rules take it."""
    return Held(
        number=str(row.booking_id),
        service_date=date.fromisoformat(row.service_date),
        starts_ms=row.starts_ms,
        ends_ms=row.ends_ms,
        department=str(row.department_id),
        items=items,
        order=str(row.order_id or ""),
    )


def people_waiting(scene: Scene, session_id: UUID) -> list[UUID]:
    """Who is on the session's waiting list."""
    query = sa.select(waiting_entry.c.person_id).where(
        waiting_entry.c.hospital_id == scene.hospital_id,
        waiting_entry.c.session_id == session_id,
        waiting_entry.c.state.in_(("waiting", "offered")),
    )
    return list(scene.connection.execute(query).scalars())


def add_ons_of(scene: Scene, session_id: UUID) -> int:
    """How many added places of the session stand.  # rule C14"""
    query = sa.select(sa.func.count()).where(
        extra_place.c.hospital_id == scene.hospital_id,
        extra_place.c.session_id == session_id,
        extra_place.c.kind == "add_on",
        extra_place.c.ended_ms.is_(None),
    )
    return int(scene.connection.execute(query).scalar_one())


def exemptions_of(scene: Scene, session_id: UUID) -> int:
    """How many bookings of the session were exempted from a limit and still count.  # rule C14"""
    query = (
        sa.select(sa.func.count())
        .select_from(booking)
        .join(
            booking_step,
            sa.and_(
                booking_step.c.hospital_id == booking.c.hospital_id,
                booking_step.c.booking_id == booking.c.booking_id,
                booking_step.c.reason == EXEMPTED,
            ),
        )
        .where(
            booking.c.hospital_id == scene.hospital_id,
            booking.c.session_id == session_id,
            booking.c.state.in_(COUNTING),
        )
    )
    return int(scene.connection.execute(query).scalar_one())


def _codes(scene: Scene, order_id: UUID, service_id: UUID | None) -> tuple[str, ...]:
    """What of an order was booked with a session: the items of its service, where the order says which those are."""
    query = sa.select(order_item.c.code, order_item.c.service_id).where(
        order_item.c.hospital_id == scene.hospital_id, order_item.c.order_id == order_id
    )
    items = scene.connection.execute(query).all()
    own = [it for it in items if service_id is not None and it.service_id == service_id]
    return tuple(it.code for it in own or items)
