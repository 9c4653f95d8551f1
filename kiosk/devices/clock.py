"""The machine's own clocks, and ids made from them and the kernel's randomness."""

from __future__ import annotations

import os
import time
from pathlib import Path
from uuid import UUID

from booking.ids import RANDOM_BYTES, uuid7

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
_NS_PER_MS = 1_000_000


class SystemClock:
    """`Clock` over the kernel."""

    def __init__(self) -> None:
        """Raises OSError when the kernel does not say its boot id."""
        self._boot_id = _BOOT_ID.read_text(encoding="ascii").strip()

    def now_ms(self) -> int:
        """The wall clock, UTC. May step."""
        return time.time_ns() // _NS_PER_MS

    def boot_ms(self) -> int:
        """CLOCK_BOOTTIME: never steps, counts suspended time."""
        return time.clock_gettime_ns(time.CLOCK_BOOTTIME) // _NS_PER_MS

    def boot_id(self) -> str:
        """The kernel's id of this boot."""
        return self._boot_id

    def new_id(self) -> UUID:
        """A fresh UUIDv7."""
        return uuid7(now_ms=self.now_ms(), random=os.urandom(RANDOM_BYTES))
