"""Patients who are not here when their grace ends, who never came, or who had come after all.  # rules F4, G9"""

from __future__ import annotations

from booking.credit.settings import Act
from booking.decide.answers import Accepted, Decision, Refused
from booking.decide.commands import DeliverCheckIn, EndGrace, RecordNoShow
from booking.decide.confirm import grace_ends_ms
from booking.decide.effects import (
    Band,
    Effect,
    EnterState,
    ForStaff,
    JoinQueue,
    Message,
    RecordAct,
    Tell,
    VoidAct,
    Work,
)
from booking.decide.given import BookingFacts
from booking.decide.states import Step, after
from booking.decide.terms import cost_now, is_stopped, state_of
from booking.facts import Known
from booking.policy import LateArrival, Policy
from booking.reasons import Assumption, Reason, RefusalFacts
from booking.roster import BookingState


def _not_here(facts: BookingFacts) -> Refused | None:
    """Known to be booked and not checked in, not excused, and the clinic was not stopped."""
    if not isinstance(facts.state, Known):
        return Refused(Reason.NEEDS_SERVER, RefusalFacts(missing=(Assumption.BOOKING_STATE,)))
    if is_stopped(facts):
        return Refused(Reason.CLINIC_STOPPED, RefusalFacts(service_date=facts.place.service_date.isoformat()))
    if after(facts.state.value, Step.MISS) is None:
        return Refused(Reason.STATE_FORBIDS, RefusalFacts(items=(facts.state.value,)))
    return Refused(Reason.EXCUSED) if facts.is_excused else None


def _all_have_delivered(facts: BookingFacts) -> bool:
    return isinstance(facts.terminals_off_line, Known) and not facts.terminals_off_line.value


def decide_end_grace(policy: Policy, facts: BookingFacts, command: EndGrace, now_ms: int) -> Decision:
    """Patient and desk are told at once; while a terminal is off line only the desk, "perhaps here".  # rule G9"""
    refused = _not_here(facts)
    if refused is not None:
        return refused
    ends_ms = grace_ends_ms(policy, facts)
    if now_ms <= ends_ms:
        return Refused(Reason.NOT_YET_DUE, RefusalFacts(opens_ms=ends_ms))
    if not _all_have_delivered(facts):
        return Accepted(effects=(ForStaff(Work.PERHAPS_HERE),))
    effects: list[Effect] = []
    if policy.check_in.late is LateArrival.REFUSE:
        if policy.missing.message:
            effects.append(Tell(Message.VOID))
        if policy.missing.call_list:
            effects.append(ForStaff(Work.CALL_PATIENT))
    effects.append(ForStaff(Work.MISSING_PATIENT))
    return Accepted(effects=tuple(effects))


def decide_no_show(policy: Policy, facts: BookingFacts, command: RecordNoShow, now_ms: int) -> Decision:
    """Recorded when the session has closed; provisional until every terminal has delivered.  # rules F4, G9"""
    refused = _not_here(facts)
    if refused is not None:
        return refused
    if now_ms <= facts.place.closes_ms:
        return Refused(Reason.NOT_YET_DUE, RefusalFacts(opens_ms=facts.place.closes_ms))
    effects: tuple[Effect, ...] = (EnterState(BookingState.NO_SHOW),)
    if cost_now(policy, facts, Act.NO_SHOW):
        effects += (RecordAct(Act.NO_SHOW, is_provisional=not _all_have_delivered(facts)),)
    return Accepted(effects=effects)


def decide_deliver(policy: Policy, facts: BookingFacts, command: DeliverCheckIn, now_ms: int) -> Decision:
    """A check-in in time that arrives later voids what was recorded meanwhile.  # rules F4, G9"""
    state = state_of(facts)
    if state not in (BookingState.NO_SHOW, BookingState.LAPSED):
        return Refused(Reason.STATE_FORBIDS, RefusalFacts(items=(state,)))
    ends_ms = grace_ends_ms(policy, facts)
    is_late = command.taken_ms > ends_ms
    if is_late and (policy.check_in.late is LateArrival.REFUSE or command.taken_ms > facts.place.closes_ms):
        return Refused(Reason.TOO_LATE, RefusalFacts(closed_ms=ends_ms))
    effects: list[Effect] = [EnterState(BookingState.CHECKED_IN), VoidAct()]
    if now_ms <= facts.place.closes_ms:
        effects.append(JoinQueue(Band.LATE if is_late else Band.BOOKED))
    return Accepted(late=is_late, effects=tuple(effects))
