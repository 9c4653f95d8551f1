"""Finding a person by what they show. Only hashes come in; nothing readable but a masked name goes out (rule A4)."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from booking.wire import FindReply, Row
from central.appointments.tables import booking
from central.people.facts import copy_of, held_of
from central.people.tables import credential, person
from central.rosters.tables import hospital, session
from central.sync import rows
from central.sync.service import scope, today_at


def find_person(connection: sa.Connection, hospital_id: UUID, hashes: list[bytes], now_ms: int) -> FindReply:
    """Whether the group knows a person with one of these, and their bookings here in the terminals' days."""
    group_id = connection.execute(
        sa.select(hospital.c.group_id).where(hospital.c.hospital_id == hospital_id)
    ).scalar_one()
    person_ids = connection.execute(
        sa.select(credential.c.person_id)
        .where(
            credential.c.group_id == group_id,
            credential.c.number_hash.in_(hashes),
            credential.c.ended_ms.is_(None),
        )
        .distinct()
    ).scalars()
    known = list(person_ids)
    if len(known) != 1:  # two persons by one card's numbers: the desk must look at that, no screen may choose
        return FindReply(is_known=False)
    it = connection.execute(
        sa.select(person.c.masked_name, person.c.sex, person.c.birth_year).where(
            person.c.group_id == group_id, person.c.person_id == known[0]
        )
    ).one()
    days = scope(today_at(connection, hospital_id, now_ms))
    bookings = rows.booking_rows(
        connection, hospital_id, booking.c.person_id == known[0], booking.c.service_date.in_(days)
    )
    copy = copy_of(connection, hospital_id, known[0])
    return FindReply(
        is_known=True,
        masked_name=it.masked_name,
        sex=it.sex,
        birth_year=it.birth_year,
        bookings=(*_catalogue(connection, hospital_id, bookings), *bookings),
        person_id=known[0],
        person=None if copy is None else held_of(copy),
    )


def _catalogue(connection: sa.Connection, hospital_id: UUID, bookings: list[Row]) -> list[Row]:
    """The rows that these bookings refer to."""
    session_ids = {row.booking.session_id for row in bookings if row.booking}
    if not session_ids:
        return []
    sessions = rows.session_rows(connection, hospital_id, session.c.session_id.in_(list(session_ids)))
    bodies = [row.session for row in sessions if row.session]
    return [
        *rows.department_rows(connection, hospital_id, {it.department_id for it in bodies}),
        *rows.doctor_rows(connection, hospital_id, {it.doctor_id for it in bodies if it.doctor_id}),
        *rows.place_rows(connection, hospital_id, {it.place_id for it in bodies}),
        *sessions,
    ]
