"""Whom a hospital system means: its documents and cards to persons of the group, and their copies to the hospital.

Each question is to one tenant, and what travels between two of them is a value. A system never makes a person: one
that nobody registered is unknown.  # rules A2, A3
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Future
from datetime import date
from functools import partial
from typing import Protocol, TypeVar
from uuid import UUID

import sqlalchemy as sa

from booking.people import DocumentKind, GoodDocument, read_document
from central.credit.bring import bring, hospitals_of, read_person, rules_of
from central.hospital_systems.told import Whose, Why
from central.keys import Keys
from central.moment import Moment
from central.people.personal import GroupKeys
from central.people.tables import credential, patient, person

Result = TypeVar("Result")
Named = dict[Whose, UUID | Why]


class Submit(Protocol):
    """Hands a question or a piece of work over."""

    def __call__(self, work: Callable[[sa.Connection], Result], /) -> Future[Result]: ...


class Patients:
    """Finds them, some hundred at a time."""

    def __init__(self, *, ask: Submit, write: Submit, keys: Keys) -> None:
        self._ask = ask
        self._write = write
        self._keys = keys

    def find(self, hospital_id: UUID, group_id: UUID, wanted: Iterable[Whose], today: date, moment: Moment) -> Named:
        """Each one's id, and the hospital has a copy of them from now on; or why not."""
        keys = GroupKeys(group_id, self._keys)
        asked = {it: _hash_of(keys, it, today) for it in set(wanted)}
        hashes = [it for it in asked.values() if isinstance(it, bytes)]
        by_hash = self._ask(partial(_persons_by, group_id=group_id, hashes=hashes)).result()
        named: Named = {}
        for it, found in asked.items():
            named[it] = by_hash.get(found, Why.UNKNOWN_PERSON) if isinstance(found, bytes) else found
        return self._brought(hospital_id, keys, named, moment)

    def _brought(self, hospital_id: UUID, keys: GroupKeys, named: Named, moment: Moment) -> Named:
        ids = {it for it in named.values() if isinstance(it, UUID)}
        here = self._ask(partial(_known_here, hospital_id=hospital_id, ids=ids)).result()
        kept = {it: self._bring(hospital_id, keys, it, moment) for it in ids - here}
        return {it: kept.get(found, found) if isinstance(found, UUID) else found for it, found in named.items()}

    def _bring(self, hospital_id: UUID, keys: GroupKeys, person_id: UUID, moment: Moment) -> UUID | Why:
        """Of a record that was merged, the one that stays."""
        brought = self._ask(partial(read_person, keys=keys, person_id=person_id)).result()
        if brought is None:
            return Why.UNKNOWN_PERSON
        rules = {}
        if brought.ledger.kept:
            hospital_ids = self._ask(partial(hospitals_of, group_id=keys.group_id)).result()
            rules = {
                it: self._ask(partial(rules_of, hospital_id=it, now_ms=moment.now_ms)).result() for it in hospital_ids
            }
        store = partial(
            bring,
            hospital_id=hospital_id,
            brought=brought,
            rules=rules,
            keys=self._keys,
            moment=moment,
            if_missing=True,
        )
        self._write(store).result()
        return brought.copy.person_id


def _hash_of(keys: GroupKeys, whose: Whose, today: date) -> bytes | UUID | Why:
    if whose.person_id is not None:
        return whose.person_id
    read = read_document(DocumentKind(whose.document_kind), whose.document_number, today)
    if not isinstance(read, GoodDocument):
        return Why.BAD_DOCUMENT
    return keys.lookup.credential(kind=read.kind, number=read.number)


def _persons_by(connection: sa.Connection, group_id: UUID, hashes: list[bytes]) -> dict[bytes, UUID | Why]:
    """Whose documents these are. A piece of the group."""
    rows = connection.execute(
        sa.select(credential.c.number_hash, sa.func.coalesce(person.c.merged_into, person.c.person_id).label("kept_id"))
        .join(
            person,
            sa.and_(person.c.group_id == credential.c.group_id, person.c.person_id == credential.c.person_id),
        )
        .where(
            credential.c.group_id == group_id,
            credential.c.number_hash.in_(hashes),
            credential.c.ended_ms.is_(None),
        )
    )
    found: dict[bytes, UUID | Why] = {}
    for it in rows:
        number_hash = bytes(it.number_hash)
        is_another = found.get(number_hash, it.kept_id) != it.kept_id
        found[number_hash] = Why.PERSON_NOT_UNIQUE if is_another else it.kept_id
    return found


def _known_here(connection: sa.Connection, hospital_id: UUID, ids: set[UUID]) -> set[UUID]:
    """Of whom the hospital has a copy."""
    query = sa.select(patient.c.person_id).where(patient.c.hospital_id == hospital_id, patient.c.person_id.in_(ids))
    return set(connection.execute(query).scalars())
