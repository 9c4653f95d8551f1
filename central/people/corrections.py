"""Corrections of a person's record, and the staff's review of those who registered without a card.  # rules A1, A2"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from booking.people import Flaw, Sex, clean_name, day_of, read_mobile
from central.moment import Moment
from central.people.changed import changed, person_row
from central.people.personal import GroupKeys, Values
from central.people.register import EARLIEST_BIRTH, LONGEST_NAME, NotRegistered, Objection
from central.people.tables import credential, person


@dataclass(frozen=True, slots=True)
class Correction:
    """What staff, having seen a document, put right. None: it stays as it is."""

    name: str | None = field(default=None, repr=False)
    sex: Sex | None = field(default=None, repr=False)
    birth_date: str | None = field(default=None, repr=False)


def correct_phone(connection: sa.Connection, keys: GroupKeys, person_id: UUID, phone: str, moment: Moment) -> UUID:
    """The mobile number that the patient confirmed or corrected; the person's id.  # rule A2

    It may be empty only where there is another way to reach the person. Raises UnknownPerson, NotRegistered.
    """
    row = person_row(connection, keys.group_id, person_id)
    mobile = read_mobile(phone) if phone else ""
    if mobile is None:
        raise NotRegistered((Flaw.PHONE_WRONG,))
    if not mobile and row.contact_sealed is None:
        raise NotRegistered((Flaw.CONTACT_MISSING,))
    if mobile == keys.open_person(row).phone:
        return row_id(row)
    return changed(connection, keys.group_id, row.person_id, moment, keys.phone_columns(row.person_id, mobile))


def correct_profile(
    connection: sa.Connection, keys: GroupKeys, person_id: UUID, correction: Correction, today: date, moment: Moment
) -> UUID:
    """Name, sex, day of birth as the document has them. Raises UnknownPerson, NotRegistered."""
    kept = row_id(person_row(connection, keys.group_id, person_id))
    values: Values = {}
    if correction.name is not None:
        name = clean_name(correction.name)
        if not name or len(name) > LONGEST_NAME:
            raise NotRegistered((Objection.NAME_TOO_LONG if name else Flaw.NAME_MISSING,))
        values |= keys.name_columns(kept, name)
    if correction.birth_date is not None:
        birth = day_of(correction.birth_date)
        if birth is None or not EARLIEST_BIRTH <= birth <= today:
            raise NotRegistered((Objection.BIRTH_DATE_WRONG,))
        values |= keys.birth_columns(kept, correction.birth_date)
    if correction.sex is not None:
        values["sex"] = correction.sex.value
    return changed(connection, keys.group_id, kept, moment, values)


def approve(connection: sa.Connection, group_id: UUID, person_id: UUID, moment: Moment) -> UUID:
    """Staff have seen a document: the person is verified. Raises UnknownPerson."""
    proof: Values = {"is_verified": True, "verified_ms": moment.now_ms, "refused_ms": None}
    return changed(connection, group_id, person_id, moment, proof)


def refuse(connection: sa.Connection, group_id: UUID, person_id: UUID, moment: Moment) -> UUID:
    """A review refuses the registration: no document that was only typed counts any more. Raises UnknownPerson.

    Whoever comes with the card itself is verified by it, and the refusal is over.
    """
    kept = changed(connection, group_id, person_id, moment, {"is_verified": False, "refused_ms": moment.now_ms})
    connection.execute(
        credential.update()
        .where(
            credential.c.group_id == group_id,
            credential.c.person_id == kept,
            credential.c.was_read.is_(False),
            credential.c.ended_ms.is_(None),
        )
        .values(ended_ms=moment.now_ms)
    )
    return kept


def to_review(connection: sa.Connection, group_id: UUID, *, after: UUID | None = None, limit: int) -> list[sa.Row[Any]]:
    """Who registered without a card read and nobody has looked at, oldest first.  # rule A2"""
    query = (
        sa.select(person)
        .where(
            person.c.group_id == group_id,
            person.c.is_verified.is_(False),
            person.c.refused_ms.is_(None),
            person.c.merged_into.is_(None),
            person.c.erased_ms.is_(None),
        )
        .order_by(person.c.person_id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(person.c.person_id > after)
    return list(connection.execute(query))


def row_id(row: sa.Row[tuple[UUID, ...]]) -> UUID:
    """The id of a person's row."""
    person_id: UUID = row.person_id
    return person_id
