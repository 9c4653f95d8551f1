"""Connections to the encrypted file, and the one place where the database's errors become ours.

Reading takes no lock; writing begins with BEGIN IMMEDIATE, so that a transaction waits before it has done anything.
Knows nothing of what is in the tables.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.pool import ConnectionPoolEntry
from sqlcipher3 import dbapi2

from kiosk.ports.store import StoreBroken, StoreBusy, StoreFault, StoreFull

BUSY_TIMEOUT_S = 5.0
_CACHE_KIB = 2000
"""Of pages, for each connection. The library's own 8000 are as much as the whole store, many times over."""
_IS_WRITE = "kiosk_is_write"
_NEEDS_FILE = "kiosk_needs_file"
_FILE = "kiosk_file"
_FAULTS: tuple[tuple[str, type[StoreFault]], ...] = (
    ("is full", StoreFull),
    ("is locked", StoreBusy),
)


def open_engine(path: Path, key: bytes, *, max_pages: int | None = None) -> sa.Engine:
    """An engine for this file. Opens nothing yet."""
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(path)),
        module=dbapi2,
        hide_parameters=True,
        connect_args={"timeout": BUSY_TIMEOUT_S, "isolation_level": None, "check_same_thread": False},
        pool_size=4,
        max_overflow=4,
        pool_use_lifo=True,  # the one that was used last has the pages; taking turns, each would have its own copy
    )

    def prepare(connection: dbapi2.Connection, record: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        try:
            cursor.execute("PRAGMA cipher_log_level = NONE")
            cursor.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
            cursor.execute("PRAGMA journal_mode = WAL")
            cursor.execute("PRAGMA synchronous = FULL")
            cursor.execute("PRAGMA foreign_keys = ON")
            cursor.execute("PRAGMA secure_delete = ON")
            cursor.execute("PRAGMA temp_store = MEMORY")
            cursor.execute(f"PRAGMA cache_size = -{_CACHE_KIB:d}")
            if max_pages is not None:
                cursor.execute(f"PRAGMA max_page_count = {max_pages:d}")
            record.info[_FILE] = _identity(path)  # there now, if it was not before
        finally:
            cursor.close()

    def begin(connection: sa.Connection) -> None:
        options = connection.get_execution_options()
        is_write = options.get(_IS_WRITE)
        if (is_write or options.get(_NEEDS_FILE)) and connection.info[_FILE] != _identity(path):
            # Linux would go on writing into the file that nobody will ever find again.
            raise StoreBroken("the store's file was taken away")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if is_write else "BEGIN")

    sa.event.listen(engine, "connect", prepare)
    sa.event.listen(engine, "begin", begin)
    return engine


def _identity(path: Path) -> tuple[int, int] | None:
    """Which file stands under this name; None when there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


@contextmanager
def reading(engine: sa.Engine) -> Iterator[sa.Connection]:
    """One consistent view. Raises StoreFault."""
    with _faults(), engine.connect() as connection, connection.begin():
        yield connection


@contextmanager
def reading_of_file(engine: sa.Engine) -> Iterator[sa.Connection]:
    """As `reading`, and not from a file that is no longer there. Raises StoreFault."""
    with _faults(), engine.connect().execution_options(**{_NEEDS_FILE: True}) as connection, connection.begin():
        yield connection


@contextmanager
def writing(engine: sa.Engine) -> Iterator[sa.Connection]:
    """One transaction: committed when the block ends well, undone when it raises. Raises StoreFault."""
    with _faults(), engine.connect().execution_options(**{_IS_WRITE: True}) as connection, connection.begin():
        yield connection


def read_through(engine: sa.Engine) -> None:
    """Read every page and look whether they fit together. Takes as long as the file is large. Raises StoreBroken."""
    with reading(engine) as connection:
        found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
    if found != "ok":
        raise StoreBroken("the store's pages do not fit together")


@contextmanager
def _faults() -> Iterator[None]:
    try:
        yield
    except (sa.exc.DBAPIError, dbapi2.Error) as fault:
        raise _ours(fault) from None
    except sa.exc.TimeoutError:
        raise StoreBusy("no connection to the store is free") from None


def _ours(fault: Exception) -> StoreFault:
    """Our fault for the database's. Its text names no row: parameters are hidden."""
    if isinstance(fault, sa.exc.IntegrityError | dbapi2.IntegrityError):
        return StoreFault("a row contradicts the store")
    text = str(getattr(fault, "orig", fault))
    for words, kind in _FAULTS:
        if words in text:
            return kind(text)
    return StoreBroken(text)
