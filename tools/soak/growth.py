"""How much a process has grown, from samples of its memory. Pure but for reading /proc."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tools.bench.figures import median

SETTLED_AFTER = 1_000
"""Visits after which nothing may grow any more: every page, font and code path has been used by then."""
_WINDOW = 5


@dataclass(frozen=True, slots=True)
class Sample:
    """Resident memory after so many visits."""

    visits: int
    mb: float


def growth_percent(samples: Sequence[Sample], *, settled_after: int = SETTLED_AFTER) -> float | None:
    """The last samples' median against that of the first ones after settling; None while there are too few."""
    settled = [one.mb for one in samples if one.visits >= settled_after]
    if len(settled) < 2 * _WINDOW:
        return None
    first, last = median(settled[:_WINDOW]), median(settled[-_WINDOW:])
    return (last / first - 1) * 100


def rss_mb() -> float:
    """Of this process."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def is_sound(*, visits: int, checked_in: int, growth: float | None, most_growth: float) -> bool:
    """Whether a run proves something, and nothing bad: most visits were real ones, and nothing grew beyond the bar.

    Unknown growth passes only where the run was too short to know it.
    """
    if visits == 0 or checked_in < visits / 2:
        return False
    if growth is None:
        return visits < 2 * SETTLED_AFTER
    return growth < most_growth
