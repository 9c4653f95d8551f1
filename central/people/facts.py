"""From a hospital's copy of a person to what `booking.decide` asks of one: who they are, and how they stand, on a day.

The JSON of the copy is written and read here and nowhere else. What the copy does not say (whether the person was
referred, who asks for them) is the caller's to bring.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from booking.credit import CreditPolicy, Scheme
from booking.decide.given import Acting, Grant, Person, Standing
from booking.people import DocumentKind, age_on, day_of
from booking.policy import PriorityGroup
from booking.wire_person import GrantHeld, PersonHeld, StandingHeld
from central.keys import ColumnSeal
from central.people.tables import patient

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Answers:
    """What a person would answer to the second question to a booking's number; empty where nobody knows."""

    phone_last_four: str = field(default="", repr=False)
    birthday: str = field(default="", repr=False)
    """`MMDD`."""

    @property
    def text(self) -> str:
        """As it is sealed into `patient.answers_sealed`."""
        return f"{self.phone_last_four}/{self.birthday}"


def copy_of(connection: sa.Connection, hospital_id: UUID, person_id: UUID) -> sa.Row[Any] | None:
    """The hospital's copy of a person; None when it has none."""
    return connection.execute(
        sa.select(patient).where(patient.c.hospital_id == hospital_id, patient.c.person_id == person_id)
    ).one_or_none()


def person_on(
    row: sa.Row[Any],
    day: date,
    *,
    seal: ColumnSeal,
    acting: Acting = Acting.SELF,
    is_referred: bool = False,
    is_follow_up: bool = False,
) -> Person:
    """The person of a copy, on a day of the hospital.  # rules A1, A2, A5, C8, D8"""
    return Person(
        document=_document(row),
        is_reachable=row.is_reachable,
        is_verified=row.is_verified,
        acting=acting,
        age=_age(row, day, seal),
        grants=grants_from(row.grants),
        is_referred=is_referred,
        is_follow_up=is_follow_up,
    )


def standing_on(row: sa.Row[Any], credit: CreditPolicy, day: date) -> Standing:
    """How the person of a copy stands on a day.  # rules F1, F2, F6

    The copy was made on some earlier day, perhaps: a suspension whose last day has passed meanwhile needs the staff's
    reactivation where the hospital's rules say so.
    """
    known = standing_from(row.standing)
    if known.suspended_until is None or day <= known.suspended_until:
        return known
    return Standing(
        restricted_until=known.restricted_until,
        allowance_lost=known.allowance_lost,
        awaits_reactivation=known.awaits_reactivation or _staff_reactivate(credit),
        is_barred_by_blacklist=known.is_barred_by_blacklist,
    )


def acting_for(row: sa.Row[Any], asker_id: UUID | None) -> Acting:
    """Who asks for the person of this copy: they themselves (also when nobody else is named), a guardian, a stranger.

    # rule A5
    """
    if asker_id is None or asker_id == row.person_id:
        return Acting.SELF
    return Acting.GUARDIAN if str(asker_id) in (row.guardian_ids or ()) else Acting.STRANGER


def answers_of(row: sa.Row[Any], seal: ColumnSeal) -> Answers:
    """The answers that a new booking's check values are made of (`keys.LookupHash.check`)."""
    if row.answers_sealed is None:
        return Answers()
    text = seal.open(row.answers_sealed, table="patient", column="answers_sealed", row=row.person_id)
    phone, _, birthday = text.partition("/")
    return Answers(phone, birthday)


def grants_document(grants: Iterable[Grant]) -> list[Document]:
    """The priority groups as the copy keeps them."""
    return [{"group": it.group.value, "until": it.until.isoformat()} for it in grants]


def grants_from(document: list[Document] | None) -> tuple[Grant, ...]:
    """The priority groups of a copy; one that this release does not know counts for nothing."""
    known = set(PriorityGroup)
    return tuple(
        Grant(PriorityGroup(it["group"]), date.fromisoformat(it["until"]))
        for it in document or ()
        if it["group"] in known
    )


def standing_document(standing: Standing, as_of_ms: int, *, balance: int | None = None) -> Document:
    """How a person stands, as the copy keeps it; `balance` where the hospital counts points."""
    return {
        "balance": balance,
        "suspended_until": _iso(standing.suspended_until),
        "restricted_until": _iso(standing.restricted_until),
        "allowance_lost": standing.allowance_lost,
        "awaits_reactivation": standing.awaits_reactivation,
        "is_barred_by_blacklist": standing.is_barred_by_blacklist,
        "as_of_ms": as_of_ms,
    }


def standing_from(document: Document | None) -> Standing:
    """How the copy says that a person stands; without a word against them, well."""
    if document is None:
        return Standing()
    return Standing(
        suspended_until=_day(document["suspended_until"]),
        restricted_until=_day(document["restricted_until"]),
        allowance_lost=document["allowance_lost"],
        awaits_reactivation=document["awaits_reactivation"],
        is_barred_by_blacklist=document["is_barred_by_blacklist"],
    )


def held_of(row: Any) -> PersonHeld:  # noqa: ANN401 - a row of either kind
    """What terminals hold of the person of a copy: nothing readable.  # rule A4"""
    return PersonHeld(
        documents=tuple(row.document_kinds or ()),
        is_verified=bool(row.is_verified),
        is_reachable=bool(row.is_reachable),
        grants=tuple(GrantHeld(group=it["group"], until=it["until"]) for it in row.grants or ()),
        guardian_ids=tuple(UUID(it) for it in row.guardian_ids or ()),
        standing=None if row.standing is None else _standing_held(row.standing),
    )


def is_same_standing(one: Document | None, other: Document | None) -> bool:
    """Whether two copies say the same of how a person stands, whenever each of them was made."""
    return one == other or (one is not None and other is not None and _standing_held(one) == _standing_held(other))


def _standing_held(document: Document) -> StandingHeld:
    return StandingHeld(
        suspended_until=document["suspended_until"],
        restricted_until=document["restricted_until"],
        allowance_lost=document["allowance_lost"],
        awaits_reactivation=document["awaits_reactivation"],
        is_barred_by_blacklist=document["is_barred_by_blacklist"],
        balance=document.get("balance"),
    )


def _document(row: sa.Row[Any]) -> DocumentKind | None:
    """The first document or card that still counts. A copy that does not say which kinds has at least an ID card."""
    if row.document_kinds:
        return DocumentKind(row.document_kinds[0])
    return DocumentKind.RESIDENT_ID if row.credential_hashes else None


def _age(row: sa.Row[Any], day: date, seal: ColumnSeal) -> int | None:
    if row.birth_sealed is None:
        return None
    birth = day_of(seal.open(row.birth_sealed, table="patient", column="birth_sealed", row=row.person_id))
    return age_on(birth, day) if birth is not None and birth <= day else None


def _staff_reactivate(credit: CreditPolicy) -> bool:
    match credit.scheme:
        case Scheme.POINTS:
            return credit.points.staff_reactivate
        case Scheme.STRIKES:
            return credit.strikes.staff_reactivate
        case Scheme.LENIENT | Scheme.ALLOWANCE:
            return False


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
