"""A day of several examinations and clinics, as a patient's orders and bookings describe it (rules D11, G7).

Instants are milliseconds UTC of one service date; times to take, to walk and to wait are whole minutes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Hours:
    """A stretch of the day in which a desk takes people, and how long they then wait there."""

    opens_ms: int
    closes_ms: int
    """Nobody is taken from here on."""
    wait_min: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One examination, blood draw or clinic."""

    name: str
    hours: tuple[Hours, ...]
    """When it takes people, in the order of the day, none over another. A booked place is a stretch from its time to
    the end of its grace, without wait."""
    takes_min: int
    """A timed series keeps the patient at the desk, at rest, from its first to its last sample."""
    place: str = ""
    items: tuple[str, ...] = ()
    is_urgent: bool = False
    """Marked urgent (急) on the order."""
    is_booked: bool = False
    """At a time of its own, which an urgent stop does not put off."""
    is_fasting: bool = False
    ends_fasting: bool = False
    """One eats or drinks there, or takes a contrast medium."""
    is_series: bool = False
    ready_min: int = 0
    """Minutes from its end until its report is ready."""
    needs: tuple[str, ...] = ()
    """Names of the stops whose reports must be ready before."""


@dataclass(frozen=True, slots=True)
class Walks:
    """How long one walks between two places, in either direction."""

    between: Mapping[tuple[str, str], int] = field(default_factory=dict)
    usual_min: int = 3
    """Where nothing is known of the two."""

    def minutes(self, one: str, other: str) -> int:
        """0 within one place."""
        if one == other:
            return 0
        return self.between.get((one, other), self.between.get((other, one), self.usual_min))


@dataclass(frozen=True, slots=True)
class Visit:
    """One stop of the finished order."""

    stop: Stop
    arrives_ms: int
    begins_ms: int
    ends_ms: int


@dataclass(frozen=True, slots=True)
class Itinerary:
    """The order that waits least."""

    visits: tuple[Visit, ...]
    waits_min: int
    """Between arriving and being taken, in all."""
    is_exact: bool = True
    """No order ends earlier. With more than eight stops that is not certain."""

    @property
    def ends_ms(self) -> int:
        """When the last stop is over."""
        return self.visits[-1].ends_ms if self.visits else 0


class Obstacle(StrEnum):
    """Why there is no order on this day."""

    INCOMPATIBLE = "incompatible"
    """Two items that may not be on one day."""
    NEEDS_MISSING = "needs_missing"
    """It needs the report of a stop that is not among them."""
    NEEDS_IN_CIRCLE = "needs_in_circle"
    TOO_LATE = "too_late"
    """It alone cannot be done any more: closed, or no longer the morning for a fasting one."""
    NOT_TOGETHER = "not_together"
    """Each could be done, but not all of them."""


@dataclass(frozen=True, slots=True)
class NoOrder:
    """What stands against the day, and the stops concerned."""

    obstacle: Obstacle
    stops: tuple[str, ...]
