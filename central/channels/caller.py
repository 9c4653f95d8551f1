"""Who asks, whatever the way in: a terminal by its signature, or a channel's client by its token.

What either may touch is decided here: its own hospital, or for a client of the whole group any hospital of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from booking.roster.channels import Channel


class Right(StrEnum):
    """What a client may do besides booking."""

    STAFF = "staff"
    """It speaks for staff: reasons, exemptions, places above capacity, taking back."""
    HOSPITAL_SYSTEM = "hospital_system"
    """It is the hospital's own system: orders, payments, confirmations."""


@dataclass(frozen=True, slots=True)
class ChannelCaller:
    """A channel's client whose token was checked."""

    client_id: UUID
    group_id: UUID
    channel: Channel
    hospital_id: UUID | None
    """None: all hospitals of the group."""
    rights: frozenset[Right] = frozenset()


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks at one hospital: what an endpoint works with. `caller_id` is the terminal or the client."""

    caller_id: UUID
    hospital_id: UUID
    channel: Channel
    rights: frozenset[Right] = frozenset()
    is_terminal: bool = False
    is_clock: bool = False
    """Nobody asks: it is due."""

    @property
    def is_staff(self) -> bool:
        """Whether staff ask."""
        return Right.STAFF in self.rights

    @property
    def way(self) -> str:
        """Through what it came, as trails keep it."""
        return "clock" if self.is_clock else self.channel.value

    @property
    def actor(self) -> str:
        """How trails name it."""
        if self.is_clock:
            return "clock"
        return f"{'terminal' if self.is_terminal else 'client'} {self.caller_id}"
