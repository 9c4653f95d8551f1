"""Exchanges of message bytes with the server, as everything above the network sees them.

`requests` is one adapter (client.py); a simulation brings another. Nothing here knows what the bytes mean.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request. `target` is the path with its query; the times are limits from now on."""

    method: str
    target: str
    total_s: float
    """To the last byte of the answer."""
    connect_s: float
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)
    most_bytes: int = 4 * 1024 * 1024
    """Of the answer, unpacked."""
    is_poll: bool = False
    """Whether it may be given up for something more urgent."""
    decided_boot_ms: int | None = None
    """Of a poll: the boot clock when it was decided how long to wait. A jump from then on ends it."""


@dataclass(frozen=True, slots=True)
class HttpReply:
    """An answer of any status. Names of headers are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


class NoReply(Exception):
    """No complete answer: refused, cut, slow, too large, interrupted. Its text names no content."""


INTERRUPTED, CLOSED, CLOCK_JUMPED = "interrupted", "closed", "the clock jumped"
GIVEN_UP = (INTERRUPTED, CLOSED, CLOCK_JUMPED)
"""Texts of a NoReply that says nothing about the line: this side wanted no answer any more."""


class Transport(Protocol):
    """One exchange at a time."""

    def exchange(self, request: HttpRequest) -> HttpReply:
        """The server's answer. Raises NoReply."""
        ...

    def interrupt(self) -> None:
        """From any thread: give up the exchange at hand, or the next one, if it is a poll."""
        ...

    def close(self) -> None:
        """From any thread: give up whatever is at hand, for good."""
        ...
