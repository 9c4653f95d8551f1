"""Records as tests write them: ids by themselves, days as `MM-DD` of 2026."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from booking.credit import Act, Cause, CreditPolicy, Entry, Ledger, Record, Scheme

POINTS = CreditPolicy(scheme=Scheme.POINTS)
STRIKES = CreditPolicy(scheme=Scheme.STRIKES)
STRICT = replace(STRIKES, strikes=replace(STRIKES.strikes, suspend_at=1, counts=frozenset({Act.NO_SHOW})))
ALLOWANCE = CreditPolicy(scheme=Scheme.ALLOWANCE)
LENIENT = CreditPolicy()
EVERY_SCHEME = (POINTS, STRIKES, STRICT, ALLOWANCE, LENIENT)
NOON_MS = 12 * 3_600_000


def on(text: str) -> date:
    """`03-15` in 2026, or a whole date."""
    return date.fromisoformat(text if len(text) > 5 else f"2026-{text}")


def did(
    act: Act,
    day: str,
    *,
    booking: str = "",
    cause: Cause = Cause.PATIENT,
    provisional: bool = False,
    entry_id: str = "",
    at_ms: int = NOON_MS,
) -> Entry:
    """An entry whose id says what it is."""
    own = entry_id or f"{act}-{day}-{booking}"
    return Entry(id=own, day=on(day), at_ms=at_ms, act=act, booking=booking, cause=cause, provisional=provisional)


def ledger(*records: Record) -> Ledger:
    return Ledger(records)
