"""How much one person may have.  # rules D3, F6"""

from __future__ import annotations

from booking.credit.settings import Scheme
from booking.decide.answers import Objection, Refused, when_unknown
from booking.decide.given import Held, PlaceFacts
from booking.facts import Known
from booking.policy import Policy
from booking.reasons import Assumption, Reason, RefusalFacts

_WEEK = 7


def limits(policy: Policy, facts: PlaceFacts, command: object, now_ms: int) -> Objection:
    """One a department and day, so many a day and week, never the same time twice."""
    if not isinstance(facts.bookings, Known):
        return when_unknown(policy.unknown.bookings, Assumption.BOOKINGS)
    others = facts.bookings.value
    if facts.instead_of:
        others = tuple(it for it in others if it.number != facts.instead_of)
    if others:
        clash = _same_time(facts, others) or _same_department(policy, facts, others)
        if clash is not None:
            return clash
    return _allowance(policy, facts, others)


def _same_time(facts: PlaceFacts, others: tuple[Held, ...]) -> Refused | None:
    place = facts.place
    for held in others:
        if held.starts_ms < place.ends_ms and place.starts_ms < held.ends_ms:
            told = RefusalFacts(collides=held.number, service_date=held.service_date.isoformat())
            return Refused(Reason.SAME_TIME, told)
    return None


def _same_department(policy: Policy, facts: PlaceFacts, others: tuple[Held, ...]) -> Refused | None:
    place, limit = facts.place, policy.limits.per_department_and_day
    same = [it for it in others if it.department == place.department and it.service_date == place.service_date]
    if limit == 0 or len(same) < limit:
        return None
    day = place.service_date.isoformat()
    told = RefusalFacts(collides=same[0].number, limit=limit, count=len(same), service_date=day)
    return Refused(Reason.SAME_DEPARTMENT_AND_DAY, told)


def _allowance(policy: Policy, facts: PlaceFacts, others: tuple[Held, ...]) -> Objection:
    """The limits of day and week; a no-show takes one off the weekly, else the daily allowance.  # rule F6"""
    per_day, per_week, lost = policy.limits.per_day, policy.limits.per_week, 0
    if policy.credit.scheme is Scheme.ALLOWANCE and (per_day or per_week):
        if not isinstance(facts.standing, Known):
            return when_unknown(policy.unknown.standing, Assumption.STANDING)
        lost = facts.standing.value.allowance_lost
    day = facts.place.service_date
    on_day = sum(it.service_date == day for it in others)
    if per_day and on_day >= (limit := max(0, per_day if per_week else per_day - lost)):
        return Refused(Reason.TOO_MANY_THAT_DAY, RefusalFacts(service_date=day.isoformat(), limit=limit, count=on_day))
    if per_week:
        monday = day.toordinal() - day.weekday()
        in_week = sum(monday <= it.service_date.toordinal() < monday + _WEEK for it in others)
        if in_week >= (limit := max(0, per_week - lost)):
            told = RefusalFacts(service_date=day.isoformat(), limit=limit, count=in_week)
            return Refused(Reason.TOO_MANY_THAT_WEEK, told)
    return None
