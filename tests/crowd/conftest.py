"""An empty hospital for a crowd, on the test's engine (see tools/crowd)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from central.keys import KEY_FILE, write_keys
from central.tables.database import STORE_FILE, Database, SqliteFile, database_at
from central.web.app import open_parts
from central.web.parts import Parts
from tests.crowd.meanwhile import Meanwhile
from tests.plugins.postgres import POSTGRESQL, Databases
from tools.crowd.crowd import Crowd, CrowdClock
from tools.crowd.stage import FIRST_DAY, KEYS, build
from tools.postgres import folder_in_memory

SERVERS = 2
"""On PostgreSQL; the file of SQLite has one writer."""


@pytest.fixture
def crowd_folder() -> Iterator[Path]:
    """Where the store is: what is tried here is not the disk."""
    with folder_in_memory("crowd-") as folder:
        write_keys(folder / KEY_FILE, KEYS)
        yield folder


@pytest.fixture
def crowd_database(engine_name: str, databases: Callable[[], Databases], crowd_folder: Path) -> Database:
    if engine_name == POSTGRESQL:
        address = databases().copy_of("crowd", lambda url: build(database_at(url, crowd_folder)))
        return database_at(address, crowd_folder)
    store = SqliteFile(crowd_folder / STORE_FILE)
    build(store)
    return store


@pytest.fixture
def clock() -> CrowdClock:
    return CrowdClock(0)


@pytest.fixture
def servers(
    engine_name: str, crowd_database: Database, crowd_folder: Path, clock: CrowdClock
) -> Iterator[tuple[Parts, ...]]:
    """Each as a process of its own would be, as far as the store can tell."""
    count = SERVERS if engine_name == POSTGRESQL else 1
    opened = tuple(open_parts(crowd_folder, clock=clock, database=crowd_database) for _ in range(count))
    yield opened
    for parts in opened:
        parts.close()


@pytest.fixture
def new_crowd(servers: tuple[Parts, ...], clock: CrowdClock) -> Callable[..., Crowd]:
    """Call it for a crowd in the hospital: `new_crowd(seed=1)`."""

    def make(*, seed: int, first_day: date = FIRST_DAY, people: int = 240) -> Crowd:
        return Crowd(servers, clock, seed=seed, first_day=first_day, people=people)

    return make


@pytest.fixture
def meanwhile(servers: tuple[Parts, ...], crowd_database: Database) -> Meanwhile:
    """Another server that acts in the midst of a piece."""
    return Meanwhile(servers[0], crowd_database)
