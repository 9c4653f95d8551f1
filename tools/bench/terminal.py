"""The application's process, seen by whoever measures it: its settings file, its life, its words."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from kiosk.journey.screen import IntentKind

Words = dict[str, Any]


class NothingHeard(AssertionError):
    """The application did not say in time what was awaited."""


class NothingToTouch(AssertionError):
    """There is no such control on the page."""


def environment() -> dict[str, str]:
    """What measured processes run under: without a display, and with compiled modules kept as an installation has."""
    own = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return own | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPYCACHEPREFIX": str(Path("build/bench-pyc").absolute())}


def write_settings(
    file: Path, *, data: Path, server: tuple[str, int], printer: tuple[str, int] = ("127.0.0.1", 9)
) -> Path:
    """A terminal's settings file."""
    file.write_text(
        f'data_dir = "{data}"\n[server]\nurl = "http://{server[0]}:{server[1]}"\n'
        f'[printer]\nhost = "{printer[0]}"\nport = {printer[1]}\n[screen]\nis_fullscreen = false\n',
        encoding="utf-8",
    )
    return file


def enrol(settings: Path, code: str) -> None:
    """Enrol a terminal as IT does. Raises CalledProcessError."""
    command = [str(Path(sys.executable).parent / "kioskctl"), "--settings", str(settings), "enrol", code]
    subprocess.run(command, check=True, capture_output=True, env=environment())


class TerminalProcess:
    """The application (tools.bench.inside), from its start to its end. A context manager."""

    def __init__(self, settings: Path) -> None:
        self._settings = settings
        self._said: queue.SimpleQueue[Words] = queue.SimpleQueue()
        self.started_ns = 0

    def __enter__(self) -> Self:
        """Start it; the clock runs from here."""
        command = [sys.executable, "-m", "tools.bench.inside", str(self._settings)]
        self.started_ns = time.monotonic_ns()
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment()
        )
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Quit; kill it if it does not."""
        try:
            self._say({"quit": True})
            self._process.wait(10)
        except (subprocess.TimeoutExpired, BrokenPipeError):
            self._process.kill()
            self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._process.pid

    def hear(self, awaited: Callable[[Words], bool], what: str, *, timeout_s: float = 10.0) -> Words:
        """The next words for which this is so; those before them are dropped. Raises NothingHeard."""
        ends = time.monotonic() + timeout_s
        last: list[Words] = []
        while (left_s := ends - time.monotonic()) > 0:
            try:
                words = self._said.get(timeout=left_s)
            except queue.Empty:
                break
            if awaited(words):
                return words
            last = [*last[-5:], words]
        raise NothingHeard(f"{what}; heard last: {last}")

    def painted(self, *pages: str, timeout_s: float = 10.0) -> Words:
        """Wait for one of these pages to be painted."""
        return self.hear(lambda words: words.get("painted") in pages, " or ".join(pages), timeout_s=timeout_s)

    def event(self, kind: str, *, timeout_s: float = 10.0) -> Words:
        """Wait for an event of this kind."""
        return self.hear(lambda words: words.get("event") == kind, kind, timeout_s=timeout_s)

    def events(self, *kinds: str, timeout_s: float = 60.0) -> None:
        """Wait until each of these has come, in any order."""
        missing = set(kinds)
        while missing:
            missing.discard(
                self.hear(lambda words: words.get("event") in missing, str(missing), timeout_s=timeout_s)["event"]
            )

    def tap(self, kind: IntentKind, arg: str = "") -> Words:
        """Touch a control; when it was let go of, and when what came of it had been painted."""
        self._say({"tap": kind.value, "arg": arg})
        words = self.hear(lambda words: "missed" in words or bool(words.get("tapped_ns")), f"a touch of {kind}")
        if "missed" in words:
            raise NothingToTouch(f"there is no {kind.value} {arg}")
        return words

    def rest(self, seconds: float) -> None:
        """Leave it alone for so long."""
        time.sleep(seconds)

    def modules(self) -> list[str]:
        """What it has imported from site-packages."""
        self._say({"modules": True})
        modules: list[str] = self.hear(lambda words: "modules" in words, "modules")["modules"]
        return modules

    def _say(self, words: Words) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(words) + "\n")
        self._process.stdin.flush()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._said.put(json.loads(line))


def rss_mb(pid: int) -> float:
    """Resident memory of a process."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def cpu_s(pid: int) -> float:
    """Processor time that a process has had."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
