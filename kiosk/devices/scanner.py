"""A code scanner in serial mode (USB-CDC or a serial line): its thread, and how it is opened again when unplugged.

Decides when the scanner counts as there; what its bytes mean is decided in `scanned_text`. Serial mode is chosen over
keyboard mode because no layout, input method or focus can spoil a code there.
"""

from __future__ import annotations

import logging
import os
import select
import termios
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kiosk.devices.crash import report_bug
from kiosk.devices.scanned_text import NOTHING_BEGUN, feed, pause
from kiosk.ports.events import Emit
from kiosk.ports.scanners import CodeNotRead, CodeScanned, ScannerChanged, ScannerCondition

_log = logging.getLogger(__name__)
_CHUNK_BYTES = 1_024
_STOP_S = 2.0
_SPEEDS = {9_600: termios.B9600, 19_200: termios.B19200, 38_400: termios.B38400, 115_200: termios.B115200}


@dataclass(frozen=True, slots=True)
class ScannerSettings:
    """What may differ between terminals."""

    path: Path
    """The device, best by its lasting name under /dev/serial/by-id."""
    baud: int = 9_600
    """9600, 19200, 38400 or 115200; without meaning for USB-CDC."""
    pause_ms: int = 100
    """Silence that ends a code without a terminator."""
    retry_ms: int = 1_000
    """Between two attempts to open a scanner that is not there."""


class SerialScanner:
    """`Scanner` over a serial device."""

    def __init__(self, emit: Emit, settings: ScannerSettings) -> None:
        """Nothing is opened before `start`. Raises ValueError for a speed that is not offered."""
        if settings.baud not in _SPEEDS:
            raise ValueError(f"no such speed: {settings.baud}")
        self._emit = emit
        self._settings = settings
        self._condition = ScannerCondition.UNKNOWN
        self._lost_by: int | None = None
        """The system's number of why it is not there, for the log."""
        self._stopping = threading.Event()
        # Wakes the thread out of its wait; non-blocking, so that stopping never waits.
        self._wake = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        self._thread = threading.Thread(target=self._run, name="scanner", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread within two seconds. Stopping again does nothing."""
        if self._stopping.is_set():
            return
        self._stopping.set()
        os.eventfd_write(self._wake, 1)
        if self._thread.ident is not None:
            self._thread.join(_STOP_S)
        if not self._thread.is_alive():
            os.close(self._wake)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._listen()
            except OSError as error:
                self._lost_by = error.errno
            except Exception:  # noqa: BLE001 - the worker's loop: without it no code would ever be read again
                report_bug()
            if not self._stopping.is_set():
                self._become(ScannerCondition.ABSENT)
                self._stopping.wait(self._settings.retry_ms / 1000)

    def _listen(self) -> None:
        """Read codes until stopped or unplugged. Raises OSError when it is not there (any more)."""
        with _opened(self._settings) as device:
            self._become(ScannerCondition.READY)
            fed = NOTHING_BEGUN
            while not self._stopping.is_set():
                is_begun = bool(fed.begun) or fed.is_overlong
                limit_s = self._settings.pause_ms / 1000 if is_begun else None
                ready, _, _ = select.select([device, self._wake], [], [], limit_s)
                if not ready:
                    fed = pause(fed)
                elif device in ready:
                    data = os.read(device, _CHUNK_BYTES)
                    if not data:
                        return
                    fed = feed(fed, data)
                self._tell(fed.events)

    def _tell(self, events: tuple[CodeScanned | CodeNotRead, ...]) -> None:
        for event in events:
            self._emit(event)

    def _become(self, condition: ScannerCondition) -> None:
        if condition is not self._condition:
            self._condition = condition
            _log.info("scanner: %s, errno %s", condition, self._lost_by)
            self._lost_by = None
            self._emit(ScannerChanged(condition))


@contextmanager
def _opened(settings: ScannerSettings) -> Iterator[int]:
    """The device, raw, with nothing in it that was scanned before. Raises OSError."""
    device = os.open(settings.path, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        _make_raw(device, settings.baud)
        yield device
    finally:
        os.close(device)


def _make_raw(device: int, baud: int) -> None:
    """8N1, no echo, no flow control, no translation. Raises OSError when it is no serial device."""
    speed = _SPEEDS[baud]
    try:
        control = termios.tcgetattr(device)[6]
        flags = termios.CS8 | termios.CREAD | termios.CLOCAL
        termios.tcsetattr(device, termios.TCSANOW, [0, 0, flags, 0, speed, speed, control])
        termios.tcflush(device, termios.TCIFLUSH)
    except termios.error as error:
        raise OSError(*error.args) from None
