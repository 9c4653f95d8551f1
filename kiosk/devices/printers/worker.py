"""The thread that owns a ticket printer.

Decides when the core is called: something arrived, there is room to send, a time has come, somebody gave a command.
Must not know what the core does.
"""

from __future__ import annotations

import contextlib
import logging
import random
import select
import socket
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from kiosk.devices.crash import report_bug
from kiosk.devices.printers.conversation import Conversation
from kiosk.devices.printers.drawings import NotDrawable
from kiosk.devices.printers.font_choice import FontChoice, FontsMissing
from kiosk.devices.printers.link import Link
from kiosk.devices.printers.profile import Profile
from kiosk.devices.printers.session import PrinterSession
from kiosk.ports.clock import Clock
from kiosk.ports.events import Emit
from kiosk.ports.printers import FaultKind, Faulty, PrintTicket, Spool
from kiosk.ports.store import StoreFault
from kiosk.ports.tickets import Ticket

if TYPE_CHECKING:  # loaded on the printer's thread, by `load_press`
    from kiosk.devices.printers.press import Press

_log = logging.getLogger(__name__)

STOP_WITHIN_S = 2.0
_FINISH_WITHIN_MS = 1_200
_LONGEST_WAIT_MS = 2_000
_PAUSE_AFTER_BUG_MS = 500
_T = TypeVar("_T")


class EscposTicketPrinter:
    """A ticket printer that speaks ESC/POS. Implements kiosk.ports.printers.TicketPrinter."""

    def __init__(
        self,
        link: Link,
        profile: Profile,
        *,
        spool: Spool,
        emit: Emit,
        clock: Clock,
        fonts: FontChoice | None = None,
        name: str = "printer-1",
    ) -> None:
        self._clock = clock
        self._profile = profile
        self._fonts = fonts or FontChoice()
        self._conversation = Conversation(link, profile, jitter=random.random)
        first_fence = clock.boot_ms() % 10_000
        self._session = PrinterSession(self._conversation, profile, spool=spool, emit=emit, first_fence=first_fence)
        self._stopping = threading.Event()
        self._gate = threading.Lock()
        self._is_closed = False
        self._waker, self._wakened = socket.socketpair()
        self._waker.settimeout(0)
        self._wakened.settimeout(0)
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin to connect and poll, and load fonts and encoder, on the printer's thread."""
        self._thread.start()

    def prepare(self, ticket: Ticket) -> None:
        """Draw this ticket while its patient still waits for an answer. Returns at once."""
        with self._gate:
            if not self._is_closed:
                self._session.prepare(ticket, self._clock.boot_ms())
                self._wake()

    def print_ticket(self, command: PrintTicket) -> None:
        """Queue a ticket. The answer is exactly one PrintFinished, also when the worker has stopped."""
        with self._gate:
            self._session.submit(command)
            if self._is_closed:
                self._session.refuse_waiting(self._clock.boot_ms())
            else:
                self._wake()

    def stop(self) -> None:
        """End the worker within 2 s. A ticket that is being printed may finish in this time."""
        self._stopping.set()
        with self._gate:
            if not self._is_closed:
                self._wake()
        if self._thread.is_alive():
            self._thread.join(STOP_WITHIN_S)
        elif not self._is_closed:
            self._finish()

    def _wake(self) -> None:
        try:
            self._waker.send(b"\0")
        except BlockingIOError:
            return  # it has been woken often enough

    # --- on the printer's thread ---

    def _run(self) -> None:
        self._guarded(self._step, 0)
        self._guarded(self._open_press, None)
        while not self._stopping.is_set():
            self._turn()
        self._finish()

    def _open_press(self) -> None:
        """The slow imports and the fonts, while the connection is being made."""
        try:
            press = load_press(self._profile, self._fonts)
            self._session.use_press(press.job, press.rest)
        except (FontsMissing, NotDrawable):
            _log.exception("no ticket can be drawn")
            self._session.put_out_of_order(Faulty(FaultKind.OTHER))

    def _turn(self) -> None:
        wake_ms = self._guarded(self._step, self._clock.boot_ms() + _PAUSE_AFTER_BUG_MS)
        self._draw_ahead()
        self._wait(wake_ms)

    def _draw_ahead(self) -> None:
        """A hint must never hurt, not even with a bug in what draws: the job that asks for the ticket reports it."""
        try:
            self._session.draw_ahead(self._clock.boot_ms())
        except Exception as bug:  # noqa: BLE001 - the worker's loop: one bug must not be counted for each hint
            _log.warning("drawing ahead failed: %s", type(bug).__name__)

    def _step(self) -> int:
        return self._session.step(self._clock.boot_ms())

    def _guarded(self, action: Callable[[], _T], otherwise: _T) -> _T:
        """Run a step; a failing spool or a bug in it ends the job at hand, never the thread."""
        try:
            return action()
        except StoreFault as fault:
            _log.error("the spool failed: %s", fault.code)
        except Exception:  # noqa: BLE001 - the worker's loop: a bug must not end the printer for the day
            report_bug()
        with contextlib.suppress(Exception):  # the same bug, most likely; the answer has been given
            self._session.abandon(self._clock.boot_ms(), "internal error")
        return otherwise

    def _wait(self, wake_ms: int) -> None:
        poll = select.poll()
        poll.register(self._wakened, select.POLLIN)
        link = self._conversation.fileno()
        if link is not None:
            poll.register(link, select.POLLIN | (select.POLLOUT if self._session.wants_to_send else 0))
        wait_ms = min(_LONGEST_WAIT_MS, max(0, wake_ms - self._clock.boot_ms()))
        for ready, _ in poll.poll(wait_ms):
            if ready == self._wakened.fileno():
                self._wakened.recv(4096)

    def _finish(self) -> None:
        """Let the job at hand come to its end if it can; answer everything else."""
        end_ms = self._clock.boot_ms() + _FINISH_WITHIN_MS
        self._guarded(lambda: self._session.refuse_waiting(self._clock.boot_ms()), None)
        while not self._session.is_idle and self._clock.boot_ms() < end_ms:
            wake_ms = self._guarded(self._step, end_ms)
            if not self._session.is_idle:
                self._wait(min(wake_ms, end_ms))
        with self._gate:
            now_ms = self._clock.boot_ms()
            self._guarded(lambda: self._session.abandon(now_ms, "stopped"), None)
            self._guarded(lambda: self._session.refuse_waiting(now_ms), None)
            self._is_closed = True
        self._conversation.close()
        self._waker.close()
        self._wakened.close()


def load_press(profile: Profile, fonts: FontChoice) -> Press:
    """Import what draws and encodes, find the fonts, warm up. Raises FontsMissing or NotDrawable."""
    from kiosk.devices.printers.press import open_press  # noqa: PLC0415 - python-escpos takes 0.2 s: only on this thread

    return open_press(profile, fonts)
