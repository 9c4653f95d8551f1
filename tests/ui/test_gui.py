"""The bridge, the loop that feeds the runtime, and a visit seen from the window."""

from __future__ import annotations

import gc
import logging
import threading
import weakref
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QLoggingCategory, QObject, Qt, QTimer, qCritical, qCWarning, qDebug, qWarning
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from kiosk.health.log import AllowList
from kiosk.journey.screen import Intent, IntentKind, Screen
from kiosk.ui.bridge import Bridge
from kiosk.ui.gui import FirstPaint, Leave, Loop, WindowSettings, run
from kiosk.ui.theme import Theme
from kiosk.ui.widgets.button import Touchable
from tests.ui import samples
from tests.ui.conftest import PANELS, flush_deleted


@dataclass
class ShortVisit:
    """A runtime that shows one page after another."""

    pages: list[Screen]
    at: int = 0
    wake_ms: int | None = None
    seen: list[object] = field(default_factory=list)
    threads: set[int] = field(default_factory=set)

    def handle(self, event: object) -> None:
        self.seen.append(event)
        self.threads.add(threading.get_ident())
        self.at = min(self.at + 1, len(self.pages) - 1)

    def screen(self) -> Screen:
        return self.pages[self.at]

    def next_wake_ms(self) -> int | None:
        wake, self.wake_ms = self.wake_ms, None
        return wake

    def wake(self) -> None:
        self.handle("woken")


@pytest.fixture
def pages() -> list[Screen]:
    found = samples.screens("zh")
    return [found[name] for name in ("attract", "busy", "bookings-2", "done", "attract")]


def make_loop(runtime: ShortVisit, bridge: Bridge, *, quiet_ms: int = 60_000) -> Loop:
    theme = Theme.for_panel(PANELS["portrait"], reduced_motion=True)
    loop = Loop(runtime, bridge, theme, now_ms=lambda: 0.0, quiet_ms=quiet_ms)
    loop.show_now()
    return loop


def close(loop: Loop) -> None:
    loop.shell.leave()
    loop.shell.deleteLater()
    loop.deleteLater()
    flush_deleted()


def test_events_of_other_threads_arrive_in_order_on_the_gui_thread(qtbot: QtBot, pages: list[Screen]) -> None:
    bridge = Bridge()
    runtime = ShortVisit(pages)
    loop = make_loop(runtime, bridge)
    worker = threading.Thread(target=lambda: [bridge.post(i) for i in range(200)])
    worker.start()
    worker.join(60)
    assert runtime.seen == []
    qtbot.waitUntil(lambda: len(runtime.seen) == 200, timeout=5000)
    assert runtime.seen == list(range(200))
    assert runtime.threads == {threading.get_ident()}
    close(loop)


def test_a_closed_bridge_drops_events(qtbot: QtBot) -> None:
    bridge = Bridge()
    seen: list[object] = []
    bridge.arrived.connect(seen.append)
    bridge.post("before")
    bridge.close()
    worker = threading.Thread(target=lambda: bridge.post("after"))
    worker.start()
    worker.join(60)
    QApplication.processEvents()
    assert seen == []


def test_the_loop_wakes_the_runtime_when_it_wants(qtbot: QtBot, pages: list[Screen]) -> None:
    bridge = Bridge()
    runtime = ShortVisit(pages, wake_ms=5)
    loop = make_loop(runtime, bridge)
    qtbot.waitUntil(lambda: runtime.seen == ["woken"], timeout=5000)
    close(loop)


class Rubbish:
    """Holds itself: only a collection finds it."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def no_collector() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("no_collector")
def test_rubbish_is_collected_while_nobody_comes_and_never_before_a_visitor(qtbot: QtBot, pages: list[Screen]) -> None:
    bridge = Bridge()
    attract, busy, *_ = pages
    loop = make_loop(ShortVisit([busy, attract]), bridge, quiet_ms=1)
    rubbish = weakref.ref(Rubbish())
    ticks: list[int] = []
    other = QTimer()
    other.timeout.connect(lambda: ticks.append(1))
    other.start(5)
    qtbot.waitUntil(lambda: len(ticks) > 3, timeout=5000)
    other.stop()
    assert rubbish() is not None
    bridge.post("the visit is over")
    qtbot.waitUntil(lambda: rubbish() is None, timeout=5000)
    gc.unfreeze()
    later = weakref.ref(Rubbish())
    qtbot.waitUntil(lambda: later() is None, timeout=5000)
    close(loop)


def test_an_intent_reaches_the_runtime_and_its_page_the_glass(qtbot: QtBot, pages: list[Screen]) -> None:
    bridge = Bridge()
    runtime = ShortVisit(pages)
    loop = make_loop(runtime, bridge)
    loop.shell.show()
    ways = [t for t in loop.shell.findChildren(Touchable) if t.text().startswith("输入预约号")]
    QTest.mouseClick(ways[0], Qt.MouseButton.LeftButton)
    assert runtime.seen == [Intent(IntentKind.TYPE_NUMBER)]
    assert loop.shell.page_view().findChildren(type(ways[0]))[0].text() == "取消"
    close(loop)


def test_the_application_starts_paints_and_leaves_when_told(
    qapp: QApplication, pages: list[Screen], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("signal.signal", lambda *_: None)
    bridges: list[Bridge] = []
    runtime = ShortVisit(pages)

    def make_runtime(bridge: Bridge) -> ShortVisit:
        bridges.append(bridge)
        return runtime

    settings = WindowSettings(PANELS["portrait"], is_fullscreen=False, scale=0.4, reduced_motion=True)
    status = run(
        settings,
        make_runtime=make_runtime,
        on_painted=lambda: (bridges[0].post("card"), bridges[0].post(Leave(3))),
        now_ms=lambda: 0.0,
    )
    gc.unfreeze()
    assert status == 3
    assert runtime.seen == ["card"]
    assert gc.isenabled()


class Sink(logging.Handler):
    """Keeps each record with the line that the log file would get."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(AllowList())
        self.records: list[logging.LogRecord] = []
        self.lines = ""

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)
        self.lines += self.format(record)


