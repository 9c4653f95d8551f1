"""How a person stands in one hospital, by the group's ledger.  # rules F1, F2, F6

Each hospital reads the whole ledger by its own rules. Besides, a suspension or restriction that the acts at one
hospital bring by that hospital's rules holds in the whole group: nobody can book for that person in any channel.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from booking.credit import CreditPolicy, account_of
from booking.decide.given import Standing
from booking.decide.standing import standing_of
from central.credit.records import KeptLedger
from central.people.facts import Document, standing_document


@dataclass(frozen=True, slots=True)
class HospitalRules:
    """The rules of trust at one hospital, and its date."""

    credit: CreditPolicy
    today: date


Rules = Mapping[UUID, HospitalRules]
"""Of every hospital of the group."""


def standing_in(hospital_id: UUID, ledger: KeptLedger, rules: Rules) -> Standing:
    """How the person of this ledger stands in this hospital today."""
    own = rules[hospital_id]
    here = standing_of(account_of(own.credit, ledger.whole, own.today))
    elsewhere = [
        standing_of(account_of(other.credit, ledger.of_hospital(other_id), other.today))
        for other_id, other in rules.items()
        if other_id != hospital_id
    ]
    every = (here, *elsewhere)
    return Standing(
        suspended_until=_latest(it.suspended_until for it in every),
        restricted_until=_latest(it.restricted_until for it in every),
        allowance_lost=here.allowance_lost,
        awaits_reactivation=any(it.awaits_reactivation for it in every),
        is_barred_by_blacklist=here.is_barred_by_blacklist,
    )


def standing_to_copy(hospital_id: UUID, ledger: KeptLedger, rules: Rules, now_ms: int) -> Document | None:
    """What the hospital's copy says of it; nothing of a person without any record, whom no day changes."""
    if not ledger.kept:
        return None
    own = rules[hospital_id]
    balance = account_of(own.credit, ledger.whole, own.today).balance
    return standing_document(standing_in(hospital_id, ledger, rules), now_ms, balance=balance)


def _latest(days: Iterable[date | None]) -> date | None:
    return max((day for day in days if day is not None), default=None)
