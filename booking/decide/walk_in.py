"""Registration on the spot (现场挂号), and waiting for a place that may become free.  # rules D6, E2, G4"""

from __future__ import annotations

from booking.decide.answers import Accepted, Decision, Objection, Refused, Rule, objections, when_unknown
from booking.decide.clock import MINUTE_MS, today
from booking.decide.commands import JoinWaitingList, WalkIn
from booking.decide.effects import (
    AskPhone,
    Band,
    Effect,
    EnterState,
    GiveNumber,
    JoinList,
    JoinQueue,
    Message,
    TakePlace,
    Tell,
)
from booking.decide.given import PlaceFacts
from booking.decide.limits import limits
from booking.decide.orders import order_is_good
from booking.decide.places import band_for, place_is_free, pool_for
from booking.decide.screening import screened_on_the_spot
from booking.decide.when import before_cut_off, day_is_open, session_is_offered, told_as_ms
from booking.decide.who import channel_may_book, channel_may_walk_in, good_standing, real_name
from booking.facts import Known
from booking.policy import Policy
from booking.reasons import Assumption, Reason, RefusalFacts
from booking.roster import BookingState


def walk_in_is_open(policy: Policy, facts: PlaceFacts, command: WalkIn, now_ms: int) -> Objection:
    """Today's places, from the set hour until the session ends.  # rule G4"""
    place = facts.place
    if not policy.walk_in.on:
        return Refused(Reason.WALK_IN_OFF)
    if place.service_date != today(now_ms, facts.zone):
        return Refused(Reason.NOT_TODAY, RefusalFacts(service_date=place.service_date.isoformat()))
    opens_ms = told_as_ms(policy.roster.release.walk_in_opens, place, facts.zone)
    closes_ms = place.closes_ms - policy.walk_in.ends_before_min * MINUTE_MS
    if opens_ms <= now_ms <= closes_ms:
        return None
    return Refused(Reason.WALK_IN_CLOSED, RefusalFacts(opens_ms=opens_ms, closed_ms=closes_ms))


def walk_in_notice(policy: Policy, facts: PlaceFacts, command: WalkIn, now_ms: int) -> Objection:
    """Told before.  # rule D10"""
    is_told = command.notice_shown or not policy.notices.shown_before_booking
    return None if is_told else Refused(Reason.NOTICE_NOT_SHOWN)


WALK_IN_RULES: tuple[Rule[PlaceFacts, WalkIn], ...] = (
    channel_may_walk_in,
    real_name,
    session_is_offered,
    walk_in_is_open,
    screened_on_the_spot,
    good_standing,
    order_is_good,
    limits,
    place_is_free,
    walk_in_notice,
)


def decide_walk_in(policy: Policy, facts: PlaceFacts, command: WalkIn, now_ms: int) -> Decision:
    """May this person have one of today's places? Whoever has one is checked in.  # rule G4"""
    found = objections(WALK_IN_RULES, policy, facts, command, now_ms)
    if isinstance(found, Refused):
        return found
    band = band_for(policy, facts, Band.WALK_IN)
    effects: list[Effect] = [TakePlace(pool_for(policy, facts)), GiveNumber(), EnterState(BookingState.CHECKED_IN)]
    effects.append(JoinQueue(band))
    if policy.people.phone_confirmed_at_check_in:
        effects.append(AskPhone())
    return Accepted(assumed=found, effects=tuple(effects))


def may_wait(policy: Policy, facts: PlaceFacts, command: JoinWaitingList, now_ms: int) -> Objection:
    """Only where nothing is free, once, and while the list is not too long.  # rule D6"""
    settings = policy.waiting_list
    if not settings.on:
        return Refused(Reason.WAITING_LIST_OFF)
    if not isinstance(facts.waiting, Known):
        return when_unknown(policy.unknown.waiting, Assumption.WAITING)
    if facts.waiting.value.is_on_it:
        return Refused(Reason.ALREADY_WAITING)
    if (people := facts.waiting.value.people) >= settings.longest:
        return Refused(Reason.WAITING_LIST_FULL, RefusalFacts(limit=settings.longest, count=people))
    return None


def nothing_is_free(policy: Policy, facts: PlaceFacts, command: JoinWaitingList, now_ms: int) -> Objection:
    """Whoever can book does not wait.  # rule D6"""
    found = place_is_free(policy, facts, command, now_ms)
    if found is None:
        return Refused(Reason.PLACES_ARE_FREE)
    is_full = isinstance(found, Refused) and found.reason in (Reason.FULL, Reason.ONLY_RESERVED_LEFT)
    return None if is_full else found


WAITING_RULES: tuple[Rule[PlaceFacts, JoinWaitingList], ...] = (
    channel_may_book,
    real_name,
    session_is_offered,
    day_is_open,
    before_cut_off,
    good_standing,
    limits,
    may_wait,
    nothing_is_free,
)


def decide_join_waiting_list(policy: Policy, facts: PlaceFacts, command: JoinWaitingList, now_ms: int) -> Decision:
    """May this person wait for a place?  # rule D6"""
    found = objections(WAITING_RULES, policy, facts, command, now_ms)
    if isinstance(found, Refused):
        return found
    return Accepted(assumed=found, effects=(JoinList(), Tell(Message.WAITING)))
