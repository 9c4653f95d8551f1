"""How a terminal tells how it is, version 1: GET /v1/time, POST /v1/heartbeat. Part of the wire."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

_VERSION = 1


@dataclass(frozen=True, slots=True)
class ServerTime:
    """The server's clock; every reply also carries it as a header."""

    server_ms: int


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """How the terminal is. No content of a visit."""

    waiting: int
    """Operations not yet answered."""
    oldest_ms: int | None
    not_applied: int
    version: str
    cursor: str = ""
    unsettled: tuple[UUID, ...] = ()
    """Operations that were not applied, at most 100, where there are more in turn: have staff settled them?"""
    mended: int = 0
    """Rows of the mirror that digests have put right since the terminal was started."""
    v: int = _VERSION


@dataclass(frozen=True, slots=True)
class HeartbeatReply:
    """What the server has to say to that."""

    today: str
    settled: tuple[UUID, ...] = ()
    """Those of them whose staff tasks are all settled."""
    v: int = _VERSION
