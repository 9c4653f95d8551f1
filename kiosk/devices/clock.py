"""The machine's own clocks, ids made from them and the kernel's randomness; and a clock that others set right."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

from booking.ids import RANDOM_BYTES, uuid7
from kiosk.ports.clock import Clock

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


class CorrectedClock:
    """`Clock` that shows the best known time: what the server last said, else the machine's own."""

    def __init__(self, clock: Clock, *, offset_ms: Callable[[], int | None]) -> None:
        """`offset_ms` is true time minus the machine's wall clock; None while nobody has said it."""
        self._clock = clock
        self._offset_ms = offset_ms

    def now_ms(self) -> int:
        """The corrected wall clock, UTC. May step."""
        return self._clock.now_ms() + (self._offset_ms() or 0)

    def boot_ms(self) -> int:
        """The machine's."""
        return self._clock.boot_ms()

    def boot_id(self) -> str:
        """The machine's."""
        return self._clock.boot_id()

    def new_id(self) -> UUID:
        """The machine's."""
        return self._clock.new_id()
