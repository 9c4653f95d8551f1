"""A real booking server for tests, as a process of its own on a free port of 127.0.0.1.

`central_data` is a server's directory with today's sample, fresh for each test. `central_server` serves it. Both are
made only when a test asks, and only then is the server imported: layers that have none start without it.
"""

from __future__ import annotations

import os
import selectors
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lab.reserved_port import ReservedPort
from tests.plugins.postgres import SQLITE, Databases, lent

if TYPE_CHECKING:
    from central.tables.database import Database

_ROOT = Path(__file__).parents[2]
_START_S = 60.0
_END_S = 30.0


class CentralServer:
    """`central serve`. It keeps its port when it is started again, as a real one would."""

    def __init__(self, data: Path, *, database: str = "", more: tuple[str, ...] = ()) -> None:
        """`database` is an address; without one the store is in the directory. `more` are arguments of `serve`."""
        self.data = data
        self._database = database
        self._more = more
        self._place = ReservedPort()  # also while it does not run
        self._process: subprocess.Popen[str] | None = None

    @property
    def port(self) -> int:
        """Where it listens; 0 before the first start."""
        return self._place.number

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log_file(self) -> Path:
        """All that it wrote to stderr, over all starts."""
        return self.data / "server.log"

    def start(self) -> None:
        """Start, and wait until it says where it serves."""
        from central.settings import DATABASE_VARIABLE

        self._place.take()
        with self.log_file.open("a", encoding="utf-8") as log:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "central",
                    "serve",
                    "--data",
                    str(self.data),
                    "--port",
                    str(self.port),
                    *self._more,
                ],
                cwd=_ROOT,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env={**os.environ, "PYTHONUNBUFFERED": "1", DATABASE_VARIABLE: self._database},
            )
        assert self._process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            assert selector.select(_START_S), "the server did not start in time"
        line = self._process.stdout.readline()
        assert line.startswith("serving on "), f"the server ended: {self.log_file.read_text(encoding='utf-8')}"

    def stop(self) -> int:
        """Ask it to end (SIGTERM), and wait; its exit code."""
        return self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it at once (SIGKILL), whatever it is doing."""
        self._end(signal.SIGKILL)

    def _end(self, how: signal.Signals) -> int:
        process, self._process = self._process, None
        if process is None:
            return 0
        process.send_signal(how)
        code = process.wait(_END_S)
        assert process.stdout is not None
        process.stdout.close()
        return code


@pytest.fixture(scope="session")
def _sample_of_today(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from central.cli import main

    data = tmp_path_factory.mktemp("central") / "data"
    assert main(["init", "--sample", "--seed", "7", "--data", str(data)]) == 0
    return data


@pytest.fixture(scope="session")
def _postgresql_of_today(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The directory beside the PostgreSQL databases; made when the first of them is."""
    return tmp_path_factory.mktemp("central-postgresql") / "data"


@pytest.fixture
def central_data(engine_name: str, request: pytest.FixtureRequest, central_address: str, tmp_path: Path) -> Path:
    """A server's directory with the sample people of today; `sample-people.json` is in it."""
    data = tmp_path / "central"
    made = "_sample_of_today" if engine_name == SQLITE else "_postgresql_of_today"
    shutil.copytree(request.getfixturevalue(made), data)
    return data


@pytest.fixture
def central_address(engine_name: str, databases: Callable[[], Databases], request: pytest.FixtureRequest) -> str:
    """The address of the server's database; none on SQLite."""
    if engine_name == SQLITE:
        return ""
    directory: Path = request.getfixturevalue("_postgresql_of_today")
    arguments = ["init", "--sample", "--seed", "7", "--data", str(directory)]

    def fill(address: str) -> None:
        from central.cli import main

        assert main([*arguments, "--database", address]) == 0

    return databases().copy_of("sample_of_today", fill)


@pytest.fixture
def central_database(central_data: Path, central_address: str) -> Iterator[Database]:
    """The server's database."""
    from central.tables.database import database_at

    with lent(database_at(central_address, central_data)) as database:
        yield database


@pytest.fixture
def central_server(central_data: Path, central_address: str) -> Iterator[CentralServer]:
    """The server, serving `central_data`."""
    server = CentralServer(central_data, database=central_address)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def enrolment_code(central_data: Path, central_database: Database) -> Callable[..., str]:
    """Call it for a fresh one-time code: `enrolment_code(label="L1", hospital="01")`."""
    from central.keys import KEY_FILE, read_keys
    from central.moment import Moment, system_clock
    from central.tables.database import Use
    from central.terminals.service import make_code

    def make(*, label: str = "L1", hospital: str = "01") -> str:
        engine = central_database.engine(Use.WRITE)
        try:
            with engine.begin() as connection:
                keys = read_keys(central_data / KEY_FILE)
                return make_code(connection, keys, Moment(system_clock()), hospital_code=hospital, label=label)
        finally:
            engine.dispose()

    return make
