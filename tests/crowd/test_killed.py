"""`kill -9` of the server, and of PostgreSQL, while many book, change and cancel: each writes with one key until it is
answered. Nothing that was acknowledged is lost, nothing is done twice, nobody has more than the limits allow, and no
change ends with neither place.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from booking.roster.channels import Channel
from central.keys import KEY_FILE, write_keys
from central.tables.database import STORE_FILE, Database, SqliteFile, database_at
from central.web.app import open_parts
from tests.plugins.central_server import CentralServer
from tests.plugins.postgres import POSTGRESQL, on_both_engines, on_postgresql
from tools.crowd.accounts import findings
from tools.crowd.rush import RULES, client_token, many_people, session_of_places
from tools.crowd.shaken import Shaken, shaken
from tools.crowd.stage import KEYS, build, wait_until_numbered
from tools.postgres import Cluster, cluster

CHANNELS = (Channel.WEB, Channel.APP) * 4
EACH = 30
"""Operations of a client."""


@pytest.fixture
def durable(engine_name: str) -> Iterator[Cluster | None]:
    """A PostgreSQL that keeps what it acknowledged."""
    with ExitStack() as stack:
        yield stack.enter_context(cluster(is_durable=True)) if engine_name == POSTGRESQL else None


@pytest.fixture
def address(durable: Cluster | None) -> str:
    return durable.create("killed") if durable else ""


@pytest.fixture
def store(address: str, tmp_path: Path) -> Database:
    return database_at(address, tmp_path) if address else SqliteFile(tmp_path / STORE_FILE)


@pytest.fixture
def server(address: str, tmp_path: Path) -> Iterator[CentralServer]:
    one = CentralServer(tmp_path, database=address)
    yield one
    one.kill()


@pytest.fixture
def crowd(server: CentralServer, store: Database, tmp_path: Path) -> Shaken:
    """Two clients for each of four persons, and a session of each of two days in two departments."""
    write_keys(tmp_path / KEY_FILE, KEYS)
    build(store, RULES)
    parts = open_parts(tmp_path, database=store)
    people = many_people(parts, 12)
    sessions = [
        session_of_places(parts, ahead=ahead, department=department, places=12)
        for ahead in (2, 3)
        for department in (0, 1, 2)
    ]
    tokens = [client_token(parts, channel) for channel in CHANNELS]
    parts.close()
    server.start()
    return shaken(server.port, tokens, people, sessions, seed=5)


def all_adds_up(crowd: Shaken, store: Database, folder: Path) -> None:
    parts = open_parts(folder, database=store)
    try:
        assert wait_until_numbered([parts])
        assert findings(parts, crowd.journal) == []
    finally:
        parts.close()
    counts = crowd.journal.counts
    assert min(counts["book: 201"], counts["change: 201"], counts["cancel: 200"]) > 0
    assert len(crowd.writes) == EACH * len(CHANNELS)


@on_both_engines
def test_killed_in_the_midst_of_bookings_the_server_loses_and_doubles_nothing(
    crowd: Shaken, server: CentralServer, store: Database, tmp_path: Path
) -> None:
    def kill_now_and_then(running: Shaken) -> None:
        for answers in (30, 90, 150):
            assert running.wait_for(answers)
            server.kill()
            server.start()

    crowd.run(EACH, kill_now_and_then)
    assert crowd.repeat(60) == []
    server.stop()
    all_adds_up(crowd, store, tmp_path)


@on_postgresql
def test_killed_in_the_midst_of_bookings_the_database_loses_and_doubles_nothing(
    crowd: Shaken, durable: Cluster, server: CentralServer, store: Database, tmp_path: Path
) -> None:
    def kill_now_and_then(running: Shaken) -> None:
        for answers in (30, 90, 150):
            assert running.wait_for(answers)
            durable.kill()
            durable.start()

    crowd.run(EACH, kill_now_and_then)
    assert crowd.repeat(60) == []
    server.stop()
    all_adds_up(crowd, store, tmp_path)
