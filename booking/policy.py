"""One hospital's settings. This part holds what the day of the visit needs; every field has a sensible default."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class WhenUnknown(StrEnum):
    """What a fact that is not at hand means for a decision."""

    REFUSE = "refuse"
    ASK_SERVER = "ask_server"
    ASSUME = "assume"


class LateArrival(StrEnum):
    """What happens to a patient who comes after the grace.  # rule G2"""

    REQUEUE = "requeue"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class CheckInPolicy:
    """When a patient may check in.  # rule G1"""

    opens_before_min: int = 60
    """Minutes before the slot's start from which check-in is possible."""
    grace_min: int = 15
    """Minutes after the slot's start until which it counts as in time."""
    late: LateArrival = LateArrival.REFUSE
    booking_state_unknown: WhenUnknown = WhenUnknown.ASSUME
    """A terminal off line holds the booking as it was at the last sync."""


@dataclass(frozen=True, slots=True)
class Policy:
    """The settings in force at a hospital from `version` on. Acts name the version they were decided under."""

    version: int = 1
    check_in: CheckInPolicy = CheckInPolicy()
