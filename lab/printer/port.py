"""The printer's network port: who is connected, what comes and goes, and how the link fails.

One session at a time: a second host connects to nobody until the first is gone. Bytes are taken only while the receive
buffer has room, so that a printer without paper makes its host wait. Every method is called under the printer's lock.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import struct
from enum import Enum

from lab.printer.mechanism import Mechanism
from lab.reserved_port import ReservedPort, close_listener

_PIECE_BYTES = 4096
_MOST_UNSENT = 4096
# The kernel's own buffer would hide back-pressure; below this a transfer crawls.
_KERNEL_BUFFER_BYTES = 8192
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Link(Enum):
    """What a host meets."""

    PLUGGED = "plugged"
    REFUSING = "refusing"
    UNPLUGGED = "unplugged"


class PrinterPort:
    """The listening socket and the one session."""

    def __init__(self, *, port: int) -> None:
        """Closed. Port 0 takes a free one at the first `open` and keeps it."""
        self._place = ReservedPort(port)
        self.link = Link.PLUGGED
        self.is_silent = False
        self.drop_after: int | None = None
        self.received_bytes = 0
        self.sessions = 0
        self.mechanism: Mechanism | None = None
        self._unsent = bytearray()
        self._listener: socket.socket | None = None
        self._session: socket.socket | None = None

    @property
    def port(self) -> int:
        """The port; 0 before the first `open`."""
        return self._place.number

    @property
    def has_session(self) -> bool:
        """Whether a host is served."""
        return self._session is not None

    def say(self, data: bytes) -> None:
        """Queue bytes for the host; without one, or when it does not read, they are lost."""
        if self._session is not None and not self.is_silent and len(self._unsent) + len(data) <= _MOST_UNSENT:
            self._unsent += data

    def open(self) -> None:
        """Listen. Raises OSError when the port is taken."""
        if self._listener is not None:
            return
        self._listener = self._place.listener(receive_bytes=_KERNEL_BUFFER_BYTES)

    def close(self) -> None:
        """Listen no more and reset the session."""
        self.reset_session()
        if self._listener is not None:
            close_listener(self._listener)
            self._listener = None

    def free(self) -> None:
        """Close for good: the port may be somebody else's."""
        self.close()
        self._place.free()

    def reset_session(self) -> None:
        """End the session as a crash does, with RST."""
        if self._session is None:
            return
        with contextlib.suppress(OSError):
            self._session.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self._end_session()

    def watched(self) -> dict[socket.socket, int]:
        """What to select on now, with which selector events."""
        wanted: dict[socket.socket, int] = {}
        if self.link is not Link.PLUGGED:
            return wanted
        if self._session is None and self._listener is not None:
            wanted[self._listener] = selectors.EVENT_READ
        if self._session is not None and self.mechanism is not None:
            events = (selectors.EVENT_READ if self.mechanism.room else 0) | (
                selectors.EVENT_WRITE if self._unsent else 0
            )
            if events:
                wanted[self._session] = events
        return wanted

    def handle(self, ready: socket.socket, events: int) -> None:
        """Do what a socket is ready for; it may be gone by now."""
        if self.link is not Link.PLUGGED:
            return
        if ready is self._listener:
            self._accept()
        elif ready is self._session:
            with contextlib.suppress(BlockingIOError):
                if events & selectors.EVENT_WRITE:
                    self._send()
                if events & selectors.EVENT_READ:
                    self._receive()

    def _accept(self) -> None:
        if self._listener is None or self._session is not None:
            return
        with contextlib.suppress(BlockingIOError, ConnectionError):
            self._session, _host = self._listener.accept()
            self._session.settimeout(0.0)
            self._session.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.sessions += 1

    def _send(self) -> None:
        if self._session is None:
            return
        try:
            sent = self._session.send(self._unsent)
        except ConnectionError:
            self._end_session()
            return
        del self._unsent[:sent]

    def _receive(self) -> None:
        if self._session is None or self.mechanism is None:
            return
        most = min(_PIECE_BYTES, self.mechanism.room)
        if self.drop_after is not None:
            most = min(most, self.drop_after)
        try:
            piece = self._session.recv(most) if most else b""
        except ConnectionError:
            self._end_session()
            return
        if not piece and most:
            self._end_session()
            return
        self.received_bytes += len(piece)
        self.mechanism.receive(piece)
        if self.drop_after is not None:
            self.drop_after -= len(piece)
            if self.drop_after == 0:
                self.drop_after = None
                self.reset_session()

    def _end_session(self) -> None:
        if self._session is not None:
            self._session.close()
        self._session = None
        self._unsent.clear()
