"""A hospital without sessions on the test's engine (see tests/plugins/roster_ward.py)."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from central.tables.database import Database, SqliteFile, Use, database_at
from tests.plugins.postgres import POSTGRESQL, Databases, lent
from tests.plugins.roster_ward import Ward, fill


@pytest.fixture
def ward_database(engine_name: str, databases: Callable[[], Databases], tmp_path: Path) -> Iterator[Database]:
    found: Database
    if engine_name == POSTGRESQL:
        address = databases().copy_of("ward", lambda url: fill(database_at(url, tmp_path)))
        found = database_at(address, tmp_path)
    else:
        found = SqliteFile(_copy(tmp_path))
    with lent(found) as one:
        yield one


def _copy(tmp_path: Path) -> Path:
    filled = tmp_path.parent / "ward.db"
    if not filled.exists():
        fill(SqliteFile(filled))
    shutil.copy(filled, tmp_path / "central.db")
    return tmp_path / "central.db"


@pytest.fixture
def ward(ward_database: Database) -> Iterator[Ward]:
    engine = ward_database.engine(Use.WRITE)
    yield Ward(engine)
    engine.dispose()
