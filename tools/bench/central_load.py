"""Many connections that ask one thing after another, as light as Python can: `python -m tools.bench.central_load PORT
CONNECTIONS FILE`. FILE holds the requests, whole, each after its length. Prints as JSON how long it took, the
processor time that asking cost, each wait in milliseconds, and how often each status came.
"""

from __future__ import annotations

import json
import selectors
import socket
import struct
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

_LENGTH = struct.Struct("!I")
_CHUNK = 65_536


class NoAnswer(RuntimeError):
    """The server closed a connection that waited for an answer."""


def write_requests(file: Path, requests: Iterable[bytes]) -> None:
    """The file that `main` reads."""
    with file.open("wb") as out:
        for request in requests:
            out.write(_LENGTH.pack(len(request)) + request)


def read_requests(file: Path) -> Iterator[bytes]:
    """The requests of a file."""
    whole = file.read_bytes()
    at = 0
    while at < len(whole):
        (length,) = _LENGTH.unpack_from(whole, at)
        at += _LENGTH.size + length
        yield whole[at - length : at]


@dataclass(slots=True)
class _Line:
    """One connection, and what came of its present answer."""

    socket: socket.socket
    began_s: float = 0.0
    came: bytes = b""

    def ask(self, request: bytes) -> None:
        self.came = b""
        self.began_s = time.perf_counter()
        self.socket.sendall(request)

    def is_answered(self) -> bool:
        """Take in what there is; whether the answer is whole."""
        piece = self.socket.recv(_CHUNK)
        if not piece:
            raise NoAnswer(self.came[:200])
        self.came += piece
        head, end, body = self.came.partition(b"\r\n\r\n")
        return bool(end) and len(body) >= _announced(head)


def _announced(head: bytes) -> int:
    lower = head.lower()
    at = lower.find(b"content-length:")
    return int(lower[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0


def main() -> int:
    """Ask until there is nothing left to ask."""
    port, connections = int(sys.argv[1]), int(sys.argv[2])
    requests = list(read_requests(Path(sys.argv[3])))
    left = iter(requests)
    statuses: Counter[str] = Counter()
    waits_ms: list[float] = []
    with selectors.DefaultSelector() as waiting:
        lines = [_Line(socket.create_connection(("127.0.0.1", port))) for _ in range(min(connections, len(requests)))]
        began_s, began_cpu_s = time.perf_counter(), time.process_time()
        for line in lines:
            line.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            waiting.register(line.socket, selectors.EVENT_READ, line)
            line.ask(next(left))
        while len(waits_ms) < len(requests):
            for key, _ in waiting.select():
                line = key.data
                if not line.is_answered():
                    continue
                waits_ms.append((time.perf_counter() - line.began_s) * 1000)
                statuses[line.came[9:12].decode()] += 1
                request = next(left, None)
                if request is not None:
                    line.ask(request)
        took_s, cpu_s = time.perf_counter() - began_s, time.process_time() - began_cpu_s
    for line in lines:
        line.socket.close()
    print(json.dumps({"took_s": took_s, "cpu_s": cpu_s, "statuses": statuses, "waits_ms": waits_ms}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
