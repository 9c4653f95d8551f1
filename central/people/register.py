"""Registering a person, once for every hospital of the group.  # rules A1, A2, A5

`booking.people` says whether a profile holds together; here it is decided whether the group knows the person already.
A record is only ever found by a document, never guessed by a name: where documents lead to two records, staff must
merge them. Made without a card read, a person is unverified.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa

from booking.people import (
    DocumentKind,
    GoodDocument,
    Profile,
    Sex,
    clean_name,
    day_of,
    flaws,
    read_document,
    read_mobile,
    same_name,
)
from central.moment import Moment
from central.people.changed import changed, make_copies_due, person_row
from central.people.guardians import Guardianship, add_guardian
from central.people.personal import GroupKeys
from central.people.tables import credential, person
from central.writer.contract import Overtaken

EARLIEST_BIRTH = date(1880, 1, 1)
LONGEST_NAME = 64
_LONGEST_CONTACT = 64


class Objection(StrEnum):
    """Why somebody was not registered, besides the `booking.people.Flaw`s."""

    BIRTH_DATE_WRONG = "birth_date_wrong"
    NAME_TOO_LONG = "name_too_long"
    CONTACT_TOO_LONG = "contact_too_long"
    OTHER_NAME = "other_name"
    """The group knows the document under another name."""
    DOCUMENT_ENDED = "document_ended"
    """A card that was reported lost, or replaced."""
    TWO_RECORDS = "two_records"
    """The documents lead to two records: staff merge them."""


class NotRegistered(Exception):
    """Nothing was stored. `reasons` are `Flaw`s and `Objection`s."""

    def __init__(self, reasons: Iterable[str]) -> None:
        super().__init__()
        self.reasons = tuple(reasons)


@dataclass(frozen=True, slots=True)
class Shown:
    """A document or card that the person showed or typed. `was_read`: from the card itself."""

    credential_id: UUID
    kind: DocumentKind
    number: str = field(repr=False)
    was_read: bool = False


@dataclass(frozen=True, slots=True)
class Registration:
    """Who wants to be known. `person_id` is used if nobody of the group has these documents."""

    person_id: UUID
    name: str = field(repr=False)
    documents: tuple[Shown, ...] = field(repr=False)
    sex: Sex = field(default=Sex.UNKNOWN, repr=False)
    birth_date: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    other_contact: str = field(default="", repr=False)
    language: str = ""
    guardian_id: UUID | None = None
    """Who registers a family member, and may act for them from then on.  # rule A5"""


@dataclass(frozen=True, slots=True)
class Registered:
    """The person's record of the group."""

    person_id: UUID
    is_new: bool
    is_verified: bool


def register(
    connection: sa.Connection,
    keys: GroupKeys,
    wanted: Registration,
    today: date,
    moment: Moment,
    *,
    forgives: frozenset[str] = frozenset(),
) -> Registered:
    """Find the person by their documents, or make a new record. `forgives` are `Flaw`s that stop nothing here.

    Raises NotRegistered, UnknownPerson (the guardian).
    """
    documents = _checked(wanted, today, forgives)
    known = _holders(connection, keys, documents)
    if len({row.person_id for row in known.values()}) > 1:
        raise NotRegistered((Objection.TWO_RECORDS,))
    if known:
        return _adopt(connection, keys, wanted, documents, known, moment)
    return _new(connection, keys, wanted, documents, moment)


def _checked(wanted: Registration, today: date, forgives: frozenset[str]) -> tuple[GoodDocument, ...]:
    """The documents in the form that is hashed, the profile being sound."""
    found = dict.fromkeys(_objections(wanted, today))
    readings = [read_document(it.kind, it.number, today) for it in wanted.documents]
    good = tuple(it for it in readings if isinstance(it, GoodDocument))
    for shown in wanted.documents or (Shown(UUID(int=0), DocumentKind.RESIDENT_ID, ""),):
        profile = Profile(
            name=wanted.name,
            kind=shown.kind,
            number=shown.number,
            sex=wanted.sex,
            birth_date=wanted.birth_date,
            phone=wanted.phone,
            other_contact=wanted.other_contact,
        )
        found |= dict.fromkeys(flaw.value for flaw in flaws(profile, today))
    stops = [it for it in found if it not in forgives]
    if stops:
        raise NotRegistered(stops)
    return good


def _objections(wanted: Registration, today: date) -> list[str]:
    found = []
    if wanted.birth_date:
        birth = day_of(wanted.birth_date)
        if birth is None or not EARLIEST_BIRTH <= birth <= today:
            found.append(Objection.BIRTH_DATE_WRONG.value)
    if len(wanted.name) > LONGEST_NAME:
        found.append(Objection.NAME_TOO_LONG.value)
    if len(wanted.other_contact) > _LONGEST_CONTACT:
        found.append(Objection.CONTACT_TOO_LONG.value)
    return found


