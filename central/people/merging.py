"""Two records of one person become one: by staff, with a reason, never by a guess.  # rule A2

The record that goes stays where it is and points to the one that stays, so that every id that was ever given leads to
the person. Documents, guardians and grants move; ledger and consents are read under both ids. The bookings follow in
each hospital, with its copy (`central.people.copies`).
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from central.moment import Moment
from central.people.changed import UnknownPerson, changed, make_copies_due, person_row
from central.people.guardians import Guardianship, add_guardian
from central.people.personal import GroupKeys, Values
from central.people.tables import credential, guardian, merge, person, priority_grant
from central.writer.contract import Overtaken


@dataclass(frozen=True, slots=True)
class Merging:
    """Staff say that these are one person, and which record stays."""

    merge_id: UUID
    kept_id: UUID
    merged_id: UUID
    actor: str
    why: str


def merge_records(connection: sa.Connection, keys: GroupKeys, wanted: Merging, moment: Moment) -> UUID:
    """One record from now on; its id. The same merging twice is one. Raises UnknownPerson, Overtaken."""
    group_id = keys.group_id
    kept, merged = (person_row(connection, group_id, one) for one in (wanted.kept_id, wanted.merged_id))
    kept_id: UUID = kept.person_id
    if merged.person_id == kept_id:
        if _is_done(connection, group_id, wanted.merge_id):
            return kept_id
        raise UnknownPerson
    changed(connection, group_id, kept_id, moment, _taken_over(keys, kept, merged))
    _retire(connection, group_id, merged, kept_id, moment)
    for table in (credential, priority_grant):
        connection.execute(
            table.update()
            .where(table.c.group_id == group_id, table.c.person_id == merged.person_id)
            .values(person_id=kept_id)
        )
    _move_guardians(connection, group_id, merged.person_id, kept_id, moment)
    connection.execute(
        merge.insert().values(
            group_id=group_id,
            merge_id=wanted.merge_id,
            kept_id=kept_id,
            merged_id=merged.person_id,
            actor=wanted.actor,
            why=wanted.why,
            made_ms=moment.now_ms,
        )
    )
    return kept_id


def _is_done(connection: sa.Connection, group_id: UUID, merge_id: UUID) -> bool:
    done = sa.select(merge.c.merge_id).where(merge.c.group_id == group_id, merge.c.merge_id == merge_id)
    return connection.execute(done).one_or_none() is not None


def _taken_over(keys: GroupKeys, kept: sa.Row[tuple[UUID, ...]], merged: sa.Row[tuple[UUID, ...]]) -> Values:
    """What only the record that goes knew."""
    has, brings = keys.open_person(kept), keys.open_person(merged)
    values: Values = {}
    if not has.phone and brings.phone:
        values |= keys.phone_columns(kept.person_id, brings.phone)
    if not has.contact and brings.contact:
        values |= keys.contact_columns(kept.person_id, brings.contact)
    if not has.birth_date and brings.birth_date:
        values |= keys.birth_columns(kept.person_id, brings.birth_date)
    if merged.is_verified and not kept.is_verified:
        values |= {"is_verified": True, "verified_ms": merged.verified_ms, "refused_ms": None}
    return values


def _retire(
    connection: sa.Connection, group_id: UUID, merged: sa.Row[tuple[UUID, ...]], kept_id: UUID, moment: Moment
) -> None:
    """The record, and all that were merged into it before, point to the one that stays."""
    gone = connection.execute(
        person.update()
        .where(
            person.c.group_id == group_id,
            person.c.person_id == merged.person_id,
            person.c.ver == merged.ver,
            person.c.merged_into.is_(None),
        )
        .values(merged_into=kept_id, ver=person.c.ver + 1)
    )
    if gone.rowcount != 1:
        raise Overtaken
    connection.execute(
        person.update()
        .where(person.c.group_id == group_id, person.c.merged_into == merged.person_id)
        .values(merged_into=kept_id)
    )
    make_copies_due(connection, group_id, merged.person_id, merged.ver + 1, moment)


def _move_guardians(connection: sa.Connection, group_id: UUID, merged_id: UUID, kept_id: UUID, moment: Moment) -> None:
    """Whoever could act for the one acts for the other, and the same the other way round; nobody is their own."""
    rows = connection.execute(
        sa.select(guardian).where(
            guardian.c.group_id == group_id,
            sa.or_(guardian.c.guardian_id == merged_id, guardian.c.ward_id == merged_id),
            guardian.c.ended_ms.is_(None),
        )
    ).all()
    for row in rows:
        here = (guardian.c.group_id == group_id, guardian.c.guardian_id == row.guardian_id)
        connection.execute(
            guardian.update().where(*here, guardian.c.ward_id == row.ward_id).values(ended_ms=moment.now_ms)
        )
        pair = [kept_id if one == merged_id else one for one in (row.guardian_id, row.ward_id)]
        if pair[0] != pair[1]:
            add_guardian(connection, group_id, Guardianship(pair[0], pair[1], row.relation), moment)
