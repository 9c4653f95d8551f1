"""Who reads: a few threads, each question answered from one state of the store."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

import sqlalchemy as sa

from central.tables.faults import Fault, fault_of
from central.writer.contract import Busy, Unavailable

Result = TypeVar("Result")

_QUESTIONS_WAITING = 4_000
_TRIES = 2
"""A line that broke is found out by the first question after it; the next one opens another."""


class Reader:
    """Runs questions on read-only connections, a few at a time."""

    def __init__(self, engine: sa.Engine, *, threads: int, most_waiting: int = _QUESTIONS_WAITING) -> None:
        self._engine = engine
        self._threads = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="read")
        self._room = threading.BoundedSemaphore(most_waiting)

    def submit(self, question: Callable[[sa.Connection], Result]) -> Future[Result]:
        """Answer a question from one state of the store. Raises Busy; the future may hold Unavailable."""
        if not self._room.acquire(blocking=False):
            raise Busy
        future = self._threads.submit(self._answer, question)
        future.add_done_callback(self._leave)
        return future

    def close(self) -> None:
        """Finish what was asked, then stop."""
        self._threads.shutdown(wait=True)
        self._engine.dispose()

    def _answer(self, question: Callable[[sa.Connection], Result]) -> Result:
        for _ in range(_TRIES):
            try:
                with self._engine.begin() as connection:
                    return question(connection)
            except sa.exc.DBAPIError as error:
                if fault_of(error) is not Fault.LOST:
                    raise
        raise Unavailable

    def _leave(self, _done: Future[Any]) -> None:
        self._room.release()
