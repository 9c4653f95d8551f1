"""UUIDv7 (RFC 9562): ids made by whoever creates the thing, sorted by time of making.

Pure: the caller passes the time and the random bytes, so that a simulated terminal makes the same ids again.
"""

from __future__ import annotations

import uuid

RANDOM_BYTES = 10


def uuid7(*, now_ms: int, random: bytes) -> uuid.UUID:
    """The id for `now_ms` (milliseconds UTC, 48 bits) and ten random bytes (74 of their bits are used).

    Raises ValueError when the time does not fit or the random bytes are not ten.
    """
    if not 0 <= now_ms < 1 << 48:
        raise ValueError("the time does not fit into 48 bits of milliseconds")
    if len(random) != RANDOM_BYTES:
        raise ValueError("ten random bytes are needed")
    tail = int.from_bytes(random, "big")
    rand_a = tail >> 68
    rand_b = tail & ((1 << 62) - 1)
    return uuid.UUID(int=now_ms << 80 | 0x7 << 76 | rand_a << 64 | 0b10 << 62 | rand_b)
