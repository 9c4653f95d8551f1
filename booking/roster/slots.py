"""Numbered places with their times (rules C1, C3), kept as runs and computed when asked for.

A month of a hospital has some 100,000 places but only a few thousand sessions: a run says where its places lie, and a
place exists as an object only while somebody looks at it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Slot:
    """One numbered place in a session. Instants are milliseconds UTC, fixed when the session was published."""

    no: int
    starts_ms: int
    ends_ms: int


@dataclass(frozen=True, slots=True)
class SlotRun:
    """Places numbered in a row at even times. A clinic has one place a step; a desk several that share a period."""

    first_no: int
    count: int
    starts_ms: int
    step_ms: int
    per_step: int = 1

    @property
    def last_no(self) -> int:
        """The highest number; below `first_no` when the run is empty."""
        return self.first_no + self.count - 1

    @property
    def ends_ms(self) -> int:
        """When the last place's time ends."""
        return self.starts_ms + -(-self.count // self.per_step) * self.step_ms

    def slot(self, no: int) -> Slot:
        """The place with this number. Raises KeyError when it is not of this run."""
        if not self.first_no <= no <= self.last_no:
            raise KeyError(no)
        starts_ms = self.starts_ms + (no - self.first_no) // self.per_step * self.step_ms
        return Slot(no=no, starts_ms=starts_ms, ends_ms=starts_ms + self.step_ms)

    def __iter__(self) -> Iterator[Slot]:
        """Every place in the order of its number."""
        step_ms, per_step = self.step_ms, self.per_step
        for at in range(self.count):
            starts_ms = self.starts_ms + at // per_step * step_ms
            yield Slot(self.first_no + at, starts_ms, starts_ms + step_ms)
