"""Confirming a booking, and its end where nobody paid, confirmed or came.  # rules D4, D9, F4, G1"""

from __future__ import annotations

from booking.credit.settings import Act
from booking.decide.answers import Accepted, Decision, Refused
from booking.decide.cancel import freed
from booking.decide.check_in import check_in_window
from booking.decide.clock import MINUTE_MS
from booking.decide.commands import By, Confirm, Lapse
from booking.decide.effects import Effect, EnterState, ForStaff, Message, OrderRefund, RecordAct, Tell, Work
from booking.decide.given import BookingFacts
from booking.decide.pay import awaited, is_held
from booking.decide.states import Step
from booking.decide.terms import cost_now, state_of, step_exists
from booking.facts import Known
from booking.policy import Confirmation, Policy, Prepayment
from booking.reasons import Assumption, Reason, RefusalFacts
from booking.roster import BookingState, Slot

_WHO = {By.HOSPITAL: Confirmation.HOSPITAL, By.PATIENT: Confirmation.PATIENT}


def decide_confirm(policy: Policy, facts: BookingFacts, command: Confirm, now_ms: int) -> Decision:
    """The patient confirms in time, the hospital at any time; a session's own system what it owns.  # rule D4"""
    is_owner = command.by is By.OWNER_SYSTEM
    is_asked = facts.place.owner_confirms if is_owner else _WHO.get(command.by) is policy.confirmation.by
    if not is_asked:
        return Refused(Reason.CONFIRMATION_NOT_ASKED)
    found = step_exists(policy, facts, Step.OWNER_CONFIRMS if is_owner else Step.CONFIRM)
    if isinstance(found, Refused):
        return found
    until_ms = facts.booked_ms + policy.confirmation.within_min * MINUTE_MS
    if command.by is By.PATIENT and now_ms > until_ms:
        return Refused(Reason.CONFIRMED_TOO_LATE, RefusalFacts(closed_ms=until_ms))
    effects: tuple[Effect, ...] = (EnterState(BookingState.CONFIRMED),)
    if is_owner:
        effects = (EnterState(BookingState.BOOKED), *awaited(policy, facts), Tell(Message.BOOKED))
        if is_held(policy, facts):
            effects = ()  # it stands once it is paid, too  # rule D9
    return Accepted(assumed=() if found is None else (found,), effects=effects)


def due_ms(policy: Policy, facts: BookingFacts) -> tuple[int, Act | None] | None:
    """When the booking lapses, and as what that counts; None: it does not lapse."""
    state = state_of(facts)
    within_ms = facts.booked_ms + policy.confirmation.within_min * MINUTE_MS
    if state is BookingState.PENDING:
        if policy.payment.prepayment is Prepayment.REQUIRED and not facts.is_paid:  # rule D9
            return facts.booked_ms + policy.payment.hold_min * MINUTE_MS, None
        return (within_ms, None) if facts.place.owner_confirms else None  # rule D4
    if state is BookingState.BOOKED and policy.confirmation.by is Confirmation.PATIENT:
        return within_ms, Act.LAPSED
    return (grace_ends_ms(policy, facts), None) if policy.check_in.overdue_lapses else None  # rule G1


def grace_ends_ms(policy: Policy, facts: BookingFacts) -> int:
    """The last instant at which the patient is in time.  # rule G1"""
    place = facts.place
    slot = Slot(no=0, starts_ms=place.starts_ms, ends_ms=place.ends_ms)
    return check_in_window(policy, slot, service_date=place.service_date, zone=facts.zone)[1]


def decide_lapse(policy: Policy, facts: BookingFacts, command: Lapse, now_ms: int) -> Decision:
    """The time is over: the place is free, the patient is told, an unconfirmed booking counts.  # rules D4, D9, F4"""
    if not isinstance(facts.state, Known):
        return Refused(Reason.NEEDS_SERVER, RefusalFacts(missing=(Assumption.BOOKING_STATE,)))
    found = step_exists(policy, facts, Step.LAPSE)
    if isinstance(found, Refused):
        return found
    due = due_ms(policy, facts)
    if due is None or now_ms <= due[0]:
        return Refused(Reason.NOT_YET_DUE, RefusalFacts(opens_ms=None if due is None else due[0]))
    at_ms, act = due
    effects: list[Effect] = [EnterState(BookingState.LAPSED), freed(policy, facts)]
    if act is not None and cost_now(policy, facts, act):
        effects.append(RecordAct(act))
    if facts.is_paid:
        effects.append(OrderRefund())
    is_sure = at_ms < facts.place.starts_ms or facts.terminals_off_line == Known(value=False)
    effects.append(Tell(Message.LAPSED) if is_sure else ForStaff(Work.PERHAPS_HERE))  # rule G9
    return Accepted(effects=tuple(effects))
