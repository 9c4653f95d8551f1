"""A port of this machine that stays ours while nobody listens at it.

A device that refuses connections is a port without a listener. Left alone, the kernel may give it meanwhile to somebody
else's connection, and the device could not come back. A bound socket that does not listen keeps it, also for a program
of its own: one that sets SO_REUSEADDR, as servers do, can listen beside it.
"""

from __future__ import annotations

import contextlib
import os
import socket
import weakref
from collections.abc import Callable

_HOST = "127.0.0.1"
_MOST_TRIES = 20


class ReservedPort:
    """A loopback port. `take` before use; listeners come and go until it is freed, at the latest with this object."""

    def __init__(self, number: int = 0) -> None:
        """`number` 0 takes a free port at the first `take` and keeps it."""
        self.number = number
        self._let_go: Callable[[], object] | None = None

    def take(self) -> None:
        """Keep the port. Raises OSError when somebody has it."""
        if self._let_go is not None:
            return
        if self.number:
            self._keep(self._bound())
            return
        for left in reversed(range(_MOST_TRIES)):
            keeper = _bound_anywhere()
            self.number = int(keeper.getsockname()[1])
            try:
                self._bound().close()
            except OSError:  # nobody has been told the number yet: another one will do
                keeper.close()
                self.number = 0
                if not left:
                    raise
            else:
                self._keep(keeper)
                return

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
        if self._let_go is not None:
            self._let_go()
            self._let_go = None

    def _keep(self, keeper: socket.socket) -> None:
        self._let_go = weakref.finalize(self, os.close, keeper.detach())

    def _bound(self) -> socket.socket:
        bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            bound.bind((_HOST, self.number))
        except OSError:
            bound.close()
            raise
        return bound


def close_listener(listener: socket.socket) -> None:
    """Close it, and listen no more from this instant on: a thread that is just waiting for it keeps the socket until it
    runs again, and until then nobody else could listen at the port.
    """
    with contextlib.suppress(OSError):
        listener.shutdown(socket.SHUT_RDWR)
    listener.close()


def _bound_anywhere() -> socket.socket:
    """A socket at a port where nobody else is. Only then it lets listeners beside it: a port that may be shared from
    the beginning could also be given to a connection that goes out.
    """
    keeper = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        keeper.bind((_HOST, 0))
        keeper.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    except OSError:
        keeper.close()
        raise
    return keeper
