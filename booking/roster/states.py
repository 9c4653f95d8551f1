"""The one state that a booking and a numbered place are in."""

from __future__ import annotations

from enum import StrEnum


class BookingState(StrEnum):
    """The one state a booking is in.  # rule D13"""

    PENDING = "pending"
    BOOKED = "booked"
    CONFIRMED = "confirmed"
    CHECKED_IN = "checked_in"
    CALLED = "called"
    IN_CONSULTATION = "in_consultation"
    VISITED = "visited"
    CANCELLED = "cancelled"
    MOVED = "moved"
    STOPPED = "stopped"
    LAPSED = "lapsed"
    NO_SHOW = "no_show"


class SlotState(StrEnum):
    """The one state a numbered place is in; the quota law counts them."""

    FREE = "free"
    HELD = "held"
    LEASED = "leased"
    BUSY = "busy"
    BLOCKED = "blocked"

    @property
    def is_somebodys(self) -> bool:
        """Whether a person or a terminal has the place: no staff act and no hour of the clock may take it from them."""
        return self in {SlotState.HELD, SlotState.LEASED, SlotState.BUSY}
