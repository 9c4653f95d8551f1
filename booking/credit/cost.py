"""What an act would cost now, before it is done.  # rule F5

The answer is figures and dates only; the screens have the words.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from booking.credit.account import Level, Line, account_of, cost_of
from booking.credit.ledger import Cause, Entry, Ledger
from booking.credit.settings import Act, CreditPolicy
from booking.credit.windows import Suspension

_NOT_YET = "(not yet)"
_HAS_DEADLINE = frozenset({Act.CANCELLED, Act.CHANGED})


@dataclass(frozen=True, slots=True)
class Moment:
    """Now: the hospital's own date, and the instant in milliseconds UTC."""

    day: date
    at_ms: int


@dataclass(frozen=True, slots=True)
class Planned:
    """An act that the person is about to do."""

    act: Act
    booking: str = ""
    cause: Cause = Cause.PATIENT
    free_until_ms: int | None = None
    """The free deadline of rule E1 for this booking, itself still in time; None: the hospital has none."""


@dataclass(frozen=True, slots=True)
class Price:
    """What it would cost. All but `free_until_ms` is as it would be right after the act."""

    act: Act
    """As it would stand in the ledger: a cancellation after the deadline is a late one."""
    cost: int
    """Points, strikes or bookings off the allowance, as the scheme counts."""
    balance: int | None
    strikes: int
    bookings_off: int
    level: Level
    would_suspend: bool
    """Whether this act would end the right to book that there is now."""
    suspension: Suspension | None
    lapses_on: date | None
    """The first day on which this cost counts no more; None: nothing to lapse, or only a fresh start ends it."""
    free_until_ms: int | None
    """The deadline, where the same act costs less before it than after it; may have passed."""

    @property
    def is_free(self) -> bool:
        """Whether it has no consequence at all now."""
        return self.cost == 0 and not self.would_suspend


def act_in_time(planned: Planned, now: Moment) -> Act:
    """What the act is now: cancelled or changed after the free deadline is late.  # rules E1, E3"""
    is_past = planned.free_until_ms is not None and now.at_ms > planned.free_until_ms
    return Act.CANCELLED_LATE if planned.act in _HAS_DEADLINE and is_past else planned.act


def would_cost(policy: CreditPolicy, ledger: Ledger, planned: Planned, now: Moment) -> Price:
    """What this act would cost now, and what would follow.  # rule F5"""
    act = act_in_time(planned, now)
    entry = Entry(id=_NOT_YET, day=now.day, at_ms=now.at_ms, act=act, booking=planned.booking, cause=planned.cause)
    before = account_of(policy, ledger, now.day)
    after = account_of(policy, ledger.with_record(entry), now.day)
    line: Line = next(it for it in after.lines if it.entry.id == _NOT_YET)
    is_split = planned.act in _HAS_DEADLINE and cost_of(policy, Act.CANCELLED_LATE) > cost_of(policy, planned.act)
    return Price(
        act=act,
        cost=line.cost,
        balance=after.balance,
        strikes=after.strikes,
        bookings_off=after.bookings_off,
        level=after.level,
        would_suspend=before.may_book and not after.may_book,
        suspension=after.suspension,
        lapses_on=line.lapses_on,
        free_until_ms=planned.free_until_ms if is_split else None,
    )
