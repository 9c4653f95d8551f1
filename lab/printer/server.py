"""A whole printer on 127.0.0.1, with a switch for everything that happens to printers.

Composes mechanism and port and gives them a thread. All methods may be called from any thread.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Self

from lab.printer.mechanism import Mechanism
from lab.printer.paper import DOTS_PER_MM, PrintedTicket
from lab.printer.port import Link, PrinterPort
from lab.printer.status import Dialect, Health, Paper

_JOIN_S = 2.0
_WAKES = 4096


class VirtualPrinter:
    """An ESC/POS printer. A context manager; its faults are switches that may be used before and after `start`."""

    def __init__(
        self,
        *,
        width_dots: int = 576,
        port: int = 0,
        dialect: Dialect | None = None,
        buffer_bytes: int = 16_384,
        on_ticket: Callable[[PrintedTicket], None] = lambda _ticket: None,
    ) -> None:
        """`width_dots` 576 for 80 mm paper, 384 for 58 mm; port 0 takes a free one; `on_ticket` runs on its thread."""
        self._changed = threading.Condition(threading.RLock())
        self._tickets: list[PrintedTicket] = []
        self._on_ticket = on_ticket
        self._port = PrinterPort(port=port)
        self._mechanism = Mechanism(
            width_dots=width_dots,
            dialect=dialect or Dialect(),
            buffer_bytes=buffer_bytes,
            say=self._port.say,
            give=self._give,
        )
        self._port.mechanism = self._mechanism
        self._is_powered = True
        self._is_stopping = False
        self._wake_read, self._wake_write = socket.socketpair()
        self._thread: threading.Thread | None = None

    # -- life ----------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Listen and print. Raises OSError when the port is taken."""
        self._port.open()
        self._thread = threading.Thread(target=self._run, name="virtual-printer", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Switch off for good. Harmless when repeated."""
        with self._change():
            self._is_stopping = True
        if self._thread is not None:
            self._thread.join(_JOIN_S)
            self._thread = None
        self._port.free()
        self._wake_read.close()
        self._wake_write.close()

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """Stop."""
        self.stop()

    @property
    def address(self) -> tuple[str, int]:
        """Host and port; the port stays the same through every fault. Known after `start`."""
        return "127.0.0.1", self._port.port

    # -- what came of it -----------------------------------------------------------------------------------------

    @property
    def tickets(self) -> tuple[PrintedTicket, ...]:
        """All tickets cut so far, the oldest first."""
        with self._changed:
            return tuple(self._tickets)

    def wait_for_tickets(self, count: int, *, timeout_s: float = 30.0) -> tuple[PrintedTicket, ...]:
        """The tickets as soon as there are `count`. Raises TimeoutError."""
        if not self.wait_until(lambda: len(self._tickets) >= count, timeout_s=timeout_s):
            raise TimeoutError(f"{len(self.tickets)} of {count} tickets came out within {timeout_s} s")
        return self.tickets

    def wait_until(self, what: Callable[[], bool], *, timeout_s: float = 30.0) -> bool:
        """Whether `what` came true within the time; it is asked again after each thing that happens here."""
        with self._changed:
            return self._changed.wait_for(what, timeout_s)

    @property
    def unfinished_mm(self) -> float:
        """How much paper hangs out, printed and not cut."""
        with self._changed:
            return self._mechanism.unfinished_mm

    @property
    def is_stalled(self) -> bool:
        """Whether received data wait for a person."""
        with self._changed:
            return self._mechanism.is_stalled

    @property
    def is_at_rest(self) -> bool:
        """Whether all that was received was carried out; half a command does not count as that."""
        with self._changed:
            return self._mechanism.is_at_rest

    @property
    def received_bytes(self) -> int:
        """How many bytes it took from hosts since it was made."""
        with self._changed:
            return self._port.received_bytes

    @property
    def sessions(self) -> int:
        """How many connections it accepted since it was made."""
        with self._changed:
            return self._port.sessions

    @property
    def has_session(self) -> bool:
        """Whether a host is connected and served."""
        with self._changed:
            return self._port.has_session

    @property
    def not_understood(self) -> tuple[bytes, ...]:
        """The first bytes of commands that it passed over."""
        with self._changed:
            return tuple(self._mechanism.not_understood)

    @property
    def health(self) -> Health:
        """The state of the mechanism."""
        with self._changed:
            return self._mechanism.health

    @property
    def speed_mm_s(self) -> float | None:
        """Printing speed; None is in no time."""
        with self._changed:
            return self._mechanism.speed_mm_s

    # -- what people and fate do to it: the mechanism --------------------------------------------------------------

    def set_speed(self, mm_s: float | None) -> None:
        """Printing speed; None prints in no time, which is how it starts."""
        with self._change():
            self._mechanism.speed_mm_s = mm_s

    def set_health(self, health: Health) -> None:
        """Any state of the mechanism at once; the methods below name the common ones."""
        with self._change():
            self._mechanism.change(health)

    def paper_near_end(self) -> None:
        """The roll's sensor reports little paper."""
        self.set_health(replace(self.health, paper=Paper.NEAR_END))

    def take_paper_out(self) -> None:
        """No paper."""
        self.set_health(replace(self.health, paper=Paper.OUT))

    def run_out_after(self, mm: float) -> None:
        """Leave this much paper: it ends in the middle of whatever is being printed then."""
        with self._change():
            self._mechanism.paper_left_dots = round(mm * DOTS_PER_MM)

    def load_paper(self) -> None:
        """A full roll: printing goes on where it stopped."""
        with self._change():
            self._mechanism.paper_left_dots = None
            self._mechanism.change(replace(self._mechanism.health, paper=Paper.PLENTY))

    def open_cover(self) -> None:
        """Open the cover; printing stops."""
        self.set_health(replace(self.health, is_cover_open=True))

    def close_cover(self) -> None:
        """Close it: printing goes on."""
        self.set_health(replace(self.health, is_cover_open=False))

    def jam_cutter(self) -> None:
        """The cutter sticks."""
        self.set_health(replace(self.health, is_cutter_jammed=True))

    def free_cutter(self) -> None:
        """The cutter moves again."""
        self.set_health(replace(self.health, is_cutter_jammed=False))

    def overheat(self) -> None:
        """The head is too hot."""
        self.set_health(replace(self.health, is_overheated=True))

    def cool_down(self) -> None:
        """The head is cool again."""
        self.set_health(replace(self.health, is_overheated=False))

    # -- the link --------------------------------------------------------------------------------------------------

    def fall_silent(self) -> None:
        """Go on taking and printing, answer nothing."""
        with self._change():
            self._port.is_silent = True

    def speak_again(self) -> None:
        """Answer again; what was not said is lost."""
        with self._change():
            self._port.is_silent = False

    def refuse_connections(self) -> None:
        """Reset the session and refuse new ones."""
        with self._change():
            self._port.link = Link.REFUSING
            self._port.close()

    def accept_connections(self) -> None:
        """Listen again."""
        with self._change():
            self._port.link = Link.PLUGGED
            self._open_port()

    def drop_connection(self) -> None:
        """Reset the session now; the next one is welcome."""
        with self._change():
            self._port.reset_session()

    def drop_connection_after(self, received: int) -> None:
        """Reset the session once it has taken this many more bytes (at least 1); they are kept and printed."""
        with self._change():
            self._port.drop_after = received

    def unplug(self) -> None:
        """Pull the network cable: nothing is taken or answered, nobody is told. What it already has, it prints.

        Who connects meanwhile seems to succeed (the kernel answers) and then hears nothing.
        """
        with self._change():
            self._port.link = Link.UNPLUGGED

    def plug_in(self) -> None:
        """Put the cable back: the old session is dead, a new one is welcome."""
        with self._change():
            self._port.link = Link.PLUGGED
            self._port.close()
            self._open_port()

    def power_off(self) -> None:
        """Switch off: what it had received and not printed is gone; connections are refused."""
        with self._change():
            self._is_powered = False
            self._port.close()
            self._mechanism.power_on()

    def power_on(self) -> None:
        """Switch on again."""
        with self._change():
            self._is_powered = True
            self._open_port()

    # -- inside ----------------------------------------------------------------------------------------------------

    def _open_port(self) -> None:
        if self._is_powered and self._port.link is not Link.REFUSING and self._thread is not None:
            self._port.open()

    @contextlib.contextmanager
    def _change(self) -> Iterator[None]:
        with self._changed:
            yield
            self._changed.notify_all()
            with contextlib.suppress(OSError):
                self._wake_write.send(b"\0")

    def _give(self, ticket: PrintedTicket) -> None:
        self._tickets.append(ticket)
        self._on_ticket(ticket)

    def _run(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._wake_read, selectors.EVENT_READ)
            while True:
                with self._changed:
                    if self._is_stopping:
                        return
                    wait_s = self._mechanism.advance(time.monotonic()) if self._is_powered else None
                    self._select_on(selector, self._port.watched())
                    self._changed.notify_all()
                ready = selector.select(wait_s)
                with self._changed:
                    for key, events in ready:
                        self._handle(key.fileobj, events)

    def _handle(self, ready: object, events: int) -> None:
        if ready is self._wake_read:
            self._wake_read.recv(_WAKES)
        elif isinstance(ready, socket.socket):
            self._port.handle(ready, events)

    def _select_on(self, selector: selectors.BaseSelector, wanted: dict[socket.socket, int]) -> None:
        for key in list(selector.get_map().values()):
            if key.fileobj is not self._wake_read:
                selector.unregister(key.fileobj)
        for each, events in wanted.items():
            selector.register(each, events)
