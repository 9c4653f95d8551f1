"""Counts every byte between a terminal and the server, both ways, with the heads of HTTP but without those of TCP."""

from __future__ import annotations

import socket
import threading
from types import TracebackType
from typing import Self

_PIECE = 65_536


class Meter:
    """Passes connections on to `server` and counts."""

    def __init__(self, server: tuple[str, int]) -> None:
        self._server = server
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._lock = threading.Lock()
        self.bytes = 0

    @property
    def address(self) -> str:
        """Where terminals find it."""
        host, port = self._listening.getsockname()
        return f"http://{host}:{port}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listening.accept()
            except OSError:
                return
            far = socket.create_connection(self._server)
            for one, other in ((near, far), (far, near)):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._pass, args=(one, other), daemon=True).start()

    def _pass(self, one: socket.socket, other: socket.socket) -> None:
        with one, other:
            try:
                while piece := one.recv(_PIECE):
                    with self._lock:
                        self.bytes += len(piece)
                    other.sendall(piece)
            except OSError:
                return
