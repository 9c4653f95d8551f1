"""What is known of the line: on line or not, whether the server has shut this terminal out, and how far the
terminal's clock is from the server's. For any thread.

The clock's distance is kept against the boot clock, so that a step of the wall clock does not spoil it.
"""

from __future__ import annotations

import logging
import threading

from kiosk.ports.central import ConnectionChanged
from kiosk.ports.clock import Clock
from kiosk.ports.events import Emit

_log = logging.getLogger(__name__)
_USEFUL_ROUND_MS = 1000
"""An answer that took longer says too little about the time it was written at."""


class Contact:
    """The one memory of both users of the line."""

    def __init__(self, clock: Clock, *, emit: Emit) -> None:
        self._clock = clock
        self._emit = emit
        self._lock = threading.Lock()
        self._is_online = False
        self._shut_out = ""
        self._server_minus_boot_ms: int | None = None

    def is_online(self) -> bool:
        """Whether the last exchange went well."""
        with self._lock:
            return self._is_online

    def shut_out(self) -> str:
        """Why the server will not deal with this terminal (its code), until it does again; empty: it would."""
        with self._lock:
            return self._shut_out

    def note(self, *, is_online: bool, shut_out: str = "") -> None:
        """How the last exchange went; a change is emitted. A silence says nothing about being shut out."""
        with self._lock:
            has_changed = is_online != self._is_online
            self._is_online = is_online
            is_news = bool(shut_out) and shut_out != self._shut_out
            self._shut_out = "" if is_online else shut_out or self._shut_out
        if is_news:
            _log.warning("the server has shut this terminal out: %s", shut_out)
        if has_changed:
            self._emit(ConnectionChanged(is_online))

    def note_time(self, server_ms: int, *, sent_boot_ms: int, received_boot_ms: int) -> None:
        """What the server's clock said in an answer."""
        if received_boot_ms - sent_boot_ms > _USEFUL_ROUND_MS:
            return
        with self._lock:
            self._server_minus_boot_ms = server_ms - (sent_boot_ms + received_boot_ms) // 2

    def now_offset_ms(self) -> int | None:
        """Server time minus wall clock, now; None until learnt in this boot."""
        with self._lock:
            anchor = self._server_minus_boot_ms
        return None if anchor is None else anchor + self._clock.boot_ms() - self._clock.now_ms()
