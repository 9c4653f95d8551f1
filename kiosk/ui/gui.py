"""The GUI thread from start to end: application, window, bridge, one timer, and when rubbish is collected.

Decides when the runtime is called and what is shown after it; must not know what any event means.
"""

from __future__ import annotations

import gc
import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from kiosk.journey.screen import AttractScreen, Intent, Screen
from kiosk.ui.bridge import Bridge
from kiosk.ui.qt_messages import log_qt_messages
from kiosk.ui.shell import Shell
from kiosk.ui.theme import Panel, Role, Theme

_LATEST_FULL: Final = 50
"""Visits after which everything is collected, however long it takes."""
_PATIENCE_MS: Final = 20.0
_QUIET_MS: Final = 5 * 60 * 1000
"""Between two collections while nobody comes."""


class Runtime(Protocol):
    """Whoever owns the visit. Called on the GUI thread only, and returns quickly."""

    def handle(self, event: object) -> None:
        """An intent, a device's or a worker's event."""
        ...

    def screen(self) -> Screen:
        """What stands on the glass now."""
        ...

    def next_wake_ms(self) -> int | None:
        """Milliseconds until `wake` is due; None: not before the next event."""
        ...

    def wake(self) -> None:
        """The time has come."""
        ...


@dataclass(frozen=True, slots=True)
class WindowSettings:
    """How the window stands on its display."""

    panel: Panel
    is_fullscreen: bool
    scale: float = 1.0
    """Of a window on a desktop; full screen is always real size."""
    reduced_motion: bool = False


@dataclass(frozen=True, slots=True)
class Leave:
    """Posted through the bridge: end the application with this status."""

    status: int = 0


class Loop(QObject):
    """Feeds the runtime and shows its screen after every step."""

    def __init__(
        self,
        runtime: Runtime,
        bridge: Bridge,
        theme: Theme,
        *,
        now_ms: Callable[[], float],
        tidy: Callable[[], None] = lambda: None,
        quiet_ms: int = _QUIET_MS,
    ) -> None:
        """`tidy` is called when a visit has ended and the first page is painted; `quiet_ms` is between two collections
        while nobody comes.
        """
        super().__init__()
        self._runtime = runtime
        self._tidy = tidy
        self._now_ms = now_ms
        self._was_attract = True
        self._visits = 0
        self.shell = Shell(theme, self._on_intent, now_ms=now_ms)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_timer_fired)
        bridge.arrived.connect(self._on_event)
        self._quiet = QTimer(self)
        self._quiet.timeout.connect(self._on_quiet)
        self._quiet.start(quiet_ms)

    def show_now(self) -> None:
        """Draw what the runtime says and set the alarm for its next wish."""
        screen = self._runtime.screen()
        self.shell.show_screen(screen)
        wait_ms = self._runtime.next_wake_ms()
        if wait_ms is None:
            self._timer.stop()
        else:
            self._timer.start(max(wait_ms, 0))
        is_attract = isinstance(screen.page, AttractScreen)
        if is_attract and not self._was_attract:
            # After the paint, so that nobody waits for it.
            QTimer.singleShot(0, self._collect)
        self._was_attract = is_attract

    def _on_intent(self, intent: Intent) -> None:
        self._on_event(intent)

    def _on_event(self, event: object) -> None:
        if isinstance(event, Leave):
            # `quit` would ask the window, which refuses to close.
            QCoreApplication.exit(event.status)
            return
        self._runtime.handle(event)
        self.show_now()

    def _on_timer_fired(self) -> None:
        self._runtime.wake()
        self.show_now()

    def _on_quiet(self) -> None:
        if self._was_attract:
            self._sweep(is_full=False)

    def _collect(self) -> None:
        self._visits += 1
        if self._visits == 1:
            # Whatever is loaded with the workers or at the first use is there now.
            gc.collect(1)
            _keep_all()
        else:
            self._sweep(is_full=self._visits % _LATEST_FULL == 0)
        self._tidy()

    def _sweep(self, *, is_full: bool) -> None:
        """What is young, and the rest too when that is due or will not take long."""
        start = self._now_ms()
        gc.collect(1)
        if is_full or self._now_ms() - start < _PATIENCE_MS / 4:
            gc.collect()


class FirstPaint(QObject):
    """Sees a widget painted for the first time, and then calls, once the whole window is done."""

    def __init__(self, watched: QObject, then: Callable[[], None]) -> None:
        super().__init__(watched)
        self._then = then
        watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Paint:
            watched.removeEventFilter(self)
            # The children are painted after their parent, in the same go.
            QTimer.singleShot(0, self._then)
        return False


def run(
    settings: WindowSettings,
    *,
    make_runtime: Callable[[Bridge], Runtime],
    on_painted: Callable[[], None],
    now_ms: Callable[[], float],
    tidy: Callable[[], None] = lambda: None,
) -> int:
    """Run the application until it is told to quit; returns the exit status.

    `make_runtime` gets the bridge whose `post` takes events from any thread; `on_painted` is called once, after the
    first page stands on the glass: the place to start slow things. `tidy` is called after each visit.
    """
    restore = log_qt_messages()
    try:
        return _run(settings, make_runtime, on_painted, now_ms, tidy)
    finally:
        restore()


def _run(
    settings: WindowSettings,
    make_runtime: Callable[[Bridge], Runtime],
    on_painted: Callable[[], None],
    now_ms: Callable[[], float],
    tidy: Callable[[], None],
) -> int:
    app = QApplication.instance() or QApplication(["kiosk"])
    assert isinstance(app, QApplication)
    app.setQuitOnLastWindowClosed(True)
    bridge = Bridge()
    scale = 1.0 if settings.is_fullscreen else settings.scale
    theme = Theme.for_panel(settings.panel, scale=scale, reduced_motion=settings.reduced_motion)
    # Qt measures a control's name in the application's font even where nobody draws it: no other font is loaded for it.
    app.setFont(theme.font(theme.em(Role.BODY)))
    loop = Loop(make_runtime(bridge), bridge, theme, now_ms=now_ms, tidy=tidy)

    def settle() -> None:
        gc.disable()
        on_painted()
        _keep_all()

    FirstPaint(loop.shell, settle)
    loop.show_now()
    _place_window(loop.shell, is_fullscreen=settings.is_fullscreen)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: QCoreApplication.exit(0))
    # Python runs signal handlers only between its own instructions: a quiet timer gives it some.
    pulse = QTimer(loop)
    pulse.start(500)
    pulse.timeout.connect(lambda: None)
    status = app.exec()
    bridge.close()
    loop.shell.leave()
    gc.enable()
    return status


def _keep_all() -> None:
    """What lives now lives for ever: rubbish is not looked for in it again."""
    gc.collect()
    gc.freeze()


def _place_window(shell: Shell, *, is_fullscreen: bool) -> None:
    display = QGuiApplication.primaryScreen().geometry()
    if is_fullscreen:
        shell.show_fullscreen(display)
        return
    # At the left, so that there is room beside it for what a desktop wants to show.
    shell.move(display.left(), display.top() + max((display.height() - shell.height()) // 2, 0))
    shell.show()