@pytest.fixture
def sink() -> Iterator[Sink]:
    handler = Sink()
    logger = logging.getLogger("kiosk.ui")
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield handler
    logger.removeHandler(handler)
    logger.setLevel(before)


class TalkingVisit(ShortVisit):
    """Makes Qt say what it is told."""

    def handle(self, event: object) -> None:
        if callable(event):
            event()


def run_with(runtime: ShortVisit, *events: object) -> None:
    bridges: list[Bridge] = []

    def make_runtime(bridge: Bridge) -> ShortVisit:
        bridges.append(bridge)
        return runtime

    settings = WindowSettings(PANELS["portrait"], is_fullscreen=False, scale=0.4, reduced_motion=True)

    def on_painted() -> None:
        for event in (*events, Leave()):
            bridges[0].post(event)

    run(settings, make_runtime=make_runtime, on_painted=on_painted, now_ms=lambda: 0.0)
    gc.unfreeze()


def test_what_qt_complains_of_reaches_the_log_without_its_words(
    qapp: QApplication, pages: list[Screen], monkeypatch: pytest.MonkeyPatch, sink: Sink, qtlog: Any, caplog: Any
) -> None:
    monkeypatch.setattr("signal.signal", lambda *_: None)
    before = len(qtlog.records)
    category = QLoggingCategory("kiosk.of.test")
    run_with(
        TalkingVisit(pages),
        lambda: qCWarning(category, "label: Zhang Sanfeng"),
        lambda: qCritical("Zhang Sanfeng"),
        lambda: qWarning("This plugin does not support propagateSizeHints()"),
    )
    caplog.clear()
    assert [record.levelno for record in sink.records] == [logging.WARNING, logging.ERROR]
    assert "kiosk.of.test" in sink.lines
    assert "Sanfeng" not in sink.lines
    assert len(qtlog.records) == before


def test_after_the_end_qts_words_go_where_they_went_before(
    qapp: QApplication, pages: list[Screen], monkeypatch: pytest.MonkeyPatch, sink: Sink, qtlog: Any
) -> None:
    monkeypatch.setattr("signal.signal", lambda *_: None)
    run_with(TalkingVisit(pages))
    qDebug("afterwards")
    assert [record.message for record in qtlog.records if record.message == "afterwards"] == ["afterwards"]
    assert sink.records == []


class PaintLog(QObject):
    """Writes down each painting of the widgets it watches."""

    def __init__(self, happened: list[str]) -> None:
        super().__init__()
        self._happened = happened

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() is QEvent.Type.Paint:
            self._happened.append("painted")
        return False


def test_slow_things_begin_when_the_whole_first_page_has_been_painted(qtbot: QtBot, pages: list[Screen]) -> None:
    loop = make_loop(ShortVisit(pages), Bridge())
    happened: list[str] = []
    log = PaintLog(happened)
    controls = loop.shell.findChildren(Touchable)
    for control in controls:
        control.installEventFilter(log)
    FirstPaint(loop.shell, lambda: happened.append("begun"))
    loop.shell.show()
    qtbot.waitUntil(lambda: "begun" in happened, timeout=5000)
    shown = sum(control.isVisible() for control in controls)
    assert happened == ["painted"] * shown + ["begun"]
    close(loop)


def test_after_a_visit_and_its_first_page_the_process_tidies_up_once(qtbot: QtBot, pages: list[Screen]) -> None:
    bridge, tidied = Bridge(), []
    runtime = ShortVisit(pages)
    theme = Theme.for_panel(PANELS["portrait"], reduced_motion=True)
    loop = Loop(runtime, bridge, theme, now_ms=lambda: 0.0, tidy=lambda: tidied.append(len(runtime.seen)))
    loop.show_now()
    for step in range(4):
        assert tidied == []
        bridge.post(step)
        qtbot.waitUntil(lambda step=step: len(runtime.seen) == step + 1, timeout=5000)
    qtbot.waitUntil(lambda: tidied == [4], timeout=5000)
    close(loop)
