"""Sessions and their numbered places (rule C1): the part that a visit's day needs."""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Slot:
    """One numbered place in a session. Instants are milliseconds UTC, fixed when the session was published."""

    no: int
    starts_ms: int
    ends_ms: int
