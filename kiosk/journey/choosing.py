"""Which booking? Opens the list, or goes straight to the one page that matters."""

from __future__ import annotations

from dataclasses import replace

from booking.reasons import Reason
from kiosk.journey.events import Moment
from kiosk.journey.moves import Moved, enter
from kiosk.journey.states import Choosing, Journey, Trouble, Troubled, Visit
from kiosk.ports.desk import BookingView, CanCheckIn, CannotCheckIn, IsCheckedIn, PersonView

TROUBLE_OF_REASON = {
    Reason.TOO_EARLY: Trouble.TOO_EARLY,
    Reason.TOO_LATE: Trouble.TOO_LATE,
    Reason.BOOKING_CANCELLED: Trouble.BOOKING_CANCELLED,
    Reason.BOOKING_NOT_ACTIVE: Trouble.BOOKING_NOT_ACTIVE,
    Reason.CLINIC_STOPPED: Trouble.CLINIC_STOPPED,
    Reason.OTHER_DAY: Trouble.OTHER_DAY,
    Reason.UNKNOWN_BOOKING: Trouble.CANNOT_KNOW,
    Reason.NEEDS_SERVER: Trouble.NEEDS_SERVER,
    Reason.ALREADY_CHECKED_IN: Trouble.ALREADY_CHECKED_IN,
}
"""The reasons that check-in gives."""


def trouble_of(reason: Reason | None) -> Trouble:
    """The page for a reason; any that check-in never gives, and one not known here, has the page in general words."""
    return Trouble.REFUSED_OTHERWISE if reason is None else TROUBLE_OF_REASON.get(reason, Trouble.REFUSED_OTHERWISE)


def show_bookings(
    journey: Journey, visit: Visit, person: PersonView, bookings: tuple[BookingView, ...], moment: Moment
) -> Moved:
    """The list, with the booking chosen that can be checked in first; those come first.

    With one booking only that cannot be checked in, there is nothing to choose: the page that says why.
    """
    ranked = tuple(sorted(bookings, key=_rank))
    ready = [booking for booking in ranked if isinstance(booking.standing, CanCheckIn)]
    done = [booking for booking in ranked if isinstance(booking.standing, IsCheckedIn)]
    best = next(iter(ready or done), None)
    choosing = Choosing(visit, person, ranked, best.booking_id if best else None)
    only = ranked[0]
    if len(ranked) == 1 and isinstance(only.standing, CannotCheckIn):
        return enter(journey, replace(explain(choosing, only, only.standing), back=None), moment)
    return enter(journey, choosing, moment)


def _rank(booking: BookingView) -> tuple[int, int]:
    match booking.standing:
        case CanCheckIn():
            return 0, booking.starts_ms
        case IsCheckedIn():
            return 1, booking.starts_ms
        case CannotCheckIn():
            return 2, booking.starts_ms


def explain(choosing: Choosing, booking: BookingView, standing: CannotCheckIn) -> Troubled:
    """Why this booking cannot be checked in now, with the way back to the list."""
    return Troubled(
        choosing.visit,
        trouble_of(standing.reason),
        facts=standing.facts,
        next_date=booking.service_date,
        next_starts_ms=booking.starts_ms,
        back=choosing,
    )
