"""The running application: opens the store, composes the terminal, and gives it a window. Called by `kiosk.app`."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from kiosk import bootstrap
from kiosk.app import EXIT_BUG, EXIT_STORE, Onlooker
from kiosk.devices.clock import SystemClock
from kiosk.health.allocator import calm_allocator
from kiosk.health.control import ControlSocket
from kiosk.health.crash import CrashSink
from kiosk.health.log import start_logging
from kiosk.journey.states import Idle, State, visit_of
from kiosk.ports.store import StoreFault, StoreQuarantined
from kiosk.settings import Settings
from kiosk.store.store import Store

if TYPE_CHECKING:
    from kiosk.ui.bridge import Bridge
    from kiosk.ui.gui import Runtime, WindowSettings

_LOG = logging.getLogger(__name__)
_TURN_S = 0.000_5


def run(settings: Settings, onlooker: Onlooker) -> int:
    """Run until told to end; returns the exit code."""
    # A finger must not wait for a worker that computes: threads take turns ten times as often as Python's default.
    sys.setswitchinterval(_TURN_S)
    clock = SystemClock()
    handler = start_logging(settings.store_dir() / "log")
    sink = CrashSink(clock=clock, give_up=lambda: os._exit(EXIT_BUG))
    restore = sink.install()
    try:
        store = _open(settings, clock)
        if store is None:
            return EXIT_STORE
        with contextlib.closing(store):
            return _run(settings, store, clock, sink, onlooker)
    finally:
        restore()
        logging.getLogger().removeHandler(handler)
        handler.close()


def _open(settings: Settings, clock: SystemClock) -> Store | None:
    """The store; a damaged one has been put aside by then, and a fresh one is opened: the terminal is closed until
    it is enrolled again.
    """
    for _attempt in range(2):
        try:
            return bootstrap.open_terminal_store(settings, clock)
        except StoreQuarantined:
            _LOG.exception("the store was damaged and has been put aside")
        except StoreFault as fault:
            _LOG.error("the store cannot be opened: %s", fault.code)
            return None
    return None


def _run(settings: Settings, store: Store, clock: SystemClock, sink: CrashSink, onlooker: Onlooker) -> int:
    # After the store: Qt's binding reads the source of every module that is imported after it.
    from kiosk.ui.gui import Leave  # noqa: PLC0415 - as above
    from kiosk.ui.gui import run as run_window  # noqa: PLC0415 - as above

    made: list[bootstrap.Terminal] = []
    give_back = calm_allocator()

    bridges: list[Bridge] = []

    def make_runtime(bridge: Bridge) -> Runtime:
        bridges.append(bridge)

        def emit(event: object) -> None:
            onlooker.on_event(event)
            bridge.post(event)

        def on_step(before: State, after: State) -> None:
            _note_step(before, after)
            # While it is composed it opens, too: nobody can want a terminal to end that is not made.
            code = due_exit(made[0], after) if made else None
            if code is not None:
                _LOG.error("the application ends with %d, to be started anew", code)
                if code == EXIT_STORE:
                    store.suspect()
                bridge.post(Leave(code))

        world = bootstrap.World(
            clock=clock,
            emit=emit,
            forget=lambda: None,
            report_bug=sink.report,
            on_step=on_step,
        )
        made.append(bootstrap.build(settings, store, world))
        return made[0].runtime

    control: list[ControlSocket] = []

    def on_painted() -> None:
        onlooker.on_painted()
        give_back()  # what loading has left behind
        terminal = made[0]
        with contextlib.ExitStack() as half_begun:
            # A first page that nobody stands behind is worse than none.
            half_begun.callback(bridges[0].post, Leave(EXIT_BUG))
            terminal.start()
            control.append(ControlSocket(settings.control_socket(), _questions(terminal), report_bug=sink.report))
            control[0].start()
            half_begun.pop_all()

    try:
        return run_window(
            _window(settings),
            make_runtime=make_runtime,
            on_painted=on_painted,
            now_ms=lambda: float(clock.boot_ms()),
            tidy=give_back,
        )
    finally:
        for socket in control:
            socket.stop()
        for terminal in made:
            terminal.stop()


def _window(settings: Settings) -> WindowSettings:
    from kiosk.ui.gui import WindowSettings  # noqa: PLC0415 - as above
    from kiosk.ui.theme import Panel  # noqa: PLC0415 - as above

    screen = settings.screen
    scale = min(1.0, screen.fit_px / screen.height_px) if screen.fit_px else 1.0
    panel = Panel(screen.width_px, screen.height_px, screen.diagonal_inch)
    return WindowSettings(panel=panel, is_fullscreen=screen.is_fullscreen, scale=scale)


def _questions(
    terminal: bootstrap.Terminal,
) -> dict[str, Callable[[Mapping[str, object]], Mapping[str, object]]]:
    def sync(_question: Mapping[str, object]) -> Mapping[str, object]:
        terminal.sync_now()
        return {"ok": True}

    answers: dict[str, Callable[[Mapping[str, object]], Mapping[str, object]]] = {
        "status": lambda _question: terminal.status(),
        "sync": sync,
        "verify_ticket": lambda question: terminal.verify_ticket(str(question.get("code", ""))),
    }
    if terminal.leases is not None:
        leases = terminal.leases
        answers["leases"] = lambda _question: leases()
    if terminal.list_desk is not None:
        lists = terminal.list_desk()
        answers |= {"arrivals": lists.arrivals, "daylist": lists.day_list}
    return answers


def due_exit(terminal: bootstrap.Terminal, state: State) -> int | None:
    """The code to end with, so that the application is started anew; None while it should go on or somebody is here."""
    if not isinstance(state, Idle):
        return None
    if terminal.runtime.facts.is_store_broken():
        return EXIT_STORE
    return EXIT_BUG if terminal.needs_restart() else None


def _note_step(before: State, after: State) -> None:
    """The record of a visit: which states, never whose."""
    visit = visit_of(after) or visit_of(before)
    if visit is not None:
        _LOG.info("visit %s: %s to %s", visit.id, type(before).__name__, type(after).__name__)
