"""A network that can be cut: a TCP relay on loopback between a terminal and its server.

Decides what becomes of bytes under the condition it is in (`lab.outages`); the conditions apply to open connections
at once. One thread serves all connections; every method may be called from any thread.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
import time
from collections.abc import Callable, Iterator
from typing import Self

from lab.outages import BlackHole, Condition, Passing, Refusing
from lab.reserved_port import ReservedPort, close_listener
from lab.traffic import Connection, Traffic

_JOIN_S = 1.0
_WAKES = 4096


class Relay:
    """Listens on 127.0.0.1 and passes on to `target`. A context manager."""

    def __init__(self, target: tuple[str, int], *, port: int = 0) -> None:
        """`target` is host and port of the real server; port 0 takes a free one."""
        self._port = ReservedPort(port)
        self._changed = threading.Condition(threading.RLock())
        self._traffic = Traffic(target)
        self._listener: socket.socket | None = None
        self._is_stopping = False
        self._wake_read, self._wake_write = socket.socketpair()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Listen and pass on. Raises OSError when the port is taken."""
        self._listen()
        self._thread = threading.Thread(target=self._run, name="relay", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Close everything, within 1 s. Harmless when repeated."""
        with self._change():
            self._is_stopping = True
        if self._thread is not None:
            self._thread.join(_JOIN_S)
            self._thread = None
        self._close_all()
        self._port.free()
        self._wake_read.close()
        self._wake_write.close()

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """Stop."""
        self.stop()

    @property
    def address(self) -> tuple[str, int]:
        """Host and port; the port stays the same through every condition. Known after `start`."""
        return "127.0.0.1", self._port.number

    @property
    def condition(self) -> Condition:
        """What the network is doing now."""
        with self._changed:
            return self._traffic.condition

    @property
    def accepted(self) -> int:
        """How many connections came so far."""
        with self._changed:
            return self._traffic.accepted

    @property
    def open_connections(self) -> int:
        """How many connections are open now."""
        with self._changed:
            return len(self._traffic.connections)

    @property
    def cuts(self) -> int:
        """How many connections a condition or `cut` broke so far."""
        with self._changed:
            return self._traffic.cuts

    def wait_until(self, what: Callable[[], bool], *, timeout_s: float = 30.0) -> bool:
        """Whether `what` came true within the time; it is asked again after each thing that happens here."""
        with self._changed:
            return self._changed.wait_for(what, timeout_s)

    def switch(self, condition: Condition, *, times: int | None = None) -> None:
        """From now on the network is like this.

        `times` is for conditions that break or answer a connection: after so many the network passes again.
        """
        with self._change():
            self._traffic.switch(condition, times=times)
            if isinstance(condition, Refusing):
                self._close_all()
            elif self._thread is not None:
                self._listen()

    def restore(self) -> None:
        """All is well again."""
        self.switch(Passing())

    def cut(self) -> None:
        """Reset every open connection, both ends, now. New ones are treated as the condition says."""
        with self._change():
            self._traffic.break_all()

    # -- inside, under the lock --------------------------------------------------------------------------------------

    @contextlib.contextmanager
    def _change(self) -> Iterator[None]:
        with self._changed:
            yield
            self._changed.notify_all()
            with contextlib.suppress(OSError):
                self._wake_write.send(b"\0")

    def _listen(self) -> None:
        if self._listener is not None:
            return
        self._listener = self._port.listener()

    def _close_all(self) -> None:
        if self._listener is not None:
            close_listener(self._listener)
            self._listener = None
        self._traffic.break_all()

    def _run(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._wake_read, selectors.EVENT_READ)
            while True:
                with self._changed:
                    if self._is_stopping:
                        return
                    wait_s = self._traffic.release_due(time.monotonic())
                    self._select_on(selector)
                    self._changed.notify_all()
                ready = selector.select(wait_s)
                with self._changed:
                    for key, events in ready:
                        if key.fileobj is self._wake_read:
                            self._wake_read.recv(_WAKES)
                        elif key.fileobj is self._listener:
                            self._accept()
                        elif isinstance(key.data, Connection):
                            self._traffic.serve(key.data, key.fileobj, events)

    def _select_on(self, selector: selectors.BaseSelector) -> None:
        for key in list(selector.get_map().values()):
            if key.fileobj is not self._wake_read:
                selector.unregister(key.fileobj)
        if isinstance(self._traffic.condition, BlackHole):
            return
        if self._listener is not None:
            selector.register(self._listener, selectors.EVENT_READ)
        self._traffic.register(selector)

    def _accept(self) -> None:
        if self._listener is None:
            return
        with contextlib.suppress(BlockingIOError, ConnectionError):
            self._traffic.add(self._listener.accept()[0])
