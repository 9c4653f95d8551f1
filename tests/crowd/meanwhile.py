"""Two servers at once, at the worst instant: while one is in the midst of a piece, another does its own.

Where several write, the first piece stops at its commit (or before a certain statement) until the second is done, or
waits for a row that the first has. One writer alone does one after the other: there is no such instant.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, wait
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa

from central.tables.database import Database, Use, commits_in_order
from central.web.parts import Parts
from central.writer import GroupCommitWriter
from tools.crowd.stage import ask

One = TypeVar("One")
Other = TypeVar("Other")

_PATIENCE_S, _LOOK_S = 10, 0.01
_WAITS = sa.text("SELECT count(*) FROM pg_stat_activity WHERE :pid = ANY (pg_blocking_pids(pid))")


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """A server whose pieces are stopped, beside another."""

    server: Parts
    database: Database

    def both(
        self, one: Callable[[sa.Connection], One], other: Callable[[sa.Connection], Other], *, before: str = ""
    ) -> tuple[Future[One], Future[Other]]:
        """What becomes of both. `before` is the beginning of the statement before which the first is stopped."""
        engine = self.database.engine(Use.WRITE)
        if commits_in_order(engine):
            engine.dispose()
            return self.server.writer.submit(one), self.server.writer.submit(other)
        late = GroupCommitWriter(engine, on_commit=lambda _touched: None)
        others: list[Future[Other]] = []

        def meanwhile(pid: int) -> None:
            if not others:
                others.append(self.server.writer.submit(other))
                while not wait(others, timeout=_LOOK_S).done and not self._is_waited_for(pid):
                    pass

        def at_statement(connection: sa.Connection, _cursor: Any, statement: str, *_more: Any) -> None:
            if statement.lstrip().startswith(before):
                meanwhile(_pid_of(connection))

        def at_commit(connection: sa.Connection) -> None:
            meanwhile(_pid_of(connection))

        if before:
            sa.event.listen(engine, "before_cursor_execute", at_statement)
        else:
            sa.event.listen(engine, "commit", at_commit)
        first = late.submit(one)
        try:
            wait([first], timeout=_PATIENCE_S)
            assert others, "the first piece came to the place where it is stopped"
            wait(others, timeout=_PATIENCE_S)
        finally:
            late.close()
        return first, others[0]

    def _is_waited_for(self, pid: int) -> bool:
        return bool(ask(self.server, lambda connection: connection.execute(_WAITS, {"pid": pid}).scalar()))


def _pid_of(connection: sa.Connection) -> int:
    driver: Any = connection.connection.dbapi_connection
    return int(driver.info.backend_pid)
