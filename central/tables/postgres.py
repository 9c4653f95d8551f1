"""Opening PostgreSQL through psycopg 3. The only module that names it.

Writers work at READ COMMITTED: a conditional change waits for the row and judges it anew. Readers see one state from
their first statement to their last, and cannot write. libpq reads the address itself, so that SQLAlchemy never holds a
password; what the address says wins over what is set here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg.conninfo import conninfo_to_dict, make_conninfo

_CONNECT_S = 3
_LOCK_MS = 5_000
_MIGRATION_LOCK_MS = 60_000
"""A server that starts while another migrates waits for it."""
_IDLE_MS = 60_000
"""A transaction that says nothing for so long belongs to a process that hangs."""
_PREPARE_AFTER = 5
_LINE: dict[str, object] = {
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 12_000,
}
"""A line that was cut without a word is found out within twelve seconds."""


@dataclass(frozen=True, slots=True)
class Session:
    """What the connections of one engine are like. `statement_ms` 0 sets no limit."""

    name: str
    connections: int
    is_read_only: bool
    has_pooler: bool
    statement_ms: int
    always_by_index: bool = False
    """Its statements look for a few rows each. Plans are kept for long, those of foreign keys too: made while a table
    is tiny they would read all of it ever after.
    """


def is_understood(address: str) -> bool:
    """Whether libpq can read this address. It is not asked whether anybody is there."""
    try:
        conninfo_to_dict(address)
    except psycopg.Error:
        return False
    return True


def postgres_engine(address: str, session: Session) -> sa.Engine:
    """An engine whose connections are opened when they are needed, and again after they were lost."""
    limits = "" if session.has_pooler else _limits(session)  # a pooler's connections are shared
    wanted = {"application_name": session.name, "connect_timeout": _CONNECT_S, "client_encoding": "UTF8", **_LINE}
    told: dict[str, Any] = {**wanted, **({"options": limits} if limits else {}), **conninfo_to_dict(address)}
    target = make_conninfo(**told)
    prepare_after = None if session.has_pooler else _PREPARE_AFTER

    def connect() -> psycopg.Connection[tuple[Any, ...]]:
        return psycopg.connect(target, prepare_threshold=prepare_after)

    engine = sa.create_engine(
        "postgresql+psycopg://",
        creator=connect,
        isolation_level="REPEATABLE READ" if session.is_read_only else "READ COMMITTED",
        pool_size=session.connections,
        max_overflow=0,
        hide_parameters=True,  # an error's text never shows values
    )
    return engine.execution_options(postgresql_readonly=True) if session.is_read_only else engine


def _limits(session: Session) -> str:
    limits: dict[str, int] = {"lock_timeout": _MIGRATION_LOCK_MS, "statement_timeout": 0}
    if session.statement_ms:
        limits = {
            "lock_timeout": _LOCK_MS,
            "statement_timeout": session.statement_ms,
            "idle_in_transaction_session_timeout": _IDLE_MS,
        }
    if session.always_by_index:
        limits["enable_seqscan"] = 0
    return " ".join(f"-c {name}={value}" for name, value in limits.items())
