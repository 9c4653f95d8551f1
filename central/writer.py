"""Who writes. One place decides when work is committed; the work itself decides everything else.

Work is a function of a connection. It is handed over with `submit` and answered by a future once it is committed (or by
the exception it raised, and then nothing of it stays). On SQLite one thread writes, and all that waits together is
committed together, each piece in a savepoint of its own. Another engine brings another `Writer`.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar
from uuid import UUID

import sqlalchemy as sa

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

_GROUP = 256
_WAITING = 10_000
_QUESTIONS_WAITING = 4_000
_TOUCHED = "touched hospitals"


class Busy(Exception):
    """Too much work is waiting."""


class _GivenUp(Exception):
    """The store gave the transaction up by itself (disk full, disk fault): nothing of the group is in it any more."""


class Writer(Protocol):
    """Commits work, each piece whole or not at all."""

    def submit(self, work: Callable[[sa.Connection], Result]) -> Future[Result]:
        """Hand work over; pieces are done in the order they came. Raises Busy."""
        ...

    def close(self) -> None:
        """Commit what was handed over, then stop."""
        ...


class Reader:
    """Runs questions on read-only connections, a few at a time."""

    def __init__(self, engine: sa.Engine, *, threads: int, most_waiting: int = _QUESTIONS_WAITING) -> None:
        self._engine = engine
        self._threads = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="read")
        self._room = threading.BoundedSemaphore(most_waiting)

    def submit(self, question: Callable[[sa.Connection], Result]) -> Future[Result]:
        """Answer a question from one state of the store. Raises Busy."""
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
        with self._engine.begin() as connection:
            return question(connection)

    def _leave(self, _done: Future[Any]) -> None:
        self._room.release()


def touch(connection: sa.Connection, hospital_id: UUID) -> None:
    """Say that this hospital's feed grows with this commit: those who wait for it are woken."""
    connection.info.setdefault(_TOUCHED, set()).add(hospital_id)


@dataclass(frozen=True, slots=True)
class _Piece:
    work: Callable[[sa.Connection], Any]
    future: Future[Any]


class GroupCommitWriter:
    """The writer for SQLite: one thread, one connection, group commit."""

    def __init__(self, engine: sa.Engine, *, on_commit: Callable[[frozenset[UUID]], None]) -> None:
        self._engine = engine
        self._on_commit = on_commit
        self._waiting: queue.Queue[_Piece | None] = queue.Queue(_WAITING)
        self._thread = threading.Thread(target=self._run, name="writer")
        self._thread.start()

    def submit(self, work: Callable[[sa.Connection], Result]) -> Future[Result]:
        """See `Writer`."""
        future: Future[Result] = Future()
        try:
            self._waiting.put_nowait(_Piece(work, future))
        except queue.Full as error:
            raise Busy from error
        return future

    def close(self) -> None:
        """See `Writer`."""
        self._waiting.put(None)
        self._thread.join()
        self._engine.dispose()

    def _run(self) -> None:
        is_open = True
        while is_open:
            pieces: list[_Piece] = []
            piece = self._waiting.get()
            while piece is not None:
                pieces.append(piece)
                if len(pieces) >= _GROUP or self._waiting.empty():
                    break
                piece = self._waiting.get()
            is_open = piece is not None
            running = [one for one in pieces if one.future.set_running_or_notify_cancel()]
            if running:
                self._commit(running)

    def _commit(self, pieces: list[_Piece]) -> None:
        done: list[tuple[_Piece, Any]] = []
        try:
            with self._engine.connect() as connection:
                connection.info.pop(_TOUCHED, None)
                with connection.begin():
                    for piece in pieces:
                        self._do(connection, piece, done)
                touched = frozenset(connection.info.pop(_TOUCHED, ()))
        except Exception as error:  # noqa: BLE001 - the worker's loop: whoever waits must be answered, the thread must live
            answer = error.__cause__ if isinstance(error, _GivenUp) else error
            for piece in pieces:
                if not piece.future.done():
                    piece.future.set_exception(answer)
            return
        for piece, result in done:
            piece.future.set_result(result)
        if touched:
            self._ring(touched)

    @staticmethod
    def _do(connection: sa.Connection, piece: _Piece, done: list[tuple[_Piece, Any]]) -> None:
        try:
            with connection.begin_nested():
                result = piece.work(connection)
        except Exception as error:  # the worker's loop: one piece's fault is that piece's answer
            if not _is_in_transaction(connection):
                raise _GivenUp from error
            piece.future.set_exception(error)
        else:
            done.append((piece, result))

    def _ring(self, touched: frozenset[UUID]) -> None:
        try:
            self._on_commit(touched)
        except Exception as error:  # noqa: BLE001 - the worker's loop: what was committed is, and the thread must live
            logger.warning("those who wait for news were not woken: %s", type(error).__name__)


def _is_in_transaction(connection: sa.Connection) -> bool:
    """Whether SQLite still holds what this group did. Asked of the driver: SQLAlchemy does not hear of it, and a commit
    without a transaction raises nothing.
    """
    driver: Any = connection.connection.dbapi_connection
    return bool(driver.in_transaction)
