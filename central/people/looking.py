"""Looking people up, for channels and staff: by a document with its name, by a name or number, or one record whole.

Every look at a person stands in the trail. Pieces of the group.  # rule A4
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from booking.people import DocumentKind, GoodDocument, last_four, read_document, read_mobile, same_name
from central.people.changed import UnknownPerson, person_row
from central.people.desk import Act
from central.people.guardians import wards_of
from central.people.messages import (
    CredentialLine,
    GrantLine,
    PeopleList,
    PersonFound,
    PersonLine,
    PersonRecord,
    SearchPeople,
)
from central.people.tables import credential, guardian, person, priority_grant

MOST = 20
UNKNOWN = PersonFound(is_known=False)


def find_by_document(act: Act, kind: DocumentKind, number: str, *, name: str | None) -> PersonFound:
    """Who has this document; `name` None: the document itself was shown, else the name must be theirs."""
    reading = read_document(kind, number, act.today)
    if not isinstance(reading, GoodDocument):
        return UNKNOWN
    found = act.connection.execute(
        sa.select(credential.c.person_id).where(
            credential.c.group_id == act.keys.group_id,
            credential.c.kind == reading.kind.value,
            credential.c.number_hash == act.keys.lookup.credential(kind=reading.kind, number=reading.number),
            credential.c.ended_ms.is_(None),
        )
    ).scalar_one_or_none()
    row = _row(act, found) if found is not None else None
    if row is None:
        return UNKNOWN
    if name is not None and not same_name(act.keys.open_person(row).name, name):
        act.trail("found by document, other name", row.person_id)
        return UNKNOWN
    act.trail("found by document", row.person_id)
    return PersonFound(
        is_known=True,
        person_id=row.person_id,
        masked_name=row.masked_name,
        is_verified=row.is_verified,
        wards=tuple(wards_of(act.connection, act.keys.group_id, row.person_id)),
    )


def search(act: Act, wanted: SearchPeople) -> PeopleList:
    """Whose full name or mobile number this is; both given: who has both."""
    mobile = read_mobile(wanted.phone) if wanted.phone else None
    where: list[sa.ColumnElement[bool]] = []
    if wanted.name:
        where.append(person.c.name_hash == act.keys.name_hash(wanted.name))
    if wanted.phone:
        where.append(person.c.phone_hash == (act.keys.phone_hash(mobile) if mobile else b""))
    if not where:
        return PeopleList(())
    query = sa.select(person).where(
        person.c.group_id == act.keys.group_id, person.c.merged_into.is_(None), person.c.erased_ms.is_(None), *where
    )
    rows = act.connection.execute(query.order_by(person.c.person_id).limit(MOST)).all()
    for row in rows:
        act.trail("found by search", row.person_id)
    return PeopleList(tuple(person_line(row) for row in rows))


def person_line(row: sa.Row[Any]) -> PersonLine:
    """A row of `person` as lists show it."""
    return PersonLine(
        person_id=row.person_id,
        masked_name=row.masked_name,
        sex=row.sex,
        birth_year=row.birth_year,
        is_verified=row.is_verified,
        made_ms=row.made_ms,
    )


def whole_record(act: Act, person_id: UUID) -> PersonRecord:
    """One person as registered; in full for staff. Raises UnknownPerson."""
    row = person_row(act.connection, act.keys.group_id, person_id)
    act.trail("read", row.person_id)
    clear = act.keys.open_person(row)
    is_staff = act.asker.is_staff
    return PersonRecord(
        person_id=row.person_id,
        masked_name=row.masked_name,
        sex=row.sex,
        birth_year=row.birth_year,
        is_verified=row.is_verified,
        is_refused=row.refused_ms is not None,
        phone_last_four=clear.phone[-4:],
        credentials=_credentials(act, row.person_id),
        grants=_grants(act, row.person_id),
        guardians=_guardians(act, row.person_id),
        wards=tuple(wards_of(act.connection, act.keys.group_id, row.person_id)),
        name=clear.name if is_staff else "",
        birth_date=clear.birth_date if is_staff else "",
    )


def _row(act: Act, person_id: UUID) -> sa.Row[Any] | None:
    try:
        return person_row(act.connection, act.keys.group_id, person_id)
    except UnknownPerson:
        return None


def _credentials(act: Act, person_id: UUID) -> tuple[CredentialLine, ...]:
    query = sa.select(credential).where(
        credential.c.group_id == act.keys.group_id,
        credential.c.person_id == person_id,
        credential.c.ended_ms.is_(None),
    )
    seal = act.keys.keys.seal
    return tuple(
        CredentialLine(
            credential_id=it.credential_id,
            kind=it.kind,
            last_four=last_four(
                seal.open(it.number_sealed, table="credential", column="number_sealed", row=it.credential_id)
            ),
            was_read=it.was_read,
        )
        for it in act.connection.execute(query.order_by(credential.c.credential_id))
    )


def _grants(act: Act, person_id: UUID) -> tuple[GrantLine, ...]:
    query = sa.select(priority_grant).where(
        priority_grant.c.group_id == act.keys.group_id,
        priority_grant.c.person_id == person_id,
        priority_grant.c.withdrawn_ms.is_(None),
        priority_grant.c.until_day >= act.today.isoformat(),
    )
    return tuple(
        GrantLine(it.grant_id, it.person_id, it.priority_group, it.until_day, it.document_seen)
        for it in act.connection.execute(query.order_by(priority_grant.c.until_day))
    )


def _guardians(act: Act, person_id: UUID) -> tuple[UUID, ...]:
    query = sa.select(guardian.c.guardian_id).where(
        guardian.c.group_id == act.keys.group_id, guardian.c.ward_id == person_id, guardian.c.ended_ms.is_(None)
    )
    return tuple(act.connection.execute(query.order_by(guardian.c.guardian_id)).scalars())
