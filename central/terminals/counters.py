"""Which request numbers of a terminal are fresh. Pure: a replayed or an old request is told from a new one.

A terminal raises its boot number at each start and numbers its requests within it. Within the highest boot, numbers may
arrive out of order by less than the window. What this server has not seen with its own eyes since it started counts as
used (docs/adr/0003-request-counters.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from booking.signing import COUNTER_WINDOW


class Freshness(StrEnum):
    """What a request's numbers say. The refusals' values are reasons on the wire."""

    FRESH = "fresh"
    NEW_BOOT = "new_boot"
    STALE = "stale_counter"
    REPLAYED = "replayed"


@dataclass(frozen=True, slots=True)
class Window:
    """The numbers used in one boot: the highest, and a bit for each of the 256 up to it (bit 0 is the highest)."""

    boot: int
    highest: int = 0
    used: int = 0

    def take(self, count: int) -> tuple[Freshness, Window]:
        """Judge a number of this boot and use it up if it is fresh."""
        if count > self.highest:
            shift = count - self.highest
            kept = self.used << shift if shift < COUNTER_WINDOW else 0
            mask = (1 << COUNTER_WINDOW) - 1
            return Freshness.FRESH, Window(self.boot, count, (kept | 1) & mask)
        behind = self.highest - count
        if behind >= COUNTER_WINDOW:
            return Freshness.STALE, self
        if self.used >> behind & 1:
            return Freshness.REPLAYED, self
        return Freshness.FRESH, Window(self.boot, self.highest, self.used | 1 << behind)


def judge(window: Window | None, *, stored_boot: int, boot: int, count: int) -> tuple[Freshness, Window | None]:
    """Judge a request. `window` is what this process saw, `stored_boot` the highest boot ever used.

    `NEW_BOOT` is fresh too, once the boot number is stored.
    """
    highest = max(stored_boot, window.boot if window else 0)
    if boot > highest:
        return Freshness.NEW_BOOT, Window(boot).take(count)[1]
    if window is None or boot < highest or window.boot != boot:
        return Freshness.STALE, window
    return window.take(count)
