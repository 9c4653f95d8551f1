"""The one place that every bug reaches: it is written down; a second one within ten minutes ends the process.

The process is then started anew by systemd (or by whoever stands in for it): a fresh start is the best repair known.
"""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable
from types import TracebackType

from kiosk.ports.clock import Clock

_LOG = logging.getLogger(__name__)
WINDOW_MS = 10 * 60 * 1000
EXIT_CODE = 70
"""EX_SOFTWARE: an internal fault."""


class CrashSink:
    """Counts bugs and decides when to give up. Thread-safe."""

    def __init__(self, *, clock: Clock, give_up: Callable[[], None]) -> None:
        """`give_up` ends the process; it is called at most once."""
        self._clock = clock
        self._give_up = give_up
        self._lock = threading.Lock()
        self._last_ms: int | None = None
        self._has_given_up = False

    def report(self, bug: BaseException) -> None:
        """Write the bug down; give up when it is the second within ten minutes."""
        _LOG.error("a bug", exc_info=(type(bug), bug, bug.__traceback__))
        with self._lock:
            now_ms = self._clock.boot_ms()
            is_second = self._last_ms is not None and now_ms - self._last_ms < WINDOW_MS
            self._last_ms = now_ms
            if not is_second or self._has_given_up:
                return
            self._has_given_up = True
        self._give_up()

    def install(self) -> Callable[[], None]:
        """Take over Python's hooks for uncaught exceptions; the returned function puts the old ones back."""
        before = sys.excepthook, threading.excepthook, sys.unraisablehook

        def on_uncaught(_kind: type[BaseException], bug: BaseException, _trace: TracebackType | None) -> None:
            self.report(bug)

        def on_thread(arguments: threading.ExceptHookArgs) -> None:
            if arguments.exc_value is not None:
                self.report(arguments.exc_value)

        def on_unraisable(unraisable: sys.UnraisableHookArgs) -> None:
            if unraisable.exc_value is not None:
                self.report(unraisable.exc_value)

        sys.excepthook, threading.excepthook, sys.unraisablehook = on_uncaught, on_thread, on_unraisable

        def restore() -> None:
            sys.excepthook, threading.excepthook, sys.unraisablehook = before

        return restore
