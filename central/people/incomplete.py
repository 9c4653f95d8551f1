"""People whom a terminal registered off line: known already, new, or not to be made out. Pieces of the group.

Nobody who holds a ticket is lost: of whom nothing can be made out there is a record without documents, for staff to
complete or merge.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from booking.people import Flaw, Sex, clean_name, day_of, read_mobile
from central.moment import Moment
from central.people.changed import make_copies_due
from central.people.personal import GroupKeys
from central.people.register import LONGEST_NAME, NotRegistered, Registered, Registration, register
from central.people.tables import person

_FORGIVEN = frozenset({Flaw.CONTACT_MISSING.value, Flaw.PHONE_WRONG.value})
"""What keeps nobody from being known who was registered already."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The record that the person has; `objection` is why it has no documents."""

    person_id: UUID
    is_new: bool
    objection: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rough:
    """What little is known of somebody."""

    person_id: UUID
    name: str = field(repr=False)
    sex: str = field(default="", repr=False)
    birth_date: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)


def register_from_terminal(
    connection: sa.Connection, keys: GroupKeys, wanted: Registration, today: date, moment: Moment
) -> Outcome:
    """The person has a record: their own, a new one, or an incomplete one. The same twice is one.

    Raises Overtaken.
    """
    known = _earlier(connection, keys.group_id, wanted.person_id)
    if known is not None:
        return known
    try:
        with connection.begin_nested():
            made: Registered = register(connection, keys, wanted, today, moment, forgives=_FORGIVEN)
    except NotRegistered as refused:
        rough = Rough(
            person_id=wanted.person_id,
            name=wanted.name,
            sex=wanted.sex,
            birth_date=wanted.birth_date,
            phone=wanted.phone,
        )
        return keep_incomplete(connection, keys, rough, str(refused.reasons[0]), moment)
    if not made.is_new:
        _point_to(connection, keys, wanted, made.person_id, moment)
    return Outcome(made.person_id, is_new=made.is_new)


def keep_incomplete(
    connection: sa.Connection, keys: GroupKeys, rough: Rough, objection: str, moment: Moment
) -> Outcome:
    """A record without documents, never verified."""
    known = _earlier(connection, keys.group_id, rough.person_id)
    if known is None:
        connection.execute(person.insert().values(**_rough_columns(keys, rough, moment)))
        make_copies_due(connection, keys.group_id, rough.person_id, 1, moment)
    return Outcome(rough.person_id, is_new=True, objection=objection)


def _earlier(connection: sa.Connection, group_id: UUID, person_id: UUID) -> Outcome | None:
    """What became of it, where it was done and nobody heard the answer."""
    row = connection.execute(
        sa.select(person.c.merged_into).where(person.c.group_id == group_id, person.c.person_id == person_id)
    ).one_or_none()
    if row is None:
        return None
    return Outcome(row.merged_into or person_id, is_new=row.merged_into is None)


def _point_to(connection: sa.Connection, keys: GroupKeys, wanted: Registration, kept_id: UUID, moment: Moment) -> None:
    """The id that the terminal made leads to the person too, as one that was merged does."""
    rough = Rough(person_id=wanted.person_id, name=wanted.name)
    values = _rough_columns(keys, rough, moment) | {"merged_into": kept_id}
    connection.execute(person.insert().values(**values))


def _rough_columns(keys: GroupKeys, rough: Rough, moment: Moment) -> dict[str, object]:
    name = clean_name(rough.name)[:LONGEST_NAME]
    birth = rough.birth_date if day_of(rough.birth_date) else ""
    return {
        "group_id": keys.group_id,
        "person_id": rough.person_id,
        **keys.name_columns(rough.person_id, name),
        **keys.birth_columns(rough.person_id, birth),
        **keys.phone_columns(rough.person_id, read_mobile(rough.phone) or ""),
        "sex": rough.sex if rough.sex in set(Sex) else Sex.UNKNOWN.value,
        "is_verified": False,
        "made_ms": moment.now_ms,
        "ver": 1,
    }
