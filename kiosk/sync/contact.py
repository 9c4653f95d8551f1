"""What is known of the line: on line or not, whether the server has shut this terminal out, and how far the
terminal's clock is from the server's. For any thread.

The clock's distance is kept against the boot clock, so that a step of the wall clock does not spoil it. Each answer was
written at some instant between question and answer: one that took long still tells that what is known is wrong. What
contradicts it is a rumour until another answer says the same: any one answer may be old or mistaken.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass

from kiosk.ports.central import ConnectionChanged, TimeCorrected
from kiosk.ports.clock import Clock
from kiosk.ports.events import Emit

_log = logging.getLogger(__name__)
QUICK_ROUND_MS = 1000
"""An answer that took longer says too little about the time it was written at, unless it contradicts what is known."""
_TELLING_ROUND_MS = 5000
"""An answer within it that does not contradict what is known contradicts the rumour."""
_DOUBTFUL_MS = 2000
"""A correction by more says that a clock has jumped: one answer is not believed without another."""
_RUMOUR_MS = 10 * 60 * 1000
"""So long a rumour that nobody repeats makes what is known unsure."""
EARLIEST_MS, LATEST_MS = 1_577_836_800_000, 4_102_444_800_000
"""2020 to 2100: no server in its right mind says anything else."""


@dataclass(frozen=True, slots=True)
class _Span:
    """Server time minus boot clock is somewhere in it, says an answer."""

    least_ms: int
    most_ms: int

    def middle_ms(self) -> int:
        return (self.least_ms + self.most_ms) // 2

    def nearest_ms(self, distance_ms: int) -> int:
        return min(max(distance_ms, self.least_ms), self.most_ms)

    def common(self, other: _Span) -> _Span | None:
        """What both say; None when they are too far from each other to speak of one time."""
        least, most = max(self.least_ms, other.least_ms), min(self.most_ms, other.most_ms)
        if least - most > _DOUBTFUL_MS:
            return None
        return _Span(min(least, most), max(least, most))


@dataclass(frozen=True, slots=True)
class _Rumour:
    """One answer that contradicts what is known."""

    span: _Span
    heard_boot_ms: int


class Contact:
    """The one memory of both users of the line."""

    def __init__(self, clock: Clock, *, emit: Emit) -> None:
        self._clock = clock
        self._emit = emit
        self._lock = threading.Lock()
        self._is_online = False
        self._shut_out = ""
        self._server_minus_boot_ms: int | None = None
        self._is_confirmed = False
        """Whether a second answer has said what is known."""
        self._rumour: _Rumour | None = None
        self._is_rough = False
        """Whether what is known was said by a slow answer only: it may be seconds off."""
        self.nonsense_times = 0
        """Times that no server can mean."""

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
        if not EARLIEST_MS <= server_ms < LATEST_MS:
            with self._lock:
                self.nonsense_times += 1
            _log.warning("the server's time is none: %d so far", self.nonsense_times)
            return
        said = _Span(server_ms - received_boot_ms, server_ms - sent_boot_ms)
        with self._lock:
            known = self._server_minus_boot_ms
            has_moved = self._learn(known, said, received_boot_ms)
        if has_moved:
            self._emit(TimeCorrected())

    def _learn(self, known: int | None, said: _Span, received_boot_ms: int) -> bool:
        """Whether what is known has moved noticeably."""
        round_ms = said.most_ms - said.least_ms
        if known is None:
            self._server_minus_boot_ms = said.middle_ms()
            self._is_rough = round_ms > QUICK_ROUND_MS
            return True
        if round_ms <= QUICK_ROUND_MS:
            self._is_rough = False
        learnt = said.middle_ms() if round_ms <= QUICK_ROUND_MS else said.nearest_ms(known)
        if abs(learnt - known) <= _DOUBTFUL_MS:
            self._server_minus_boot_ms = learnt
            self._is_confirmed = True
            if round_ms <= _TELLING_ROUND_MS:
                self._rumour = None
            return False
        common = None if self._rumour is None else self._rumour.span.common(said)
        if common is None:
            self._rumour = _Rumour(said, received_boot_ms)
            return False
        self._server_minus_boot_ms = common.middle_ms()
        self._is_confirmed = True
        self._rumour = None
        return True

    def doubts_time(self) -> bool:
        """Whether one more answer is wanted soon: only a slow one told the time, or one contradicted it."""
        with self._lock:
            return self._is_rough or self._rumour is not None

    def is_time_sure(self) -> bool:
        """Whether two answers have said what is known, and none contradicts them: visits may be dropped by it."""
        with self._lock:
            heard_ms = None if self._rumour is None else self._rumour.heard_boot_ms
            is_doubted = heard_ms is not None and self._clock.boot_ms() - heard_ms < _RUMOUR_MS
            return self._is_confirmed and not is_doubted

    def now_offset_ms(self) -> int | None:
        """Server time minus wall clock, now; None until learnt in this boot."""
        with self._lock:
            anchor = self._server_minus_boot_ms
        return None if anchor is None else anchor + self._clock.boot_ms() - self._clock.now_ms()
