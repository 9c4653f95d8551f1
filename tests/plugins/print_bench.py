"""A spool that remembers, and a printer session that a test drives step by step on its own clock over a real socket."""

from __future__ import annotations

import select
import threading
import time
import uuid
from collections.abc import Callable
from io import BytesIO

import zxingcpp
from PIL import Image

from kiosk.devices.clock import SystemClock
from kiosk.devices.printers.conversation import Conversation
from kiosk.devices.printers.drawings import MakeJob
from kiosk.devices.printers.font_choice import FontChoice
from kiosk.devices.printers.link import TcpLink
from kiosk.devices.printers.profile import Profile
from kiosk.devices.printers.session import PrinterSession
from kiosk.devices.printers.worker import load_press
from kiosk.ports.printers import JobState, PrinterChanged, PrinterStatus, PrintFinished, PrintResult, PrintTicket
from kiosk.ports.tickets import Ticket
from lab.printer.paper import PrintedTicket
from tests.plugins.heard import Heard

PATIENCE_S = 30.0


class RememberingSpool:
    """Implements kiosk.ports.printers.Spool: every step of every job, in order."""

    def __init__(self) -> None:
        self._gate = threading.Lock()
        self._steps: dict[uuid.UUID, list[JobState]] = {}

    def queue(self, ticket: Ticket) -> PrintTicket:
        """A new job's row, and the command for it."""
        command = PrintTicket(uuid.uuid4(), uuid.uuid4(), ticket)
        with self._gate:
            self._steps[command.job_id] = [JobState.QUEUED]
        return command

    def advance(self, job_id: uuid.UUID, state: JobState, why: str = "") -> None:
        with self._gate:
            self._steps[job_id].append(state)

    def steps(self, command: PrintTicket) -> list[JobState]:
        with self._gate:
            return list(self._steps[command.job_id])


class HastenedClock(SystemClock):
    """The real clock, which a test may put forward."""

    def __init__(self) -> None:
        super().__init__()
        self._ahead_ms = 0

    def boot_ms(self) -> int:
        return super().boot_ms() + self._ahead_ms

    def put_forward(self, seconds: float) -> None:
        self._ahead_ms += round(seconds * 1000)


_PRESSES: dict[Profile, MakeJob] = {}


def press_for(profile: Profile) -> MakeJob:
    """Fonts are looked for once in a test run."""
    if profile not in _PRESSES:
        _PRESSES[profile] = load_press(profile, FontChoice()).job
    return _PRESSES[profile]


class PrintBench:
    """One terminal's printer session, stepped on the test's thread."""

    def __init__(self, address: tuple[str, int], profile: Profile, *, spool: RememberingSpool | None = None) -> None:
        self.clock = HastenedClock()
        self.heard = Heard()
        self.spool = spool or RememberingSpool()
        self.link = TcpLink(*address)
        self.conversation = Conversation(self.link, profile, jitter=lambda: 0.5)
        self.session = PrinterSession(self.conversation, profile, spool=self.spool, emit=self.heard, first_fence=9_998)
        self.session.use_press(press_for(profile))

    def run_until(self, what: Callable[[], bool]) -> None:
        """Step until it is true; fails when it does not become true in good time."""
        until = time.monotonic() + PATIENCE_S
        while not what():
            assert time.monotonic() < until, f"did not come true; heard {self.heard.events}"
            wake_ms = self.session.step(self.clock.boot_ms())
            self._wait(min(20, max(0, wake_ms - self.clock.boot_ms())))

    def _wait(self, wait_ms: int) -> None:
        poll = select.poll()
        if (link := self.conversation.fileno()) is not None:
            poll.register(link, select.POLLIN | (select.POLLOUT if self.session.wants_to_send else 0))
        poll.poll(wait_ms)

    def submit(self, ticket: Ticket) -> PrintTicket:
        command = self.spool.queue(ticket)
        self.session.submit(command)
        return command

    def result(self, command: PrintTicket) -> PrintResult | None:
        found = [event.result for event in self.heard.of(PrintFinished) if event.job_id == command.job_id]
        assert len(found) <= 1
        return found[0] if found else None

    def print_it(self, ticket: Ticket) -> tuple[PrintTicket, PrintResult]:
        """Submit a ticket and run to its answer."""
        command = self.submit(ticket)
        self.run_until(lambda: self.result(command) is not None)
        result = self.result(command)
        assert result is not None
        return command, result

    @property
    def status(self) -> PrinterStatus | None:
        """The status that was told last."""
        changes = self.heard.of(PrinterChanged)
        return changes[-1].status if changes else None

    def run_until_status(self, status: PrinterStatus | type) -> None:
        self.run_until(lambda: self.status == status or (isinstance(status, type) and isinstance(self.status, status)))

    def crash(self) -> None:
        """The process is killed: the kernel closes its socket, nothing else happens."""
        self.conversation.lose(self.clock.boot_ms(), "killed")

    def close(self) -> None:
        self.conversation.close()


def qr_texts(ticket: PrintedTicket) -> list[str]:
    """What a scanner reads from a printed ticket."""
    picture = Image.open(BytesIO(ticket.png)).convert("L")
    return [code.text for code in zxingcpp.read_barcodes(picture)]
