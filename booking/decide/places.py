"""Which place is free for whom.  # rules C5, C6, C8, D8"""

from __future__ import annotations

from booking.decide.answers import Objection, Refused, when_unknown
from booking.decide.effects import Band, Pool
from booking.decide.given import PlaceFacts
from booking.facts import Known
from booking.policy import Policy, PriorityGroup
from booking.reasons import Assumption, Reason


def has_priority(policy: Policy, facts: PlaceFacts) -> bool:
    """Over the set age, of a priority group on the place's day, or referred.  # rules C8, D8"""
    if not isinstance(facts.person, Known):
        return False
    person, groups = facts.person.value, policy.priority.groups
    if person.is_referred and policy.priority.referred_first:
        return True
    if person.age is not None and person.age > policy.roster.priority.elder_age and PriorityGroup.ELDER in groups:
        return True
    return any(it.group in groups and it.until >= facts.place.service_date for it in person.grants)


def place_is_free(policy: Policy, facts: PlaceFacts, command: object, now_ms: int) -> Objection:
    """One in the channel's quota or in the common pool; a reserved one for priority groups only.  # rules C6, C8"""
    if not isinstance(facts.free, Known):
        return when_unknown(policy.unknown.free_places, Assumption.FREE_PLACES)
    free = facts.free.value
    if free.in_channel > 0 or free.in_pool > 0:
        return None
    if free.reserved > 0:
        if not isinstance(facts.person, Known):  # perhaps one of those for whom they are
            return when_unknown(policy.unknown.profile, Assumption.PROFILE)
        return None if has_priority(policy, facts) else Refused(Reason.ONLY_RESERVED_LEFT)
    return Refused(Reason.FULL)


def pool_for(policy: Policy, facts: PlaceFacts) -> Pool:
    """A reserved place first for whom it is meant, then the channel's quota, then the common pool.  # rule C5"""
    if not isinstance(facts.free, Known):
        return Pool.CHANNEL
    free = facts.free.value
    is_only_left = free.in_channel <= 0 and free.in_pool <= 0
    if free.reserved > 0 and (is_only_left or has_priority(policy, facts)):
        return Pool.RESERVED
    return Pool.CHANNEL if free.in_channel > 0 else Pool.COMMON


def band_for(policy: Policy, facts: PlaceFacts, otherwise: Band) -> Band:
    """The band in the queue; urgent orders and priority groups are ahead.  # rules C8, D11, G3"""
    is_urgent = isinstance(facts.order, Known) and facts.order.value is not None and facts.order.value.is_urgent
    return Band.PRIORITY if is_urgent or has_priority(policy, facts) else otherwise
