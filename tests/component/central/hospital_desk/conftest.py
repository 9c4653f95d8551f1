"""Two small hospitals to book at, on the test's engine (see tests/plugins/booking_hall.py)."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from central.tables.database import STORE_FILE, Database, SqliteFile, database_at
from central.web.app import create_app, open_parts
from tests.plugins.booking_hall import NOW_MS, Hall, fill, keys_in
from tests.plugins.central_desk import InProcess, SetClock, settle
from tests.plugins.postgres import POSTGRESQL, Databases


@pytest.fixture(scope="session")
def _filled_hall(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("hall") / STORE_FILE
    fill(SqliteFile(path))
    return path


@pytest.fixture
def hall_database(
    engine_name: str, databases: Callable[[], Databases], request: pytest.FixtureRequest, tmp_path: Path
) -> Database:
    if engine_name == POSTGRESQL:
        return database_at(databases().copy_of("hall", lambda url: fill(database_at(url, tmp_path))), tmp_path)
    shutil.copy(request.getfixturevalue("_filled_hall"), tmp_path / STORE_FILE)
    return SqliteFile(tmp_path / STORE_FILE)


@pytest.fixture
def hall(hall_database: Database, tmp_path: Path) -> Iterator[Hall]:
    keys_in(tmp_path)
    clock = SetClock()
    clock.now_ms = NOW_MS
    parts = open_parts(tmp_path, clock=clock, database=hall_database)
    transport = InProcess(create_app(parts), settle=lambda: settle(parts))
    http = httpx.Client(transport=transport, base_url="http://central", timeout=60)
    yield Hall(parts, clock, http)
    http.close()
    parts.close()
