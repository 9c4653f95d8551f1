"""Who waits in a queue, and in which line of it (rule G3). Knows no names: a board shows numbers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from booking.decide.effects import Band


class Line(StrEnum):
    """The lines that make one queue.  # rule G3"""

    EMERGENCY = "emergency"
    """Only staff put anyone there."""
    RETURNING = "returning"
    """Back with results (回诊).  # rule G7"""
    BOOKED = "booked"
    WALK_IN = "walk_in"
    LATE = "late"
    """Behind those who were there first: late for the booking, or called in vain.  # rule G2"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One patient who is here. Instants are milliseconds UTC."""

    id: UUID
    line: Line
    joined_ms: int
    """When the patient came: the first check-in, or the return."""
    due_ms: int = 0
    """In the booked line, the time of the place. An add-on has the session's end; who was sent here from another
    department keeps the time that was due there.  # rules C14, G6"""
    number: int = 0
    """The queue number. It goes with the time; one added later for an earlier period stands with that period."""
    has_priority: bool = False
    """A priority group, a referral, an urgent order.  # rules C8, D8, D11"""
    keeps_time: bool = False
    """Sent here from another department.  # rule G6"""

    @property
    def came(self) -> tuple[int, UUID]:
        """First come, first served; two of one instant by their ids, so that every computer sorts them alike."""
        return self.joined_ms, self.id

    @property
    def claim(self) -> tuple[bool, int, int, int, UUID]:
        """The smaller goes first within one line: priority groups, then the place's time and number, then who came."""
        if self.line is Line.BOOKED:
            return not self.has_priority, self.due_ms, self.number, self.joined_ms, self.id
        ranks = self.line in (Line.WALK_IN, Line.RETURNING) and self.has_priority
        return not ranks, 0, 0, self.joined_ms, self.id


def line_for(band: Band, *, has_booking: bool) -> tuple[Line, bool]:
    """The line, and whether it is ahead in it, from the band that check-in or walk-in gave."""
    if band is Band.LATE:
        return Line.LATE, False
    return Line.BOOKED if has_booking or band is Band.BOOKED else Line.WALK_IN, band is Band.PRIORITY
