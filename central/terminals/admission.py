"""Whether a signed request is fresh: the windows of this process, and the boot numbers in the store.

One request of a terminal is judged at a time, and a new boot number is stored before its first request passes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from typing import Protocol, TypeVar
from uuid import UUID

import sqlalchemy as sa

from central.terminals.counters import Freshness, Window, judge
from central.terminals.service import KnownTerminal, flag_two_boots, raise_boot

Result = TypeVar("Result")

LATE_COMERS_MS = 30_000
"""Requests that were on their way when the terminal started again arrive within this; an older boot number after it
comes from a second machine."""


class Write(Protocol):
    """Commits work."""

    def __call__(self, work: Callable[[sa.Connection], Result], *, key: Hashable = None) -> Awaitable[Result]: ...


@dataclass(frozen=True, slots=True)
class Admitted:
    """Fresh."""


@dataclass(frozen=True, slots=True)
class Refused:
    """Not fresh; why is the reason on the wire."""

    freshness: Freshness


class Admission:
    """Judges requests, terminal by terminal."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self._windows: dict[UUID, Window] = {}
        self._locks: dict[UUID, asyncio.Lock] = {}

    async def admit(self, terminal: KnownTerminal, *, boot: int, count: int, now_ms: int) -> Admitted | Refused:
        """Judge one request, whose signature was checked, and use its number up."""
        caller = terminal.caller
        async with self._locks.setdefault(caller.terminal_id, asyncio.Lock()):
            window = self._windows.get(caller.terminal_id)
            freshness, window = judge(window, stored_boot=terminal.boot, boot=boot, count=count)
            if freshness is Freshness.NEW_BOOT and not await self._write(
                lambda connection: raise_boot(connection, caller, boot, now_ms), key=caller.terminal_id
            ):
                return Refused(Freshness.STALE)
            if window is not None:
                self._windows[caller.terminal_id] = window
        if freshness is Freshness.STALE and self._is_second_machine(terminal, boot, now_ms):
            await self._write(lambda connection: flag_two_boots(connection, caller, now_ms), key=caller.terminal_id)
        if freshness in (Freshness.STALE, Freshness.REPLAYED):
            return Refused(freshness)
        return Admitted()

    @staticmethod
    def _is_second_machine(terminal: KnownTerminal, boot: int, now_ms: int) -> bool:
        return boot < terminal.boot and now_ms - terminal.boot_raised_ms > LATE_COMERS_MS
