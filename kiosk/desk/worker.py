"""The desk's thread: makes the desk, then takes commands from a bounded queue and emits each answer.

The desk is made on its own thread, because that takes longer than a first page may wait for; commands that come
meanwhile wait in the queue.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from typing import Protocol

from kiosk.ports.desk import CheckInBooking, DeskAnswer, DeskCommand, DeskFault
from kiosk.ports.desk_acts import Act
from kiosk.ports.events import Emit

STOP_WITHIN_S = 2.0
_MOST_COMMANDS = 16


class Core(Protocol):
    """What answers commands: `desk.DeskCore`."""

    def handle(self, command: DeskCommand) -> DeskAnswer:
        """The one answer."""
        ...


class DeskWorker:
    """A `kiosk.ports.desk.Desk`. Start it once; after `stop` it takes nothing more."""

    def __init__(
        self, make_core: Callable[[], Core], *, emit: Emit, report_bug: Callable[[BaseException], None]
    ) -> None:
        """`make_core` is called once, on the desk's thread; again with the next command if it raised."""
        self._make_core = make_core
        self._made: Core | None = None
        self._emit = emit
        self._report_bug = report_bug
        self._commands: queue.Queue[DeskCommand | None] = queue.Queue(maxsize=_MOST_COMMANDS + 1)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="desk", daemon=True)

    def start(self) -> None:
        """Begin to work. Returns at once."""
        self._thread.start()

    def submit(self, command: DeskCommand) -> None:
        """Queue a command. A desk that has too much to do, or is closed, answers so at once."""
        if self._stopping.is_set() or self._commands.qsize() >= _MOST_COMMANDS:
            self._emit(DeskFault(command.visit_id, "desk_closed" if self._stopping.is_set() else "desk_busy"))
            return
        self._commands.put(command)

    def stop(self) -> bool:
        """Finish the command at hand and end, within 2 s; whether the thread has ended."""
        self._stopping.set()
        self._commands.put(None)
        if self._thread.ident is not None:
            self._thread.join(STOP_WITHIN_S)
        return not self._thread.is_alive()

    def _core(self) -> Core:
        if self._made is None:
            self._made = self._make_core()
        return self._made

    def _run(self) -> None:
        try:
            self._core()
        except Exception as bug:  # noqa: BLE001 - the worker's loop: the sink gets the bug, the first command tries again
            self._report_bug(bug)
        while (command := self._commands.get()) is not None:
            if self._stopping.is_set():
                continue
            try:
                answer = self._core().handle(command)
            except Exception as bug:  # noqa: BLE001 - the worker's loop: the visit gets an answer, the sink gets the bug
                self._report_bug(bug)
                is_act = isinstance(command, CheckInBooking | Act)
                self._emit(DeskFault(command.visit_id, "bug", is_outcome_unknown=is_act))
            else:
                self._emit(answer)
