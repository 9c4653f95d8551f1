"""The trust ledger of one person: records that are only ever added, and what of them stands.

The same records give the same answer in whatever order, and however often, they arrive: a terminal that was off line
delivers late, and a void may come before the entry that it voids. Nothing here knows what an act costs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from booking.credit.settings import Act


class Cause(StrEnum):
    """Why the act happened. Only the patient's own ever cost.  # rules E5, F4"""

    PATIENT = "patient"
    CLINIC_STOPPED = "clinic_stopped"
    HOSPITAL_FAULT = "hospital_fault"
    """Of a device, the network or the hospital's own systems."""
    ASSUMED = "assumed"
    """The act was accepted on an assumption that did not hold."""
    DOCTOR = "doctor"
    """Moved or cancelled by the doctor."""
    EXCUSED = "excused"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Noted:
    """What all records have. `day` is the hospital's own date of the act; `at_ms` its instant, milliseconds UTC."""

    id: str
    day: date
    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(_Noted):
    """A person's act that trust may depend on.  # rule F3"""

    act: Act
    booking: str = ""
    cause: Cause = Cause.PATIENT
    provisional: bool = False
    """A no-show while a terminal has not delivered what it took.  # rule G9"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed(_Noted):
    """Every terminal has delivered: the provisional entry is final.  # rule G9"""

    entry: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived(_Noted):
    """The patient had checked in for this booking. However late that is heard, no no-show of it stands.  # rule G9"""

    booking: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Voided(_Noted):
    """Staff void a record: all is as though it had never been. A void itself is final.  # rule F3"""

    record: str
    reason: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reinstated(_Noted):
    """Staff reactivate after a suspension, or lift it or the blacklist: a fresh start.  # rules F1, F2"""

    reason: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Blacklisted(_Noted):
    """Staff put the person on the blacklist.  # rule F2"""

    reason: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Appealed(_Noted):
    """The patient appeals an entry. It goes on counting until staff void it.  # rule F3"""

    entry: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealRefused(_Noted):
    """Staff let the entry stand.  # rule F3"""

    entry: str
    reason: str = field(default="", repr=False)


Record = Entry | Confirmed | Arrived | Voided | Reinstated | Blacklisted | Appealed | AppealRefused
Turn = Entry | Reinstated | Blacklisted
"""What changes a standing on its day."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """All records about one person, in any order. A record that came twice counts once."""

    records: tuple[Record, ...] = ()

    def with_record(self, record: Record) -> Ledger:
        """The ledger with one record more."""
        return Ledger((*self.records, record))


class Reading(StrEnum):
    """Whether an entry stands, before anybody asks what it costs."""

    STANDS = "stands"
    PROVISIONAL = "provisional"
    VOIDED = "voided"
    ARRIVED = "arrived"
    """The patient had been there after all."""
    NOT_THE_PATIENT = "not_the_patient"


class Appeal(StrEnum):
    """Where an appeal is."""

    NONE = "none"
    OPEN = "open"
    UPHELD = "upheld"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Standing:
    """The records as they are to be read on one day: each entry's reading, and the turns in their order."""

    readings: dict[str, Reading]
    appeals: dict[str, Appeal]
    turns: tuple[Turn, ...]
    """Entries (all of them), reinstatements and listings that are not void, by day and instant."""


def order_of(record: Record) -> tuple[date, int, bool, str]:
    """The place of a record in the ledger's order: entries come before what staff did in the same instant."""
    return (record.day, record.at_ms, not isinstance(record, Entry), record.id)


def read_ledger(ledger: Ledger, today: date, *, provisional_days: int) -> Standing:
    """What stands on this day. Acts of later days are not looked at; voids and late check-ins work back in time."""
    records = _once_each(ledger.records)
    voided = {it.record for it in records if isinstance(it, Voided)}
    valid = [it for it in records if it.id not in voided]
    arrived = {it.booking for it in valid if isinstance(it, Arrived) and it.booking}
    confirmed = {it.entry for it in valid if isinstance(it, Confirmed)}
    entries = [it for it in records if isinstance(it, Entry) and it.day <= today]
    readings: dict[str, Reading] = {}
    for it in entries:
        if it.id in voided:
            readings[it.id] = Reading.VOIDED
        elif it.act is Act.NO_SHOW and it.booking in arrived:
            readings[it.id] = Reading.ARRIVED
        elif it.cause is not Cause.PATIENT:  # rule F4
            readings[it.id] = Reading.NOT_THE_PATIENT
        elif it.provisional and it.id not in confirmed and today < it.day + timedelta(days=provisional_days):
            readings[it.id] = Reading.PROVISIONAL
        else:
            readings[it.id] = Reading.STANDS
    staff = [it for it in valid if isinstance(it, Reinstated | Blacklisted) and it.day <= today]
    turns: list[Turn] = [*entries, *staff]
    return Standing(
        readings=readings,
        appeals=_appeals(valid, voided),
        turns=tuple(sorted(turns, key=order_of)),
    )


def _once_each(records: Iterable[Record]) -> list[Record]:
    """One record for each id. Should two differ under one id, the same one wins in every order of arrival."""
    by_id: dict[str, Record] = {}
    for it in records:
        other = by_id.get(it.id)
        if other is None or (order_of(it), repr(it)) < (order_of(other), repr(other)):
            by_id[it.id] = it
    return list(by_id.values())


def _appeals(valid: Iterable[Record], voided: set[str]) -> dict[str, Appeal]:
    appeals: dict[str, Appeal] = {}
    refused: set[str] = set()
    for it in valid:
        if isinstance(it, Appealed):
            appeals[it.entry] = Appeal.UPHELD if it.entry in voided else Appeal.OPEN
        elif isinstance(it, AppealRefused):
            refused.add(it.entry)
    return {
        entry: Appeal.REFUSED if state is Appeal.OPEN and entry in refused else state
        for entry, state in appeals.items()
    }
