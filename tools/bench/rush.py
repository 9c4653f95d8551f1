"""The hour of release as a figure: 10,000 requests over 1,000 connections for 100 places of one session.

Run as `python -m tools.bench.rush sqlite` (or `postgresql`); the last line is JSON. The load comes from this process,
the server is another; both, and the database, share the processor.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from central.keys import KEY_FILE, write_keys
from central.tables.database import STORE_FILE, Database, SqliteFile, database_at
from central.web.app import open_parts
from tools.bench.figures import Bar, Figure, percentile
from tools.crowd.accounts import findings
from tools.crowd.journal import Journal
from tools.crowd.rush import RULES, booking_request, client_token, many_people, rush, session_of_places
from tools.crowd.stage import KEYS, build, wait_until_numbered
from tools.postgres import cluster
from tools.soak.day import scratch
from tools.soak.kills import Served

REQUESTS, CONNECTIONS, PLACES = 10_000, 1_000, 100
_WARM = 400
_BAR_S, _BAR_MB = 2.0, 250.0


def figures(said: dict[str, object], engine: str) -> list[Figure]:
    """What `main` printed, beside the bars of the issue."""
    on = f"rush of {said['requests']} over {said['connections']} connections for {PLACES} places, {engine}"
    wrong = float(str(said["wrong"]))
    return [
        Figure(f"{on}: p99", float(str(said["p99_s"])), "s", Bar(_BAR_S)),
        Figure(f"{on}: server's peak memory", float(str(said["peak_mb"])), "MB", Bar(_BAR_MB)),
        Figure(f"{on}: sold twice, not sold, or answered otherwise", wrong, "", Bar(0)),
    ]


def main(words: Sequence[str]) -> int:
    """One rush on one engine, after a small one that warms the server."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("engine", choices=("sqlite", "postgresql"))
    parser.add_argument("--requests", type=int, default=REQUESTS)
    parser.add_argument("--connections", type=int, default=CONNECTIONS)
    chosen = parser.parse_args(words)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with ExitStack() as stack:
        folder = stack.enter_context(scratch("rush-"))
        address = ""
        if chosen.engine == "postgresql":
            address = stack.enter_context(cluster(is_durable=True)).create("rush")
        store = database_at(address, folder) if address else SqliteFile(folder / STORE_FILE)
        print(json.dumps(_measured(folder, address, store, chosen.requests, chosen.connections, stack)), flush=True)
    return 0


def _measured(
    folder: Path, address: str, store: Database, count: int, connections: int, stack: ExitStack
) -> dict[str, object]:
    write_keys(folder / KEY_FILE, KEYS)
    build(store, RULES)
    parts = open_parts(folder, database=store)
    stack.callback(parts.close)
    people = many_people(parts, count + _WARM)
    token = client_token(parts)
    warm, wanted = (session_of_places(parts, ahead=2, department=it, places=PLACES) for it in (0, 1))
    server = Served(folder, address)
    stack.callback(server.kill)
    server.start()
    rush(server.port, [booking_request(token, it, warm) for it in people[count:]], connections=40)
    requests = [booking_request(token, it, wanted) for it in people[:count]]
    rushed = rush(server.port, requests, connections=connections)
    peak_mb = server.peak_mb
    server.kill()
    assert wait_until_numbered([parts]), "the feed is numbered"
    wrong = findings(parts, Journal())
    expected = {"201": PLACES, "409 full": count - PLACES}
    off = sum(abs(rushed.answers[it] - expected.get(it, 0)) for it in {*rushed.answers, *expected})
    return {
        "requests": count,
        "connections": connections,
        "answers": dict(rushed.answers),
        "took_s": round(rushed.took_s, 2),
        "p50_s": round(percentile(rushed.waited_s, 50), 3),
        "p99_s": round(percentile(rushed.waited_s, 99), 3),
        "peak_mb": round(peak_mb, 1),
        "wrong": off + len(wrong),
        "findings": wrong[:5],
    }


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
