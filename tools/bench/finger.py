"""A finger on the real window, and an eye that sees when it has been painted. Lives on the GUI thread."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from kiosk.journey.screen import Intent, IntentKind
from kiosk.ui.shell import Shell
from kiosk.ui.widgets.button import Touchable

_FINGER_DOWN_MS = 40


class Finger(QObject):
    """Taps controls, and tells when what came of it had been painted."""

    commanded = Signal(dict)

    def __init__(self, tell: Callable[..., None]) -> None:
        super().__init__()
        self._tell = tell
        self._tapped_ns = 0
        self._seen: object = None
        self.commanded.connect(self._on_commanded, Qt.ConnectionType.QueuedConnection)
        self._shell = next(w for w in QApplication.topLevelWidgets() if isinstance(w, Shell))
        self._shell.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Let the window paint, and look at the clock when it has."""
        if watched is not self._shell or event.type() is not QEvent.Type.UpdateRequest:
            return False
        self._shell.event(event)
        painted_ns = time.monotonic_ns()
        page = self._shell.page_view()
        if page is not self._seen or self._tapped_ns:
            self._tell(painted=type(page).__name__, at_ns=painted_ns, tapped_ns=self._tapped_ns)
            self._tapped_ns = 0
            self._seen = page
        return True

    def _on_commanded(self, command: dict[str, Any]) -> None:
        if "quit" in command:
            QCoreApplication.exit(0)
            return
        wanted = Intent(IntentKind(command["tap"]), command.get("arg", ""))
        for control in self._shell.findChildren(Touchable):
            if control.asks_for == wanted and control.isVisible():
                self._touch(control, QEvent.Type.MouseButtonPress)
                QTimer.singleShot(_FINGER_DOWN_MS, control, partial(self._release, control))
                return
        self._tell(missed=command["tap"])

    def _release(self, control: Touchable) -> None:
        released_ns = time.monotonic_ns()
        self._touch(control, QEvent.Type.MouseButtonRelease)
        # Only now: a button paints itself going up before it says that it was used, and that is not the next page.
        self._tapped_ns = released_ns

    @staticmethod
    def _touch(control: Touchable, kind: QEvent.Type) -> None:
        where = QPointF(control.rect().center())
        held = Qt.MouseButton.LeftButton if kind is QEvent.Type.MouseButtonPress else Qt.MouseButton.NoButton
        event = QMouseEvent(
            kind, where, control.mapToGlobal(where), Qt.MouseButton.LeftButton, held, Qt.KeyboardModifier.NoModifier
        )
        QApplication.sendEvent(control, event)
