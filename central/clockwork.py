"""Threads that call what has to be done by the clock: each a function `step(now) -> next wake-up`, and nothing more.

A step knows no thread and no sleep. One that meets a fault of the store is called again a little later.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping

from central.moment import Clock

logger = logging.getLogger(__name__)

Step = Callable[[int], int]
"""Does what is due at this instant; when it wants to be called again. Milliseconds UTC."""

IsEnding = Callable[[], bool]
"""Whether the server is about to end. A step asks between two pieces, and leaves what is due to the next server."""


def never_ending() -> bool:
    """For whoever does a step to its end."""
    return False


AFTER_A_FAULT_S = 5.0
_LONGEST_PAUSE_S = 60.0
"""Clocks are put forward, and computers sleep."""


class Clockwork:
    """Calls each step on a thread of its own until it is closed."""

    def __init__(self, steps: Mapping[str, Step], *, clock: Clock, after_a_fault_s: float = AFTER_A_FAULT_S) -> None:
        self._clock = clock
        self._after_a_fault_s = after_a_fault_s
        self._is_ending = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, args=(name, step), name=name) for name, step in steps.items()
        ]
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        """Let each finish what it is doing, then stop. The store must still be open."""
        self._is_ending.set()
        for thread in self._threads:
            thread.join()

    def _run(self, name: str, step: Step) -> None:
        pause_s = 0.0
        while not self._is_ending.wait(pause_s):
            try:
                wake_ms = step(self._clock())
                pause_s = min(max(0.0, (wake_ms - self._clock()) / 1000), _LONGEST_PAUSE_S)
            except Exception as error:  # noqa: BLE001 - the worker's loop: it must live, and the next call does the work
                logger.warning("%s did not get through: %s", name, type(error).__name__)
                pause_s = self._after_a_fault_s
