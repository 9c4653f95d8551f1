"""The second engine for tests: one PostgreSQL cluster a session, and for each test a database of its own, copied from
one that was migrated and filled once.

A test runs on both engines when it is marked `@on_both_engines` (or its module says `pytestmark = on_both_engines`) and
uses, itself or through other fixtures, `engine_name`. Nothing is started until a test asks for PostgreSQL.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import sqlalchemy as sa

    from central.tables.database import Database, Use
    from tools.postgres import Cluster

SQLITE, POSTGRESQL = "sqlite", "postgresql"

on_both_engines = pytest.mark.parametrize("engine_name", [SQLITE, POSTGRESQL], indirect=True)
on_postgresql = pytest.mark.parametrize("engine_name", [POSTGRESQL], indirect=True)


class Databases:
    """Makes databases, by copying templates that were filled once, and throws them away."""

    def __init__(self, running: Cluster) -> None:
        self._cluster = running
        self._numbers = itertools.count(1)
        self._templates: set[str] = set()
        self._made: list[str] = []

    def copy_of(self, template: str, fill: Callable[[str], None]) -> str:
        """The address of a new database like `template`, which `fill` makes out of an empty one the first time."""
        if template not in self._templates:
            address = self._cluster.create(template)
            try:
                fill(address)
            except BaseException:
                self._cluster.drop(template)  # half a template would be everybody's
                raise
            self._templates.add(template)
        return self._make(template)

    def empty(self) -> str:
        """The address of a new database with nothing in it."""
        return self._make("template0")

    def throw_away(self) -> None:
        """Away with all that were made since the last time, but the templates."""
        for name in self._made:
            self._cluster.drop(name)
        self._made.clear()

    def _make(self, template: str) -> str:
        name = f"test{next(self._numbers)}"
        self._made.append(name)
        return self._cluster.create(name, template=template)


class LentDatabase:
    """A database whose engines are disposed of at the test's end, also where it fails: a connection that is left open
    would be the failure of whatever test runs when it is found.
    """

    def __init__(self, lent: Database) -> None:
        self._lent = lent
        self._engines: list[sa.Engine] = []

    @property
    def writers(self) -> int:
        return self._lent.writers

    def engine(self, use: Use) -> sa.Engine:
        self._engines.append(self._lent.engine(use))
        return self._engines[-1]

    def __getattr__(self, name: str) -> Any:
        """What is the kind's own: an address, a path."""
        return getattr(self._lent, name)

    def take_back(self) -> None:
        for engine in self._engines:
            engine.dispose()


@contextmanager
def lent(database: Database) -> Iterator[Database]:
    """This database, for one test."""
    one = LentDatabase(database)
    yield one
    one.take_back()


@pytest.fixture
def engine_name(request: pytest.FixtureRequest) -> str:
    """Which engine the test runs on."""
    return getattr(request, "param", SQLITE)


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[Cluster]:
    """A running PostgreSQL, not durable: fast."""
    from tools.postgres import cluster

    with cluster() as running:
        yield running


@pytest.fixture(scope="session")
def _databases(postgres_cluster: Cluster) -> Databases:
    return Databases(postgres_cluster)


@pytest.fixture
def databases(request: pytest.FixtureRequest) -> Iterator[Callable[[], Databases]]:
    """Call it for the maker of PostgreSQL databases; the first call of a session starts the cluster."""
    asked: list[Databases] = []

    def ask() -> Databases:
        asked.append(request.getfixturevalue("_databases"))
        return asked[-1]

    yield ask
    if asked:
        asked[-1].throw_away()


@pytest.fixture
def empty_database(engine_name: str, databases: Callable[[], Databases], tmp_path: Path) -> Iterator[Database]:
    """A database of the test's engine with nothing in it."""
    from central.tables.database import SqliteFile, database_at

    here = engine_name == SQLITE
    with lent(SqliteFile(tmp_path / "empty.db") if here else database_at(databases().empty(), tmp_path)) as database:
        yield database
