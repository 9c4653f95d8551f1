"""May this person do this, now? One answer for terminal and server alike.

`decide(policy, facts, command, now)` is pure: it brings no fact and does nothing. `Accepted` names what to do and on
what it relied without knowing; `Refused` carries a closed reason code and the facts that a screen needs to explain it.
"""

from __future__ import annotations

from booking.decide.answers import Accepted, Decision, Refused
from booking.decide.check_in import CheckInFacts, check_in_window, decide_check_in
from booking.decide.commands import CheckIn
from booking.decide.reasons import RULE_OF, Assumption, Reason, RefusalFacts
from booking.policy import Policy

__all__ = [
    "RULE_OF",
    "Accepted",
    "Assumption",
    "CheckIn",
    "CheckInFacts",
    "Decision",
    "Reason",
    "RefusalFacts",
    "Refused",
    "check_in_window",
    "decide",
]


def decide(policy: Policy, facts: CheckInFacts, command: CheckIn, now_ms: int) -> Decision:
    """May this be done now?"""
    return decide_check_in(policy, facts, command, now_ms)
