"""How often a wrong enrolment code may be tried. Pure: the caller brings the time.

A try counts from its beginning, so that many at once are not all judged before the first is found wrong; a right one is
taken back.
"""

from __future__ import annotations

from collections import deque

WINDOW_MS = 60_000
PER_ADDRESS = 5
OVERALL = 50


class Attempts:
    """The tries of the last minute, but for those that were right."""

    def __init__(self) -> None:
        self._tries: deque[tuple[int, str]] = deque()

    def note(self, address: str, now_ms: int) -> None:
        """A code came from there."""
        self._tries.append((now_ms, address))

    def take_back(self, address: str, now_ms: int) -> None:
        """It was right, or was not looked at."""
        if (now_ms, address) in self._tries:
            self._tries.remove((now_ms, address))

    def wait_s(self, address: str, now_ms: int) -> int:
        """Seconds until this address may try again; 0 for at once."""
        while self._tries and not now_ms - WINDOW_MS < self._tries[0][0] <= now_ms:  # also after a clock was put back
            self._tries.popleft()
        times = [at for at, whence in self._tries if whence == address]
        if len(times) < PER_ADDRESS and len(self._tries) < OVERALL:
            return 0
        oldest = times[0] if len(times) >= PER_ADDRESS else self._tries[0][0]
        return max(1, -(-(oldest + WINDOW_MS - now_ms) // 1000))
