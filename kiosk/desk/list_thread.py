"""The thread that makes the list worker and calls its steps; woken when something may have changed.

The worker is made on its own thread, because that takes longer than a first page may wait for.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Protocol

from kiosk.ports.clock import Clock
from kiosk.ports.lists import ListOrder
from kiosk.ports.printers import PrintFinished

STOP_WITHIN_S = 2.0
_AFTER_A_BUG_MS = 60_000
_LOOK_S = 1.0
"""A wait does not count while the machine sleeps, and the boot clock does: it is looked at again and again."""


class Worker(Protocol):
    """What runs on this thread: `list_worker.ListWorker`."""

    def order(self, order: ListOrder) -> None:
        """Staff want this list."""
        ...

    def note(self, event: PrintFinished) -> None:
        """What became of some print job."""
        ...

    def step(self, now_boot_ms: int) -> int:
        """Do what is due; when to call again."""
        ...


class ListThread:
    """Runs a list worker. Start it once."""

    def __init__(
        self, make_worker: Callable[[], Worker], *, clock: Clock, report_bug: Callable[[BaseException], None]
    ) -> None:
        self._make_worker = make_worker
        self._made: Worker | None = None
        self._inbox: queue.SimpleQueue[ListOrder | PrintFinished] = queue.SimpleQueue()
        self._clock = clock
        self._report_bug = report_bug
        self._woken = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="lists", daemon=True)

    def start(self) -> None:
        """Begin. Returns at once."""
        self._thread.start()

    def wake(self) -> None:
        """The line or the printer has changed. From any thread; returns at once."""
        self._woken.set()

    def note(self, event: PrintFinished) -> None:
        """What became of a print job. From any thread; returns at once."""
        self._inbox.put(event)
        self._woken.set()

    def order(self, order: ListOrder) -> None:
        """Staff want a list. From any thread; returns at once."""
        self._inbox.put(order)
        self._woken.set()

    def stop(self) -> bool:
        """End within 2 s; whether the thread has ended."""
        self._stopping.set()
        self._woken.set()
        if self._thread.ident is not None:
            self._thread.join(STOP_WITHIN_S)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._woken.clear()
            try:
                next_ms = self._turn(self._worker())
            except Exception as bug:  # noqa: BLE001 - the worker's loop: the sink gets the bug, the next step is tried
                self._report_bug(bug)
                next_ms = self._clock.boot_ms() + _AFTER_A_BUG_MS
            self._rest_until(next_ms)

    def _worker(self) -> Worker:
        if self._made is None:
            self._made = self._make_worker()
        return self._made

    def _turn(self, worker: Worker) -> int:
        while not self._inbox.empty():
            said = self._inbox.get()
            if isinstance(said, PrintFinished):
                worker.note(said)
            else:
                worker.order(said)
        return worker.step(self._clock.boot_ms())

    def _rest_until(self, boot_ms: int) -> None:
        while (left_ms := boot_ms - self._clock.boot_ms()) > 0:
            if self._woken.wait(min(left_ms / 1000, _LOOK_S)):
                return
