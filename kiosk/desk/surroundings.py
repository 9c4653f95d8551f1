"""All that the desk is given: its store, its line to the server, clocks, its place and its writer of tickets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Protocol
from uuid import UUID

from booking.lending import Now
from booking.wire_time import DeviceTime
from kiosk.ports.central import ServerLine
from kiosk.ports.clock import Clock
from kiosk.ports.desk import TicketWriter
from kiosk.ports.lending import SaleStore
from kiosk.ports.store import DeskStore, Site
from kiosk.ports.tickets import Ticket


class Seal(Protocol):
    """Seals to the server: `kiosk.sync.identity.seal`."""

    def __call__(self, message: bytes, *, public_key: str, key_id: UUID, context: bytes) -> str:
        """What only the server can read. Raises ValueError for a key that it does not know."""
        ...


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
    sales: SaleStore
    """What is sold, asked for and registered here."""
    lending_now: Callable[[], Now]
    """The clocks, and how far they are believed: what lent places are sold by."""
    seal: Seal
    expect_ticket: Callable[[Ticket], None] = lambda _ticket: None
    """Tells the printer what it will most likely print next, so that it is drawn by then. It prints nothing."""

    def now_ms(self) -> int:
        """The time, corrected by what the server last said; the terminal's own clock when it never did."""
        return self.clock.now_ms() + (self.line.now_offset_ms() or 0)

    def device_time(self) -> DeviceTime:
        """When something happens, by this terminal's clocks."""
        return DeviceTime(
            wall_ms=self.clock.now_ms(),
            boot_id=self.clock.boot_id(),
            boot_ms=self.clock.boot_ms(),
            offset_ms=self.line.now_offset_ms(),
        )

    def day_of(self, instant_ms: int) -> str:
        """The hospital's date at this instant."""
        return datetime.fromtimestamp(instant_ms / 1000, UTC).astimezone(self.zone).date().isoformat()
