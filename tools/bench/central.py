"""The booking server's figures, each beside its floor measured in the same run: bookings through HTTP and without it,
on both engines; what a terminal's round of synchronisation costs; publishing a month.
"""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from random import Random
from uuid import uuid4

from booking.ids import RANDOM_BYTES, uuid7
from central.tables.database import STORE_FILE, database_at
from tools.bench.central_floor import pgbench_rate
from tools.bench.central_load import write_requests
from tools.bench.central_month import publish_month_s
from tools.bench.central_rounds import Rounds
from tools.bench.central_world import World, build, count_rows
from tools.bench.figures import Bar, Figure, Of, as_table, median
from tools.bench.terminal import cpu_s, environment
from tools.postgres import Cluster, cluster

CONNECTIONS = 64
CALLERS = 64
_PLACES = 60
_BOOKINGS = {"SQLite": 2_000, "PostgreSQL": 2_000}
_WARM_UP = 400
_IN_TURN = 3
"""Each floor and each figure so often, in turn: the medians count."""
_PGBENCH_S = 3
_PGBENCH_PLACES = 50_000
"""More than it can book in that time."""
_RAW = 1_000
Step = Callable[[str], None]


def central_figures(step: Step) -> list[Figure]:
    """All of them."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name, cluster(is_durable=True) as running:
        folder = Path(name)
        figures: list[Figure] = []
        for part in (_sqlite, _months, _postgresql):
            found = part(folder, running, step)
            step(as_table(found))  # what is known is known, should the rest fail
            figures += found
        return figures


def _sqlite(folder: Path, _running: Cluster, step: Step) -> list[Figure]:
    rates: list[float] = []
    floors: list[float] = []
    costs: list[float] = []
    rounds: list[Figure] = []
    for turn in range(_IN_TURN):
        step(f"SQLite, turn {turn + 1}: the floor, then bookings through HTTP")
        data = folder / f"sqlite{turn}"
        world = _build(data, "", _BOOKINGS["SQLite"])
        floors.append(_raw(folder / f"raw{turn}"))
        with _served(data, "") as (port, pid):
            rate, cost = _through_http(folder, world, port, pid)
            rates.append(rate)
            costs.append(cost)
            if turn == _IN_TURN - 1:
                step("a terminal's rounds")
                rounds = Rounds(data, port, pid, folder).figures()
    return [
        Figure(
            f"SQLite: bookings a second through HTTP, {CONNECTIONS} connections",
            median(rates),
            "/s",
            Bar(0.35, Of.RATIO, is_least=True),
            median(floors),
        ),
        Figure("SQLite: processor time of the server for one booking", median(costs), "us"),
        *rounds,
    ]


def _postgresql(folder: Path, running: Cluster, step: Step) -> list[Figure]:
    rates: list[float] = []
    floors: list[float] = []
    costs: list[float] = []
    service: list[dict[str, float]] = []
    for turn in range(_IN_TURN):
        step(f"PostgreSQL, turn {turn + 1}: pgbench, through HTTP, the service layer")
        bookings = _BOOKINGS["PostgreSQL"]
        address = running.create(f"floor{turn}")
        _build(folder / f"floor{turn}", address, 200, places=_PGBENCH_PLACES)
        floors.append(pgbench_rate(address, folder, seconds=_PGBENCH_S))
        running.drop(f"floor{turn}")
        address, data = running.create(f"http{turn}"), folder / f"http{turn}"
        world = _build(data, address, bookings)
        with _served(data, address) as (port, pid):
            rate, cost = _through_http(folder, world, port, pid, address)
            rates.append(rate)
            costs.append(cost)
        address, data = running.create(f"service{turn}"), folder / f"service{turn}"
        service.append(_service(folder, data, address, _build(data, address, bookings)))
    least = median(floors)
    return [
        Figure(
            f"PostgreSQL: bookings a second through HTTP, {CONNECTIONS} connections",
            median(rates),
            "/s",
            Bar(0.2, Of.RATIO, is_least=True),
            least,
        ),
        Figure("PostgreSQL: processor time of the server for one booking", median(costs), "us"),
        Figure(
            f"PostgreSQL: bookings a second of the service layer, {CALLERS} callers waiting",
            median([it["rate"] for it in service]),
            "/s",
            Bar(0.5, Of.RATIO, is_least=True),
            least,
        ),
        Figure(
            "PostgreSQL: processor time of the service layer for one booking",
            median([it["cpu_us"] for it in service]),
            "us",
        ),
    ]


def _months(folder: Path, running: Cluster, step: Step) -> list[Figure]:
    figures = []
    for engine, address in (("SQLite", ""), ("PostgreSQL", running.create("month"))):
        step(f"{engine}: a month's roster")
        slots, took_s = publish_month_s(folder / f"month-{engine}", address)
        figures.append(Figure(f"{engine}: publishing a month of 200 doctors, {slots} places", took_s, "s", Bar(10)))
    return figures


def _build(data: Path, address: str, people: int, *, places: int = 0) -> World:
    sessions = max(120, (places or 2 * people) // _PLACES)
    return build(data, database_at(address, data), people=people + _WARM_UP, sessions=sessions, places=_PLACES)


def _raw(data: Path) -> float:
    build(data, database_at("", data), people=_RAW, sessions=2 * _RAW // _PLACES, places=_PLACES)
    return float(_run("central_floor", str(data / STORE_FILE), str(_RAW)))


def _through_http(folder: Path, world: World, port: int, pid: int, address: str = "") -> tuple[float, float]:
    """Bookings a second, and microseconds of the server's processor time for each."""
    requests = list(_requests(world))
    warm, measured = folder / "warm", folder / "requests"
    write_requests(warm, requests[:_WARM_UP])
    write_requests(measured, requests[_WARM_UP:])
    _run("central_load", str(port), str(CONNECTIONS), str(warm))
    count_rows(address)
    before_s = cpu_s(pid)
    said = json.loads(_run("central_load", str(port), str(CONNECTIONS), str(measured)))
    booked = len(requests) - _WARM_UP
    assert said["statuses"] == {"201": booked}, said["statuses"]
    return booked / said["took_s"], (cpu_s(pid) - before_s) / booked * 1e6


