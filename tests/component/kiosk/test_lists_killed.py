"""kill -9 around the list of arrivals: nobody is listed twice, and nobody is forgotten."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from kiosk.ports.lists import Fate
from tests.component.kiosk.desk_acts import check_in_of

HERE = Path(__file__).parent
WITHIN_S = 60


def prints(directory: Path, point: str) -> tuple[int, list[str]]:
    """Run it; its exit code, and the numbers on each slip that came out."""
    run = subprocess.run(
        [sys.executable, str(HERE / "killed_list.py"), str(directory), point],
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(HERE), str(HERE.parents[2])))},
    )
    assert run.returncode in (0, -9), run.stderr
    return run.returncode, run.stdout.splitlines()


@pytest.fixture
def directory(ward: Any, clock: Any, line: Any, enrolled_store: Path, tmp_path: Path) -> Path:
    """A store with one arrival that the server does not know."""
    where = tmp_path / "store"
    shutil.copytree(enrolled_store, where)
    store = ward.open_ward(where, clock)
    patient = ward.Patient(no=7)
    store.mirror(ward.HOSPITAL).take_rows((*ward.catalogue(), ward.booking_row(patient)))
    line.online = False
    ward.core_of(store, line, clock).handle(check_in_of(patient))
    store.close()
    return where


@pytest.mark.parametrize(
    ("point", "before", "after"),
    [
        ("before_commit", [], ["A007"]),
        ("queued", [], ["A007"]),
        ("sending", [], [""]),
        ("on_paper", ["A007"], [""]),
        ("printed", ["A007"], []),
    ],
)
def test_killed_and_started_again(
    ward: Any, clock: Any, directory: Path, point: str, before: list[str], after: list[str]
) -> None:
    """Where it may be on paper it is not listed again: the next slip says that number in words (an empty list)."""
    assert prints(directory, point) == (-9, before)
    assert prints(directory, "none") == (0, after)
    assert prints(directory, "none") == (0, [])
    again = ward.open_ward(directory, clock)
    (one,) = again.lists(ward.HOSPITAL).unheard()
    again.close()
    assert one.fate is Fate.ON_PAPER
