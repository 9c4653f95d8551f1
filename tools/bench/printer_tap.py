"""Between terminal and printer: notes when the first bytes of a ticket pass. Status questions are a few bytes long."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from types import TracebackType
from typing import Self

_TICKET_BYTES = 64
_CHUNK = 65_536


class PrinterTap:
    """Passes all bytes on at once. A context manager."""

    def __init__(self, printer: tuple[str, int]) -> None:
        self._printer = printer
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._gate = threading.Lock()
        self._tickets_ns: list[int] = []

    @property
    def address(self) -> tuple[str, int]:
        """Where the terminal finds the printer."""
        return "127.0.0.1", self._listener.getsockname()[1]

    def first_after(self, since_ns: int) -> int | None:
        """When the first large piece after this instant passed."""
        with self._gate:
            return next((at_ns for at_ns in self._tickets_ns if at_ns > since_ns), None)

    def __enter__(self) -> Self:
        """Listen."""
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Listen no more."""
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                terminal, _ = self._listener.accept()
                printer = socket.create_connection(self._printer)
                for side in (terminal, printer):
                    side.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._pass_on, args=(terminal, printer, True), daemon=True).start()
                threading.Thread(target=self._pass_on, args=(printer, terminal, False), daemon=True).start()

    def _pass_on(self, source: socket.socket, target: socket.socket, is_noted: bool) -> None:  # noqa: FBT001 - of a thread
        with contextlib.suppress(OSError):
            while data := source.recv(_CHUNK):
                if is_noted and len(data) >= _TICKET_BYTES:
                    with self._gate:
                        self._tickets_ns.append(time.monotonic_ns())
                target.sendall(data)
        for side in (source, target):
            # Closing alone would not wake the thread that waits for this side's bytes.
            with contextlib.suppress(OSError):
                side.shutdown(socket.SHUT_RDWR)
        source.close()
