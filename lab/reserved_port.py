"""A port of this machine that stays ours while nobody listens at it.

A device that refuses connections is a port without a listener. Left alone, the kernel may give it meanwhile to somebody
else's connection, and the device could not come back. A bound socket that does not listen keeps it.
"""

from __future__ import annotations

import socket

_HOST = "127.0.0.1"


class ReservedPort:
    """A loopback port. `take` before use, `free` at the end; listeners come and go in between."""

    def __init__(self, number: int = 0) -> None:
        """`number` 0 takes a free port at the first `take` and keeps it."""
        self.number = number
        self._keeper: socket.socket | None = None

    def take(self) -> None:
        """Keep the port. Raises OSError when somebody has it."""
        if self._keeper is None:
            self._keeper = self._bound()
            self.number = int(self._keeper.getsockname()[1])

    def listener(self, *, receive_bytes: int | None = None) -> socket.socket:
        """A non-blocking listener at the port; `receive_bytes` bounds the kernel's buffer of its connections."""
        self.take()
        listener = self._bound()
        try:
            if receive_bytes is not None:
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
            listener.listen()
            listener.settimeout(0.0)
        except OSError:
            listener.close()
            raise
        return listener

    def free(self) -> None:
        """Let go of the port."""
        if self._keeper is not None:
            self._keeper.close()
            self._keeper = None

    def _bound(self) -> socket.socket:
        bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            bound.bind((_HOST, self.number))
        except OSError:
            bound.close()
            raise
        return bound
