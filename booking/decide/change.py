"""Another place instead of this one, in one step: the new one is taken before the old one is freed.  # rules E3, E4"""

from __future__ import annotations

from dataclasses import replace

from booking.credit.account import cost_of
from booking.credit.settings import Act, Scheme
from booking.decide.answers import Accepted, Decision, Objection, Refused, Rule, objections, when_unknown
from booking.decide.book import BOOKING_RULES, effects_of
from booking.decide.cancel import freed
from booking.decide.commands import Book, Change
from booking.decide.effects import Effect, EnterState, ForStaff, KeepPlace, Message, RecordAct, Tell, Work
from booking.decide.given import BookingFacts, ChangeFacts, PlaceFacts
from booking.decide.states import Step
from booking.decide.terms import cost_was_shown, in_time, is_past_deadline, is_stopped, step_exists, unless_stopped
from booking.decide.who import family
from booking.facts import Known
from booking.policy import Policy
from booking.reasons import Assumption, Reason, RefusalFacts
from booking.roster import BookingState

_MOVED = EnterState(BookingState.MOVED, is_earlier=True)
_CHANGED = Tell(Message.CHANGED)


def channel_may_change(policy: Policy, facts: BookingFacts, command: Change, now_ms: int) -> Objection:
    """The channel changes bookings; its hours are asked with the new place.  # rule B1"""
    rights = policy.channels.of(command.channel)
    return Refused(Reason.CHANNEL_MAY_NOT) if rights.on and not rights.may_change else None


def may_act(policy: Policy, facts: BookingFacts, command: Change, now_ms: int) -> Objection:
    """The patient or a guardian.  # rule A5"""
    return family(policy, facts.acting)


def may_be_moved(policy: Policy, facts: BookingFacts, command: Change, now_ms: int) -> Objection:
    """The state allows it.  # rule D13"""
    return step_exists(policy, facts, Step.MOVE)


def deadline(policy: Policy, facts: BookingFacts, command: Change, now_ms: int) -> Objection:
    """As for cancelling.  # rule E1"""
    return in_time(policy, facts, now_ms)


def not_too_often(policy: Policy, facts: BookingFacts, command: Change, now_ms: int) -> Objection:
    """So many changes within a period; what a stopped clinic makes necessary does not count.  # rules E4, F4"""
    if is_stopped(facts):
        return None
    if not isinstance(facts.changes, Known):
        return when_unknown(policy.unknown.changes, Assumption.CHANGES)
    count, most = facts.changes.value, policy.changing.most
    if count < most:
        return None
    return unless_stopped(policy, facts, Refused(Reason.TOO_MANY_CHANGES, RefusalFacts(limit=most, count=count)))


def warned(policy: Policy, facts: BookingFacts, command: Change, now_ms: int) -> Objection:
    """The screen has said what it costs.  # rule F5"""
    return cost_was_shown(policy, facts, _act(policy, facts, now_ms), is_warned=command.is_warned)


CHANGING_RULES: tuple[Rule[BookingFacts, Change], ...] = (
    channel_may_change,
    may_act,
    may_be_moved,
    deadline,
    not_too_often,
    warned,
)


def decide_change(policy: Policy, facts: ChangeFacts, command: Change, now_ms: int) -> Decision:
    """May the booking be changed to the new place now?"""
    leaving = objections(CHANGING_RULES, policy, facts.old, command, now_ms)
    if isinstance(leaving, Refused) and leaving.reason not in (Reason.NEEDS_SERVER, Reason.CANNOT_KNOW):
        return leaving
    book = Book(command.channel, notice_shown=command.notice_shown)
    taking = objections(BOOKING_RULES, policy, _instead_of_the_old(facts), book, now_ms)
    if isinstance(taking, Refused):
        return taking
    if isinstance(leaving, Refused):
        return leaving
    assumed = tuple(dict.fromkeys(leaving + taking))
    return Accepted(assumed=assumed, effects=_effects(policy, facts, now_ms, assumed))


def _instead_of_the_old(facts: ChangeFacts) -> PlaceFacts:
    """The booking that is given up does not count against the new one.  # rule D3"""
    if facts.new.instead_of == facts.old.number:
        return facts.new
    return replace(facts.new, instead_of=facts.old.number)


def _effects(policy: Policy, facts: ChangeFacts, now_ms: int, assumed: tuple[Assumption, ...]) -> tuple[Effect, ...]:
    is_reviewed = policy.changing.reviewed_by_staff and not is_stopped(facts.old)
    is_pending = bool(assumed) or is_reviewed
    taken = effects_of(policy, facts.new, now_ms, is_assumed=is_pending, is_paid=facts.old.is_paid)
    if is_pending:  # nobody ends with none: the old place stays until the new one is certain
        review: tuple[Effect, ...] = (ForStaff(Work.REVIEW_CHANGE),) if is_reviewed else ()
        return (*taken, KeepPlace(), *review)
    effects: list[Effect] = [*taken, _MOVED]
    if not is_stopped(facts.old):
        effects.append(freed(policy, facts.old))
        act = _act(policy, facts.old, now_ms)
        is_ours = facts.old.was_assumed or facts.old.was_our_fault
        is_counted = cost_of(policy.credit, act) > 0 or policy.credit.scheme is Scheme.ALLOWANCE
        if is_counted and not is_ours:
            effects.append(RecordAct(act))
    effects.append(_CHANGED)
    return tuple(effects)


def _act(policy: Policy, facts: BookingFacts, now_ms: int) -> Act:
    """Made in time it is not a cancellation.  # rule E3"""
    return Act.CANCELLED_LATE if is_past_deadline(policy, facts, now_ms) else Act.CHANGED
