"""What may be done with a booking now: the policy in force, the facts at hand, and the one decision.

A fact is Known while the terminal is on line, for the mirror is then at most seconds old; off line the booking's state
is Unknown, and the policy says what that means.
"""

from __future__ import annotations

from dataclasses import dataclass

from booking.decide import CheckIn, CheckInFacts, Decision, Reason, Refused, decide
from booking.facts import UNKNOWN, Known
from booking.numbers import queue_number
from booking.policy import CheckInPolicy, LateArrival, Policy, WhenUnknown
from booking.roster import BookingState, Slot
from booking.wire import BookingRow, PolicyRow
from kiosk.desk.surroundings import Surroundings
from kiosk.ports.desk import CanCheckIn, CannotCheckIn, IsCheckedIn, Standing
from kiosk.ports.store import Arrival

_HERE = (BookingState.CHECKED_IN, BookingState.CALLED, BookingState.IN_CONSULTATION, BookingState.VISITED)
_NOT_HERE = frozenset(state.value for state in BookingState if state not in _HERE)


@dataclass(frozen=True, slots=True)
class Moment:
    """What is the same for all bookings of one command: when it is, and what the terminal can be sure of."""

    now_ms: int
    today: str
    policy: Policy
    is_online: bool


def moment(around: Surroundings) -> Moment:
    """Now."""
    now_ms = around.now_ms()
    row = around.store.policy() or around.site.policy
    return Moment(now_ms=now_ms, today=around.day_of(now_ms), policy=policy_of(row), is_online=around.line.is_online())


def policy_of(row: PolicyRow) -> Policy:
    """The policy in this row; a word that this release does not know is never read as the lenient one."""
    is_late_known = row.check_in_late in LateArrival.__members__.values()
    is_unknown_known = row.check_in_state_unknown in WhenUnknown.__members__.values()
    return Policy(
        version=row.version,
        check_in=CheckInPolicy(
            opens_before_min=row.check_in_opens_before_min,
            grace_min=row.check_in_grace_min,
            late=LateArrival(row.check_in_late) if is_late_known else LateArrival.REFUSE,
            booking_state_unknown=WhenUnknown(row.check_in_state_unknown) if is_unknown_known else WhenUnknown.REFUSE,
        ),
    )


def state_of(booking: BookingRow) -> BookingState:
    """The state; one that this release does not know allows nothing."""
    is_known = booking.state in BookingState.__members__.values()
    return BookingState(booking.state) if is_known else BookingState.PENDING


def decision_on(booking: BookingRow, now: Moment) -> Decision:
    """May this booking be checked in?"""
    state = state_of(booking)
    facts = CheckInFacts(
        slot=Slot(no=booking.slot_no, starts_ms=booking.slot_starts_ms, ends_ms=booking.slot_ends_ms),
        service_date=booking.service_date,
        today=now.today,
        state=Known(state) if now.is_online else UNKNOWN,
        last_known_state=state,
    )
    return decide(now.policy, facts, CheckIn(), now.now_ms)


def counting(arrival: Arrival | None, booking: BookingRow) -> Arrival | None:
    """The check-in made here, if it still counts.

    Until the server has confirmed it, it counts whatever the mirror says: that is older, or knows nothing of it. With
    the confirmation came the server's row, and the mirror takes newer rows only: from then on its word is the later
    one, and where it says that the patient is not here, staff have undone the check-in. A word that this release does
    not know undoes nothing.  # rule G9
    """
    if arrival is None or (arrival.is_confirmed and booking.state in _NOT_HERE):
        return None
    return arrival


def standing_of(booking: BookingRow, now: Moment, *, arrival: Arrival | None, letters: str) -> Standing:
    """What a screen says of it. A check-in that was made here and counts comes before anything the mirror says."""
    if arrival is not None:
        return IsCheckedIn(arrival.queue_number, arrival.is_confirmed)
    decision = decision_on(booking, now)
    if not isinstance(decision, Refused):
        return CanCheckIn()
    if decision.reason is Reason.ALREADY_CHECKED_IN:
        return IsCheckedIn(booking.queue_number or number_of(booking, letters))
    return CannotCheckIn(decision.reason, decision.facts)


def number_of(booking: BookingRow, letters: str) -> str:
    """The queue number: the session's letters and the slot's number; nobody has to be asked for it."""
    return queue_number(letters=letters, slot_no=booking.slot_no) if letters else f"{booking.slot_no:03d}"
