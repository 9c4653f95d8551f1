"""What whoever hands work over may rely on, whatever the engine."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from concurrent.futures import Future
from typing import Protocol, TypeVar
from uuid import UUID

import sqlalchemy as sa

Result = TypeVar("Result")

TOUCHED = "touched tenants"


class Busy(Exception):
    """Too much work is waiting, or others were in the way again and again."""


class Unavailable(Busy):
    """The database does not answer. What was handed over may have been done or not; it may be sent again."""


class Overtaken(Exception):
    """Raised by a piece of work: somebody changed what it had read. It is done again from its beginning."""


class Writer(Protocol):
    """Commits work, each piece whole or not at all.

    A piece may be done more than once: others may have been in its way, or the line broke while it was committed and
    nobody knows whether it was. So each piece must be harmless to repeat, by an id that whoever sent it made: what an
    operation, a booking or a change is called is never decided anew. What a piece returns is of its last time.
    """

    def submit(
        self, work: Callable[[sa.Connection], Result], *, key: Hashable = None, is_alone: bool = False
    ) -> Future[Result]:
        """Hand work over; the future is done when it is committed, or has the exception that the piece raised.

        Pieces with the same key are done in the order they came; others in any order. `is_alone` gives a long piece a
        transaction of its own. Raises Busy; the future may also hold Busy or Unavailable.
        """
        ...

    def close(self) -> None:
        """Commit what was handed over, then stop."""
        ...


def touch(connection: sa.Connection, tenant_id: UUID) -> None:
    """Say that this tenant's feed grows with this commit: those who wait for it are woken."""
    connection.info.setdefault(TOUCHED, set()).add(tenant_id)
