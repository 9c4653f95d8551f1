"""One answer for all who ask the same at the same moment: a commit wakes every terminal of a hospital at once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field

from booking.wire import FeedPage


@dataclass(frozen=True, slots=True)
class SharedPages:
    """Pages that are being read. A question is the same when hospital, cursor, limit and the bell's count are."""

    being_read: dict[Hashable, asyncio.Task[FeedPage]] = field(default_factory=dict)

    async def get(self, question: Hashable, read: Callable[[], Awaitable[FeedPage]]) -> FeedPage:
        """The page: read now, or by somebody who is reading it already. Who hangs up takes nobody's page away."""
        task = self.being_read.get(question)
        if task is None:
            task = asyncio.ensure_future(_read(read))
            self.being_read[question] = task
            task.add_done_callback(lambda done: self._forget(question, done))
        return await asyncio.shield(task)

    def _forget(self, question: Hashable, done: asyncio.Task[FeedPage]) -> None:
        self.being_read.pop(question, None)
        if not done.cancelled():
            done.exception()  # looked at here, in case that all who asked have hung up


async def _read(read: Callable[[], Awaitable[FeedPage]]) -> FeedPage:
    return await read()
