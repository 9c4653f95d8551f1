"""An `Emit` that keeps what it hears, and lets a test wait for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

E = TypeVar("E")
PATIENCE_S = 30.0


class Heard:
    """All events so far, in order. Any thread may tell; one test listens."""

    def __init__(self) -> None:
        self._events: list[object] = []
        self._told = threading.Condition()

    def __call__(self, event: object, /) -> None:
        with self._told:
            self._events.append(event)
            self._told.notify_all()

    @property
    def events(self) -> list[object]:
        """A copy of what was heard."""
        with self._told:
            return list(self._events)

    def of(self, kind: type[E]) -> list[E]:
        """What was heard of this kind."""
        return [event for event in self.events if isinstance(event, kind)]

    def wait(self, kind: type[E], *, count: int = 1, where: Callable[[E], bool] = lambda _: True) -> E:
        """The `count`-th event of this kind for which `where` holds; fails when it does not come."""

        def found() -> list[E]:
            return [event for event in self._events if isinstance(event, kind) and where(event)]

        until = time.monotonic() + PATIENCE_S
        with self._told:
            while len(found()) < count:
                left = until - time.monotonic()
                kinds = [type(event).__name__ for event in self._events]
                assert left > 0, f"no {kind.__name__} (number {count}) within {PATIENCE_S} s; heard {kinds}"
                self._told.wait(left)
            return found()[count - 1]
