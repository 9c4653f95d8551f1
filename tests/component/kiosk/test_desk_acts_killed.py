"""`kill -9` at every boundary of an act off line: all of it is on disk or nothing, and nobody was told of nothing."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
POINTS = {
    "book": ("write1", "write3", "write5", "before_commit", "after_commit", "after_answer"),
    "walk_in": ("write4", "after_commit"),
    "register": ("write2", "before_commit", "after_commit"),
    "cancel": ("write3", "after_commit"),
    "change": ("write2", "write6", "before_commit", "after_commit"),
}
KEPT = ("after_commit", "after_answer")
TOLD = ("after_answer",)
SELLABLE = {
    "book": ([21, 22, 1, 2, 3], [21, 22, 2, 3]),
    "walk_in": ([21, 22, 1, 2, 3], [22, 1, 2, 3]),
    "register": ([21, 22, 1, 2, 3], [21, 22, 1, 2, 3]),
    "cancel": ([21, 22, 2, 3], [21, 22, 2, 3]),
    "change": ([21, 22, 2, 3], [21, 22, 2]),
}
"""Lent places that may be sold before and after; what was freed here is sold again when the server agrees."""


@pytest.mark.parametrize("act", POINTS)
def test_all_or_nothing(tmp_path: Path, enrolled_store: Path, act: str, killed_act: Any) -> None:
    before, after = SELLABLE[act]
    prepared = tmp_path / "prepared"
    shutil.copytree(enrolled_store, prepared)
    bench, _ = killed_act.prepare(prepared, act)
    waited = bench.waits()
    bench.store.close()
    for point in POINTS[act]:
        directory = tmp_path / point
        shutil.copytree(prepared, directory)
        child = subprocess.run(
            [sys.executable, str(HERE / "killed_act.py"), str(directory), act, point],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env={"PYTHONPATH": f"{HERE}:{HERE.parents[2]}", "PATH": "/usr/bin:/bin"},
        )
        assert child.returncode == -signal.SIGKILL, (point, child.stderr)
        assert (child.stdout == "told\n") == (point in TOLD)
        bench, command = killed_act.prepare(directory, act)
        kind = "book" if act == "walk_in" else act
        is_kept = point in KEPT
        assert bench.waits() == ([*waited, kind] if is_kept else waited), point
        assert bench.counter.sellable() == (after if is_kept else before), point
        if act != "register":
            assert (bench.spool.ticket(command.job_id) is not None) == is_kept, point
        # whoever comes back with the same command gets what was begun, once
        again = bench.handle(command)
        assert type(again).__name__ in ("Booked", "Registered", "BookingCancelled", "BookingChanged"), (point, again)
        assert bench.waits() == [*waited, kind]
        assert bench.counter.sellable() == after
        bench.store.close()
