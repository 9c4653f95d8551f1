"""What in a hospital follows its copy of a person: the bookings that terminals hold, and what a merged record had."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from booking.wire import CheckQuestion, RowKind
from central.appointments.tables import booking
from central.keys import Keys
from central.moment import Moment
from central.people.facts import Answers
from central.people.tables import alias, patient
from central.sync.service import Change, scope, today_at, write_change
from central.tables.base import metadata
from central.tables.prepared import Prepared

_GUARDED = (booking.c.guardian_id,)
"""Columns besides `person_id` that name a person."""


_ALIAS, _COPY = (
    Prepared(
        sa.select(table.c.person_id).where(
            table.c.hospital_id == sa.bindparam("hospital_id"), named == sa.bindparam("named_id")
        )
    )
    for table, named in ((alias, alias.c.alias_id), (patient, patient.c.person_id))
)


@dataclass(frozen=True, slots=True)
class Checks:
    """Makes the values that check the second question to a booking's number."""

    keys: Keys
    group_id: UUID
    answers: Answers

    def columns(self, booking_id: UUID, number_sealed: bytes) -> dict[str, bytes | None]:
        """For one booking."""
        number = self.keys.seal.open(number_sealed, table="booking", column="number_sealed", row=booking_id)
        return {
            "check_phone": self._check(number, CheckQuestion.PHONE, self.answers.phone_last_four),
            "check_birthday": self._check(number, CheckQuestion.BIRTHDAY, self.answers.birthday),
        }

    def _check(self, number: str, question: CheckQuestion, answer: str) -> bytes | None:
        lookup = self.keys.lookup(self.group_id)
        return lookup.check(number=number, question=question, answer=answer) if answer else None


def follow_bookings(
    connection: sa.Connection, hospital_id: UUID, person_id: UUID, checks: Checks, moment: Moment
) -> None:
    """The person changed: their bookings from the terminals' first day on get new check values and a new version.

    Those in the terminals' days get a row of the feed each; a later day is fetched whole when it comes.  # sync C3
    """
    days = scope(today_at(connection, hospital_id, moment.now_ms))
    rows = connection.execute(
        sa.select(booking.c.booking_id, booking.c.service_date, booking.c.number_sealed)
        .where(
            booking.c.hospital_id == hospital_id,
            booking.c.person_id == person_id,
            booking.c.service_date >= days[0],
        )
        .order_by(booking.c.booking_id)
    ).all()
    for row in rows:
        here = (booking.c.hospital_id == hospital_id, booking.c.booking_id == row.booking_id)
        connection.execute(
            booking.update()
            .where(*here)
            .values(ver=booking.c.ver + 1, **checks.columns(row.booking_id, row.number_sealed))
        )
        if row.service_date in days:
            ver = connection.execute(sa.select(booking.c.ver).where(*here)).scalar_one()
            write_change(
                connection, hospital_id, Change(RowKind.BOOKING, row.booking_id, ver, row.service_date), moment
            )


def known_person(connection: sa.Connection, hospital_id: UUID, person_id: UUID) -> UUID | None:
    """Under which id this hospital knows a person whom a terminal names so; None where it has no copy of them."""
    named = {"hospital_id": hospital_id, "named_id": person_id}
    led = _ALIAS.row(connection, named)
    found = _COPY.row(connection, named if led is None else named | {"named_id": led.person_id})
    return None if found is None else found.person_id


def follow_as(connection: sa.Connection, hospital_id: UUID, alias_id: UUID, person_id: UUID, moment: Moment) -> None:
    """Who is named by the one id is meant to be the other from now on."""
    here = (alias.c.hospital_id == hospital_id, alias.c.alias_id == alias_id)
    moved = connection.execute(alias.update().where(*here).values(person_id=person_id))
    if not moved.rowcount:
        values = {"hospital_id": hospital_id, "alias_id": alias_id, "person_id": person_id, "made_ms": moment.now_ms}
        connection.execute(alias.insert().values(**values))


def move_to_kept(connection: sa.Connection, hospital_id: UUID, merged_id: UUID, kept_id: UUID, moment: Moment) -> None:
    """Every row of the hospital that names the merged record names the one that stays; the merged copy goes.

    Its row is taken first: who books for it at this instant is either before this, and moves along, or finds no such
    person any more. Rows of the hospital are all that name a person in `person_id` and begin with the hospital.
    """
    here = (patient.c.hospital_id == hospital_id, patient.c.person_id == merged_id)
    connection.execute(patient.update().where(*here).values(person_ver=patient.c.person_ver))
    for table in metadata.sorted_tables:
        columns = table.c
        if table is patient or next(iter(table.primary_key)).name != "hospital_id" or "person_id" not in columns:
            continue
        of_merged = (columns.hospital_id == hospital_id, columns.person_id == merged_id)
        connection.execute(table.update().where(*of_merged).values(person_id=kept_id))
    for column in _GUARDED:
        table = column.table
        assert isinstance(table, sa.Table)
        connection.execute(
            table.update().where(table.c.hospital_id == hospital_id, column == merged_id).values({column.name: kept_id})
        )
    connection.execute(patient.delete().where(*here))
    follow_as(connection, hospital_id, merged_id, kept_id, moment)
