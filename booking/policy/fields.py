"""The kinds of value that a setting can have, and how a section states what is allowed.

A section is a frozen dataclass whose fields the parser reads: what is allowed is written once, beside the default.
"""

from __future__ import annotations

from dataclasses import field
from typing import Any, NewType

DayMinute = NewType("DayMinute", int)
"""A time of day on the hospital's clock: minutes since midnight, 1440 for the end of the day. Written `"HH:MM"`."""

END_OF_DAY = DayMinute(24 * 60)
LEAST, MOST = "least", "most"


def at(hour: int, minute: int = 0) -> DayMinute:
    """This time of day."""
    return DayMinute(hour * 60 + minute)


def whole(default: int, least: int, most: int) -> Any:  # noqa: ANN401 - as dataclasses.field: the field's own type counts
    """A whole number from `least` to `most`."""
    return field(default=default, metadata={LEAST: least, MOST: most})
