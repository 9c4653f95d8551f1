"""`make soak PART=bookings`: a crowd books for many days on both engines, races for one place, and is killed under.

Each engine does up to 1,000,000 operations in its half of the time; a day has 20,000, and after each day the accounts
must balance. The hospital grows old: its days are never thrown away.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from central.keys import KEY_FILE, write_keys
from central.tables.database import STORE_FILE, Database, SqliteFile, database_at
from central.web.app import open_parts
from central.web.parts import Parts
from tools.crowd.accounts import findings, replayed
from tools.crowd.crowd import Crowd, CrowdClock
from tools.crowd.race import RACERS, Race
from tools.crowd.stage import FIRST_DAY, KEYS, build
from tools.postgres import cluster
from tools.soak.day import scratch

MOST = 1_000_000
A_DAY = 20_000
ROUNDS = 1_000
_REPLAYS = 300
_SERVERS = {"sqlite": 1, "postgresql": 2}


def bookings(minutes: float, seed: int) -> dict[str, object]:
    """Both engines, each for its share of the time."""
    told: dict[str, object] = {"part": "bookings", "seed": seed}
    wrong: list[str] = []
    for engine in _SERVERS:
        began = time.monotonic()
        with _servers(engine) as (servers, clock):
            operations, found = _days(servers, clock, seed=seed, ends_s=began + minutes * 60 / len(_SERVERS))
        told[engine] = {"operations": operations, "minutes": round((time.monotonic() - began) / 60, 1)}
        wrong += [f"{engine}: {line}" for line in found]
    return told | {"race_rounds": ROUNDS, "wrong": wrong[:20], "ok": not wrong}


def _days(servers: tuple[Parts, ...], clock: CrowdClock, *, seed: int, ends_s: float) -> tuple[int, list[str]]:
    """Day after day until the time is over, or something is wrong."""
    crowd = Crowd(servers, clock, seed=seed, first_day=FIRST_DAY)
    operations = 0
    found = Race(servers, crowd.people[:RACERS], crowd.sessions[-1].session_id).run(ROUNDS)
    while not found and operations < MOST and time.monotonic() < ends_s:
        crowd.leg(A_DAY, of_day=A_DAY)
        crowd.settle()
        operations += A_DAY
        found = findings(servers[0], crowd.journal)
        found += replayed(servers[0], crowd.journal, most=_REPLAYS, seed=seed)
        print(f"{operations} operations, {len(crowd.journal.booked)} bookings", flush=True)
        crowd.next_day()
    return operations, found


@contextmanager
def _servers(engine: str) -> Iterator[tuple[tuple[Parts, ...], CrowdClock]]:
    with ExitStack() as stack:
        folder = stack.enter_context(scratch("crowd-"))
        write_keys(folder / KEY_FILE, KEYS)
        store = _store(engine, folder, stack)
        build(store)
        clock = CrowdClock(0)
        opened = tuple(open_parts(folder, clock=clock, database=store) for _ in range(_SERVERS[engine]))
        for parts in opened:
            stack.callback(parts.close)
        yield opened, clock


def _store(engine: str, folder: Path, stack: ExitStack) -> Database:
    if engine == "sqlite":
        return SqliteFile(folder / STORE_FILE)
    return database_at(stack.enter_context(cluster()).create("crowd"), folder)
