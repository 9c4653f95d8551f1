"""Everything here runs without a display: the platform must be chosen before Qt is imported."""

from __future__ import annotations

import os

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from kiosk.journey.screen import Intent, Screen
from kiosk.ui.shell import Shell
from kiosk.ui.theme import Panel, Theme

PANELS = {
    "portrait": Panel(1080, 1920, 21.5),
    "counter": Panel(1366, 768, 15.6),
    "lying": Panel(1920, 1080, 21.5),
}


class Stand:
    """A shell under test: its intents, and a clock that only the test moves."""

    def __init__(self, theme: Theme) -> None:
        self.intents: list[Intent] = []
        self.clock_ms = 10_000.0
        self.shell = Shell(theme, self.intents.append, now_ms=lambda: self.clock_ms)

    def show(self, screen: Screen) -> None:
        self.shell.show_screen(screen)
        self.shell.show()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)

    def wait_out_rest(self) -> None:
        self.clock_ms += 600

    def close(self) -> None:
        self.shell.leave()
        self.shell.deleteLater()
        flush_deleted()


def flush_deleted() -> None:
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


MakeStand = Callable[..., Stand]


@pytest.fixture
def make_stand(qapp: QApplication) -> Iterator[MakeStand]:
    made: list[Stand] = []

    def make(panel: str = "portrait") -> Stand:
        stand = Stand(Theme.for_panel(PANELS[panel], reduced_motion=True))
        made.append(stand)
        return stand

    yield make
    for stand in made:
        stand.close()
