"""How often a wrong enrolment code may be tried. Pure: the caller brings the time."""

from __future__ import annotations

from collections import deque

WINDOW_MS = 60_000
PER_ADDRESS = 5
OVERALL = 50


class Attempts:
    """The wrong tries of the last minute."""

    def __init__(self) -> None:
        self._wrong: deque[tuple[int, str]] = deque()

    def note_wrong(self, address: str, now_ms: int) -> None:
        """A wrong code came from there."""
        self._wrong.append((now_ms, address))

    def wait_s(self, address: str, now_ms: int) -> int:
        """Seconds until this address may try again; 0 for at once."""
        while self._wrong and self._wrong[0][0] <= now_ms - WINDOW_MS:
            self._wrong.popleft()
        times = [at for at, whence in self._wrong if whence == address]
        if len(times) < PER_ADDRESS and len(self._wrong) < OVERALL:
            return 0
        oldest = times[0] if len(times) >= PER_ADDRESS else self._wrong[0][0]
        return max(1, -(-(oldest + WINDOW_MS - now_ms) // 1000))
