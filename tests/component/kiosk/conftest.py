"""The terminal's heart under test: a real encrypted store, and a ward of invented patients."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import central.cli
from lab.network import Relay

HERE = Path(__file__).parent


def _load(name: str) -> ModuleType:
    """A module beside this file; child processes import it by the same name."""
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


ward_module = _load("ward")


@pytest.fixture
def ward() -> Any:
    """The invented hospital (see ward.py)."""
    return ward_module


counter_module = _load("counter")


lending_server_module = _load("lending_server")
lending_branch_module = _load("lending_branch")


@pytest.fixture
def lending_server() -> Any:
    """A server of lent places in memory (see lending_server.py)."""
    return lending_server_module


@pytest.fixture
def lending_branch() -> Any:
    """Terminals for it (see lending_branch.py)."""
    return lending_branch_module


@pytest.fixture
def counter() -> Any:
    """A terminal's counter (see counter.py)."""
    return counter_module


@pytest.fixture
def clock() -> Any:
    return ward_module.HandClock()


@pytest.fixture
def line() -> Any:
    return ward_module.ScriptedLine()


@pytest.fixture(scope="session")
def enrolled_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty store of an enrolled terminal, to be copied: making one takes longer than many a test."""
    directory = tmp_path_factory.mktemp("enrolled") / "store"
    ward_module.open_ward(directory, ward_module.HandClock()).close()
    return directory


@pytest.fixture
def store(tmp_path: Path, enrolled_store: Path, clock: Any) -> Iterator[Any]:
    shutil.copytree(enrolled_store, tmp_path / "store")
    opened = ward_module.open_ward(tmp_path / "store", clock)
    yield opened
    opened.close()


@pytest.fixture
def patient(store: Any) -> Any:
    """A patient with a booking in half an hour, in the mirror."""
    one = ward_module.Patient(no=7)
    store.mirror(ward_module.HOSPITAL).take_rows((*ward_module.catalogue(), ward_module.booking_row(one)))
    return one


@pytest.fixture
def desk(store: Any, line: Any, clock: Any) -> Any:
    return ward_module.core_of(store, line, clock)


bench_module = _load("desk_bench")


@pytest.fixture
def make_bench(store: Any, line: Any, clock: Any) -> Any:
    """A desk with settings of one's own (see desk_bench.py)."""
    return lambda **settings: bench_module.Bench(store, line, clock, **settings)


@pytest.fixture
def bench(make_bench: Any) -> Any:
    """The desk of a hospital that goes on selling off line, with places lent to it."""
    made = make_bench()
    made.lend()
    return made


@pytest.fixture
def killed_act() -> Any:
    """What the child of the tests of `kill -9` does first (see killed_act.py)."""
    return _load("killed_act")


@pytest.fixture
def till(store: Any, clock: Any) -> Any:
    """A terminal with places 1 and 2 lent."""
    made = counter_module.Counter(store, clock)
    made.granted(counter_module.lease(1, 2))
    return made


@pytest.fixture
def someone() -> Any:
    return ward_module.Patient(no=11)


@pytest.fixture
def other() -> Any:
    return ward_module.Patient(no=12)


terminal_module = _load("terminal")


@pytest.fixture(scope="session")
def sample_server(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A server's directory with the invented hospitals, bookings on the ward's day and four days later."""
    data = tmp_path_factory.mktemp("central") / "data"
    assert central.cli.main(["init", "--data", str(data), "--sample", "--today", ward_module.TODAY]) == 0
    return data


@pytest.fixture
def central_server(sample_server: Path, tmp_path: Path, clock: Any) -> Iterator[Any]:
    """The real server, with its clock in the hand."""
    running = terminal_module.Central(terminal_module.copy_of(sample_server, tmp_path / "central"), clock)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def network(central_server: Any) -> Iterator[Relay]:
    with Relay(("127.0.0.1", central_server.port)) as relay:
        yield relay


@pytest.fixture
def make_terminal(central_server: Any, network: Relay, tmp_path: Path, clock: Any) -> Iterator[Any]:
    """Enrolled terminals behind the network that can be cut."""
    made: list[Any] = []

    def make(label: str, **settings: Any) -> Any:
        host, port = network.address
        one = terminal_module.Terminal(tmp_path / label, f"http://{host}:{port}", clock, **settings)
        made.append(one)
        one.enrol(central_server.code(label))
        one.switch_on()
        return one

    yield make
    for one in made:
        one.close()


@pytest.fixture
def terminal(make_terminal: Any) -> Any:
    """One terminal, in step with the server."""
    one = make_terminal("T1")
    one.sync()
    return one
