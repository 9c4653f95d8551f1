"""The thread that calls the worker's steps, and is woken when something waits."""

from __future__ import annotations

import threading
from collections.abc import Callable

from kiosk.ports.clock import Clock
from kiosk.sync.server import CentralServer
from kiosk.sync.worker import SyncWorker

STOP_WITHIN_S = 2.0
_AFTER_A_BUG_S = 5.0
_LOOK_S = 1.0
"""A wait does not count while the machine sleeps, and the boot clock does: it is looked at again and again."""


class SyncThread:
    """Runs a `SyncWorker`. Start it once; `stop` gives up whatever is at hand."""

    def __init__(
        self,
        worker: SyncWorker,
        *,
        server: CentralServer,
        clock: Clock,
        report_bug: Callable[[BaseException], None],
    ) -> None:
        self._worker = worker
        self._server = server
        self._clock = clock
        self._report_bug = report_bug
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sync", daemon=True)

    def start(self) -> None:
        """Begin to synchronise. Returns at once."""
        self._thread.start()

    def wake(self) -> None:
        """Something waits: a long poll is given up for it. From any thread; returns at once."""
        self._woken.set()
        self._server.interrupt()

    def hurry(self) -> None:
        """Staff want it now: as `wake`, and no pause is waited for. From any thread; returns at once."""
        self._worker.hurry()
        self.wake()

    def stop(self) -> bool:
        """End within 2 s; whether the thread has ended."""
        self._stopping.set()
        self._woken.set()
        self._server.close()
        if self._thread.ident is not None:
            self._thread.join(STOP_WITHIN_S)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._woken.clear()
            try:
                next_ms = self._worker.step(self._clock.boot_ms())
            except Exception as bug:  # noqa: BLE001 - the worker's loop: the sink gets the bug, the next step is tried
                self._report_bug(bug)
                next_ms = self._clock.boot_ms() + int(_AFTER_A_BUG_S * 1000)
            self._rest_until(next_ms)

    def _rest_until(self, boot_ms: int) -> None:
        while (left_ms := boot_ms - self._clock.boot_ms()) > 0:
            if self._woken.wait(min(left_ms / 1000, _LOOK_S)):
                return
