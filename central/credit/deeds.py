"""What people do to the ledger: patients appeal; staff void, refuse an appeal, reactivate, list.  # rules F1, F2, F3

Pieces of the group. The account that a deed is judged by is of the hospital where it is done.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import UUID

import sqlalchemy as sa

from booking.credit import (
    Account,
    Appeal,
    Appealed,
    AppealRefused,
    Blacklisted,
    CreditPolicy,
    Entry,
    Level,
    Line,
    Record,
    Reinstated,
    Voided,
    account_of,
)
from central.credit.records import Kept, KeptLedger, Source, add_record, ledger_of
from central.credit.standing import Rules, standing_in
from central.moment import Moment
from central.people.changed import person_row
from central.people.personal import GroupKeys


class Objection(StrEnum):
    """Why a deed was not done."""

    REASON_NEEDED = "reason_needed"
    UNKNOWN_ENTRY = "unknown_entry"
    ALREADY_VOID = "already_void"
    APPEAL_CLOSED = "appeal_closed"
    """The days to appeal are over, or the entry costs nothing."""
    ALREADY_APPEALED = "already_appealed"
    NO_APPEAL_OPEN = "no_appeal_open"
    NOTHING_TO_LIFT = "nothing_to_lift"


class NotDone(Exception):
    """Nothing was stored."""

    def __init__(self, objection: Objection) -> None:
        super().__init__()
        self.objection = objection


@dataclass(frozen=True, slots=True)
class Deed:
    """Who does it to whom, where, and why. `record_id` names the record that comes of it: repeated, it is the same."""

    record_id: UUID
    person_id: UUID
    hospital_id: UUID
    day: date
    actor: str
    reason: str = field(default="", repr=False)


def void_entry(connection: sa.Connection, keys: GroupKeys, deed: Deed, entry_id: UUID, moment: Moment) -> None:
    """All is as though the entry had never been. Raises NotDone, UnknownPerson, Overtaken.  # rule F3"""
    ledger = _ledger(connection, keys, deed)
    _entry(ledger, entry_id)
    _with_reason(deed)
    if _has(ledger, deed.record_id):
        return
    if any(isinstance(it.record, Voided) and it.record.record == str(entry_id) for it in ledger.kept):
        raise NotDone(Objection.ALREADY_VOID)
    record = Voided(id=str(deed.record_id), day=deed.day, at_ms=moment.now_ms, record=str(entry_id), reason=deed.reason)
    _add(connection, keys, deed, record, moment)


def appeal(
    connection: sa.Connection, keys: GroupKeys, deed: Deed, entry_id: UUID, credit: CreditPolicy, moment: Moment
) -> None:
    """The patient appeals an entry while there is time. Raises NotDone, UnknownPerson, Overtaken.  # rule F3"""
    ledger = _ledger(connection, keys, deed)
    entry = _entry(ledger, entry_id)
    if _has(ledger, deed.record_id):
        return
    line = _line(account_of(credit, ledger.whole, deed.day), entry)
    if line is not None and line.appeal is not Appeal.NONE:
        raise NotDone(Objection.ALREADY_APPEALED)
    if line is None or line.appeal_until is None:
        raise NotDone(Objection.APPEAL_CLOSED)
    record = Appealed(id=str(deed.record_id), day=deed.day, at_ms=moment.now_ms, entry=str(entry_id))
    _add(connection, keys, deed, record, moment)


def refuse_appeal(connection: sa.Connection, keys: GroupKeys, deed: Deed, entry_id: UUID, moment: Moment) -> None:
    """Staff let the entry stand. Raises NotDone, UnknownPerson, Overtaken.  # rule F3"""
    ledger = _ledger(connection, keys, deed)
    entry = _entry(ledger, entry_id)
    _with_reason(deed)
    if _has(ledger, deed.record_id):
        return
    line = _line(account_of(CreditPolicy(), ledger.whole, max(deed.day, entry.day)), entry)
    if line is None or line.appeal is not Appeal.OPEN:
        raise NotDone(Objection.NO_APPEAL_OPEN)
    record = AppealRefused(
        id=str(deed.record_id), day=deed.day, at_ms=moment.now_ms, entry=str(entry_id), reason=deed.reason
    )
    _add(connection, keys, deed, record, moment)


def reinstate(connection: sa.Connection, keys: GroupKeys, deed: Deed, rules: Rules, moment: Moment) -> None:
    """A fresh start: after a suspension on sight of a document, or lifting it or the blacklist.  # rules F1, F2

    Raises NotDone, UnknownPerson, Overtaken.
    """
    ledger = _ledger(connection, keys, deed)
    _with_reason(deed)
    if _has(ledger, deed.record_id):
        return
    here = account_of(rules[deed.hospital_id].credit, ledger.whole, deed.day)
    standing = standing_in(deed.hospital_id, ledger, rules)
    is_barred = standing.awaits_reactivation or bool(standing.suspended_until or standing.restricted_until)
    if not is_barred and here.level is not Level.BLACKLISTED:
        raise NotDone(Objection.NOTHING_TO_LIFT)
    record = Reinstated(id=str(deed.record_id), day=deed.day, at_ms=moment.now_ms, reason=deed.reason)
    _add(connection, keys, deed, record, moment)


def blacklist(connection: sa.Connection, keys: GroupKeys, deed: Deed, moment: Moment) -> None:
    """Staff put the person on the blacklist. Raises NotDone, UnknownPerson, Overtaken.  # rule F2"""
    ledger = _ledger(connection, keys, deed)
    _with_reason(deed)
    if not _has(ledger, deed.record_id):
        record = Blacklisted(id=str(deed.record_id), day=deed.day, at_ms=moment.now_ms, reason=deed.reason)
        _add(connection, keys, deed, record, moment)


def _ledger(connection: sa.Connection, keys: GroupKeys, deed: Deed) -> KeptLedger:
    return ledger_of(connection, keys, person_row(connection, keys.group_id, deed.person_id).person_id)


def _entry(ledger: KeptLedger, entry_id: UUID) -> Entry:
    entry = ledger.entry(entry_id)
    if entry is None:
        raise NotDone(Objection.UNKNOWN_ENTRY)
    return entry


def _with_reason(deed: Deed) -> None:
    if not deed.reason.strip():
        raise NotDone(Objection.REASON_NEEDED)


def _has(ledger: KeptLedger, record_id: UUID) -> bool:
    return any(it.record.id == str(record_id) for it in ledger.kept)


def _line(account: Account, entry: Entry) -> Line | None:
    return next((it for it in account.lines if it.entry.id == entry.id), None)


def _add(connection: sa.Connection, keys: GroupKeys, deed: Deed, record: Record, moment: Moment) -> None:
    add_record(connection, keys, deed.person_id, Kept(record, Source(deed.hospital_id, deed.actor)), moment)
