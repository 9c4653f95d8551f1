"""Who may act for whom.  # rule A5"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from central.moment import Moment
from central.people.changed import UnknownPerson, changed, person_row
from central.people.tables import guardian


@dataclass(frozen=True, slots=True)
class Guardianship:
    """A guardian, the child or family member for whom they may act, and what they are to each other."""

    guardian_id: UUID
    ward_id: UUID
    relation: str


def add_guardian(connection: sa.Connection, group_id: UUID, wanted: Guardianship, moment: Moment) -> None:
    """From now on this person may act for that one. Raises UnknownPerson, also where both are one person."""
    guardian_id = person_row(connection, group_id, wanted.guardian_id).person_id
    ward_id = person_row(connection, group_id, wanted.ward_id).person_id
    if guardian_id == ward_id:
        raise UnknownPerson
    changed(connection, group_id, ward_id, moment)
    again = connection.execute(
        guardian.update().where(*_pair(group_id, guardian_id, ward_id)).values(relation=wanted.relation, ended_ms=None)
    )
    if not again.rowcount:
        connection.execute(
            guardian.insert().values(
                group_id=group_id,
                guardian_id=guardian_id,
                ward_id=ward_id,
                relation=wanted.relation,
                made_ms=moment.now_ms,
            )
        )


def end_guardianship(
    connection: sa.Connection, group_id: UUID, guardian_id: UUID, ward_id: UUID, moment: Moment
) -> bool:
    """This person may act for that one no more; whether they could until now. Raises UnknownPerson."""
    ward_id = changed(connection, group_id, ward_id, moment)
    ended = connection.execute(
        guardian.update()
        .where(*_pair(group_id, guardian_id, ward_id), guardian.c.ended_ms.is_(None))
        .values(ended_ms=moment.now_ms)
    )
    return ended.rowcount == 1


def wards_of(connection: sa.Connection, group_id: UUID, guardian_id: UUID) -> list[UUID]:
    """For whom this person may act."""
    query = sa.select(guardian.c.ward_id).where(
        guardian.c.group_id == group_id, guardian.c.guardian_id == guardian_id, guardian.c.ended_ms.is_(None)
    )
    return list(connection.execute(query.order_by(guardian.c.ward_id)).scalars())


def _pair(group_id: UUID, guardian_id: UUID, ward_id: UUID) -> tuple[sa.ColumnElement[bool], ...]:
    return guardian.c.group_id == group_id, guardian.c.guardian_id == guardian_id, guardian.c.ward_id == ward_id
