"""Priority groups (rule C8): grants by staff on sight of a document, their end, and who belongs to which group."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from booking.roster.settings import PriorityPolicy

ELDER = "elder"
"""The one group that nobody needs to grant: the age is on the identity document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A person belongs to a priority group: staff saw a document. Withdrawn only with a reason."""

    group: str
    until: date
    """The last day on which the document counts."""
    withdrawn_why: str = ""


class GrantStanding(StrEnum):
    """What a grant is worth on a day."""

    HOLDS = "holds"
    TO_REVERIFY = "to_reverify"
    """It holds, and staff are to see the document again before it ends."""
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


def standing(grant: Grant, today: date, policy: PriorityPolicy) -> GrantStanding:
    """What this grant is worth today.  # rule C8"""
    if grant.withdrawn_why:
        return GrantStanding.WITHDRAWN
    if today > grant.until:
        return GrantStanding.ENDED
    if today >= grant.until - timedelta(days=policy.reverify_days):
        return GrantStanding.TO_REVERIFY
    return GrantStanding.HOLDS


def groups_of(grants: Iterable[Grant], *, age: int | None, today: date, policy: PriorityPolicy) -> frozenset[str]:
    """The groups that a person belongs to today; `age` is None where it is not known.  # rule C8"""
    worth = {GrantStanding.HOLDS, GrantStanding.TO_REVERIFY}
    granted = {grant.group for grant in grants if standing(grant, today, policy) in worth}
    is_elder = age is not None and age > policy.elder_age
    return frozenset(granted | {ELDER} if is_elder else granted)


def to_reverify(grants: Iterable[Grant], today: date, policy: PriorityPolicy) -> tuple[Grant, ...]:
    """The re-verification list, the grant that ends first at its head.  # rule C8"""
    due = [grant for grant in grants if standing(grant, today, policy) is GrantStanding.TO_REVERIFY]
    return tuple(sorted(due, key=lambda grant: grant.until))
