"""What staff do for a patient: with the right, with a reason.  # rules C14, E5, G6, G9"""

from __future__ import annotations

from booking.decide.answers import Accepted, Decision, Refused
from booking.decide.commands import AddPlace, Exempt, MoveOnMedicalGrounds, Retriage, UndoCheckIn
from booking.decide.effects import (
    Band,
    EnterState,
    ForStaff,
    JoinQueue,
    KeepPlace,
    LeaveQueue,
    Message,
    Tell,
    Work,
)
from booking.decide.given import BookingFacts
from booking.decide.states import Step
from booking.decide.terms import state_of, step_exists
from booking.facts import Known
from booking.policy import Policy
from booking.reasons import Assumption, Reason, RefusalFacts
from booking.roster import BookingState

_PRESENT = (BookingState.CHECKED_IN, BookingState.CALLED, BookingState.IN_CONSULTATION)


def may_do(policy: Policy, command: AddPlace | Exempt) -> Refused | None:
    """Through a channel of staff, never a kiosk; with the right and a reason.  # rule C14"""
    if command.channel not in policy.add_on.channels:
        return Refused(Reason.CHANNEL_MAY_NOT)
    return with_right_and_reason(has_right=command.has_right, reason=command.reason)


def with_right_and_reason(*, has_right: bool, reason: str) -> Refused | None:
    """Both, or nothing happens."""
    if not has_right:
        return Refused(Reason.RIGHT_NEEDED)
    return None if reason.strip() else Refused(Reason.REASON_NEEDED)


def decide_undo_check_in(policy: Policy, facts: BookingFacts, command: UndoCheckIn, now_ms: int) -> Decision:
    """Staff take a check-in back.  # rule G9"""
    refused = with_right_and_reason(has_right=command.has_right, reason=command.reason)
    found = refused or step_exists(policy, facts, Step.UNDO_CHECK_IN)
    if isinstance(found, Refused):
        return found
    effects = (EnterState(BookingState.BOOKED), LeaveQueue(), ForStaff(Work.AUDIT_TRAIL))
    return Accepted(assumed=_named(found), effects=effects)


def decide_move(policy: Policy, facts: BookingFacts, command: MoveOnMedicalGrounds, now_ms: int) -> Decision:
    """The patient's doctor asks for another time; nothing is lost, nothing is freed yet.  # rule E5"""
    if not command.is_their_doctor:
        return Refused(Reason.NOT_THEIR_DOCTOR)
    if not command.reason.strip():
        return Refused(Reason.REASON_NEEDED)
    found = step_exists(policy, facts, Step.MOVE)
    if isinstance(found, Refused):
        return found
    return Accepted(assumed=_named(found), effects=(KeepPlace(), Tell(Message.MOVE_OFFERED)))


def decide_retriage(policy: Policy, facts: BookingFacts, command: Retriage, now_ms: int) -> Decision:
    """Wrong department: no second fee, and the place in time is kept.  # rule G6"""
    if not command.has_right:
        return Refused(Reason.RIGHT_NEEDED)
    if command.to_department == facts.place.department:
        return Refused(Reason.SAME_DEPARTMENT)
    if not isinstance(facts.state, Known):
        return Refused(Reason.NEEDS_SERVER, RefusalFacts(missing=(Assumption.BOOKING_STATE,)))
    state = state_of(facts)
    if state not in _PRESENT:
        return Refused(Reason.STATE_FORBIDS, RefusalFacts(items=(state,)))
    return Accepted(effects=(LeaveQueue(), JoinQueue(Band.BOOKED, keeps_time=True), ForStaff(Work.AUDIT_TRAIL)))


def _named(found: Assumption | None) -> tuple[Assumption, ...]:
    return () if found is None else (found,)
