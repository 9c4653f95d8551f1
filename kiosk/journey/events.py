"""What can happen to a visit, and what a step may ask of the world."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from kiosk.journey.facts import FactEvent
from kiosk.journey.screen import Intent
from kiosk.ports.cards import CardInserted, CardNotRead, CardRead, CardRemoved, ReadCard
from kiosk.ports.desk import DeskAnswer, DeskCommand
from kiosk.ports.printers import PrintFinished, PrintTicket
from kiosk.ports.scanners import CodeScanned


@dataclass(frozen=True, slots=True)
class TimePassed:
    """The wake-up that `timeouts.wake_at` asked for has come."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When a step happens, and fresh ids for what it may create. Instants are milliseconds."""

    now_ms: int
    """Wall clock, UTC."""
    boot_ms: int
    """Boot clock: all time-outs."""
    ids: tuple[UUID, UUID, UUID]


@dataclass(frozen=True, slots=True)
class Forget:
    """The visit is over: drop every trace of it (caches, garbage)."""


Event = (
    Intent
    | TimePassed
    | CardInserted
    | CardRemoved
    | CardRead
    | CardNotRead
    | CodeScanned
    | PrintFinished
    | DeskAnswer
    | FactEvent
)
Effect = ReadCard | DeskCommand | PrintTicket | Forget
