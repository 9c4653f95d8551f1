"""What goes through a relay: its connections, and what becomes of their bytes under the present condition.

Knows neither thread nor listening socket; every method is called under the relay's lock.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import struct
import time
from collections import deque
from dataclasses import dataclass, field

from lab.outages import (
    AnsweringItself,
    Condition,
    CuttingAnswers,
    Delaying,
    HalvingBodies,
    LosingAnswers,
    Passing,
    half_of_http,
    request_length,
)

_PIECE_BYTES = 65_536
_MOST_WAITING = 1_048_576
_CONNECT_S = 0.5
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


@dataclass(slots=True, eq=False)
class Connection:
    """A client, its server, and what is on its way between them."""

    client: socket.socket
    server: socket.socket | None
    to_server: bytearray = field(default_factory=bytearray)
    to_client: bytearray = field(default_factory=bytearray)
    later: deque[tuple[float, bytes]] = field(default_factory=deque)
    """Pieces of answers with the instant from which they may go on."""
    answered: bytearray = field(default_factory=bytearray)
    """The answer so far, where a condition has to look into it."""
    answered_bytes: int = 0
    client_ended: bool = False
    server_ended: bool = False
    closes_when_sent: bool = False


class Traffic:
    """All connections of one relay."""

    def __init__(self, target: tuple[str, int]) -> None:
        """`target` is host and port of the real server."""
        self._target = target
        self._times_left: int | None = None
        self.condition: Condition = Passing()
        self.connections: set[Connection] = set()
        self.accepted = 0
        self.cuts = 0

    def switch(self, condition: Condition, *, times: int | None) -> None:
        """Treat bytes like this from now on; after it struck `times` times, pass them again."""
        self.condition, self._times_left = condition, times
        for connection in self.connections:
            connection.answered.clear()
            connection.answered_bytes = 0

    def break_all(self) -> None:
        """Reset every connection, both ends."""
        for connection in list(self.connections):
            self._break(connection)

    def add(self, client: socket.socket) -> None:
        """A client came."""
        self.accepted += 1
        client.settimeout(0.0)
        connection = Connection(client, None)
        self.connections.add(connection)
        if not isinstance(self.condition, AnsweringItself):
            self._connect(connection)

    def register(self, selector: selectors.BaseSelector) -> None:
        """Tell the selector what every connection waits for; the key's data is the connection."""
        for each in self.connections:
            _register(selector, each, each.client, each.to_client, is_read=not each.client_ended)
            if each.server is not None:
                has_room = len(each.to_client) < _MOST_WAITING
                # Half a request waits here for its other half, which somebody else is going to answer.
                waiting = bytearray() if isinstance(self.condition, AnsweringItself) else each.to_server
                _register(selector, each, each.server, waiting, is_read=not each.server_ended and has_room)

    def release_due(self, now_s: float) -> float | None:
        """Let delayed pieces go on; seconds until the next one may."""
        next_s: float | None = None
        for connection in list(self.connections):
            while connection.later and connection.later[0][0] <= now_s:
                connection.to_client += connection.later.popleft()[1]
            if connection.later:
                wait_s = connection.later[0][0] - now_s
                next_s = wait_s if next_s is None else min(next_s, wait_s)
            self._close_if_done(connection)
        return next_s

    def _break(self, connection: Connection) -> None:
        """Reset both ends."""
        self.cuts += 1
        for end in (connection.client, connection.server):
            if end is not None:
                with contextlib.suppress(OSError):
                    end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self._forget(connection)

    def _forget(self, connection: Connection) -> None:
        connection.client.close()
        if connection.server is not None:
            connection.server.close()
        self.connections.discard(connection)

    def _used(self) -> None:
        """A condition struck once."""
        if self._times_left is not None:
            self._times_left -= 1
            if self._times_left <= 0:
                self.condition, self._times_left = Passing(), None

    def _connect(self, connection: Connection) -> None:
        try:
            connection.server = socket.create_connection(self._target, _CONNECT_S)
        except OSError:
            self._break(connection)
            return
        connection.server.settimeout(0.0)
        for end in (connection.client, connection.server):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def serve(self, connection: Connection, end: object, events: int) -> None:
        """Do what one end of a connection is ready for; the connection may be gone by now."""
        if connection not in self.connections:
            return
        is_client = end is connection.client
        try:
            if events & selectors.EVENT_WRITE:
                waiting = connection.to_client if is_client else connection.to_server
                sender = connection.client if is_client else connection.server
                if sender is not None:
                    del waiting[: sender.send(waiting)]
            if events & selectors.EVENT_READ:
                if is_client:
                    self._from_client(connection)
                else:
                    self._from_server(connection)
        except BlockingIOError:
            return
        except OSError:
            self._break(connection)
            return
        self._close_if_done(connection)

    def _from_client(self, connection: Connection) -> None:
        piece = connection.client.recv(_PIECE_BYTES)
        connection.client_ended = not piece
        connection.to_server += piece
        if isinstance(self.condition, AnsweringItself):
            length = request_length(bytes(connection.to_server))
            if length is not None and len(connection.to_server) >= length and not connection.closes_when_sent:
                connection.to_client += self.condition.answer
                connection.to_server.clear()
                connection.closes_when_sent = True
                self._used()
        elif connection.server is None and piece:
            self._connect(connection)

    def _from_server(self, connection: Connection) -> None:
        if connection.server is None:
            return
        piece = connection.server.recv(_PIECE_BYTES)
        connection.server_ended = not piece
        match self.condition:
            case LosingAnswers() if piece:
                self._break(connection)
                self._used()
            case CuttingAnswers(after_bytes):
                self._pass_only(connection, piece, after_bytes - connection.answered_bytes)
            case HalvingBodies():
                connection.answered += piece
                half = half_of_http(bytes(connection.answered))
                if half is not None:
                    self._pass_only(connection, piece, half - connection.answered_bytes)
                else:
                    self._pass(connection, piece)
            case Delaying(delay_ms) if piece:
                connection.later.append((time.monotonic() + delay_ms / 1000, piece))
            case _:
                self._pass(connection, piece)

    def _pass(self, connection: Connection, piece: bytes) -> None:
        connection.answered_bytes += len(piece)
        if connection.later:
            connection.later.append((connection.later[-1][0], piece))
        else:
            connection.to_client += piece

    def _pass_only(self, connection: Connection, piece: bytes, most: int) -> None:
        """Pass at most this many bytes on; what is beyond never comes."""
        self._pass(connection, piece[: max(0, most)])
        if len(piece) >= most:
            connection.closes_when_sent = True
            connection.server_ended = True
            self.cuts += 1
            self._used()

    def _close_if_done(self, connection: Connection) -> None:
        if connection not in self.connections or connection.to_client or connection.later:
            return
        if connection.closes_when_sent:
            self._forget(connection)
            return
        if connection.server_ended:
            self._forget(connection)
        elif connection.client_ended and not connection.to_server:
            if connection.server is None:
                self._forget(connection)
            else:
                with contextlib.suppress(OSError):
                    connection.server.shutdown(socket.SHUT_WR)


def _register(
    selector: selectors.BaseSelector, connection: Connection, end: socket.socket, waiting: bytearray, *, is_read: bool
) -> None:
    events = (selectors.EVENT_READ if is_read else 0) | (selectors.EVENT_WRITE if waiting else 0)
    if events:
        selector.register(end, events, connection)
