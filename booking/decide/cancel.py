"""Giving a place up, and what then becomes of it.  # rules E1, E2, F4, F5, H1"""

from __future__ import annotations

from booking.credit.settings import Act
from booking.decide.answers import Accepted, Decision, Objection, Refused, Rule, objections
from booking.decide.commands import By, Cancel
from booking.decide.effects import Effect, EnterState, FreePlace, Message, OrderRefund, RecordAct, Tell
from booking.decide.given import BookingFacts
from booking.decide.states import Step
from booking.decide.terms import cost_now, cost_was_shown, in_time, is_past_deadline, is_stopped, step_exists
from booking.decide.who import family
from booking.facts import Known
from booking.policy import Policy
from booking.reasons import Reason
from booking.roster import BookingState


def channel_may_cancel(policy: Policy, facts: BookingFacts, command: Cancel, now_ms: int) -> Objection:
    """A switched-off channel does nothing; cancelling is possible at any hour. The system that owns the session comes
    through none.  # rules B1, D4
    """
    if command.by is By.OWNER_SYSTEM:
        return None
    rights = policy.channels.of(command.channel)
    if not rights.on:
        return Refused(Reason.CHANNEL_OFF)
    return None if rights.may_cancel else Refused(Reason.CHANNEL_MAY_NOT)


def may_act(policy: Policy, facts: BookingFacts, command: Cancel, now_ms: int) -> Objection:
    """The patient or a guardian; doctor and hospital with a reason.  # rules A5, D13"""
    if command.by is By.PATIENT:
        return family(policy, facts.acting)
    return None if command.reason.strip() else Refused(Reason.REASON_NEEDED)


def may_be_cancelled(policy: Policy, facts: BookingFacts, command: Cancel, now_ms: int) -> Objection:
    """The state allows it.  # rule D13"""
    return step_exists(policy, facts, Step.CANCEL)


def deadline(policy: Policy, facts: BookingFacts, command: Cancel, now_ms: int) -> Objection:
    """Deadlines are the patient's only.  # rule E1"""
    return in_time(policy, facts, now_ms) if command.by is By.PATIENT else None


def warned(policy: Policy, facts: BookingFacts, command: Cancel, now_ms: int) -> Objection:
    """The screen has said what it costs.  # rule F5"""
    if command.by is not By.PATIENT:
        return None
    return cost_was_shown(policy, facts, _act(policy, facts, now_ms), is_warned=command.is_warned)


CANCELLING_RULES: tuple[Rule[BookingFacts, Cancel], ...] = (
    channel_may_cancel,
    may_act,
    may_be_cancelled,
    deadline,
    warned,
)


def decide_cancel(policy: Policy, facts: BookingFacts, command: Cancel, now_ms: int) -> Decision:
    """May this booking be cancelled now, and at what cost?"""
    found = objections(CANCELLING_RULES, policy, facts, command, now_ms)
    if isinstance(found, Refused):
        return found
    effects: list[Effect] = [EnterState(BookingState.CANCELLED)]
    if not is_stopped(facts):
        effects.append(freed(policy, facts))
    act = _act(policy, facts, now_ms)
    if command.by is By.PATIENT and not found and cost_now(policy, facts, act):
        effects.append(RecordAct(act))
    if facts.is_paid:
        effects.append(OrderRefund())
    effects.append(Tell(Message.CANCELLED))
    return Accepted(assumed=found, effects=tuple(effects))


def freed(policy: Policy, facts: BookingFacts) -> FreePlace:
    """For a set time to whoever waits; perhaps somebody does where that is not known.  # rule E2"""
    nobody_waits = isinstance(facts.waiting, Known) and facts.waiting.value.people == 0
    is_offered = policy.waiting_list.on and not nobody_waits
    return FreePlace(policy.waiting_list.offer_min if is_offered else None)


def _act(policy: Policy, facts: BookingFacts, now_ms: int) -> Act:
    return Act.CANCELLED_LATE if is_past_deadline(policy, facts, now_ms) else Act.CANCELLED
