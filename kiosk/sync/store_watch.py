"""How the store answers the synchronisation, part of the work by part: decides when it is well again. Pure.

A fault is over when the part of the work that met it goes well, and no sooner: what only one part touches may be broken
while all others go well. Each fault in between is told again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from kiosk.ports.events import Emit
from kiosk.ports.store import StoreAnswered, StoreFault


class StoreWatch:
    """For one thread."""

    def __init__(self, emit: Emit) -> None:
        self._emit = emit
        self._faulty: set[str] = set()

    def is_faulty(self) -> bool:
        """Whether some part of the work has met a fault and has not gone well since."""
        return bool(self._faulty)

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """A part of the work. An exception that is not the store's leaves open how the store is."""
        try:
            yield
        except StoreFault as fault:
            self._faulty.add(name)
            self._emit(StoreAnswered(fault.code))
            raise
        if name in self._faulty:
            self._faulty.remove(name)
            if not self._faulty:
                self._emit(StoreAnswered())
