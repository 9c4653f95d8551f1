"""The writer: lanes, each a thread with a connection, and what waits in a lane together is committed together."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa

from central.tables.faults import is_in_transaction
from central.tables.prepared import run_text
from central.writer.again import Again, again, answer, pause_s
from central.writer.contract import TOUCHED, Busy

logger = logging.getLogger(__name__)

Result = TypeVar("Result")
OnCommit = Callable[[frozenset[UUID]], None]

_GROUP = 256
_WAITING = 10_000


class _GivenUp(Exception):
    """The database gave the transaction up by itself (disk full, line broken): nothing of the group is in it now."""


@dataclass(slots=True)
class _Piece:
    work: Callable[[sa.Connection], Any]
    future: Future[Any]
    key: Hashable
    is_alone: bool
    place: int = 0
    """Where it stands in its lane's batch."""
    tries: int = 0

    def settle(self, outcome: _Outcome) -> None:
        if outcome.error is None:
            self.future.set_result(outcome.result)
        else:
            self.future.set_exception(answer(outcome.error))


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What a piece returned, or raised."""

    result: Any = None
    error: BaseException | None = None


@dataclass(slots=True)
class _Round:
    """One go at several groups. What could not be done now is put aside, and with it whatever must not overtake it."""

    began_s: float
    """When the first of these goes was."""
    aside: list[tuple[_Piece, Again]] = field(default_factory=list)
    held_keys: set[Hashable] = field(default_factory=set)
    is_line_broken: bool = False

    def must_wait(self, piece: _Piece) -> bool:
        return piece.key is not None and piece.key in self.held_keys

    def is_put_aside(self, piece: _Piece, error: BaseException) -> bool:
        """Whether this piece is done again, rather than answered."""
        how = again(error, tries=piece.tries, since_s=time.monotonic() - self.began_s)
        if how:
            self.put_aside(piece, how)
        return how is not None

    def put_aside(self, piece: _Piece, how: Again) -> None:
        self.aside.append((piece, how))
        self.held_keys.add(piece.key)
        self.is_line_broken = self.is_line_broken or how is Again.TOGETHER

    def groups(self) -> list[list[_Piece]]:
        """What was put aside, as it is to be tried next, in its order."""
        groups: list[list[_Piece]] = []
        last = Again.BY_ITSELF
        for piece, how in sorted(self.aside, key=lambda one: one[0].place):
            if how is last is Again.TOGETHER:
                groups[-1].append(piece)
            else:
                groups.append([piece])
            last = how
        return groups


class GroupCommitWriter:
    """A `Writer` with so many lanes: one for SQLite, two for PostgreSQL."""

    def __init__(self, engine: sa.Engine, *, on_commit: OnCommit, lanes: int = 1) -> None:
        """`on_commit` is told, on a lane's thread, which tenants' feeds grew."""
        self._engine = engine
        self._lanes = [_Lane(engine, on_commit, name=f"writer-{at}", room=_WAITING // lanes) for at in range(lanes)]

    def submit(
        self, work: Callable[[sa.Connection], Result], *, key: Hashable = None, is_alone: bool = False
    ) -> Future[Result]:
        """See `Writer`."""
        future: Future[Result] = Future()
        lane = min(self._lanes, key=_Lane.waiting) if key is None else self._lanes[hash(key) % len(self._lanes)]
        lane.take_in(_Piece(work, future, key, is_alone))
        return future

    def close(self) -> None:
        """See `Writer`."""
        for lane in self._lanes:
            lane.close()
        self._engine.dispose()


class _Lane:
    """One thread that commits, one connection."""

    def __init__(self, engine: sa.Engine, on_commit: OnCommit, *, name: str, room: int) -> None:
        self._engine = engine
        self._on_commit = on_commit
        self._waiting: queue.Queue[_Piece | None] = queue.Queue(room)
        self._is_closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name)
        self._thread.start()

    def waiting(self) -> int:
        return self._waiting.qsize()

    def take_in(self, piece: _Piece) -> None:
        try:
            self._waiting.put_nowait(piece)
        except queue.Full as error:
            raise Busy from error

    def close(self) -> None:
        self._is_closing.set()
        self._waiting.put(None)
        self._thread.join()

    def _run(self) -> None:
        is_open = True
        while is_open:
            group: list[_Piece] = []
            piece = self._waiting.get()
            while piece is not None:
                if piece.is_alone:
                    self._settle(group)
                    self._settle([piece])
                    group = []
                else:
                    group.append(piece)
                if len(group) >= _GROUP or self._waiting.empty():
                    break
                piece = self._waiting.get()
            is_open = piece is not None
            self._settle(group)

    def _settle(self, pieces: list[_Piece]) -> None:
        """Answer them all, sooner or later."""
        running = [piece for piece in pieces if piece.future.set_running_or_notify_cancel()]
        for place, piece in enumerate(running):
            piece.place = place
        groups = [running] if running else []
        began_s = time.monotonic()
        tries = 0
        while groups:
            this = _Round(began_s)
            for group in groups:
                self._try(group, this)
            groups = this.groups()
            tries += 1
            if groups:
                self._is_closing.wait(pause_s(tries))

    def _try(self, pieces: list[_Piece], this: _Round) -> None:
        """Commit a group. Whoever has an answer gets it now; the others are put aside."""
        if this.is_line_broken:
            for piece in pieces:
                this.put_aside(piece, Again.TOGETHER)
            return
        outcomes: list[tuple[_Piece, _Outcome]] = []
        for piece in pieces:
            piece.tries += 1
        try:
            touched = self._commit(pieces, outcomes, this)
        except Exception as error:  # noqa: BLE001 - the worker's loop: whoever waits must be answered, the thread must live
            cause = error.__cause__ if isinstance(error, _GivenUp) else error
            held = {id(piece) for piece, _how in this.aside}
            outcomes = [(piece, _Outcome(error=cause)) for piece in pieces if id(piece) not in held]
            touched = frozenset()
        if touched:
            self._ring(touched)
        for piece, outcome in outcomes:
            if outcome.error is None or not this.is_put_aside(piece, outcome.error):
                piece.settle(outcome)

    def _commit(self, pieces: list[_Piece], outcomes: list[tuple[_Piece, _Outcome]], this: _Round) -> frozenset[UUID]:
        """Do them in one transaction; the tenants whose feeds grew. Raises what the commit raises, or _GivenUp."""
        with self._engine.connect() as connection:
            connection.info.pop(TOUCHED, None)
            with connection.begin():
                for piece in pieces:
                    if this.must_wait(piece):
                        piece.tries -= 1
                        this.put_aside(piece, Again.BY_ITSELF)
                        continue
                    # One alone needs no savepoint: the transaction is its own.
                    outcome = _do(connection, piece) if len(pieces) > 1 else _Outcome(result=piece.work(connection))
                    if outcome.error is None or not this.is_put_aside(piece, outcome.error):
                        outcomes.append((piece, outcome))
            return frozenset(connection.info.pop(TOUCHED, ()))

    def _ring(self, touched: frozenset[UUID]) -> None:
        try:
            self._on_commit(touched)
        except Exception as error:  # noqa: BLE001 - the worker's loop: what was committed is, and the thread must live
            logger.warning("those who wait for news were not woken: %s", type(error).__name__)


def _do(connection: sa.Connection, piece: _Piece) -> _Outcome:
    try:
        run_text(connection, "SAVEPOINT piece")
        outcome = _Outcome(result=piece.work(connection))
        run_text(connection, "RELEASE SAVEPOINT piece")
    except Exception as error:  # noqa: BLE001 - the worker's loop: one piece's fault is that piece's answer
        _roll_back(connection, error)
        return _Outcome(error=error)
    return outcome


def _roll_back(connection: sa.Connection, error: Exception) -> None:
    """Nothing of the piece stays, all of the others does. Raises _GivenUp."""
    if connection.invalidated:  # the line broke
        raise _GivenUp from error
    try:
        run_text(connection, "ROLLBACK TO SAVEPOINT piece")
        run_text(connection, "RELEASE SAVEPOINT piece")
    except sa.exc.DBAPIError:
        raise _GivenUp from error
    if not is_in_transaction(connection):
        raise _GivenUp from error
