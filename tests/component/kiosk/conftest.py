"""The terminal's heart under test: a real encrypted store, and a ward of invented patients."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

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


@pytest.fixture
def clock() -> Any:
    return ward_module.HandClock()


@pytest.fixture
def line() -> Any:
    return ward_module.ScriptedLine()


@pytest.fixture
def store(tmp_path: Path, clock: Any) -> Iterator[Any]:
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
    return ward_module.core_of(store.arrivals(ward_module.HOSPITAL), line, clock)
