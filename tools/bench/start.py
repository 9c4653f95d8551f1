"""From the start of the process to the first page painted, and how much memory it all takes, beside a bare window."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from tools.bench.figures import Bar, Figure, Of, median
from tools.bench.terminal import TerminalProcess, environment, rss_mb

_ROUNDS = 9
_MOST = Bar(1.6, Of.RATIO)


class BareWindow:
    """The bare window's process, painted. A context manager."""

    def __init__(self, modules: Sequence[str], folder: Path) -> None:
        self._list = folder / "modules.json"
        self._list.write_text(json.dumps(list(modules)), encoding="utf-8")
        self.painted_ms = 0.0

    def __enter__(self) -> Self:
        """Start it and wait for its paint."""
        started_ns = time.monotonic_ns()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tools.bench.bare_window", str(self._list)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment(),
        )
        assert self._process.stdout is not None
        said = json.loads(self._process.stdout.readline())
        self.painted_ms = (said["first_painted_ns"] - started_ns) / 1e6
        return self

    @property
    def rss_mb(self) -> float:
        """Resident memory."""
        return rss_mb(self._process.pid)

    def __exit__(self, *_error: object) -> None:
        """End it."""
        self._process.communicate()


def measure_start(settings: Path, folder: Path) -> list[Figure]:
    """Start to first page painted: the application and the bare window in turn, each a fresh process."""
    with TerminalProcess(settings) as first:  # its modules are compiled now, and the files are in memory
        modules = first.hear(lambda words: "first_painted_ns" in words, "the first page", timeout_s=30)["modules"]
    with BareWindow(modules, folder):
        pass
    ours, bare = [], []
    for _round in range(_ROUNDS):
        with TerminalProcess(settings) as terminal:
            said = terminal.hear(lambda words: "first_painted_ns" in words, "the first page", timeout_s=30)
            ours.append((said["first_painted_ns"] - terminal.started_ns) / 1e6)
        with BareWindow(modules, folder) as window:
            bare.append(window.painted_ms)
    return [Figure("process start to first page painted", median(ours), "ms", _MOST, median(bare))]


def measure_memory(terminal: TerminalProcess, folder: Path, *, visits: int) -> list[Figure]:
    """What the application holds now, beside the bare window with all that it has imported by now."""
    with BareWindow(terminal.modules(), folder) as window:
        bare_mb = window.rss_mb
    name = f"resident memory on the first page after {visits} visits"
    return [Figure(name, rss_mb(terminal.pid), "MB", _MOST, bare_mb)]
