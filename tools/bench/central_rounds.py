"""What a terminal's round of synchronisation costs the server: `GET /v1/feed` when nothing changed, and when one in a
hundred of the bookings that a terminal may hold did.
"""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
from pathlib import Path
from uuid import UUID, uuid4

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from booking import signing
from central.moment import system_clock
from central.sync.tables import feed
from central.tables.database import Use, database_at
from central.terminals.tables import terminal
from tools.bench.central_load import write_requests
from tools.bench.central_world import HOSPITAL
from tools.bench.figures import Bar, Figure
from tools.bench.terminal import cpu_s, environment

_CHANGED = 100
"""One in a hundred of ten thousand rows."""
_BOOT = 2
"""Higher than the one that the server knows: it has just started."""
_IDLE_ROUNDS, _BUSY_ROUNDS = 2_000, 300


class Rounds:
    """Rounds of one terminal against a server on SQLite whose feed is long enough."""

    def __init__(self, data: Path, port: int, pid: int, folder: Path) -> None:
        self._port, self._pid, self._folder = port, pid, folder
        self._key = Ed25519PrivateKey.generate()
        self._terminal_id = uuid4()
        self._count = 0
        engine = database_at("", data).engine(Use.WRITE)
        with engine.begin() as connection:
            connection.execute(terminal.insert().values(**self._row()))
            query = sa.select(sa.func.max(feed.c.pos)).where(feed.c.tenant_id == HOSPITAL)
            self._head = int(connection.execute(query).scalar_one())
        engine.dispose()

    def figures(self) -> list[Figure]:
        """Processor time of the server for one round."""
        self._cost_ms([self._head] * 100)
        idle = self._cost_ms([self._head] * _IDLE_ROUNDS)
        # Each from elsewhere, so that no page was made for another terminal before.
        busy = self._cost_ms([self._head - _CHANGED - at for at in range(_BUSY_ROUNDS)])
        return [
            Figure("a terminal's idle round of synchronisation: server time", idle, "ms", Bar(1)),
            Figure(f"a round with {_CHANGED} of 10,000 rows changed: server time", busy, "ms", Bar(5)),
        ]

    def _cost_ms(self, positions: list[int]) -> float:
        file = self._folder / "rounds"
        write_requests(file, [self._request(f"/v1/feed?cursor=e1.{it}&limit={_CHANGED}") for it in positions])
        before_s = cpu_s(self._pid)
        command = [sys.executable, "-m", "tools.bench.central_load", str(self._port), "1", str(file)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment())
        assert json.loads(done.stdout)["statuses"] == {"200": len(positions)}, done.stdout[:200]
        return (cpu_s(self._pid) - before_s) / len(positions) * 1000

    def _request(self, target: str) -> bytes:
        self._count += 1
        message = signing.signing_input(
            method="GET",
            target=target,
            body_digest=hashlib.sha256(b"").digest(),
            terminal_id=self._terminal_id,
            boot=_BOOT,
            count=self._count,
        )
        signature = bytes((signing.SUITE_1,)) + self._key.sign(message)
        headers = {
            signing.HEADER_TERMINAL: str(self._terminal_id),
            signing.HEADER_BOOT: str(_BOOT),
            signing.HEADER_COUNT: str(self._count),
            signing.HEADER_SIGNATURE: base64.b64encode(signature).decode(),
        }
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"GET {target} HTTP/1.1\r\nHost: bench\r\n{lines}\r\n".encode()

    def _row(self) -> dict[str, object]:
        public = bytes((signing.SUITE_1,)) + self._key.public_key().public_bytes_raw()
        return {
            "hospital_id": UUID(int=HOSPITAL.int),
            "terminal_id": self._terminal_id,
            "public_key": public,
            "label": "bench",
            "enrolled_ms": system_clock(),
            "boot": 1,
            "boot_raised_ms": system_clock(),
        }
