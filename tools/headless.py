"""A terminal without a window: the same composition as the application, with its events pumped by the caller.

For journeys, soaks and benches. Everything else is real: store, desk, sync, readers and printer as given.
"""

from __future__ import annotations

import queue
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from kiosk import bootstrap
from kiosk.devices.cards.readers import PcscCardReaders
from kiosk.devices.clock import SystemClock
from kiosk.journey.screen import Intent, IntentKind, Page
from kiosk.ports.clock import Clock
from kiosk.settings import PrinterSettings, ScannerSettings, ScreenSettings, ServerSettings, Settings


class NotReached(AssertionError):
    """The terminal did not come to the awaited point in time; the message says where it stands."""


def settings_for(
    data_dir: Path,
    *,
    server: tuple[str, int],
    printer: tuple[str, int] = ("127.0.0.1", 9),
    scanner: str = "",
    is_landscape: bool = False,
) -> Settings:
    """Settings of a terminal on this machine."""
    screen = ScreenSettings(1366, 768, 15.6) if is_landscape else ScreenSettings()
    return Settings(
        data_dir=str(data_dir),
        server=ServerSettings(url=f"http://{server[0]}:{server[1]}"),
        screen=screen,
        printer=PrinterSettings(host=printer[0], port=printer[1]),
        scanner=ScannerSettings(scanner),
    )


class HeadlessTerminal:
    """Runs a terminal on the caller's thread."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Clock | None = None,
        make_readers: bootstrap.MakeReaders = PcscCardReaders,
        make_printer: bootstrap.MakePrinter = bootstrap.escpos_printer,
        on_event: Callable[[object], None] = lambda _event: None,
    ) -> None:
        """Nothing is opened before `start`."""
        self._settings = settings
        self._clock = clock or SystemClock()
        self._make_readers = make_readers
        self._make_printer = make_printer
        self._on_event = on_event
        self._events: queue.SimpleQueue[object] = queue.SimpleQueue()
        self._terminal: bootstrap.Terminal | None = None
        self.bugs: list[BaseException] = []
        self.forgotten = 0

    @property
    def terminal(self) -> bootstrap.Terminal:
        """The composed terminal. Raises RuntimeError before `start`."""
        if self._terminal is None:
            raise RuntimeError("the terminal is not started")
        return self._terminal

    @property
    def page(self) -> Page:
        """The page on the screen now."""
        return self.terminal.runtime.screen().page

    def enrol(self, code: str) -> None:
        """Enrol with a one-time code, as `kioskctl enrol` does. Before `start`."""
        store = bootstrap.open_terminal_store(self._settings, self._clock)
        try:
            bootstrap.enrol_terminal(self._settings, store, code)
        finally:
            store.close()

    def start(self) -> Self:
        """Open the store, compose, start all workers."""
        world = bootstrap.World(
            clock=self._clock,
            emit=self._events.put,
            forget=self._forget,
            report_bug=self.bugs.append,
            make_readers=self._make_readers,
            make_printer=self._make_printer,
        )
        store = bootstrap.open_terminal_store(self._settings, self._clock)
        self._terminal = bootstrap.build(self._settings, store, world)
        self._terminal.start()
        return self

    def stop(self) -> None:
        """Stop all workers and close the store."""
        if self._terminal is not None:
            self._terminal.stop()
            self._terminal.store.close()
            self._terminal = None

    def emit(self, event: object) -> None:
        """Put an event in from outside, from any thread."""
        self._events.put(event)

    def tap(self, kind: IntentKind, arg: str = "") -> None:
        """A finger."""
        self._handle(Intent(kind, arg))

    def pump(self, wait_s: float) -> bool:
        """Handle one event, or the wake-up when it is due; False when nothing happened in that time."""
        runtime = self.terminal.runtime
        due_s = runtime.next_wake_ms() / 1000
        try:
            event = self._events.get(timeout=max(0.0, min(wait_s, due_s)))
        except queue.Empty:
            if due_s <= wait_s:
                runtime.wake()
                return True
            return False
        self._handle(event)
        return True

    def until(self, reached: Callable[[], bool], *, timeout_s: float = 40.0, what: str = "") -> None:
        """Pump events until it is so. Raises NotReached with the page that stands there instead."""
        ends = time.monotonic() + timeout_s
        while not reached():
            left_s = ends - time.monotonic()
            if left_s <= 0:
                state = type(self.terminal.runtime.journey.state).__name__
                status = self.terminal.status()
                raise NotReached(f"not reached within {timeout_s} s: {what or reached}; it stands at {state}; {status}")
            self.pump(min(left_s, 0.5))
        if self.bugs:
            raise self.bugs[0]

    def until_page(self, kind: type[Page], *, timeout_s: float = 40.0) -> Page:
        """Pump events until a page of this kind is on the screen."""
        self.until(lambda: isinstance(self.page, kind), timeout_s=timeout_s, what=kind.__name__)
        return self.page

    def _handle(self, event: object) -> None:
        self._on_event(event)
        self.terminal.runtime.handle(event)

    def _forget(self) -> None:
        self.forgotten += 1

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.stop()
