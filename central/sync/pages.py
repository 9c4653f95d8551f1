"""One answer for all who ask the same at the same moment: a commit wakes every terminal of a hospital at once, and
after an outage all of them want the mirror.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class SharedPages(Generic[Answer]):
    """Answers that are being read. What makes two questions the same is said by whoever asks."""

    being_read: dict[Hashable, asyncio.Task[Answer]] = field(default_factory=dict)

    async def get(self, question: Hashable, read: Callable[[], Awaitable[Answer]]) -> Answer:
        """The answer: read now, or by somebody who is reading it already. Who hangs up takes nobody's away."""
        task = self.being_read.get(question)
        if task is None:
            task = asyncio.ensure_future(_read(read))
            self.being_read[question] = task
            task.add_done_callback(lambda done: self._forget(question, done))
        return await asyncio.shield(task)

    def _forget(self, question: Hashable, done: asyncio.Task[Answer]) -> None:
        self.being_read.pop(question, None)
        if not done.cancelled():
            done.exception()  # looked at here, in case that all who asked have hung up


async def _read(read: Callable[[], Awaitable[Answer]]) -> Answer:
    return await read()


@dataclass(frozen=True)
class _Kept(Generic[Answer]):
    answer: Answer
    read_ms: int


@dataclass(frozen=True)
class KeptAnswers(Generic[Answer]):
    """The same for answers that stay good for a while."""

    good_for_ms: int
    shared: SharedPages[Answer] = field(default_factory=SharedPages)
    kept: dict[Hashable, _Kept[Answer]] = field(default_factory=dict)

    async def get(
        self,
        question: Hashable,
        read: Callable[[], Awaitable[Answer]],
        *,
        now_ms: int,
        is_good: Callable[[Answer], bool] = lambda _: True,
    ) -> Answer:
        """The answer: one that is kept if it is young and good enough, else read now or by somebody at this moment."""
        found = self.at_hand(question, now_ms=now_ms)
        if found is not None and is_good(found):
            return found
        answer = await self.shared.get(question, read)
        if not is_good(answer):  # somebody had begun to read it before it could be
            answer = await read()
        for old in [it for it, kept in self.kept.items() if not self._is_young(kept, now_ms)]:
            self.kept.pop(old, None)
        self.kept[question] = _Kept(answer, now_ms)
        return answer

    def at_hand(self, question: Hashable, *, now_ms: int) -> Answer | None:
        """What is kept and young."""
        kept = self.kept.get(question)
        return kept.answer if kept is not None and self._is_young(kept, now_ms) else None

    def _is_young(self, kept: _Kept[Answer], now_ms: int) -> bool:
        return 0 <= now_ms - kept.read_ms < self.good_for_ms
