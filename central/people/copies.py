"""The hospitals' copies of persons: what is copied, and how a copy comes to its hospital.

Read in the group, written in the hospital, never in one transaction: what travels between the two is a `PersonCopy`.
A copy is written only over an older one, so that it does not matter in which order, or how often, it comes. When what
terminals hold of a person changes, each booking of theirs in the terminals' days gets a row of the feed.  # sync C3
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from booking.decide.given import Grant
from booking.policy import PriorityGroup
from central.credit.tell import FirstCopyMade, tell_group
from central.keys import Keys
from central.moment import Moment
from central.people.facts import Answers, Document, grants_document
from central.people.followed import Checks, follow_bookings, move_to_kept
from central.people.personal import GroupKeys, Values
from central.people.tables import credential, guardian, patient, person, priority_grant
from central.sync.service import today_at
from central.writer.contract import Overtaken


@dataclass(frozen=True, slots=True)
class PersonCopy:
    """A person as the group knows them, at one version: all that a hospital may keep."""

    person_id: UUID
    group_id: UUID
    ver: int
    masked_name: str = field(repr=False)
    sex: str = field(repr=False)
    birth_year: int = field(repr=False)
    birth_date: str = field(repr=False)
    answers: Answers
    credential_hashes: tuple[str, ...] = field(repr=False)
    document_kinds: tuple[str, ...]
    is_verified: bool
    is_reachable: bool
    grants: tuple[Grant, ...]
    guardian_ids: tuple[str, ...]
    merged_into: UUID | None = None


def read_copy(connection: sa.Connection, keys: GroupKeys, person_id: UUID) -> PersonCopy | None:
    """The person as the group knows them now; a record that was merged says so. A piece of the group.

    The version is read first: should anybody change the rest meanwhile, a newer copy follows.
    """
    row = connection.execute(
        sa.select(person).where(person.c.group_id == keys.group_id, person.c.person_id == person_id)
    ).one_or_none()
    if row is None or row.erased_ms is not None:
        return None
    clear = keys.open_person(row)
    documents = _documents(connection, keys.group_id, person_id)
    return PersonCopy(
        person_id=person_id,
        group_id=keys.group_id,
        ver=row.ver,
        masked_name=row.masked_name,
        sex=row.sex,
        birth_year=row.birth_year,
        birth_date=clear.birth_date,
        answers=Answers(clear.phone[-4:], clear.birth.strftime("%m%d") if clear.birth else ""),
        credential_hashes=tuple(base64.b64encode(it.number_hash).decode("ascii") for it in documents),
        document_kinds=tuple(it.kind for it in documents),
        is_verified=row.is_verified,
        is_reachable=bool(clear.phone or clear.contact),
        grants=_grants(connection, keys.group_id, person_id),
        guardian_ids=_guardians(connection, keys.group_id, person_id),
        merged_into=row.merged_into,
    )


def store_copy(
    connection: sa.Connection,
    hospital_id: UUID,
    copy: PersonCopy,
    standing: Document | None,
    *,
    keys: Keys,
    moment: Moment,
) -> None:
    """The hospital has this copy, or a newer one. A piece of the hospital. Raises Overtaken."""
    before = connection.execute(_one(hospital_id, copy.person_id)).one_or_none()
    values = patient_values(copy, standing, keys)
    if before is None:
        _insert(connection, {"hospital_id": hospital_id, "person_id": copy.person_id, **values})
        today = today_at(connection, hospital_id, moment.now_ms)
        tell_group(connection, hospital_id, FirstCopyMade(person_id=copy.person_id, day=today, ver=copy.ver), moment)
        return
    if before.person_ver > copy.ver:
        return
    stored = connection.execute(
        patient.update()
        .where(
            patient.c.hospital_id == hospital_id,
            patient.c.person_id == copy.person_id,
            patient.c.person_ver == before.person_ver,
        )
        .values(values)
    )
    if stored.rowcount != 1:
        raise Overtaken
    if before.person_ver < copy.ver:
        follow_bookings(connection, hospital_id, copy.person_id, Checks(keys, copy.group_id, copy.answers), moment)


def store_merged(
    connection: sa.Connection,
    hospital_id: UUID,
    merged_id: UUID,
    kept: tuple[PersonCopy, Document | None],
    *,
    keys: Keys,
    moment: Moment,
) -> None:
    """All that this hospital has of a merged record belongs to the one that stays. Raises Overtaken."""
    copy, standing = kept
    if has_copy(connection, hospital_id, merged_id):
        store_copy(connection, hospital_id, copy, standing, keys=keys, moment=moment)
        move_to_kept(connection, hospital_id, merged_id, copy.person_id, moment)
        follow_bookings(connection, hospital_id, copy.person_id, Checks(keys, copy.group_id, copy.answers), moment)


def has_copy(connection: sa.Connection, hospital_id: UUID, person_id: UUID) -> bool:
    """Whether the hospital has a copy of this record."""
    return connection.execute(_one(hospital_id, person_id)).one_or_none() is not None


def patient_values(copy: PersonCopy, standing: Document | None, keys: Keys) -> Values:
    """The columns of a copy."""

    def seal(column: str, value: str) -> bytes:
        return keys.seal.seal(value, table="patient", column=column, row=copy.person_id)

    return {
        "person_ver": copy.ver,
        "masked_name": copy.masked_name,
        "sex": copy.sex,
        "birth_year": copy.birth_year,
        "credential_hashes": list(copy.credential_hashes),
        "document_kinds": list(copy.document_kinds),
        "birth_sealed": seal("birth_sealed", copy.birth_date) if copy.birth_date else None,
        "answers_sealed": seal("answers_sealed", copy.answers.text),
        "is_verified": copy.is_verified,
        "is_reachable": copy.is_reachable,
        "grants": grants_document(copy.grants),
        "guardian_ids": list(copy.guardian_ids),
        "standing": standing,
    }


def _insert(connection: sa.Connection, values: Values) -> None:
    try:
        with connection.begin_nested():
            connection.execute(patient.insert().values(**values))
    except sa.exc.IntegrityError as error:
        raise Overtaken from error


def _one(hospital_id: UUID, person_id: UUID) -> sa.Select[Any]:
    return sa.select(patient).where(patient.c.hospital_id == hospital_id, patient.c.person_id == person_id)


def _documents(connection: sa.Connection, group_id: UUID, person_id: UUID) -> list[sa.Row[Any]]:
    """What the person is found by, what was read from a card first."""
    query = (
        sa.select(credential.c.kind, credential.c.number_hash)
        .where(
            credential.c.group_id == group_id,
            credential.c.person_id == person_id,
            credential.c.ended_ms.is_(None),
        )
        .order_by(credential.c.was_read.desc(), credential.c.credential_id)
    )
    return list(connection.execute(query))


def _grants(connection: sa.Connection, group_id: UUID, person_id: UUID) -> tuple[Grant, ...]:
    query = (
        sa.select(priority_grant.c.priority_group, priority_grant.c.until_day)
        .where(
            priority_grant.c.group_id == group_id,
            priority_grant.c.person_id == person_id,
            priority_grant.c.withdrawn_ms.is_(None),
        )
        .order_by(priority_grant.c.priority_group, priority_grant.c.until_day)
    )
    return tuple(
        Grant(PriorityGroup(it.priority_group), date.fromisoformat(it.until_day)) for it in connection.execute(query)
    )


def _guardians(connection: sa.Connection, group_id: UUID, person_id: UUID) -> tuple[str, ...]:
    query = (
        sa.select(guardian.c.guardian_id)
        .where(guardian.c.group_id == group_id, guardian.c.ward_id == person_id, guardian.c.ended_ms.is_(None))
        .order_by(guardian.c.guardian_id)
    )
    return tuple(str(it) for it in connection.execute(query).scalars())
