"""A fresh store with two hospitals for each test, on the test's engine (see tests/plugins/two_hospitals.py)."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from central.tables.database import STORE_FILE, Database, SqliteFile, Use, database_at
from tests.plugins.postgres import POSTGRESQL, Databases
from tests.plugins.two_hospitals import TwoHospitals, fill


@pytest.fixture
def two_hospitals(engine_name: str, databases: Callable[[], Databases], tmp_path: Path) -> Database:
    if engine_name == POSTGRESQL:
        address = databases().copy_of("two_hospitals", lambda url: fill(database_at(url, tmp_path)))
        return database_at(address, tmp_path)
    filled = tmp_path.parent / "two_hospitals.db"
    if not filled.exists():
        fill(SqliteFile(filled))
    shutil.copy(filled, tmp_path / STORE_FILE)
    return SqliteFile(tmp_path / STORE_FILE)


@pytest.fixture
def store(two_hospitals: Database) -> Iterator[TwoHospitals]:
    hospitals = TwoHospitals(two_hospitals.engine(Use.WRITE))
    yield hospitals
    hospitals.close()
