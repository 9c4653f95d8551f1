"""How often a wrong enrolment code may be tried. Pure: the caller brings the time.

A try counts from its beginning, so that many at once are not all judged before the first is found wrong; a right one is
taken back. Whoever tries from one address shuts out that address alone: where many addresses try, each of them has one
try left, and IT, who have a code, need no more. A code cannot be guessed in its ten minutes even so.
"""

from __future__ import annotations

from collections import Counter, deque
from ipaddress import IPv6Address, ip_address, ip_network

WINDOW_MS = 60_000
PER_ADDRESS = 5
MANY = 50
"""Tries of all addresses in a window; above it each has one."""
_NETWORK_BITS = 64


class Attempts:
    """The tries of the last minute, but for those that were right."""

    def __init__(self) -> None:
        self._tries: deque[tuple[int, str]] = deque()
        self._by_address: Counter[str] = Counter()

    def note(self, address: str, now_ms: int) -> None:
        """A code came from there."""
        whence = network_of(address)
        self._tries.append((now_ms, whence))
        self._by_address[whence] += 1

    def take_back(self, address: str, now_ms: int) -> None:
        """It was right, or was not looked at."""
        whence = network_of(address)
        if (now_ms, whence) in self._tries:
            self._tries.remove((now_ms, whence))
            self._forget(whence)

    def wait_s(self, address: str, now_ms: int) -> int:
        """Seconds until this address may try again; 0 for at once."""
        while self._tries and not now_ms - WINDOW_MS < self._tries[0][0] <= now_ms:  # also after a clock was put back
            self._forget(self._tries.popleft()[1])
        whence = network_of(address)
        most = PER_ADDRESS if len(self._tries) < MANY else 1
        if self._by_address[whence] < most:
            return 0
        oldest = next(at for at, it in self._tries if it == whence)
        return max(1, -(-(oldest + WINDOW_MS - now_ms) // 1000))

    def _forget(self, whence: str) -> None:
        self._by_address[whence] -= 1
        if not self._by_address[whence]:
            del self._by_address[whence]


def network_of(address: str) -> str:
    """What counts as one address: of IPv6 the network, for whoever has one address of it has all."""
    try:
        read = ip_address(address)
    except ValueError:
        return address
    if not isinstance(read, IPv6Address):
        return str(read)
    if read.ipv4_mapped is not None:
        return str(read.ipv4_mapped)
    return str(ip_network((int(read), _NETWORK_BITS), strict=False))
