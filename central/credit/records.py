"""The group's ledger as it is stored: one row a record of `booking.credit`, only added, each id once.  # rule F3"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from booking.credit import (
    Act,
    Appealed,
    AppealRefused,
    Arrived,
    Blacklisted,
    Cause,
    Confirmed,
    Entry,
    Ledger,
    Record,
    Reinstated,
    Voided,
)
from central.credit.tables import credit_record
from central.keys import ColumnSeal
from central.moment import Moment
from central.people.changed import changed, records_of
from central.people.personal import GroupKeys
from central.writer.contract import Overtaken

_KINDS: dict[type[Record], str] = {
    Entry: "entry",
    Confirmed: "confirmed",
    Arrived: "arrived",
    Voided: "voided",
    Reinstated: "reinstated",
    Blacklisted: "blacklisted",
    Appealed: "appealed",
    AppealRefused: "appeal_refused",
}


@dataclass(frozen=True, slots=True)
class Source:
    """Where a record comes from: the hospital of the act, or the member of staff (or the person) who made it."""

    hospital_id: UUID | None = None
    actor: str | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """A record of the ledger with its source."""

    record: Record
    source: Source


@dataclass(frozen=True, slots=True)
class KeptLedger:
    """All that the group keeps of one person, under whichever id it was written."""

    kept: tuple[Kept, ...] = ()

    @property
    def whole(self) -> Ledger:
        """As the rules read it."""
        return Ledger(tuple(it.record for it in self.kept))

    def of_hospital(self, hospital_id: UUID) -> Ledger:
        """The same with the acts at one hospital alone; what staff did holds for the whole group."""
        return Ledger(
            tuple(
                it.record
                for it in self.kept
                if not isinstance(it.record, Entry) or it.source.hospital_id == hospital_id
            )
        )

    def entry(self, entry_id: UUID) -> Entry | None:
        """One entry; None when this person has none such."""
        found = (it.record for it in self.kept if it.record.id == str(entry_id))
        return next((it for it in found if isinstance(it, Entry)), None)

    def hospital_of(self, entry_id: str) -> UUID | None:
        """Where an entry was made."""
        return next((it.source.hospital_id for it in self.kept if it.record.id == entry_id), None)

    def reason_of(self, entry_id: str) -> str:
        """The words with which staff voided an entry or let it stand; empty where they did neither."""
        said = [
            it.record.reason
            for it in self.kept
            if (isinstance(it.record, Voided) and it.record.record == entry_id)
            or (isinstance(it.record, AppealRefused) and it.record.entry == entry_id)
        ]
        return said[-1] if said else ""


def ledger_of(connection: sa.Connection, keys: GroupKeys, person_id: UUID) -> KeptLedger:
    """What the group keeps of this person. A piece of the group."""
    query = (
        sa.select(credit_record)
        .where(
            credit_record.c.group_id == keys.group_id,
            credit_record.c.person_id.in_(records_of(connection, keys.group_id, person_id)),
        )
        .order_by(credit_record.c.day, credit_record.c.at_ms, credit_record.c.record_id)
    )
    seal = keys.keys.seal
    return KeptLedger(
        tuple(Kept(_record(row, seal), Source(row.hospital_id, row.actor)) for row in connection.execute(query))
    )


def add_record(connection: sa.Connection, keys: GroupKeys, person_id: UUID, kept: Kept, moment: Moment) -> bool:
    """Add a record, and make the person's copies due; False when its id is there already. A piece of the group.

    Raises UnknownPerson, Overtaken.
    """
    record = kept.record
    here = (credit_record.c.group_id == keys.group_id, credit_record.c.record_id == UUID(record.id))
    if connection.execute(sa.select(credit_record.c.record_id).where(*here)).one_or_none() is not None:
        return False
    changed(connection, keys.group_id, person_id, moment)
    try:
        with connection.begin_nested():
            connection.execute(
                credit_record.insert().values(
                    group_id=keys.group_id,
                    person_id=person_id,
                    hospital_id=kept.source.hospital_id,
                    actor=kept.source.actor,
                    recorded_ms=moment.now_ms,
                    **_columns(record, keys.keys.seal),
                )
            )
    except sa.exc.IntegrityError as error:  # the same message, delivered by another at this instant
        raise Overtaken from error
    return True


def _columns(record: Record, seal: ColumnSeal) -> dict[str, Any]:
    common: dict[str, Any] = {
        "record_id": UUID(record.id),
        "kind": _KINDS[type(record)],
        "day": record.day.isoformat(),
        "at_ms": record.at_ms,
    }
    match record:
        case Entry():
            return common | {
                "act": record.act.value,
                "cause": record.cause.value,
                "booking_id": UUID(record.booking) if record.booking else None,
                "is_provisional": record.provisional,
            }
        case Arrived():
            return common | {"booking_id": UUID(record.booking)}
        case Voided():
            return common | {"about_id": UUID(record.record)} | _reason(record.reason, record.id, seal)
        case AppealRefused():
            return common | {"about_id": UUID(record.entry)} | _reason(record.reason, record.id, seal)
        case Confirmed() | Appealed():
            return common | {"about_id": UUID(record.entry)}
        case Reinstated() | Blacklisted():
            return common | _reason(record.reason, record.id, seal)


def _reason(reason: str, record_id: str, seal: ColumnSeal) -> dict[str, Any]:
    if not reason:
        return {"reason_sealed": None}
    return {"reason_sealed": seal.seal(reason, table="credit_record", column="reason_sealed", row=UUID(record_id))}


def _record(row: sa.Row[Any], seal: ColumnSeal) -> Record:
    return _MADE_BY[row.kind](row, _noted(row), _opened(row, seal))


def _noted(row: sa.Row[Any]) -> dict[str, Any]:
    return {"id": str(row.record_id), "day": date.fromisoformat(row.day), "at_ms": row.at_ms}


def _opened(row: sa.Row[Any], seal: ColumnSeal) -> str:
    if row.reason_sealed is None:
        return ""
    return seal.open(row.reason_sealed, table="credit_record", column="reason_sealed", row=row.record_id)


def _entry(row: sa.Row[Any], noted: dict[str, Any], _reason: str) -> Entry:
    return Entry(
        **noted,
        act=Act(row.act),
        booking=str(row.booking_id) if row.booking_id else "",
        cause=Cause(row.cause),
        provisional=row.is_provisional,
    )


_MADE_BY: dict[str, Callable[[sa.Row[Any], dict[str, Any], str], Record]] = {
    "entry": _entry,
    "confirmed": lambda row, noted, _: Confirmed(**noted, entry=str(row.about_id)),
    "arrived": lambda row, noted, _: Arrived(**noted, booking=str(row.booking_id)),
    "voided": lambda row, noted, reason: Voided(**noted, record=str(row.about_id), reason=reason),
    "reinstated": lambda _, noted, reason: Reinstated(**noted, reason=reason),
    "blacklisted": lambda _, noted, reason: Blacklisted(**noted, reason=reason),
    "appealed": lambda row, noted, _: Appealed(**noted, entry=str(row.about_id)),
    "appeal_refused": lambda row, noted, reason: AppealRefused(**noted, entry=str(row.about_id), reason=reason),
}
