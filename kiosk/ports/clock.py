"""Time, ids and chance come through here, so that a test or a simulation can run the machine on its own clock."""

from __future__ import annotations

from typing import Protocol
from uuid import UUID


class Clock(Protocol):
    """The terminal's clocks. All instants are integer milliseconds."""

    def now_ms(self) -> int:
        """The wall clock, UTC. May step."""
        ...

    def boot_ms(self) -> int:
        """CLOCK_BOOTTIME: never steps, counts suspended time, starts anew at each boot of the machine."""
        ...

    def boot_id(self) -> str:
        """The kernel's id of this boot of the machine."""
        ...

    def new_id(self) -> UUID:
        """A fresh UUIDv7."""
        ...
