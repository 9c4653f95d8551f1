"""Asks that wait for the writer together are done in one piece, each with its own outcome.

While one piece is being committed the next ones gather: the more wait, the less each costs. One such piece is under way
at a time, though the writer may have several lanes: two of half the size cost a third more and are no sooner done, and
they would wait for each other's rows. Used on one event loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Generic, Protocol, TypeVar

import sqlalchemy as sa

from central.web.parts import Parts

Ask = TypeVar("Ask")
Ask_contra = TypeVar("Ask_contra", contravariant=True)
Outcome = TypeVar("Outcome")


class Work(Protocol[Ask_contra, Outcome]):
    """Answers asks, all in one transaction."""

    def __call__(self, connection: sa.Connection, asks: Sequence[Ask_contra]) -> list[Outcome]: ...


_MOST = 128
"""In one piece: whoever comes next waits for no more than these."""


class Gathering(Generic[Ask, Outcome]):
    """Brings asks to the writer."""

    def __init__(self, parts: Parts, work: Work[Ask, Outcome]) -> None:
        """`work` answers all that it is given, in their order; what it raises is raised to each of them."""
        self._parts = parts
        self._work = work
        self._waiting: list[tuple[Ask, asyncio.Future[Outcome]]] = []
        self._task: asyncio.Task[None] | None = None

    async def do(self, ask: Ask) -> Outcome:
        """The outcome of one ask."""
        future: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._waiting.append((ask, future))
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        return await future

    async def _run(self) -> None:
        while self._waiting:
            these, self._waiting = self._waiting[:_MOST], self._waiting[_MOST:]
            try:
                outcomes = await self._parts.write(partial(self._work, asks=[ask for ask, _ in these]))
            except Exception as error:  # noqa: BLE001 - the worker's loop: whoever waits must be answered
                _fail([future for _, future in these], error)
            else:
                for (_, future), outcome in zip(these, outcomes, strict=True):
                    if not future.done():  # whoever asked may have gone
                        future.set_result(outcome)
        self._task = None


def _fail(futures: list[asyncio.Future[Outcome]], error: Exception) -> None:
    for future in futures:
        if not future.done():
            future.set_exception(error)
