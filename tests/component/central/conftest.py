"""A server in this process for each test that asks (see tests/plugins/central_desk.py), on the test's engine."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from central.tables.database import STORE_FILE, Database, SqliteFile, database_at
from central.web.app import open_parts
from tests.plugins import booking_hall
from tests.plugins.booking_hall import Hall
from tests.plugins.central_desk import Desk, InProcess, SetClock, init_day, settle
from tests.plugins.made_app import make_app
from tests.plugins.postgres import POSTGRESQL, Databases, lent
from tests.plugins.signed_terminal import SignedTerminal


@pytest.fixture(scope="session")
def _sample_of_a_day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("fixed") / "data"
    init_day(data)
    return data


@pytest.fixture(scope="session")
def _postgresql_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory beside the PostgreSQL databases; made when the first of them is."""
    return tmp_path_factory.mktemp("fixed-postgresql") / "data"


@pytest.fixture
def database(
    engine_name: str, databases: Callable[[], Databases], request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Database]:
    """The sample's database on the test's engine; its directory is `data`."""
    data = tmp_path / "data"
    found: Database
    if engine_name == POSTGRESQL:
        directory: Path = request.getfixturevalue("_postgresql_data")
        address = databases().copy_of("sample_of_a_day", lambda url: init_day(directory, "--database", url))
        shutil.copytree(directory, data)
        found = database_at(address, data)
    else:
        shutil.copytree(request.getfixturevalue("_sample_of_a_day"), data)
        found = SqliteFile(data / STORE_FILE)
    with lent(found) as one:
        yield one


@pytest.fixture
def data(database: Database, tmp_path: Path) -> Path:
    """The server's directory: keys, the sample's people, and on SQLite the store."""
    return tmp_path / "data"


@pytest.fixture
def open_desk(data: Path, database: Database) -> Iterator[Callable[[], Desk]]:
    """Opens a server on the same store, again and again if asked, as restarts would."""
    opened: list[Desk] = []

    def open_one() -> Desk:
        for earlier in opened:
            earlier.http.close()
            earlier.parts.close()
        opened.clear()
        clock = SetClock()
        parts = open_parts(data, clock=clock, database=database)
        transport = InProcess(make_app(parts), settle=lambda: settle(parts))
        http = httpx.Client(transport=transport, base_url="http://central", timeout=60)
        desk = Desk(parts, clock, http, data)
        opened.append(desk)
        return desk

    yield open_one
    for desk in opened:
        desk.http.close()
        desk.parts.close()


@pytest.fixture
def desk(open_desk: Callable[[], Desk]) -> Desk:
    return open_desk()


@pytest.fixture(scope="session")
def _filled_hall(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("hall") / STORE_FILE
    booking_hall.fill(SqliteFile(path))
    return path


@pytest.fixture
def hall_database(
    engine_name: str, databases: Callable[[], Databases], request: pytest.FixtureRequest, tmp_path: Path
) -> Database:
    if engine_name == POSTGRESQL:
        address = databases().copy_of("hall", lambda url: booking_hall.fill(database_at(url, tmp_path)))
        return database_at(address, tmp_path)
    shutil.copy(request.getfixturevalue("_filled_hall"), tmp_path / STORE_FILE)
    return SqliteFile(tmp_path / STORE_FILE)


@pytest.fixture
def hall(hall_database: Database, tmp_path: Path) -> Iterator[Hall]:
    """Two small hospitals to book at (see tests/plugins/booking_hall.py)."""
    booking_hall.keys_in(tmp_path)
    clock = SetClock()
    clock.now_ms = booking_hall.NOW_MS
    parts = open_parts(tmp_path, clock=clock, database=hall_database)
    transport = InProcess(make_app(parts), settle=lambda: settle(parts))
    http = httpx.Client(transport=transport, base_url="http://central", timeout=60)
    yield Hall(parts, clock, http)
    http.close()
    parts.close()


@pytest.fixture
def terminal(desk: Desk) -> SignedTerminal:
    return desk.terminal()