def _service(folder: Path, data: Path, address: str, world: World) -> dict[str, float]:
    file = folder / "world.json"
    file.write_text(json.dumps(asdict(world), default=str), encoding="ascii")
    said: dict[str, float] = json.loads(_run("central_service", str(data), address, str(file), str(CALLERS)))
    return said


def _requests(world: World) -> Iterator[bytes]:
    """One booking for each person, at random sessions."""
    rng, now_ms = Random(1), time.time_ns() // 1_000_000
    for person_id in world.people:
        wish = {
            "booking_id": str(uuid7(now_ms=now_ms, random=secrets.token_bytes(RANDOM_BYTES))),
            "person_id": str(person_id),
            "session_id": str(rng.choice(world.sessions)),
            "notice_shown": True,
        }
        body = json.dumps(wish).encode()
        head = (
            f"POST /v1/hospitals/{world.hospital_id}/bookings HTTP/1.1\r\nHost: bench\r\n"
            f'Authorization: Bearer {world.token}\r\nIdempotency-Key: "{uuid4()}"\r\n'
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        yield head.encode() + body


@contextmanager
def _served(data: Path, address: str) -> Iterator[tuple[int, int]]:
    """The server as a process of its own: its port and its process id."""
    port_file = data / "port"
    command = [
        str(Path(sys.executable).parent / "central"),
        "serve",
        "--data",
        str(data),
        "--port-file",
        str(port_file),
    ]
    command += ["--database", address] if address else []
    with (data / "server.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=environment())
    try:
        while not port_file.exists():
            assert process.poll() is None, (data / "server.log").read_text(encoding="utf-8")
            time.sleep(0.02)
        yield int(port_file.read_text(encoding="ascii")), process.pid
    finally:
        process.terminate()
        process.wait(20)


def _run(module: str, *words: str) -> str:
    """What another process of the bench printed."""
    command = [sys.executable, "-m", f"tools.bench.{module}", *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment())
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return done.stdout.splitlines()[-1]
