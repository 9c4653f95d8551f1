"""May this person do this, now? One answer for terminal and server alike.

`decide(policy, facts, command, now)` is pure: it brings no fact and does nothing. `Accepted` names what to do and on
what it relied without knowing; `Refused` carries a closed reason code and the facts that a screen needs to explain it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from booking.facts import Fact, Known
from booking.policy import LateArrival, Policy, WhenUnknown
from booking.roster import BookingState, Slot

_MINUTE_MS = 60_000


class Reason(StrEnum):
    """Why an act was refused. The values travel on the wire and name the sentence that people read."""

    TOO_EARLY = "too_early"
    TOO_LATE = "too_late"
    ALREADY_CHECKED_IN = "already_checked_in"
    BOOKING_CANCELLED = "booking_cancelled"
    BOOKING_NOT_ACTIVE = "booking_not_active"
    CLINIC_STOPPED = "clinic_stopped"
    OTHER_DAY = "other_day"
    UNKNOWN_BOOKING = "unknown_booking"
    NEEDS_SERVER = "needs_server"


class Assumption(StrEnum):
    """What an accepted act relied on without knowing it."""

    BOOKING_STATE = "booking_state"


@dataclass(frozen=True, slots=True)
class CheckIn:
    """The patient is here for this booking (报到)."""


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


@dataclass(frozen=True, slots=True)
class RefusalFacts:
    """What a screen needs to explain a refusal; None where it does not apply. Instants are milliseconds UTC."""

    opens_ms: int | None = None
    closed_ms: int | None = None
    service_date: str | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """Yes. `late` says that the patient is put behind those who came in time (rule G2)."""

    assumed: tuple[Assumption, ...] = ()
    late: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """No, and why."""

    reason: Reason
    facts: RefusalFacts = RefusalFacts()


Decision = Accepted | Refused

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
    opens_ms = slot.starts_ms - policy.check_in.opens_before_min * _MINUTE_MS
    closes_ms = slot.starts_ms + policy.check_in.grace_min * _MINUTE_MS
    return opens_ms, closes_ms


def decide(policy: Policy, facts: CheckInFacts, command: CheckIn, now_ms: int) -> Decision:  # noqa: ARG001 - one command so far; the type names it
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
