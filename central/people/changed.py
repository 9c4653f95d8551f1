"""Changing a person of the group: a new version, and the copies of the hospitals become due.

Every change of a person, their credentials, guardians, grants or ledger goes through `changed`. It takes the person's
row first, so that changes of one person follow one another on every engine.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from central.moment import Moment
from central.people.tables import copy_due, person
from central.writer.contract import Overtaken


class UnknownPerson(Exception):
    """The group has no such person."""


def person_row(connection: sa.Connection, group_id: UUID, person_id: UUID) -> sa.Row[Any]:
    """The person's row; of a record that was merged, the one that stays. Raises UnknownPerson."""
    row = connection.execute(_one(group_id, person_id)).one_or_none()
    if row is not None and row.merged_into is not None:
        row = connection.execute(_one(group_id, row.merged_into)).one_or_none()
    if row is None or row.erased_ms is not None:
        raise UnknownPerson
    return row


def records_of(connection: sa.Connection, group_id: UUID, person_id: UUID) -> list[UUID]:
    """The ids under which this person was ever known: this one, and those that were merged into it."""
    merged = sa.select(person.c.person_id).where(person.c.group_id == group_id, person.c.merged_into == person_id)
    return [person_id, *connection.execute(merged).scalars()]


def changed(
    connection: sa.Connection, group_id: UUID, person_id: UUID, moment: Moment, values: dict[str, Any] | None = None
) -> UUID:
    """Give the person (or, of a merged record, the one that stays) these values and the next version; the id.

    Raises UnknownPerson, Overtaken.
    """
    kept: UUID = person_row(connection, group_id, person_id).person_id
    here = (person.c.group_id == group_id, person.c.person_id == kept)
    touched = connection.execute(
        person.update().where(*here, person.c.merged_into.is_(None)).values({**(values or {}), "ver": person.c.ver + 1})
    )
    if touched.rowcount != 1:  # merged this instant
        raise Overtaken
    ver = connection.execute(sa.select(person.c.ver).where(*here)).scalar_one()
    make_copies_due(connection, group_id, kept, ver, moment)
    return kept


def make_copies_due(connection: sa.Connection, group_id: UUID, person_id: UUID, ver: int, moment: Moment) -> None:
    """The hospitals' copies are to be brought to this version. The caller holds the person's row."""
    due = connection.execute(
        copy_due.update().where(copy_due.c.group_id == group_id, copy_due.c.person_id == person_id).values(ver=ver)
    )
    if not due.rowcount:
        values = {"group_id": group_id, "person_id": person_id, "ver": ver, "since_ms": moment.now_ms}
        connection.execute(copy_due.insert().values(**values))


def follow_new_copy(
    connection: sa.Connection, group_id: UUID, person_id: UUID, copied_ver: int, moment: Moment
) -> None:
    """A hospital made its first copy at this version. Should the person have changed meanwhile, that copy was not
    there to be brought up to date: it is due again. Raises UnknownPerson.
    """
    here = (person.c.group_id == group_id, person.c.person_id == person_id)
    connection.execute(person.update().where(*here).values(ver=person.c.ver))  # takes the row
    ver = connection.execute(sa.select(person.c.ver).where(*here)).scalar_one_or_none()
    if ver is None:
        raise UnknownPerson
    if ver > copied_ver:
        make_copies_due(connection, group_id, person_id, ver, moment)


def _one(group_id: UUID, person_id: UUID) -> sa.Select[Any]:
    return sa.select(person).where(person.c.group_id == group_id, person.c.person_id == person_id)
