"""Who may see a booking or figures.  # rule A4"""

from __future__ import annotations

from booking.decide.answers import Accepted, Decision, Refused
from booking.decide.commands import Look
from booking.decide.effects import ForStaff, Work
from booking.decide.given import Acting, LookFacts
from booking.policy import Policy
from booking.reasons import Reason


def decide_look(policy: Policy, facts: LookFacts, command: Look, now_ms: int) -> Decision:
    """The patient and a guardian; staff with a need, in the audit trail; a third party with consent."""
    if command.for_third_party and not facts.consent_recorded:
        return Refused(Reason.NOT_FOR_THESE_EYES)
    is_guardian = facts.acting is Acting.GUARDIAN and policy.people.guardian_may_act
    if facts.acting is Acting.SELF or is_guardian:
        return Accepted()
    may_see = facts.acting is Acting.STAFF and facts.has_need
    if not may_see or (command.exports and not facts.is_of_own_department):
        return Refused(Reason.NOT_FOR_THESE_EYES)
    return Accepted(effects=(ForStaff(Work.AUDIT_TRAIL),))
