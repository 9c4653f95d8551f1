"""A fresh store with two hospitals for each test, on the test's engine (see tests/plugins/two_hospitals.py)."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from central.tables.database import STORE_FILE, Database, SqliteFile, Use, database_at
from central.web.app import create_app, open_parts
from tests.plugins import booking_hall
from tests.plugins.booking_hall import Hall, keys_in
from tests.plugins.central_desk import InProcess, SetClock, settle
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


@pytest.fixture
def hall_database(engine_name: str, databases: Callable[[], Databases], tmp_path: Path) -> Database:
    if engine_name == POSTGRESQL:
        address = databases().copy_of("hall", lambda url: booking_hall.fill(database_at(url, tmp_path)))
        return database_at(address, tmp_path)
    filled = tmp_path.parent / "people_hall.db"
    if not filled.exists():
        booking_hall.fill(SqliteFile(filled))
    shutil.copy(filled, tmp_path / STORE_FILE)
    return SqliteFile(tmp_path / STORE_FILE)


@pytest.fixture
def hall(hall_database: Database, tmp_path: Path) -> Iterator[Hall]:
    """The whole server, with clients of channels (see tests/plugins/booking_hall.py)."""
    keys_in(tmp_path)
    clock = SetClock()
    clock.now_ms = booking_hall.NOW_MS
    parts = open_parts(tmp_path, clock=clock, database=hall_database)
    transport = InProcess(create_app(parts), settle=lambda: settle(parts))
    http = httpx.Client(transport=transport, base_url="http://central", timeout=60)
    yield Hall(parts, clock, http)
    http.close()
    parts.close()
