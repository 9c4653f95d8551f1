"""A hospital whose day passes as fast as its patients come: one clock in a file, shared by terminal and server.

Run as `python -m tools.soak.day DATA CLOCK PORT_FILE` it is the booking server on that clock.
"""

from __future__ import annotations

import mmap
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import uvicorn

from central.serve import EndingServer, listen
from central.web.app import create_app, open_parts
from kiosk.devices.clock import SystemClock
from lab.network import Relay
from lab.people import SamplePerson
from tools.hospital import init_sample, run_central

ZONE = ZoneInfo("Asia/Shanghai")
_AHEAD = struct.Struct("<q")
_PATIENCE_S = 20.0


class DayClock(SystemClock):
    """The computer's clock, set to another hour, and put forward by whoever waits. For several processes."""

    def __init__(self, file: Path) -> None:
        """`file` was made by `make_clock`."""
        super().__init__()
        with file.open("r+b") as opened:
            self._map = mmap.mmap(opened.fileno(), 2 * _AHEAD.size)

    def now_ms(self) -> int:
        """The wall clock of that day."""
        return super().now_ms() + self._ahead_ms(0)

    def boot_ms(self) -> int:
        """Moves with it, and begins with the computer's own."""
        return super().boot_ms() + self._ahead_ms(1)

    def put_forward(self, ms: int) -> None:
        """Time passes at once. For one thread of one process."""
        self._map[:] = _AHEAD.pack(self._ahead_ms(0) + ms) + _AHEAD.pack(self._ahead_ms(1) + ms)

    def _ahead_ms(self, which: int) -> int:
        ahead_ms: int = _AHEAD.unpack_from(self._map, which * _AHEAD.size)[0]
        return ahead_ms


def make_clock(file: Path, *, begins: datetime) -> DayClock:
    """A clock that stands at this moment now."""
    file.write_bytes(_AHEAD.pack(int(begins.timestamp() * 1000) - time.time_ns() // 1_000_000) + _AHEAD.pack(0))
    return DayClock(file)


@dataclass(frozen=True, slots=True)
class Day:
    """A hospital's day, from midnight on."""

    clock: DayClock
    today: str
    people: tuple[SamplePerson, ...]
    network: Relay
    code: str
    """A one-time enrolment code."""


@contextmanager
def day(folder: Path, *, bookings: int) -> Iterator[Day]:
    """A server with a sample in a process of its own, at the first minute of today, and the network to it."""
    begins = datetime.now(ZONE).replace(hour=0, minute=1, second=0, microsecond=0)
    data, port_file = folder / "central", folder / "port"
    people = init_sample(data, today=begins.date().isoformat(), bookings_today=bookings)
    clock = make_clock(folder / "clock", begins=begins)
    code = run_central("terminal", "code", "--label", "soak", "--data", str(data)).split()[-1]
    command = [sys.executable, "-m", "tools.soak.day", str(data), str(folder / "clock"), str(port_file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as server:
        try:
            with Relay(("127.0.0.1", _port(port_file, server))) as network:
                yield Day(clock, begins.date().isoformat(), people, network, code)
        finally:
            server.terminate()


def _port(file: Path, server: subprocess.Popen[bytes]) -> int:
    ends = time.monotonic() + _PATIENCE_S
    while not file.exists():
        if server.poll() is not None or time.monotonic() > ends:
            raise RuntimeError("the booking server did not start")
        time.sleep(0.02)
    return int(file.read_text(encoding="ascii"))


@contextmanager
def scratch(name: str) -> Iterator[Path]:
    """A short-lived directory with a short name: a socket's path has 107 bytes at most."""
    with tempfile.TemporaryDirectory(prefix=name) as folder:
        yield Path(folder)


def main() -> int:
    """Serve until SIGTERM."""
    data, clock_file, port_file = (Path(word) for word in sys.argv[1:4])
    parts = open_parts(data, clock=DayClock(clock_file).now_ms)
    listening = listen("127.0.0.1", 0)
    config = uvicorn.Config(create_app(parts), lifespan="off", access_log=False, log_level="warning")
    listening.listen(config.backlog)
    new = port_file.with_suffix(".new")
    new.write_text(str(listening.getsockname()[1]), encoding="ascii")
    new.replace(port_file)
    EndingServer(config, parts).run(sockets=[listening])
    parts.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
