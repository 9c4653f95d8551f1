"""Digests of the mirror, version 1: `GET /v1/digests`, by which both sides notice a difference. Part of the wire.

A digest is over kind, id and version of rows, whatever their order: each side makes it of what it really holds. Digests
are compared at the same position of the feed only, so that a difference is no mere lag.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

_VERSION = 1
_BITS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestLine:
    """Of a group of rows: sessions and bookings of a day and department, or all rows of a kind that has no day."""

    kind: str = ""
    """Of rows without a day; empty: sessions and bookings."""
    day: str = ""
    department_id: UUID | None = None
    digest: str
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Digests:
    """What the server has for terminals at a position of the feed. A group without rows has no line."""

    cursor: str
    today: str
    is_at_hand: bool
    """False: not at the position that was asked about, or not now; ask again later, after the feed."""
    lines: tuple[DigestLine, ...] = ()
    v: int = _VERSION


def digest_of(rows: Iterable[tuple[str, str, int]]) -> str:
    """The digest of rows, each as kind, id and version: the sum of their marks, in hexadecimal digits."""
    total = 0
    for kind, row_id, ver in rows:
        mark = hashlib.blake2b(f"{kind}\n{row_id}\n{ver}".encode(), digest_size=_BITS // 8).digest()
        total += int.from_bytes(mark, "big")
    return format(total % (1 << _BITS), "016x")
