"""What a database's error means for whoever wants to try again. The codes of all engines stand here alone."""

from __future__ import annotations

from enum import Enum, auto
from typing import Any

import sqlalchemy as sa


class Fault(Enum):
    """Kinds of errors."""

    IN_THE_WAY = auto()
    """Others were in the way, and nothing of the piece stays: done again, it may well succeed."""
    ALREADY_THERE = auto()
    """The key is taken. It may have been taken between a look and the insert: done again, theirs is found."""
    LOST = auto()
    """The database is not there, or the line to it broke: what was begun may have been committed or not."""
    OTHER = auto()
    """Anything else: done again, it would fail again."""


_CONTENTION = frozenset(
    {
        "40001",  # serialization failure (also CockroachDB, YugabyteDB)
        "40P01",  # deadlock
        "55P03",  # a lock was not had in time
    }
)
_UNIQUE_VIOLATION = "23505"
_GONE = ("08", "57P")
"""Connection exceptions; ended by an operator, by a crash, or still starting up."""
_FULL_UP = "53300"
_MYSQL_CONTENTION = frozenset({1213, 1205})
_SQLITE_BUSY = frozenset({5, 6})
_PRIMARY = 0xFF
_IN_TRANSACTION = 2
"""libpq's PQTRANS_INTRANS."""


def fault_of(error: BaseException) -> Fault:
    """What an exception that came out of SQLAlchemy means."""
    if not isinstance(error, sa.exc.DBAPIError):
        return Fault.OTHER
    its: Any = error.orig
    state = getattr(its, "sqlstate", None)
    if error.connection_invalidated or _is_gone(error, state):
        return Fault.LOST
    code = getattr(its, "sqlite_errorcode", None)
    if isinstance(code, int):
        return Fault.IN_THE_WAY if code & _PRIMARY in _SQLITE_BUSY else Fault.OTHER
    if state == _UNIQUE_VIOLATION:
        return Fault.ALREADY_THERE
    first = its.args[0] if its is not None and its.args else None
    return Fault.IN_THE_WAY if state in _CONTENTION or first in _MYSQL_CONTENTION else Fault.OTHER


def _is_gone(error: sa.exc.DBAPIError, state: str | None) -> bool:
    if state is not None:
        return state.startswith(_GONE) or state == _FULL_UP
    # Without a state the server never spoke: libpq could not reach it.
    return hasattr(error.orig, "sqlstate") and isinstance(error, sa.exc.OperationalError)


def is_in_transaction(connection: sa.Connection) -> bool:
    """Whether the database still holds what this transaction did. Asked of the driver: SQLAlchemy does not hear of a
    transaction that the database gave up by itself, and a commit without one raises nothing.
    """
    if connection.invalidated:
        return False
    driver: Any = connection.connection.dbapi_connection
    if connection.dialect.name == "sqlite":
        return bool(driver.in_transaction)
    return int(driver.info.transaction_status) == _IN_TRANSACTION
