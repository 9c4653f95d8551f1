"""A person's account in words and figures. Pure: the rules have reckoned, here it is said.  # rules F1, F3, F5"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from booking.credit import Account, Level, Line, account_of
from booking.decide.given import Standing
from booking.localized import LocalizedText
from central.credit.messages import AccountView, EntryLine
from central.credit.records import KeptLedger
from central.credit.standing import Rules, standing_in
from central.words import people as words


def account_view(person_id: UUID, hospital_id: UUID, ledger: KeptLedger, rules: Rules) -> AccountView:
    """How this person stands in this hospital, by its own rules and by what holds in the whole group."""
    own = rules[hospital_id]
    account = account_of(own.credit, ledger.whole, own.today)
    standing = standing_in(hospital_id, ledger, rules)
    is_barred = bool(standing.suspended_until or standing.restricted_until or standing.awaits_reactivation)
    return AccountView(
        person_id=person_id,
        scheme=account.scheme.value,
        day=account.day.isoformat(),
        level=_level(account, standing).value,
        may_book=account.may_book and not is_barred,
        balance=account.balance,
        strikes=account.strikes,
        bookings_off=account.bookings_off,
        suspended_until=_iso(standing.suspended_until),
        restricted_until=_iso(standing.restricted_until),
        awaits_reactivation=standing.awaits_reactivation,
        advice=_advice(account, standing),
        how_to_appeal=words.HOW_TO_APPEAL,
        entries=tuple(_line(it, ledger) for it in account.lines),
    )


def _level(account: Account, standing: Standing) -> Level:
    """As this hospital's own rules say, unless another's suspension bars here too."""
    if not account.may_book:
        return account.level
    if standing.suspended_until is not None:
        return Level.SUSPENDED
    if standing.awaits_reactivation:
        return Level.AWAITING_REACTIVATION
    return account.level if standing.restricted_until is None else Level.RESTRICTED


def _advice(account: Account, standing: Standing) -> tuple[LocalizedText, ...]:
    said: list[LocalizedText] = []
    if standing.suspended_until is not None:
        said.append(words.until(words.SUSPENDED, standing.suspended_until.isoformat()))
    if standing.awaits_reactivation:
        said.append(words.AWAITING)
    if standing.restricted_until is not None:
        said.append(words.until(words.RESTRICTED, standing.restricted_until.isoformat()))
    if standing.is_barred_by_blacklist and not account.may_book:
        said.append(words.BLACKLISTED)
    return tuple(said)


def _line(line: Line, ledger: KeptLedger) -> EntryLine:
    entry = line.entry
    return EntryLine(
        entry_id=UUID(entry.id),
        day=entry.day.isoformat(),
        act=entry.act.value,
        what=words.ACTS[entry.act],
        why_not_the_patient=words.CAUSES[entry.cause],
        state=line.state.value,
        state_text=words.LINE_STATES[line.state],
        cost=line.cost,
        lapses_on=_iso(line.lapses_on),
        appeal=line.appeal.value,
        appeal_until=_iso(line.appeal_until),
        booking_id=UUID(entry.booking) if entry.booking else None,
        hospital_id=ledger.hospital_of(entry.id),
        is_provisional=entry.provisional,
        staff_reason=ledger.reason_of(entry.id),
    )


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
