"""Until when cancelling and changing are free, and as what they count now.  # rules E1, E3, F4"""

from __future__ import annotations

from datetime import tzinfo

from booking.credit.account import cost_of
from booking.credit.settings import Act
from booking.decide.answers import Objection, Refused, when_unknown
from booking.decide.clock import MINUTE_MS, days_on, instant
from booking.decide.given import BookingFacts, Place
from booking.decide.states import Step, after
from booking.decide.when import cut_off_ms
from booking.facts import Known
from booking.policy import AfterDeadline, FreeUntil, Policy
from booking.reasons import Assumption, Reason, RefusalFacts
from booking.roster import BookingState


def free_until_ms(policy: Policy, place: Place, zone: tzinfo) -> int | None:
    """The last instant at which giving the place up has no consequence; None: there is none.  # rule E1"""
    cancelling = policy.cancelling
    match cancelling.free_until:
        case FreeUntil.BEFORE_START:
            return place.starts_ms - cancelling.free_before_min * MINUTE_MS
        case FreeUntil.DAY_BEFORE:
            return instant(days_on(place.service_date, -1), cancelling.free_day_before_at, zone)
        case FreeUntil.CUT_OFF:
            return cut_off_ms(policy, place, zone)
        case FreeUntil.NEVER:
            return None


def is_past_deadline(policy: Policy, facts: BookingFacts, now_ms: int) -> bool:
    """Whether the free deadline is over."""
    deadline_ms = free_until_ms(policy, facts.place, facts.zone)
    return deadline_ms is not None and now_ms > deadline_ms


def state_of(facts: BookingFacts) -> BookingState:
    """The state that counts: the known one, else the last known one, which the rules below had to allow."""
    return facts.state.value if isinstance(facts.state, Known) else facts.last_known_state


def step_exists(policy: Policy, facts: BookingFacts, step: Step) -> Objection:
    """The table of D13 knows this step from here."""
    if after(state_of(facts), step) is None:
        if isinstance(facts.state, Known):
            return Refused(Reason.STATE_FORBIDS, RefusalFacts(items=(facts.state.value,)))
        return Refused(Reason.NEEDS_SERVER, RefusalFacts(missing=(Assumption.BOOKING_STATE,)))
    if isinstance(facts.state, Known):
        return None
    return when_unknown(policy.unknown.booking_state, Assumption.BOOKING_STATE)


def is_stopped(facts: BookingFacts) -> bool:
    """The hospital stopped the clinic: giving the place up is free.  # rules F4, H1"""
    by_session = isinstance(facts.session, Known) and facts.session.value.is_stopped
    return by_session or state_of(facts) is BookingState.STOPPED


def unless_stopped(policy: Policy, facts: BookingFacts, refused: Refused) -> Objection:
    """Nothing holds against whoever leaves a stopped clinic; where that is not known, the policy says what it means."""
    if is_stopped(facts):
        return None
    return refused if isinstance(facts.session, Known) else when_unknown(policy.unknown.session, Assumption.SESSION)


def in_time(policy: Policy, facts: BookingFacts, now_ms: int) -> Objection:
    """Before the visit, and before the deadline where the hospital refuses afterwards.  # rule E1"""
    closed_ms: int | None = None
    if policy.cancelling.afterwards is AfterDeadline.REFUSED and is_past_deadline(policy, facts, now_ms):
        closed_ms = free_until_ms(policy, facts.place, facts.zone)
    if now_ms > facts.place.starts_ms:
        closed_ms = facts.place.starts_ms
    if closed_ms is None:
        return None
    return unless_stopped(policy, facts, Refused(Reason.DEADLINE_PASSED, RefusalFacts(closed_ms=closed_ms)))


def cost_now(policy: Policy, facts: BookingFacts, act: Act) -> int:
    """What this act takes; nothing where the hospital is at fault or the act rested on an assumption.  # rule F4"""
    is_free = is_stopped(facts) or facts.was_assumed or facts.was_our_fault
    return 0 if is_free else cost_of(policy.credit, act)


def cost_was_shown(policy: Policy, facts: BookingFacts, act: Act, *, is_warned: bool) -> Objection:
    """Nobody loses anything that was not told before, nor for a clinic that may be stopped.  # rules F4, F5"""
    cost = cost_now(policy, facts, act)
    if not cost:
        return None
    is_known = isinstance(facts.session, Known)
    asked = None if is_known else when_unknown(policy.unknown.session, Assumption.SESSION)
    if isinstance(asked, Assumption | None) and policy.cancelling.warned_before and not is_warned:
        deadline_ms = free_until_ms(policy, facts.place, facts.zone)
        return Refused(Reason.COST_NOT_SHOWN, RefusalFacts(count=cost, closed_ms=deadline_ms))
    return asked
