"""The connection to a printer: bytes in, bytes out, never waiting.

Decides socket options, and turns every error of the socket into LinkLost. Must not know what the bytes mean.
"""

from __future__ import annotations

import errno
import os
import socket
import struct
from typing import Protocol

_RECEIVE_LIMIT = 65536
_SEND_BUFFER = 8192
"""Small, so that a printer that takes nothing is noticed while we still hold the bytes."""
_DEAD_PEER_MS = 35_000
"""Above the time a ticket may be stuck: a printer waiting for paper is not dead."""
_ABORT = struct.pack("ii", 1, 0)


class LinkLost(Exception):
    """There is no connection, or no longer one. The message is the cause in a word."""


class Link(Protocol):
    """A connection that is opened again and again. No call waits; all but `begin` and `abort` raise LinkLost."""

    def begin(self) -> None:
        """Begin to connect. Raises LinkLost when that is refused at once."""
        ...

    def is_connected(self) -> bool:
        """Did the connecting end well? False while it goes on."""
        ...

    def receive(self) -> bytes:
        """All that has arrived, b"" when nothing has."""
        ...

    def send(self, data: bytes | memoryview) -> int:
        """Hand over what fits; how many bytes that was, 0 when nothing fits now."""
        ...

    def close(self) -> None:
        """End in order: what was sent is still delivered."""
        ...

    def abort(self) -> None:
        """End at once: what has not left yet is dropped."""
        ...

    def fileno(self) -> int | None:
        """For waiting; None when there is nothing to wait for."""
        ...


class TcpLink:
    """A printer on the network, port 9100 as a rule. Such printers serve one connection at a time."""

    def __init__(self, host: str, port: int) -> None:
        """`host` is an address: a name would have to be looked up, which waits."""
        self._address = (host, port)
        self._socket: socket.socket | None = None
        self._is_connected = False

    def begin(self) -> None:
        """Begin to connect."""
        self.abort()
        opened = socket.socket(socket.AF_INET6 if ":" in self._address[0] else socket.AF_INET, socket.SOCK_STREAM)
        opened.settimeout(0)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SEND_BUFFER)
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _DEAD_PEER_MS)
        self._socket, self._is_connected = opened, False
        try:
            code = opened.connect_ex(self._address)
        except OSError as problem:
            raise _lost(problem) from problem
        if code not in {0, errno.EINPROGRESS}:
            raise LinkLost(os.strerror(code))

    def is_connected(self) -> bool:
        """Did the connecting end well? False while it goes on."""
        if self._is_connected:
            return True
        opened = self._open_socket()
        code = opened.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if code:
            raise LinkLost(os.strerror(code))
        try:
            opened.getpeername()
        except OSError:
            return False
        self._is_connected = True
        return True

    def receive(self) -> bytes:
        """All that has arrived. The end of the connection is told by the call behind the last bytes."""
        try:
            data = self._open_socket().recv(_RECEIVE_LIMIT)
        except BlockingIOError:
            return b""
        except OSError as problem:
            raise _lost(problem) from problem
        if not data:
            raise LinkLost("closed by the printer")
        return data

    def send(self, data: bytes | memoryview) -> int:
        """Hand over what fits."""
        try:
            return self._open_socket().send(data)
        except BlockingIOError:
            return 0
        except OSError as problem:
            raise _lost(problem) from problem

    def close(self) -> None:
        """End in order. Unread bytes are taken first: with them in the socket, closing would cut off what was sent."""
        try:
            while self._socket is not None and self.receive():
                pass
        except LinkLost:
            self.abort()
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def abort(self) -> None:
        """End at once: what has not left yet is dropped, so that it cannot come out later."""
        if self._socket is not None:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ABORT)
            self._socket.close()
            self._socket = None

    def fileno(self) -> int | None:
        """For waiting."""
        return None if self._socket is None else self._socket.fileno()

    def _open_socket(self) -> socket.socket:
        if self._socket is None:
            raise LinkLost("not connected")
        return self._socket


def _lost(problem: OSError) -> LinkLost:
    return LinkLost(problem.strerror or type(problem).__name__)
