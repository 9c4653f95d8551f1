"""A terminal with its window, in this process: pressed on its real controls, looked at as pictures.

For the scripted demo. The caller has made a QApplication; everything else is as in the application.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from PySide6.QtCore import QBuffer, QByteArray, QEventLoop, QIODevice, QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from kiosk import bootstrap
from kiosk.devices.clock import SystemClock
from kiosk.journey.screen import Intent, IntentKind, Page
from kiosk.settings import Settings
from kiosk.ui.bridge import Bridge
from kiosk.ui.gui import Loop
from kiosk.ui.theme import Panel, Theme
from kiosk.ui.widgets.button import Touchable

_LOOK_MS = 10


class NotSeen(RuntimeError):
    """What was awaited did not come up in time."""


class Glass:
    """The terminal's window and the fingers before it."""

    def __init__(self, settings: Settings) -> None:
        """Opens the store and composes the terminal. Raises StoreFault."""
        self._clock = SystemClock()
        self._store = bootstrap.open_terminal_store(settings, self._clock)
        self._bridge = Bridge()
        self.bugs: list[BaseException] = []
        world = bootstrap.World(
            clock=self._clock,
            emit=self._bridge.post,
            forget=lambda: None,
            report_bug=self.bugs.append,
        )
        self.terminal = bootstrap.build(settings, self._store, world)
        screen = settings.screen
        theme = Theme.for_panel(Panel(screen.width_px, screen.height_px, screen.diagonal_inch))
        self._loop = Loop(self.terminal.runtime, self._bridge, theme, now_ms=lambda: float(self._clock.boot_ms()))

    @property
    def page(self) -> Page:
        """The page on the glass."""
        return self.terminal.runtime.screen().page

    def wait(self, reached: Callable[[], bool], what: str, *, timeout_s: float = 20.0) -> None:
        """Run the event loop until it is so. Raises NotSeen, or the first bug."""
        loop, look = QEventLoop(), QTimer()
        ends = time.monotonic() + timeout_s
        look.timeout.connect(lambda: loop.quit() if reached() or self.bugs or time.monotonic() > ends else None)
        look.start(_LOOK_MS)
        loop.exec()
        if self.bugs:
            raise self.bugs[0]
        if not reached():
            title = getattr(self.page, "title", "")
            raise NotSeen(f"{what}; there is {type(self.page).__name__} {title}")

    def wait_for(self, kind: type[Page], *, timeout_s: float = 20.0) -> None:
        """Run the event loop until a page of this kind is up."""
        self.wait(lambda: isinstance(self.page, kind), kind.__name__, timeout_s=timeout_s)

    def press(self, kind: IntentKind, arg: str = "") -> None:
        """Press the control that asks for this, where a finger would. Raises NotSeen when there is none."""
        wanted = Intent(kind, arg)
        self.wait(lambda: self._control(wanted) is not None, f"a control for {kind.value} {arg}", timeout_s=5)
        control = self._control(wanted)
        assert control is not None
        used: list[Intent] = []
        control.used.connect(used.append)
        # A finger waits until the glass takes it again after the last tap.
        self.wait(lambda: self._tap(control, used), f"the glass to take a tap on {kind.value}", timeout_s=5)

    @staticmethod
    def _tap(control: Touchable, used: list[Intent]) -> bool:
        if not used:
            with contextlib.suppress(RuntimeError):
                QTest.mouseClick(
                    control, Qt.MouseButton.LeftButton, pos=QPoint(control.width() // 2, control.height() // 2)
                )
        return bool(used)

    def _control(self, wanted: Intent) -> Touchable | None:
        for control in self._loop.shell.findChildren(Touchable):
            if control.isVisible() and control.isEnabled() and control.asks_for == wanted:
                return control
        return None

    def png(self) -> bytes:
        """What is on the glass."""
        QApplication.processEvents()
        data = QByteArray()
        buffer = QBuffer(data)
        buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        self._loop.shell.grab().save(buffer, "PNG")
        return bytes(data.data())

    def picture(self, file: Path) -> None:
        """Save what is on the glass."""
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(self.png())

    def show(self) -> QWidget:
        """Show the window and start all workers."""
        self._loop.show_now()
        self._loop.shell.show()
        # As on a terminal, where it is the only window.
        self._loop.shell.activateWindow()
        self.terminal.start()
        return self._loop.shell

    def close(self) -> None:
        """End all workers, then the window, then the store."""
        self._bridge.close()
        self.terminal.stop()
        self._loop.shell.leave()
        self._store.close()

    def __enter__(self) -> Self:
        self.show()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.close()
