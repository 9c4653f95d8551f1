"""Check-in (报到/取号).  # rules G1, G2, D13"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo

from booking.decide.answers import Accepted, Decision, Refused
from booking.decide.clock import MINUTE_MS
from booking.decide.commands import CheckIn
from booking.decide.given import CHINA, Screened
from booking.decide.reasons import Assumption, Reason, RefusalFacts
from booking.facts import Fact, Known
from booking.policy import LateArrival, Policy, WhenUnknown
from booking.roster import BookingState, Slot


@dataclass(frozen=True, slots=True)
class CheckInFacts:
    """What is known when a patient asks to check in. Instants are milliseconds UTC."""

    slot: Slot
    service_date: str
    """The session's day in the hospital's own date, `YYYY-MM-DD`."""
    today: str
    """The hospital's date now."""
    state: Fact[BookingState]
    """Unknown on a terminal that is off line: it knows the state of the last sync only."""
    last_known_state: BookingState
    zone: tzinfo = CHINA
    session_ends_ms: int | None = None
    """When the session ends; None: nobody asks."""
    screening: Fact[Screened | None] = Known(None)
    has_priority: bool = False


_REFUSED_STATES = {
    BookingState.CHECKED_IN: Reason.ALREADY_CHECKED_IN,
    BookingState.CALLED: Reason.ALREADY_CHECKED_IN,
    BookingState.IN_CONSULTATION: Reason.ALREADY_CHECKED_IN,
    BookingState.VISITED: Reason.ALREADY_CHECKED_IN,
    BookingState.CANCELLED: Reason.BOOKING_CANCELLED,
    BookingState.MOVED: Reason.BOOKING_NOT_ACTIVE,
    BookingState.LAPSED: Reason.BOOKING_NOT_ACTIVE,
    BookingState.NO_SHOW: Reason.TOO_LATE,
    BookingState.STOPPED: Reason.CLINIC_STOPPED,
    BookingState.PENDING: Reason.BOOKING_NOT_ACTIVE,
}


def check_in_window(policy: Policy, slot: Slot) -> tuple[int, int]:
    """The first and the last instant (milliseconds UTC) at which this slot's patient is in time.  # rule G1"""
    opens_ms = slot.starts_ms - policy.check_in.opens_before_min * MINUTE_MS
    closes_ms = slot.starts_ms + policy.check_in.grace_min * MINUTE_MS
    return opens_ms, closes_ms


def decide_check_in(policy: Policy, facts: CheckInFacts, command: CheckIn, now_ms: int) -> Decision:  # noqa: ARG001 - the command says nothing more
    """May the patient check in now?  # rules G1, G2, D13"""
    assumed: tuple[Assumption, ...] = ()
    state = facts.last_known_state
    if isinstance(facts.state, Known):
        state = facts.state.value
    else:
        match policy.check_in.booking_state_unknown:
            case WhenUnknown.REFUSE | WhenUnknown.ASK_SERVER:
                return Refused(Reason.NEEDS_SERVER)
            case WhenUnknown.ASSUME:
                assumed = (Assumption.BOOKING_STATE,)
    if state in _REFUSED_STATES:
        return Refused(_REFUSED_STATES[state], RefusalFacts(service_date=facts.service_date))
    # The window comes before the date: a place just after midnight opens on the evening before.
    opens_ms, closes_ms = check_in_window(policy, facts.slot)
    window = RefusalFacts(opens_ms=opens_ms, closed_ms=closes_ms, service_date=facts.service_date)
    is_open = opens_ms <= now_ms <= closes_ms
    if not is_open and facts.service_date != facts.today:
        return Refused(Reason.OTHER_DAY, RefusalFacts(service_date=facts.service_date))
    if now_ms < opens_ms:
        return Refused(Reason.TOO_EARLY, window)
    if now_ms > closes_ms:
        if policy.check_in.late is LateArrival.REFUSE:
            return Refused(Reason.TOO_LATE, window)
        return Accepted(assumed=assumed, late=True)
    return Accepted(assumed=assumed)
