"""Asks that wait for the writer together are done in one piece, each with its own outcome.

While one piece is being committed the next ones gather. There are as many queues as the writer has lanes, so that the
lanes do not wait for each other's rows: what is about the same thing goes the same way. Used on one event loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import sqlalchemy as sa

from central.web.parts import Parts

Ask = TypeVar("Ask")
Outcome = TypeVar("Outcome")
Work = Callable[[sa.Connection, Sequence[Ask]], list[Outcome]]

_MOST = 128
"""In one piece: whoever comes next waits for no more than these."""


@dataclass(slots=True)
class _Queue(Generic[Ask, Outcome]):
    waiting: list[tuple[Ask, asyncio.Future[Outcome]]] = field(default_factory=list)
    task: asyncio.Task[None] | None = None
    """At work; kept, for else it might be collected."""


class Gathering(Generic[Ask, Outcome]):
    """Brings asks to the writer."""

    def __init__(self, parts: Parts, work: Work[Ask, Outcome]) -> None:
        """`work` answers all that it is given, in their order; what it raises is raised to each of them."""
        self._parts = parts
        self._work = work
        self._queues: list[_Queue[Ask, Outcome]] = [_Queue() for _ in range(parts.lanes)]

    async def do(self, ask: Ask, *, about: Hashable) -> Outcome:
        """The outcome of one ask."""
        lane = hash(about) % len(self._queues)
        queue = self._queues[lane]
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        queue.waiting.append((ask, future))
        if queue.task is None:
            queue.task = asyncio.create_task(self._run(lane, queue))
        return await future

    async def _run(self, lane: int, queue: _Queue[Ask, Outcome]) -> None:
        while queue.waiting:
            these, queue.waiting = queue.waiting[:_MOST], queue.waiting[_MOST:]
            asks = [ask for ask, _ in these]
            try:
                outcomes = await self._parts.write(lambda connection, asks=asks: self._work(connection, asks), key=lane)  # type: ignore[misc]  # bound now
            except Exception as error:  # noqa: BLE001 - the worker's loop: whoever waits must be answered
                _fail([future for _, future in these], error)
            else:
                for (_, future), outcome in zip(these, outcomes, strict=True):
                    if not future.done():  # whoever asked may have gone
                        future.set_result(outcome)
        queue.task = None


def _fail(futures: list[asyncio.Future[Outcome]], error: Exception) -> None:
    for future in futures:
        if not future.done():
            future.set_exception(error)
