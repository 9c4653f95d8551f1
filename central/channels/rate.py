"""How often somebody may ask. Pure: the caller brings the time."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

_FORGET_ABOVE = 10_000


@dataclass(frozen=True, slots=True)
class Rate:
    """So many a second in the long run, and so many at once."""

    per_s: float
    burst: int


class Rates:
    """One bucket for each who asks; it fills with time and each request takes one out."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._buckets: dict[Hashable, tuple[float, int]] = {}

    def wait_s(self, who: Hashable, now_ms: int) -> int:
        """Take one out: 0; or how many seconds to wait until there is one again."""
        left, at_ms = self._buckets.get(who, (float(self._rate.burst), now_ms))
        left = min(self._rate.burst, left + max(0, now_ms - at_ms) * self._rate.per_s / 1000)
        if left < 1:
            self._buckets[who] = (left, now_ms)
            return max(1, -int(-(1 - left) // self._rate.per_s))
        if len(self._buckets) >= _FORGET_ABOVE:
            self._buckets.clear()  # everybody begins anew; better than to grow for ever
        self._buckets[who] = (left - 1, now_ms)
        return 0

    def give_back(self, who: Hashable) -> None:
        """What was taken does not count."""
        if who in self._buckets:
            left, at_ms = self._buckets[who]
            self._buckets[who] = (min(self._rate.burst, left + 1), at_ms)
