"""A terminal with its real window, off screen, in this process; its devices are in memory, all else is real.

The caller is the patient. Time passes by putting the clock forward.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self

from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer
from PySide6.QtWidgets import QApplication

from kiosk import bootstrap
from kiosk.devices.printers.in_memory import InMemoryTicketPrinter
from kiosk.journey.facts import Facts
from kiosk.journey.screen import Intent, IntentKind, Page
from kiosk.journey.states import Idle, Journey
from kiosk.ports.clock import Clock
from kiosk.ports.events import Emit
from kiosk.ports.printers import Spool
from kiosk.settings import Settings
from kiosk.ui.bridge import Bridge
from kiosk.ui.gui import Loop
from kiosk.ui.theme import Panel, Theme
from kiosk.ui.widgets.button import Touchable
from tools.soak.day import Day
from tools.soak.readers import BothReaders

_REST_MS, _KEY_REST_MS = 510, 130
_LOOK_MS = 1


class NotReached(AssertionError):
    """The terminal did not come to the awaited point in time."""


class Eye(QObject):
    """Counts how often the window has been brought up to date: whatever of it had changed was painted."""

    def __init__(self, window: QObject) -> None:
        super().__init__(window)
        self.updates = 0
        window.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Count."""
        self.updates += event.type() is QEvent.Type.UpdateRequest
        return False


class Stand:
    """One terminal and whoever stands before it. A context manager."""

    def __init__(self, settings: Settings, around: Day, *, has_real_reader: bool) -> None:
        """Not enrolled yet, and off."""
        self._settings = settings
        self.day = around
        self._has_real_reader = has_real_reader
        self._app = QApplication.instance() or QApplication(["soak"])
        self.bugs: list[BaseException] = []
        self._rest_ms = _REST_MS
        self._seen: tuple[Journey, Facts, Page] | None = None

    def enrol(self) -> None:
        """Enrol with the hospital's code."""
        store = bootstrap.open_terminal_store(self._settings, self.day.clock)
        bootstrap.enrol_terminal(self._settings, store, self.day.code)
        store.close()

    def __enter__(self) -> Self:
        """Switch on."""
        screen = self._settings.screen
        theme = Theme.for_panel(Panel(screen.width_px, screen.height_px, screen.diagonal_inch), reduced_motion=True)
        self._bridge = Bridge()
        self.terminal = bootstrap.build(
            self._settings,
            bootstrap.open_terminal_store(self._settings, self.day.clock),
            bootstrap.World(
                clock=self.day.clock,
                emit=self._bridge.post,
                forget=lambda: None,
                report_bug=self.bugs.append,
                make_readers=self._make_readers,
                make_printer=self._make_printer,
            ),
        )
        now_ms: Callable[[], float] = self.day.clock.boot_ms
        self._loop = Loop(self.terminal.runtime, self._bridge, theme, now_ms=now_ms)
        self._eye = Eye(self._loop.shell)
        self._loop.show_now()
        self._loop.shell.show()
        gc.collect()
        gc.freeze()
        gc.disable()
        self.terminal.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Switch off."""
        self.terminal.stop()
        self._bridge.close()
        self.terminal.store.close()
        self._loop.shell.leave()
        gc.enable()

    def _make_readers(self, emit: Emit, clock: Clock) -> BothReaders:
        self.readers = BothReaders(emit, clock, has_real=self._has_real_reader)
        return self.readers

    def _make_printer(self, _settings: Settings, spool: Spool, emit: Emit, _clock: Clock) -> InMemoryTicketPrinter:
        self.printer = InMemoryTicketPrinter(spool=spool, emit=emit)
        return self.printer

    @property
    def page(self) -> Page:
        """What is shown; composed anew only when something has happened, for it is asked for every millisecond."""
        runtime = self.terminal.runtime
        journey, facts = runtime.journey, runtime.facts
        if self._seen is None or self._seen[0] is not journey or self._seen[1] is not facts:
            self._seen = (journey, facts, runtime.screen().page)
        return self._seen[2]

    @property
    def is_idle(self) -> bool:
        """Whether nobody is here."""
        return isinstance(self.terminal.runtime.journey.state, Idle)

    def until(self, reached: Callable[[], bool], what: str, *, timeout_s: float = 15.0) -> None:
        """Let the window's loop run until it is so, and what is shown then has been painted. Raises NotReached."""
        ends = time.monotonic() + timeout_s
        loop = QEventLoop()
        timer = QTimer()
        timer.timeout.connect(lambda: loop.quit() if reached() or time.monotonic() > ends else None)
        timer.start(_LOOK_MS)
        if not reached():
            loop.exec()
        timer.stop()
        if self.bugs:
            raise self.bugs[0]
        if not reached():
            state = type(self.terminal.runtime.journey.state).__name__
            raise NotReached(f"{what}; it stands at {state}")

    def until_page(self, *kinds: type[Page]) -> Page:
        """Run until one of these pages is shown and painted."""
        self.until(lambda: isinstance(self.page, kinds), " or ".join(kind.__name__ for kind in kinds))
        return self.page

    def paint(self) -> None:
        """Run until the window has been painted again: whatever has changed is drawn, and a corner in any case."""
        before = self._eye.updates
        self._loop.shell.update(0, 0, 1, 1)
        self.until(lambda: self._eye.updates > before, "a painting")

    def can_touch(self, kind: IntentKind, arg: str = "") -> bool:
        """Whether there is such a control."""
        return self._control(Intent(kind, arg)) is not None

    def touch(self, kind: IntentKind, arg: str = "") -> None:
        """A finger on a control of the page, painted first. Raises NotReached where there is none."""
        self.paint()
        self.passes(self._rest_ms)
        self._rest_ms = _KEY_REST_MS if kind is IntentKind.DIGIT else _REST_MS
        control = self._control(Intent(kind, arg))
        if control is None:
            raise NotReached(f"there is no {kind} on {type(self.page).__name__}")
        control.click()

    def _control(self, wanted: Intent) -> Touchable | None:
        controls = self._loop.shell.findChildren(Touchable)
        return next((one for one in controls if one.asks_for == wanted and one.isVisible()), None)

    def passes(self, ms: int) -> None:
        """Time passes, and the terminal notices."""
        self.day.clock.put_forward(ms)
        self.terminal.runtime.wake()
        self._loop.show_now()
