"""`make soak PART=kills`: the server, and PostgreSQL under it, are killed again and again while clients book, change
and cancel over HTTP, each with one key until it is answered.
"""

from __future__ import annotations

import os
import selectors
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from random import Random

from booking.roster.channels import Channel
from central.keys import KEY_FILE, write_keys
from central.settings import DATABASE_VARIABLE
from central.tables.database import Database, SqliteFile, database_at
from central.web.app import open_parts
from lab.reserved_port import ReservedPort
from tools.crowd.accounts import findings
from tools.crowd.rush import RULES, client_token, many_people, session_of_places
from tools.crowd.shaken import Shaken, shaken
from tools.crowd.stage import KEYS, build, wait_until_numbered
from tools.postgres import Cluster, cluster
from tools.soak.day import scratch

_CHANNELS = (Channel.WEB, Channel.APP) * 4
_EACH = 150
_KILLS = 12
_BETWEEN = 60
"""Answers between two kills."""
_START_S = 30.0


class Served:
    """`central serve` as a process, killed and started again on its port."""

    def __init__(self, folder: Path, database: str) -> None:
        self._folder = folder
        self._environment = {**os.environ, "PYTHONUNBUFFERED": "1", DATABASE_VARIABLE: database}
        self._process: subprocess.Popen[str] | None = None
        self._place = ReservedPort()  # also while it does not run

    @property
    def port(self) -> int:
        """Where it listens."""
        return self._place.number

    def start(self) -> None:
        """Start, and wait until it says where it serves."""
        self._place.take()
        words = ["-m", "central", "serve", "--data", str(self._folder), "--port", str(self.port)]
        self._process = subprocess.Popen(
            [sys.executable, *words], stdout=subprocess.PIPE, text=True, env=self._environment
        )
        assert self._process.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            assert selector.select(_START_S), "the server did not start in time"
        self._process.stdout.readline()

    @property
    def peak_mb(self) -> float:
        """The most memory that the process has had."""
        assert self._process is not None
        status = Path(f"/proc/{self._process.pid}/status").read_text(encoding="ascii")
        return int(status.split("VmHWM:")[1].split()[0]) / 1024

    def kill(self) -> None:
        """`kill -9`."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


def kills(minutes: float, seed: int) -> dict[str, object]:
    """Rounds on both engines by turns until the time is over."""
    ends_s, rounds, writes, wrong = time.monotonic() + minutes * 60, 0, 0, list[str]()
    while time.monotonic() < ends_s and not wrong:
        done, wrong = _round(seed + rounds, is_postgresql=rounds % 2 == 1)
        rounds, writes = rounds + 1, writes + done
    told = {"rounds": rounds, "kills": rounds * _KILLS, "writes": writes, "wrong": wrong[:20]}
    return {"part": "kills", "seed": seed, **told, "ok": not wrong}


def _round(seed: int, *, is_postgresql: bool) -> tuple[int, list[str]]:
    with ExitStack() as stack:
        folder = stack.enter_context(scratch("kills-"))
        running = stack.enter_context(cluster(is_durable=True)) if is_postgresql else None
        address = running.create("kills") if running else ""
        store: Database = database_at(address, folder) if running else SqliteFile(folder / "central.db")
        server = Served(folder, address)
        stack.callback(server.kill)
        crowd = _crowd(folder, store, server, seed)
        crowd.run(_EACH, lambda shaken_one: _shake(shaken_one, server, running, Random(seed)))
        wrong = crowd.repeat(200)
        server.kill()
        parts = open_parts(folder, database=store)
        try:
            assert wait_until_numbered([parts]), "the feed is numbered"
            return len(crowd.writes), wrong + findings(parts, crowd.journal)
        finally:
            parts.close()


def _shake(crowd: Shaken, server: Served, running: Cluster | None, rng: Random) -> None:
    for at in range(_KILLS):
        assert crowd.wait_for((at + 1) * _BETWEEN, 300), "clients get answers"
        if running is not None and rng.random() < 0.5:
            running.kill()
            running.start()
        else:
            server.kill()
            server.start()


def _crowd(folder: Path, store: Database, server: Served, seed: int) -> Shaken:
    write_keys(folder / KEY_FILE, KEYS)
    build(store, RULES)
    parts = open_parts(folder, database=store)
    people = many_people(parts, 40)
    sessions = [
        session_of_places(parts, ahead=ahead, department=department, places=24)
        for ahead in (2, 3, 4)
        for department in range(4)
    ]
    tokens = [client_token(parts, channel) for channel in _CHANNELS]
    parts.close()
    server.start()
    return shaken(server.port, tokens, people, sessions, seed=seed)
