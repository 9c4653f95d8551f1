"""Bringing a person of the group to a hospital: the copy, with how the person stands there.

Each function is a piece of one tenant; whoever composes them hands on values only. `central.credit.relay` does so by
itself for every copy that is due, `central.people.desk` for who asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from central.credit.records import KeptLedger, ledger_of
from central.credit.standing import HospitalRules, Rules, standing_to_copy
from central.keys import Keys
from central.moment import Moment
from central.people.copies import PersonCopy, has_copy, read_copy, store_copy, store_merged
from central.people.personal import GroupKeys
from central.people.tables import patient
from central.policies.service import policy_in_force
from central.rosters.tables import hospital
from central.sync.service import today_at


@dataclass(frozen=True, slots=True)
class Brought:
    """A person with their ledger, as read in the group; of a merged record, the one that stays."""

    copy: PersonCopy
    ledger: KeptLedger
    merged_id: UUID | None = None
    """The record that was asked for, if it was merged."""


def read_person(connection: sa.Connection, keys: GroupKeys, person_id: UUID) -> Brought | None:
    """What there is to bring; None where the group knows no such person. A piece of the group."""
    asked = read_copy(connection, keys, person_id)
    if asked is None or asked.merged_into is None:
        return None if asked is None else Brought(asked, ledger_of(connection, keys, person_id))
    kept = read_copy(connection, keys, asked.merged_into)
    return None if kept is None else Brought(kept, ledger_of(connection, keys, kept.person_id), merged_id=person_id)


def hospitals_of(connection: sa.Connection, group_id: UUID) -> list[UUID]:
    """The hospitals of a group."""
    query = sa.select(hospital.c.hospital_id).where(hospital.c.group_id == group_id).order_by(hospital.c.hospital_id)
    return list(connection.execute(query).scalars())


def groups(connection: sa.Connection) -> list[UUID]:
    """The groups that this server keeps."""
    return list(connection.execute(sa.select(hospital.c.group_id).distinct()).scalars())


def rules_of(connection: sa.Connection, hospital_id: UUID, now_ms: int) -> HospitalRules:
    """The rules of trust of a hospital, and its date. A piece of the hospital."""
    policy = policy_in_force(connection, hospital_id, now_ms)
    return HospitalRules(policy.credit, today_at(connection, hospital_id, now_ms))


def bring(
    connection: sa.Connection,
    hospital_id: UUID,
    brought: Brought,
    rules: Rules,
    *,
    keys: Keys,
    moment: Moment,
    if_missing: bool = False,
) -> None:
    """The hospital's copy is this one, or newer. A piece of the hospital. Raises Overtaken.

    A hospital that never saw the person gets a copy only if it asked for one.
    """
    copy = brought.copy
    standing = standing_to_copy(hospital_id, brought.ledger, rules, moment.now_ms) if brought.ledger.kept else None
    if brought.merged_id is not None:
        kept = (copy, standing)
        store_merged(connection, hospital_id, brought.merged_id, kept, keys=keys, moment=moment)
    if if_missing or has_copy(connection, hospital_id, copy.person_id):
        store_copy(connection, hospital_id, copy, standing, keys=keys, moment=moment)


def with_a_standing(connection: sa.Connection, hospital_id: UUID, *, after: UUID | None, limit: int) -> list[UUID]:
    """Persons of whom the hospital's copy says how they stand: a new day may change it. A piece of the hospital."""
    query = (
        sa.select(patient.c.person_id)
        .where(patient.c.hospital_id == hospital_id, patient.c.standing.is_not(None))
        .order_by(patient.c.person_id)
        .limit(limit)
    )
    return list(connection.execute(query if after is None else query.where(patient.c.person_id > after)).scalars())
