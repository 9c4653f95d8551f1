"""Opening the store: SQLite through sqlcipher3, unkeyed. The only module that names the database driver.

Writers begin IMMEDIATE, so that two of them never meet in the middle; readers see one state from their first
statement to their last, and cannot write.
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlcipher3 import dbapi2

from central.tables.prepared import run_text

_BUSY_TIMEOUT_MS = 5_000
READERS = 4


def writing_engine(path: Path) -> sa.Engine:
    """The engine of the one writer. A store that is not there yet is made for its owner only, as are its WAL files."""
    path.touch(mode=0o600)
    return _engine(path, begin="BEGIN IMMEDIATE", connections=1, pragmas=("synchronous=FULL",))


def reading_engine(path: Path) -> sa.Engine:
    """The engine of those who only read."""
    return _engine(path, begin="BEGIN", connections=READERS, pragmas=("query_only=ON",))


def _engine(path: Path, *, begin: str, connections: int, pragmas: tuple[str, ...]) -> sa.Engine:
    engine = sa.create_engine(
        f"sqlite:///{path}",
        module=dbapi2,
        connect_args={"isolation_level": None, "check_same_thread": False},
        poolclass=sa.QueuePool,
        pool_size=connections,
        max_overflow=0,
        hide_parameters=True,  # an error's text never shows values
    )

    def set_up(connection: DBAPIConnection, _record: object) -> None:
        cursor = connection.cursor()
        every = ("cipher_log_level=NONE", f"busy_timeout={_BUSY_TIMEOUT_MS}", "journal_mode=WAL", "foreign_keys=ON")
        for pragma in (*every, *pragmas):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    def open_transaction(connection: sa.Connection) -> None:
        run_text(connection, begin)

    sa.event.listen(engine, "connect", set_up)
    sa.event.listen(engine, "begin", open_transaction)
    return engine