def _holders(
    connection: sa.Connection, keys: GroupKeys, documents: Iterable[GoodDocument]
) -> Mapping[bytes, sa.Row[tuple[UUID, ...]]]:
    """Who has these documents: the rows of the credentials by their hash."""
    hashes = [keys.lookup.credential(kind=it.kind, number=it.number) for it in documents]
    rows = connection.execute(
        sa.select(credential).where(credential.c.group_id == keys.group_id, credential.c.number_hash.in_(hashes))
    )
    return {row.number_hash: row for row in rows}


def _adopt(
    connection: sa.Connection,
    keys: GroupKeys,
    wanted: Registration,
    documents: tuple[GoodDocument, ...],
    known: Mapping[bytes, sa.Row[tuple[UUID, ...]]],
    moment: Moment,
) -> Registered:
    """The group knows the person. A card read verifies them; documents that are new are added."""
    row = person_row(connection, keys.group_id, next(iter(known.values())).person_id)
    if not same_name(keys.open_person(row).name, wanted.name):
        raise NotRegistered((Objection.OTHER_NAME,))
    is_changed = False
    for shown, document in zip(wanted.documents, documents, strict=True):
        has = known.get(keys.lookup.credential(kind=document.kind, number=document.number))
        if has is None:
            write_credential(connection, keys, row.person_id, shown, document)
            is_changed = True
        elif has.ended_ms is not None and not shown.was_read:
            raise NotRegistered((Objection.DOCUMENT_ENDED,))
        elif shown.was_read and (has.ended_ms is not None or not has.was_read):
            here = (credential.c.group_id == keys.group_id, credential.c.credential_id == has.credential_id)
            connection.execute(credential.update().where(*here).values(was_read=True, ended_ms=None))
            is_changed = True
    was_read = any(it.was_read for it in wanted.documents)
    if was_read and not row.is_verified:
        proof = {"is_verified": True, "verified_ms": moment.now_ms, "refused_ms": None}
        changed(connection, keys.group_id, row.person_id, moment, proof)
    elif is_changed:
        changed(connection, keys.group_id, row.person_id, moment)
    return Registered(row.person_id, is_new=False, is_verified=row.is_verified or was_read)


def _new(
    connection: sa.Connection,
    keys: GroupKeys,
    wanted: Registration,
    documents: tuple[GoodDocument, ...],
    moment: Moment,
) -> Registered:
    was_read = any(it.was_read for it in wanted.documents)
    birth = wanted.birth_date or next((it.birth_date for it in documents if it.birth_date), "")
    sexes = (wanted.sex, *(it.sex for it in documents))
    connection.execute(
        person.insert().values(
            group_id=keys.group_id,
            person_id=wanted.person_id,
            **keys.name_columns(wanted.person_id, clean_name(wanted.name)),
            **keys.birth_columns(wanted.person_id, birth),
            **keys.phone_columns(wanted.person_id, read_mobile(wanted.phone) or ""),
            **keys.contact_columns(wanted.person_id, wanted.other_contact.strip()),
            sex=next((sex for sex in sexes if sex is not Sex.UNKNOWN), Sex.UNKNOWN).value,
            is_verified=was_read,
            verified_ms=moment.now_ms if was_read else None,
            language=wanted.language or None,
            made_ms=moment.now_ms,
            ver=1,
        )
    )
    for shown, document in zip(wanted.documents, documents, strict=True):
        write_credential(connection, keys, wanted.person_id, shown, document)
    make_copies_due(connection, keys.group_id, wanted.person_id, 1, moment)
    if wanted.guardian_id is not None:
        relation = Guardianship(wanted.guardian_id, wanted.person_id, "family")
        add_guardian(connection, keys.group_id, relation, moment)
    return Registered(wanted.person_id, is_new=True, is_verified=was_read)


def write_credential(
    connection: sa.Connection, keys: GroupKeys, person_id: UUID, shown: Shown, document: GoodDocument
) -> None:
    """Store a document that nobody of the group has. Raises Overtaken when somebody got it this instant."""
    try:
        with connection.begin_nested():
            connection.execute(
                credential.insert().values(
                    group_id=keys.group_id,
                    credential_id=shown.credential_id,
                    person_id=person_id,
                    was_read=shown.was_read,
                    **keys.credential_columns(shown.credential_id, document.kind, document.number),
                )
            )
    except sa.exc.IntegrityError as error:
        raise Overtaken from error
