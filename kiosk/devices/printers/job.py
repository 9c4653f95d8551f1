"""The one ticket that a printer is at, while it is at it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from kiosk.ports.printers import PrintTicket


class Phase(Enum):
    """What is awaited."""

    ASKING = auto()
    """The printer must first say how it is."""
    SENDING = auto()
    AWAITING_FENCE = auto()
    CLEARING = auto()


@dataclass(slots=True)
class Job:
    """The one job at hand. Times are milliseconds of the boot clock."""

    command: PrintTicket
    begun_at: int
    pictures: int
    losses: int
    phase: Phase = Phase.ASKING
    fence_id: bytes = b""
    """Known when it has been drawn, as its bytes are."""
    data: bytes = b""
    expected_ms: int = 0
    sent: int = 0
    phase_until: int = 0
    stall_at: int = 0
    give_up_at: int = 0
