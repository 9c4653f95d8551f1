"""All that the desk is given: its store, its line to the server, clocks, its place and its writer of tickets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Protocol

from kiosk.ports.central import ServerLine
from kiosk.ports.clock import Clock
from kiosk.ports.desk import TicketWriter
from kiosk.ports.store import DeskStore, Site
from kiosk.ports.tickets import Ticket


class IsSigned(Protocol):
    """Checks a signature: `kiosk.sync.identity.is_signed`."""

    def __call__(self, *, public_key: str, signature: bytes, message: bytes) -> bool:
        """Whether this key made this signature over the message."""
        ...


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Given once by the composition root."""

    store: DeskStore
    line: ServerLine
    clock: Clock
    site: Site
    zone: tzinfo
    """The hospital's own time zone: it decides what `today` is, never UTC."""
    tickets: TicketWriter
    sign: Callable[[bytes], bytes]
    """Signs the code on tickets with the terminal's key."""
    is_signed: IsSigned
    """Checks what a terminal signed."""
    expect_ticket: Callable[[Ticket], None] = lambda _ticket: None
    """Tells the printer what it will most likely print next, so that it is drawn by then. It prints nothing."""

    def now_ms(self) -> int:
        """The time, corrected by what the server last said; the terminal's own clock when it never did."""
        return self.clock.now_ms() + (self.line.now_offset_ms() or 0)

    def day_of(self, instant_ms: int) -> str:
        """The hospital's date at this instant."""
        return datetime.fromtimestamp(instant_ms / 1000, UTC).astimezone(self.zone).date().isoformat()
