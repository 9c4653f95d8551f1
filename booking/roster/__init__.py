"""Rosters and places (rules C1 to C5, C8 to C10, C14, H1 to H3): what sits when, and who may still be given a place.

This front names only what a visit's day needs; the rest is imported from its own module.
"""

from __future__ import annotations

from booking.roster.slots import Slot
from booking.roster.states import BookingState, SlotState

__all__ = ["BookingState", "Slot", "SlotState"]
