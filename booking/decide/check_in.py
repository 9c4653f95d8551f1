"""Check-in (报到/取号).  # rules F4, G1, G2, G3, G5, D13"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, tzinfo

from booking.credit.account import cost_of
from booking.credit.settings import Act
from booking.decide.answers import Accepted, Decision, Refused
from booking.decide.clock import MINUTE_MS, instant, today
from booking.decide.commands import CheckIn
from booking.decide.effects import AskPhone, Band, Effect, EnterState, JoinQueue, RecordAct
from booking.decide.given import CHINA, Screened
from booking.decide.screening import screened
from booking.facts import Fact, Known
from booking.policy import CheckInOpens, EarlyArrival, LateArrival, Policy, WhenUnknown
from booking.reasons import Assumption, Reason, RefusalFacts
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
    """A priority group, a referral or an urgent order.  # rules C8, D8, D11"""


_REFUSED_STATES = {
    BookingState.CHECKED_IN: Reason.ALREADY_CHECKED_IN,
    BookingState.CALLED: Reason.ALREADY_CHECKED_IN,
    BookingState.IN_CONSULTATION: Reason.ALREADY_CHECKED_IN,
    BookingState.VISITED: Reason.ALREADY_CHECKED_IN,
    BookingState.CANCELLED: Reason.BOOKING_CANCELLED,
    BookingState.MOVED: Reason.BOOKING_NOT_ACTIVE,
    BookingState.LAPSED: Reason.BOOKING_NOT_ACTIVE,
    BookingState.STOPPED: Reason.CLINIC_STOPPED,
    BookingState.PENDING: Reason.BOOKING_NOT_ACTIVE,
}
_NOON = 12 * 60


def check_in_window(
    policy: Policy, slot: Slot, *, service_date: date | None = None, zone: tzinfo = CHINA
) -> tuple[int, int]:
    """The first and the last instant (milliseconds UTC) at which this slot's patient is in time.  # rule G1

    Without a service date the slot's own start tells the day.
    """
    settings = policy.check_in
    opens_ms = slot.starts_ms - settings.opens_before_min * MINUTE_MS
    closes_ms = slot.starts_ms + settings.grace_min * MINUTE_MS
    if settings.opens is CheckInOpens.BEFORE_SLOT and settings.morning_until is None:
        return opens_ms, closes_ms
    day = service_date or today(slot.starts_ms, zone)
    if settings.opens is CheckInOpens.FROM_OPENING:
        opens_ms = min(instant(day, settings.opening_at, zone), slot.starts_ms)
    if settings.morning_until is not None and slot.starts_ms < instant(day, _NOON, zone):
        closes_ms = instant(day, settings.morning_until, zone)
    return opens_ms, closes_ms


def decide_check_in(policy: Policy, facts: CheckInFacts, command: CheckIn, now_ms: int) -> Decision:
    """May the patient check in now?  # rules G1, G2, G5, D13"""
    assumed: tuple[Assumption, ...] = ()
    state = facts.last_known_state
    if isinstance(facts.state, Known):
        state = facts.state.value
    else:
        match policy.check_in.booking_state_unknown:
            case WhenUnknown.REFUSE | WhenUnknown.ASK_SERVER:
                return Refused(Reason.NEEDS_SERVER, RefusalFacts(missing=(Assumption.BOOKING_STATE,)))
            case WhenUnknown.ASSUME:
                assumed = (Assumption.BOOKING_STATE,)
    if state is BookingState.NO_SHOW:
        closed_ms = _window(policy, facts)[1]
        return Refused(Reason.TOO_LATE, RefusalFacts(closed_ms=closed_ms, service_date=facts.service_date))
    if state in _REFUSED_STATES:
        return Refused(_REFUSED_STATES[state], RefusalFacts(service_date=facts.service_date))
    timed = _in_window(policy, facts, now_ms)
    if isinstance(timed, Refused):
        return timed
    found = screened(policy, facts.screening, now_ms)  # rule G5
    if isinstance(found, Refused):
        return found
    if found is not None:
        assumed += (found,)
    is_late = timed is Band.LATE
    return Accepted(assumed=assumed, late=is_late, effects=_effects(policy, timed, assumed))


def _window(policy: Policy, facts: CheckInFacts) -> tuple[int, int]:
    day = date.fromisoformat(facts.service_date)
    return check_in_window(policy, facts.slot, service_date=day, zone=facts.zone)


def _in_window(policy: Policy, facts: CheckInFacts, now_ms: int) -> Refused | Band:
    """The band in the queue, or why not now. The window comes before the date: a place just after midnight opens on
    the evening before.
    """
    opens_ms, closes_ms = _window(policy, facts)
    window = RefusalFacts(opens_ms=opens_ms, closed_ms=closes_ms, service_date=facts.service_date)
    if opens_ms <= now_ms <= closes_ms:
        return Band.PRIORITY if facts.has_priority else Band.BOOKED
    if facts.service_date != facts.today:
        return Refused(Reason.OTHER_DAY, RefusalFacts(service_date=facts.service_date))
    if now_ms < opens_ms:
        if policy.check_in.early is EarlyArrival.LISTED:  # at the slot's rank
            return Band.PRIORITY if facts.has_priority else Band.BOOKED
        return Refused(Reason.TOO_EARLY, window)
    is_over = facts.session_ends_ms is not None and now_ms > facts.session_ends_ms
    if policy.check_in.late is LateArrival.REFUSE or is_over:
        return Refused(Reason.TOO_LATE, window)
    return Band.LATE


def _effects(policy: Policy, band: Band, assumed: tuple[Assumption, ...]) -> tuple[Effect, ...]:
    """In the queue; coming late may count, but not for an act that rests on an assumption.  # rules A2, F1, F4, G3"""
    effects: tuple[Effect, ...] = (EnterState(BookingState.CHECKED_IN), JoinQueue(band))
    if band is Band.LATE and not assumed and cost_of(policy.credit, Act.LATE):
        effects += (RecordAct(Act.LATE),)
    return (*effects, AskPhone()) if policy.people.phone_confirmed_at_check_in else effects
