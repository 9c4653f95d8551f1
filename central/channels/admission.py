"""Whether a token lets its bearer in: who it is, whether it still holds, and how much it asks.

A revocation counts from the next request on: the store is asked for each request, or in the transaction of what it asks
for. Requests of one token that come while it is being looked up share the next look-up: each of them sees a state that
is no older than itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

import sqlalchemy as sa

from central.channels.caller import ChannelCaller
from central.channels.rate import Rate, Rates
from central.channels.service import KnownClient, known_client
from central.keys import Keys

Result = TypeVar("Result")

_LONGEST_TOKEN = 256
_MOST_KNOWN = 10_000
ALL_REQUESTS = Rate(per_s=4_000, burst=40_000)
"""Of one client: a release rush passes, an endless loop does not."""


class Read(Protocol):
    """Asks the store."""

    def __call__(self, question: Callable[[sa.Connection], Result]) -> Awaitable[Result]: ...


@dataclass(frozen=True, slots=True)
class Unknown:
    """No such token, or its time is over: who asks is not told which."""


@dataclass(frozen=True, slots=True)
class ShutOut:
    """The client was revoked."""


@dataclass(frozen=True, slots=True)
class TooMany:
    """The client asks too much."""

    wait_s: int


class ChannelAdmission:
    """Looks tokens up."""

    def __init__(self, read: Read, keys: Keys, *, rate: Rate = ALL_REQUESTS) -> None:
        self._read = read
        self._keys = keys
        self._rates = Rates(rate)
        self._known: dict[str, ChannelCaller] = {}
        self._running: dict[str, asyncio.Task[KnownClient | None]] = {}
        self._next: dict[str, asyncio.Task[KnownClient | None]] = {}

    def known(self, token: str, now_ms: int) -> ChannelCaller | None:
        """Who bore this token when the store was last asked. Whoever relies on it asks the store before anything is
        done; None: it is to be asked first.
        """
        known = self._known.get(token) if len(token) <= _LONGEST_TOKEN else None
        if known is None or self._rates.wait_s(known.client_id, now_ms):
            return None
        return known

    async def admit(self, token: str, now_ms: int) -> ChannelCaller | Unknown | ShutOut | TooMany:
        """Who bears this token."""
        known = await self._look_up(token) if len(token) <= _LONGEST_TOKEN else None
        self._known.pop(token, None)
        if known is None or (known.expires_ms is not None and known.expires_ms <= now_ms):
            return Unknown()
        if known.is_revoked:
            return ShutOut()
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known[token] = known.caller
        wait_s = self._rates.wait_s(known.caller.client_id, now_ms)
        return TooMany(wait_s) if wait_s else known.caller

    async def _look_up(self, token: str) -> KnownClient | None:
        if token not in self._running:
            return await asyncio.shield(self._start(token))
        if token not in self._next:
            self._next[token] = asyncio.create_task(self._after(self._running[token], token))
        return await asyncio.shield(self._next[token])

    def _start(self, token: str) -> asyncio.Task[KnownClient | None]:
        task = self._running[token] = asyncio.create_task(self._ask(token))
        task.add_done_callback(lambda done: self._forget(token, done))
        return task

    async def _after(self, earlier: asyncio.Task[KnownClient | None], token: str) -> KnownClient | None:
        await asyncio.wait((earlier,))
        del self._next[token]
        return await self._start(token)

    async def _ask(self, token: str) -> KnownClient | None:
        token_hash = self._keys.token_hash(token)
        return await self._read(lambda connection: known_client(connection, token_hash))

    def _forget(self, token: str, done: asyncio.Task[KnownClient | None]) -> None:
        if self._running.get(token) is done:
            del self._running[token]
