"""Matters without slots: bed, operation, consultation, family-doctor signing.  # rule D14"""

from __future__ import annotations

from booking.decide.answers import Accepted, Decision, Refused, when_unknown
from booking.decide.clock import MINUTE_MS
from booking.decide.commands import Review, ReviewOutcome, Submit, Withdraw
from booking.decide.effects import Await, EnterRequest, ForStaff, Message, Tell, Work
from booking.decide.given import RequestFacts, RequestState
from booking.decide.who import real_person
from booking.facts import Known
from booking.policy import Policy
from booking.reasons import Assumption, Reason, RefusalFacts

_REVIEW = {
    ReviewOutcome.TAKEN_UP: RequestState.UNDER_REVIEW,
    ReviewOutcome.GRANTED: RequestState.GRANTED,
    ReviewOutcome.REFUSED: RequestState.REFUSED,
}
_OPEN = (RequestState.SUBMITTED, RequestState.UNDER_REVIEW)


def decide_submit(policy: Policy, facts: RequestFacts, command: Submit, now_ms: int) -> Decision:
    """Ask for it, by name."""
    if not policy.requests.on:
        return Refused(Reason.REQUESTS_OFF)
    if facts.state is not None:
        return Refused(Reason.REQUEST_STATE_FORBIDS, RefusalFacts(items=(facts.state,)))
    assumed: tuple[Assumption, ...] = ()
    if isinstance(facts.person, Known):
        refused = real_person(policy, facts.person.value)
        if refused is not None:
            return refused
    else:
        found = when_unknown(policy.unknown.profile, Assumption.PROFILE)
        if isinstance(found, Refused):
            return found
        assumed = (found,)
    return _to_review(policy, RequestState.SUBMITTED, now_ms, assumed)


def decide_review(policy: Policy, facts: RequestFacts, command: Review, now_ms: int) -> Decision:
    """Staff take it up, grant it with a time, or refuse it with a reason."""
    is_again = command.outcome is ReviewOutcome.TAKEN_UP and facts.state is not RequestState.SUBMITTED
    if facts.state not in _OPEN or is_again:
        items = () if facts.state is None else (facts.state,)
        return Refused(Reason.REQUEST_STATE_FORBIDS, RefusalFacts(items=items))
    if command.outcome is ReviewOutcome.GRANTED and command.starts_ms is None:
        return Refused(Reason.TIME_NEEDED)
    if command.outcome is ReviewOutcome.REFUSED and not command.reason.strip():
        return Refused(Reason.REASON_NEEDED)
    return Accepted(effects=(EnterRequest(_REVIEW[command.outcome]), Tell(Message.REQUEST_STEP)))


def decide_withdraw(policy: Policy, facts: RequestFacts, command: Withdraw, now_ms: int) -> Decision:
    """Taken back while it is open; a granted one passes the same review again."""
    if facts.state is RequestState.GRANTED:
        return _to_review(policy, RequestState.UNDER_REVIEW, now_ms)
    if facts.state not in _OPEN:
        items = () if facts.state is None else (facts.state,)
        return Refused(Reason.REQUEST_STATE_FORBIDS, RefusalFacts(items=items))
    return Accepted(effects=(EnterRequest(RequestState.WITHDRAWN), Tell(Message.REQUEST_STEP)))


def _to_review(policy: Policy, state: RequestState, now_ms: int, assumed: tuple[Assumption, ...] = ()) -> Accepted:
    """Staff have it on their list until the deadline; every step sends a message."""
    until = Await(now_ms + policy.requests.review_min * MINUTE_MS)
    effects = (EnterRequest(state), ForStaff(Work.REVIEW_REQUEST), until, Tell(Message.REQUEST_STEP))
    return Accepted(assumed=assumed, effects=effects)
