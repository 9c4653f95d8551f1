"""Many for one place, and a rush for a hundred."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from central.keys import KEY_FILE, write_keys
from central.tables.database import STORE_FILE, SqliteFile, database_at
from central.web.app import open_parts
from tests.plugins.central_server import CentralServer
from tests.plugins.postgres import POSTGRESQL, Databases, on_both_engines
from tools.crowd.accounts import findings
from tools.crowd.crowd import Crowd
from tools.crowd.journal import Journal
from tools.crowd.race import RACERS, Race
from tools.crowd.rush import RULES, booking_request, client_token, many_people, rush, session_of_places
from tools.crowd.stage import KEYS, build, wait_until_numbered

ROUNDS = 50
ASKING, CONNECTIONS, PLACES = 600, 60, 100


@on_both_engines
def test_of_many_for_one_place_one_has_it_and_the_others_hear_so(new_crowd: Callable[..., Crowd]) -> None:
    crowd = new_crowd(seed=3, people=RACERS)
    race = Race(crowd.servers, crowd.people, crowd.sessions[-1].session_id)
    assert race.run(ROUNDS) == []
    crowd.settle()
    assert findings(crowd.servers[0], Journal()) == []


@pytest.fixture
def address(engine_name: str, databases: Callable[[], Databases]) -> str:
    return databases().empty() if engine_name == POSTGRESQL else ""


@on_both_engines
def test_in_the_rush_every_place_is_sold_once_and_nobody_waits_for_nothing(address: str, tmp_path: Path) -> None:
    write_keys(tmp_path / KEY_FILE, KEYS)
    store = database_at(address, tmp_path) if address else SqliteFile(tmp_path / STORE_FILE)
    build(store, RULES)
    parts = open_parts(tmp_path, database=store)
    people, session_id, token = many_people(parts, ASKING), session_of_places(parts, places=PLACES), client_token(parts)
    server = CentralServer(tmp_path, database=address)
    server.start()
    rushed = rush(server.port, [booking_request(token, it, session_id) for it in people], connections=CONNECTIONS)
    assert server.stop() == 0
    assert wait_until_numbered([parts])
    found = findings(parts, Journal())
    parts.close()
    assert rushed.answers == {"201": PLACES, "409 full": ASKING - PLACES}
    assert found == []
