"""How far this terminal's clock is believed, and what time it is by the best clock there is. For any thread.

Decides no sale: `booking.lending.may_sell` does, by what is told here. No clock keeps a place from being sold twice; a
wrong one wastes places, or lets only check-ins go on until the server has told the time.  # sync C4
"""

from __future__ import annotations

import logging
import threading
from dataclasses import replace

from booking.lending import ClockTrust, Now, trust_after_a_start
from kiosk.ports.clock import Clock
from kiosk.ports.lending import ClockMark
from kiosk.sync.contact import Contact

_log = logging.getLogger(__name__)
_KEEP_EVERY_MS = 10 * 60 * 1000
"""So far the kept mark may lag behind: a clock that falls back by less after a power cut is not found out."""


class TrustedClock:
    """The best known time with its trust, and what of it is to be kept on disk."""

    def __init__(self, clock: Clock, contact: Contact, *, mark: ClockMark) -> None:
        """`mark` is what was kept last."""
        self._clock = clock
        self._contact = contact
        self._lock = threading.Lock()
        self._kept = mark
        self._mark = mark
        self._trust: ClockTrust | None = None

    def now(self) -> Now:
        """The terminal's clocks at this moment."""
        with self._lock:
            boot_ms, wall_ms, trust = self._read()
            has_changed = trust is not self._trust and ClockTrust.LOST in (trust, self._trust)
            self._trust = trust
        if has_changed:
            _log.warning("the clock's trust is now: %s", trust.value)
        return Now(boot_id=self._clock.boot_id(), boot_ms=boot_ms, wall_ms=wall_ms, trust=trust)

    def to_keep(self) -> ClockMark | None:
        """What should be on disk by now; None while that is near enough."""
        self.now()
        with self._lock:
            mark, kept = self._mark, self._kept
            is_news = mark.boot_id != kept.boot_id
            is_far = abs(mark.high_water_ms - kept.high_water_ms) >= _KEEP_EVERY_MS
            return mark if is_news or is_far else None

    def kept(self, mark: ClockMark) -> None:
        """It is on disk."""
        with self._lock:
            self._kept = mark

    def _read(self) -> tuple[int, int, ClockTrust]:
        boot_ms, offset_ms = self._clock.boot_ms(), self._contact.now_offset_ms()
        if offset_ms is not None:
            wall_ms = self._clock.now_ms() + offset_ms
            self._learn(wall_ms, boot_ms)
            return boot_ms, wall_ms, ClockTrust.SYNCED if self._contact.is_online() else ClockTrust.HOLDOVER
        distance_ms = self._mark.server_minus_boot_ms
        if distance_ms is not None and self._mark.boot_id == self._clock.boot_id():
            self._see(boot_ms + distance_ms)
            return boot_ms, boot_ms + distance_ms, ClockTrust.HOLDOVER
        wall_ms = self._clock.now_ms()
        trust = trust_after_a_start(wall_ms=wall_ms, high_water_ms=self._mark.high_water_ms)
        if trust is not ClockTrust.LOST:
            self._see(wall_ms)
        return boot_ms, wall_ms, trust

    def _learn(self, wall_ms: int, boot_ms: int) -> None:
        """What the server told. A mark that lies ahead of a time which two answers confirm was wrong itself."""
        high_water_ms = self._mark.high_water_ms
        if wall_ms > high_water_ms or self._contact.is_time_sure():
            high_water_ms = wall_ms
        self._mark = ClockMark(
            high_water_ms=high_water_ms, boot_id=self._clock.boot_id(), server_minus_boot_ms=wall_ms - boot_ms
        )

    def _see(self, wall_ms: int) -> None:
        if wall_ms > self._mark.high_water_ms:
            self._mark = replace(self._mark, high_water_ms=wall_ms)
