"""What is known of the line: on line or not, whether the server has shut this terminal out, and how far the
terminal's clock is from the server's. For any thread.

The clock's distance is kept against the boot clock, so that a step of the wall clock does not spoil it. Each answer was
written at some instant between question and answer: one that took long still tells that what is known is wrong.
"""

from __future__ import annotations

import logging
import threading

from kiosk.ports.central import ConnectionChanged, TimeCorrected
from kiosk.ports.clock import Clock
from kiosk.ports.events import Emit

_log = logging.getLogger(__name__)
QUICK_ROUND_MS = 1000
"""An answer that took longer says too little about the time it was written at, unless it contradicts what is known."""
_TELLING_ROUND_MS = 5000
"""An answer within it that does not contradict what is known confirms it."""
_DOUBTFUL_MS = 2000
"""A correction by more says that a clock has jumped: one answer is not believed without another."""


class Contact:
    """The one memory of both users of the line."""

    def __init__(self, clock: Clock, *, emit: Emit) -> None:
        self._clock = clock
        self._emit = emit
        self._lock = threading.Lock()
        self._is_online = False
        self._shut_out = ""
        self._server_minus_boot_ms: int | None = None
        self._is_time_doubted = False

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
        round_ms = received_boot_ms - sent_boot_ms
        least, most = server_ms - received_boot_ms, server_ms - sent_boot_ms
        with self._lock:
            known = self._server_minus_boot_ms
            if known is None or round_ms <= QUICK_ROUND_MS:
                learnt = (least + most) // 2
            else:
                learnt = min(max(known, least), most)
            self._server_minus_boot_ms = learnt
            has_moved = known is not None and abs(learnt - known) > _DOUBTFUL_MS
            if has_moved:
                self._is_time_doubted = True
            elif round_ms <= _TELLING_ROUND_MS:
                self._is_time_doubted = False
        if has_moved or known is None:
            self._emit(TimeCorrected())

    def doubts_time(self) -> bool:
        """Whether the last answers contradict each other about the time: another one is wanted soon."""
        with self._lock:
            return self._is_time_doubted

    def now_offset_ms(self) -> int | None:
        """Server time minus wall clock, now; None until learnt in this boot."""
        with self._lock:
            anchor = self._server_minus_boot_ms
        return None if anchor is None else anchor + self._clock.boot_ms() - self._clock.now_ms()
