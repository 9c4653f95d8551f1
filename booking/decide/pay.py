"""A payment for a booking: what was held for it stands; what is not wanted any more is paid back.  # rules D4, D9"""

from __future__ import annotations

from booking.decide.answers import Accepted, Decision, Refused
from booking.decide.clock import MINUTE_MS
from booking.decide.commands import Pay
from booking.decide.effects import Await, Effect, EnterState, Message, OrderRefund, Tell
from booking.decide.given import BookingFacts
from booking.decide.states import Step, after
from booking.facts import Known
from booking.policy import Confirmation, Policy, Prepayment
from booking.reasons import Assumption, Reason, RefusalFacts
from booking.roster import BookingState

_OVER = frozenset({BookingState.CANCELLED, BookingState.MOVED, BookingState.STOPPED, BookingState.LAPSED})


def is_held(policy: Policy, facts: BookingFacts) -> bool:
    """Whether the place is only kept until the fee is paid.  # rule D9"""
    return policy.payment.prepayment is Prepayment.REQUIRED and not facts.is_paid


def decide_pay(policy: Policy, facts: BookingFacts, command: Pay, now_ms: int) -> Decision:
    """The whole fee has come. Money is never refused: what it was for may be over, then it goes back."""
    if not isinstance(facts.state, Known):
        return Refused(Reason.NEEDS_SERVER, RefusalFacts(missing=(Assumption.BOOKING_STATE,)))
    if facts.state.value in _OVER:
        return Accepted(effects=(OrderRefund(),))
    waits_for_owner = facts.place.owner_confirms and not command.owner_has_confirmed
    waits = waits_for_owner or facts.was_assumed or command.is_under_review
    if not is_held(policy, facts) or waits or after(facts.state.value, Step.PAY) is None:
        return Accepted()
    return Accepted(effects=(EnterState(BookingState.BOOKED), *awaited(policy, facts), Tell(Message.BOOKED)))


def awaited(policy: Policy, facts: BookingFacts) -> tuple[Effect, ...]:
    """Until when the patient must confirm a booking that stands.  # rule D4"""
    if policy.confirmation.by is not Confirmation.PATIENT:
        return ()
    return (Await(facts.booked_ms + policy.confirmation.within_min * MINUTE_MS),)
