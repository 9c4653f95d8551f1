"""The only door into the GUI thread for everybody else."""

from __future__ import annotations

import threading

from PySide6.QtCore import QObject, Qt, Signal


class Bridge(QObject):
    """Carries frozen events from any thread to the GUI thread, in order. Lives on the GUI thread."""

    arrived = Signal(object)
    _posted = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._is_open = True
        self._posted.connect(self._on_posted, Qt.ConnectionType.QueuedConnection)

    def post(self, event: object) -> None:
        """From any thread, at once, also when the window is long gone: then the event is dropped."""
        # The lock keeps `close` from letting Qt destroy this object under a thread that is just posting.
        with self._lock:
            if self._is_open:
                self._posted.emit(event)

    def close(self) -> None:
        """From now on events are dropped."""
        with self._lock:
            self._is_open = False

    def _on_posted(self, event: object) -> None:
        if self._is_open:
            self.arrived.emit(event)
