"""When the next heartbeat is due. Pure; instants of the boot clock.

Every quarter of a minute or so, and soon after an answer that leaves the time in doubt: a clock jumped, the machine
slept or stood still, or the answer took too long to say when it was written. A doubt that answers do not end is asked
about ever more rarely: the line may be too slow to tell, or two servers may not agree.
"""

from __future__ import annotations

from collections.abc import Callable

from kiosk.sync.contact import QUICK_ROUND_MS

EVERY_S = 15.0
_JITTER_S = 5.0
_AGAIN_S = 1.0


class Pulse:
    """The rhythm of one terminal."""

    def __init__(self, *, chance: Callable[[], float]) -> None:
        """`chance` is between 0 and 1. The first heartbeat is due at once."""
        self._chance = chance
        self._was_slow = False
        self._is_doubted = False
        self._again_s = _AGAIN_S
        self.due_ms = 0

    def bring_forward(self) -> None:
        """Due at once."""
        self.due_ms = 0

    def hurry(self) -> None:
        """Due at once, and a doubt is asked about as soon as a new one: a clock has jumped, or somebody waits."""
        self.bring_forward()
        self._again_s = _AGAIN_S
        self._is_doubted = False

    def answered(self, *, asked_ms: int, now_ms: int) -> None:
        """A heartbeat was answered."""
        is_slow = now_ms - asked_ms > QUICK_ROUND_MS
        # Once: a jump within the round is found out by the next one, and a slow server is not to be asked more often.
        is_again = is_slow and not self._was_slow
        self._was_slow = is_slow
        self._again_s = min(2 * self._again_s, EVERY_S) if self._is_doubted else _AGAIN_S
        self._is_doubted = False
        usual_s = EVERY_S + _JITTER_S * (2 * self._chance() - 1)
        self.due_ms = now_ms + int((_AGAIN_S if is_again else usual_s) * 1000)

    def doubted(self, *, now_ms: int) -> None:
        """The time is in doubt: soon, unless it is due sooner."""
        self._is_doubted = True
        self.due_ms = min(self.due_ms, now_ms + int(self._again_s * 1000))
