"""When something happened, as a terminal can tell it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DeviceTime:
    """When something happened by the terminal's own clocks; the server works out the true time.

    `offset_ms` is what the terminal last learnt in the same boot: server time minus its wall clock.
    """

    wall_ms: int
    boot_id: str
    boot_ms: int
    """CLOCK_BOOTTIME, milliseconds."""
    offset_ms: int | None = None
