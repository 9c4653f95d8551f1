"""Which database a server works on, and engines for it. Nothing outside `central.tables` knows more of the kind than
this says.

The default is the SQLite file in the server's directory. Another is named by a URL, `postgresql://...`, as libpq reads
it (several hosts, `target_session_attrs`, `sslmode`, `passfile`, `service`), with one addition: `pooler=transaction`
says that a pooler stands between (docs/server.md). A URL may hold a password: it is never shown.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import sqlalchemy as sa

from central.tables.engine import READERS, reading_engine, writing_engine

STORE_FILE = "central.db"
_SCHEMES = ("postgresql://", "postgres://")
_POOLER = "pooler"


class WrongDatabase(Exception):
    """The URL is none that this server understands. The text never repeats it."""


class Use(Enum):
    """What an engine is for. The value is what the database's operator sees."""

    WRITE = "central writer"
    READ = "central reader"
    SNAPSHOT = "central snapshots"
    NUMBER = "central sequencer"
    MIGRATE = "central migration"


class Database(Protocol):
    """A database of one kind."""

    @property
    def writers(self) -> int:
        """How many write at once."""
        ...

    def engine(self, use: Use) -> sa.Engine:
        """An engine for one use; whoever asks for it disposes of it."""
        ...


@dataclass(frozen=True, slots=True)
class SqliteFile:
    """The embedded database: one file, one writer."""

    path: Path

    @property
    def writers(self) -> int:
        """See `Database`."""
        return 1

    def engine(self, use: Use) -> sa.Engine:
        """See `Database`."""
        if use in (Use.READ, Use.SNAPSHOT):
            return reading_engine(self.path)
        return writing_engine(self.path)


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A PostgreSQL database. `address` is a libpq URL."""

    address: str = field(repr=False)
    has_pooler: bool = False
    """A pooler hands each transaction to any of its connections: nothing may be kept on one between two of them."""

    @property
    def writers(self) -> int:
        """See `Database`."""
        return 2

    def engine(self, use: Use) -> sa.Engine:
        """See `Database`."""
        from central.tables.postgres import Session, postgres_engine  # noqa: PLC0415 - 0.1 s that SQLite does not pay

        reads = use in (Use.READ, Use.SNAPSHOT)
        session = Session(
            name=use.value,
            connections={Use.WRITE: self.writers, Use.READ: READERS}.get(use, 1),
            is_read_only=reads,
            has_pooler=self.has_pooler,
            statement_ms=_STATEMENT_MS[use],
            always_by_index=use in (Use.WRITE, Use.NUMBER),
        )
        return postgres_engine(self.address, session)


_STATEMENT_MS = {
    Use.WRITE: 15_000,
    Use.READ: 10_000,
    Use.SNAPSHOT: 60_000,
    Use.NUMBER: 5_000,
    Use.MIGRATE: 0,  # building an index over a year's bookings takes its time
}


def commits_in_order(of: sa.Connection | sa.Engine) -> bool:
    """Whether what is written later is also committed later: then a change gets its position when it is written."""
    return of.dialect.name == "sqlite"


def database_at(url: str, data: Path) -> Database:
    """The database that a URL names; the file in the server's directory when there is none. Raises WrongDatabase."""
    if not url:
        return SqliteFile(data / STORE_FILE)
    if not url.startswith(_SCHEMES):
        raise WrongDatabase("postgresql://... is needed, or nothing for the file in the server's directory")
    try:
        parts = urlsplit(url)
    except ValueError:
        raise WrongDatabase("this is no URL") from None  # its text may hold what stood there
    query = parse_qsl(parts.query, keep_blank_values=True)
    poolers = [value for name, value in query if name == _POOLER]
    if any(value != "transaction" for value in poolers):
        raise WrongDatabase("pooler=transaction is the only one")
    rest = [(name, value) for name, value in query if name != _POOLER]
    address = urlunsplit(parts._replace(query=urlencode(rest))) if poolers else url
    from central.tables.postgres import is_understood  # noqa: PLC0415 - as above

    if not is_understood(address):
        raise WrongDatabase("this is no URL that libpq understands")
    return PostgresServer(address, has_pooler=bool(poolers))
