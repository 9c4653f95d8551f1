"""What terminals and channels send about help, ratings and complaints, version 1. As `booking.wire`: frozen
dataclasses, unknown fields ignored. Who calls or complains names the thing: an id is a UUIDv7 that never means another.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal
from uuid import UUID

from booking.wire import WIRE_VERSION


class HelpKind(StrEnum):
    """What somebody at a terminal needs.  # rule B4"""

    HELP = "help"
    WHEELCHAIR = "wheelchair"
    GUIDE = "guide"


class HelpState(StrEnum):
    """How far a help call is."""

    CALLED = "called"
    RAISED = "raised"
    """Nobody took it in time: the duty leader has it."""
    TAKEN = "taken"
    SOLVED = "solved"


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeHelpCall:
    """POST help-calls, by terminals."""

    call_id: UUID
    kind: HelpKind
    v: int = WIRE_VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class HelpCallView:
    """A help call. `owner` is only told to staff."""

    call_id: UUID
    terminal_id: UUID
    kind: HelpKind
    state: HelpState
    made_ms: int
    taken_ms: int | None = None
    raised_ms: int | None = None
    solved_ms: int | None = None
    owner: str = ""
    ver: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RateVisit:
    """POST bookings/{booking_id}/rating: once, after the visit.  # rules D13, I4"""

    stars: Literal[1, 2, 3, 4, 5]
    comment: str = field(default="", repr=False)
    acting_id: UUID | None = None
    """Who rates, where it is not the patient.  # rule A5"""
    v: int = WIRE_VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingMade:
    """The rating as it was taken. A comment waits for staff before it shows."""

    booking_id: UUID
    stars: int
    made_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeComplaint:
    """POST complaints. The person concerned never learns who complained.  # rule I4"""

    complaint_id: UUID
    text: str = field(repr=False)
    complainant: str = field(default="", repr=False)
    """Who it is and how to reach them; empty: they do not say."""
    department_id: UUID | None = None
    doctor_id: UUID | None = None
    v: int = WIRE_VERSION


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplaintMade:
    """Taken; until when there will be an answer."""

    complaint_id: UUID
    due_ms: int
