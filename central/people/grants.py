"""Priority groups: granted by staff on sight of a document, seen again before it ends, withdrawn with a reason.

Who is old enough needs no grant. What a grant is worth on a day, `booking.roster.priority` says.  # rule C8
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa

from booking.policy import PriorityGroup
from booking.roster import priority
from booking.roster.settings import PriorityPolicy
from central.moment import Moment
from central.people.changed import UnknownPerson, changed
from central.people.tables import priority_grant


@dataclass(frozen=True, slots=True)
class NewGrant:
    """A person belongs to a group until a day; `document_seen` is the kind of document, never its number."""

    grant_id: UUID
    person_id: UUID
    group: PriorityGroup
    until: date
    document_seen: str
    granted_by: str


@dataclass(frozen=True, slots=True)
class StoredGrant:
    """A grant as staff see it on the re-verification list."""

    grant_id: UUID
    person_id: UUID
    group: str
    until: date
    document_seen: str


def grant_priority(connection: sa.Connection, group_id: UUID, wanted: NewGrant, moment: Moment) -> UUID:
    """The grant holds from now on; the person's id. The same grant twice is one. Raises UnknownPerson."""
    kept = changed(connection, group_id, wanted.person_id, moment)
    here = (priority_grant.c.group_id == group_id, priority_grant.c.grant_id == wanted.grant_id)
    if connection.execute(sa.select(priority_grant.c.grant_id).where(*here)).one_or_none() is None:
        connection.execute(
            priority_grant.insert().values(
                group_id=group_id,
                grant_id=wanted.grant_id,
                person_id=kept,
                priority_group=wanted.group.value,
                until_day=wanted.until.isoformat(),
                document_seen=wanted.document_seen,
                granted_by=wanted.granted_by,
                made_ms=moment.now_ms,
            )
        )
    return kept


def withdraw_priority(connection: sa.Connection, group_id: UUID, grant_id: UUID, why: str, moment: Moment) -> UUID:
    """The grant holds no more; the person's id. Raises UnknownPerson where there is no such grant in force."""
    here = (priority_grant.c.group_id == group_id, priority_grant.c.grant_id == grant_id)
    person_id = connection.execute(sa.select(priority_grant.c.person_id).where(*here)).scalar_one_or_none()
    if person_id is None:
        raise UnknownPerson
    kept = changed(connection, group_id, person_id, moment)
    withdrawn = connection.execute(
        priority_grant.update()
        .where(*here, priority_grant.c.withdrawn_ms.is_(None))
        .values(withdrawn_ms=moment.now_ms, withdrawn_why=why)
    )
    if not withdrawn.rowcount:
        raise UnknownPerson
    return kept


def to_reverify(
    connection: sa.Connection, group_id: UUID, today: date, policy: PriorityPolicy, *, limit: int
) -> list[StoredGrant]:
    """The grants whose document staff are to see again, the one that ends first at the head.  # rule C8"""
    last = today + timedelta(days=policy.reverify_days)
    query = (
        sa.select(priority_grant)
        .where(
            priority_grant.c.group_id == group_id,
            priority_grant.c.withdrawn_ms.is_(None),
            priority_grant.c.until_day.between(today.isoformat(), last.isoformat()),
        )
        .order_by(priority_grant.c.until_day, priority_grant.c.grant_id)
        .limit(limit)
    )
    found = [_stored(row) for row in connection.execute(query)]
    due = {priority.GrantStanding.TO_REVERIFY}
    return [it for it in found if priority.standing(_as_rule(it), today, policy) in due]


def _as_rule(grant: StoredGrant) -> priority.Grant:
    return priority.Grant(group=grant.group, until=grant.until)


def _stored(row: sa.Row[tuple[UUID, ...]]) -> StoredGrant:
    return StoredGrant(
        grant_id=row.grant_id,
        person_id=row.person_id,
        group=row.priority_group,
        until=date.fromisoformat(row.until_day),
        document_seen=row.document_seen,
    )
