"""A server in this process for each test that asks (see tests/plugins/central_desk.py)."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from central.cli import main
from central.web.app import create_app, open_parts
from tests.plugins.central_desk import DAY, Desk, InProcess, SetClock
from tests.plugins.signed_terminal import SignedTerminal


@pytest.fixture(scope="session")
def _sample_of_a_day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("fixed") / "data"
    arguments = ["init", "--sample", "--seed", "7", "--today", DAY.isoformat(), "--bookings-today", "120"]
    assert main([*arguments, "--data", str(data)]) == 0
    return data


@pytest.fixture
def data(_sample_of_a_day: Path, tmp_path: Path) -> Path:
    copied = tmp_path / "data"
    shutil.copytree(_sample_of_a_day, copied)
    return copied


@pytest.fixture
def open_desk(data: Path) -> Iterator[Callable[[], Desk]]:
    """Opens a server on the same store, again and again if asked, as restarts would."""
    opened: list[Desk] = []

    def open_one() -> Desk:
        for earlier in opened:
            earlier.http.close()
            earlier.parts.close()
        opened.clear()
        clock = SetClock()
        parts = open_parts(data, clock=clock)
        http = httpx.Client(transport=InProcess(create_app(parts)), base_url="http://central", timeout=60)
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


@pytest.fixture
def terminal(desk: Desk) -> SignedTerminal:
    return desk.terminal()
