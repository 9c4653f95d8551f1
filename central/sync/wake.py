"""Waking those who wait for a hospital's feed to grow. The writer's thread rings; event loops listen."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID


class FeedBell:
    """Rung after each commit that wrote into a feed."""

    def __init__(self) -> None:
        self._lock = threading.RLock()  # the signal to end is heard on the thread of those who listen
        self._listeners: dict[UUID, dict[asyncio.Event, asyncio.AbstractEventLoop]] = {}
        self._is_stopped = False
        self._rings = 0

    @property
    def rings(self) -> int:
        """How often it was rung: what was read before the last ring may be out of date."""
        return self._rings

    @property
    def is_stopped(self) -> bool:
        """Whether the server is about to end: nobody should wait any more."""
        return self._is_stopped

    @contextmanager
    def listening(self, hospital_id: UUID) -> Iterator[asyncio.Event]:
        """An event that is set whenever this hospital's feed grew, and when the server is about to end."""
        event = asyncio.Event()
        with self._lock:
            self._listeners.setdefault(hospital_id, {})[event] = asyncio.get_running_loop()
        try:
            yield event
        finally:
            with self._lock:
                self._listeners[hospital_id].pop(event, None)

    def ring(self, hospitals: frozenset[UUID]) -> None:
        """These hospitals' feeds grew. Called on any thread."""
        with self._lock:
            self._rings += 1
            woken = [it for hospital_id in hospitals for it in self._listeners.get(hospital_id, {}).items()]
        for event, loop in woken:
            loop.call_soon_threadsafe(event.set)

    def stop(self) -> None:
        """Send everybody home."""
        self._is_stopped = True
        with self._lock:
            hospitals = frozenset(self._listeners)
        self.ring(hospitals)
