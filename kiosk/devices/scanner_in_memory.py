"""A scanner without a device: what is scanned is said, not read. For tests, demonstrations and simulations."""

from __future__ import annotations

from kiosk.devices.scanned_text import judge
from kiosk.ports.events import Emit
from kiosk.ports.scanners import ScannerChanged, ScannerCondition


class InMemoryScanner:
    """`Scanner` in memory. Events go out on the caller's thread."""

    def __init__(self, emit: Emit) -> None:
        """Plugged in."""
        self._emit = emit
        self._is_plugged = True
        self._is_running = False
        self._condition = ScannerCondition.UNKNOWN

    def start(self) -> None:
        """Begin to listen."""
        self._is_running = True
        self._tell_condition()

    def stop(self) -> None:
        """Nothing is told any more."""
        self._is_running = False

    def scan(self, code: bytes) -> None:
        """Hold up a code; nothing happens where the scanner is unplugged."""
        if self._is_running and self._is_plugged:
            self._emit(judge(code))

    def unplug(self) -> None:
        """Pull its cable."""
        self._is_plugged = False
        self._tell_condition()

    def plug_in(self) -> None:
        """Put its cable back."""
        self._is_plugged = True
        self._tell_condition()

    def _tell_condition(self) -> None:
        condition = ScannerCondition.READY if self._is_plugged else ScannerCondition.ABSENT
        if self._is_running and condition is not self._condition:
            self._condition = condition
            self._emit(ScannerChanged(condition))
