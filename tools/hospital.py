"""A hospital on this machine: server, network, card reader, printer and scanner, each real or protocol-true.

The server is a process of its own, pcscd too; reader, printer, scanner and network are the lab's. Used by the demo,
the journeys, benches and soaks. Everything listens on loopback, on free ports, and ends with `stop`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from lab.cards.slot import Slot
from lab.network import Relay
from lab.pcscd import CardDaemon
from lab.people import CheckInHours, SamplePerson, read_people
from lab.printer.server import VirtualPrinter
from lab.reserved_port import ReservedPort

DRIVER = Path("build/vpcd/libifdvpcd.so")
DEMO_HOURS = CheckInHours("01", ZoneInfo("Asia/Shanghai"))
"""Of the sample's first hospital, whose terminal the demo shows."""
_PATIENCE_S = 20.0
_BIN = Path(sys.executable).parent


class ServerDidNotStart(RuntimeError):
    """The booking server's process did not come up."""


class Server:
    """The booking server as a process: started, stopped, killed and started again on the same port."""

    def __init__(self, data: Path) -> None:
        """`data` was made by `init_sample`."""
        self._data = data
        self._process: subprocess.Popen[bytes] | None = None
        self._place = ReservedPort()  # also while it does not run

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens."""
        return "127.0.0.1", self._place.number

    def start(self) -> None:
        """Start and wait until it answers. Raises ServerDidNotStart."""
        self._place.take()
        port_file = self._data / "port"
        port_file.unlink(missing_ok=True)
        log = (self._data / "server.log").open("ab")
        command = [str(_BIN / "central"), "serve", "--data", str(self._data), "--port", str(self._place.number)]
        self._process = subprocess.Popen([*command, "--port-file", str(port_file)], stdout=log, stderr=log)
        log.close()
        ends = time.monotonic() + _PATIENCE_S
        while not port_file.exists() or not port_file.read_text().strip():
            if self._process.poll() is not None or time.monotonic() > ends:
                raise ServerDidNotStart((self._data / "server.log").read_text(errors="replace")[-2000:])
            _pause()

    def stop(self) -> None:
        """End it as an operator would."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(_PATIENCE_S)
            self._process = None

    def kill(self) -> None:
        """End it without a word."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def code(self, label: str) -> str:
        """A one-time enrolment code for a new terminal."""
        return run_central("terminal", "code", "--label", label, "--data", str(self._data)).split()[-1]


def _pause() -> None:
    """A hundredth of a second: a process that starts tells nobody but its port file."""
    time.sleep(0.01)


def run_central(*words: str) -> str:
    """Run `central WORDS`; its output. Raises CalledProcessError."""
    done = subprocess.run([str(_BIN / "central"), *words], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def init_sample(data: Path, *, today: str = "", bookings_today: int | None = None) -> tuple[SamplePerson, ...]:
    """Make a server's directory with the sample group; its people."""
    words = ["init", "--sample", "--data", str(data)]
    words += ["--today", today] if today else []
    words += ["--bookings-today", str(bookings_today)] if bookings_today is not None else []
    run_central(*words)
    return read_people(data / "sample-people.json")


@dataclass(slots=True)
class Hospital:
    """Everything round one terminal."""

    people: tuple[SamplePerson, ...]
    server: Server
    network: Relay
    daemon: CardDaemon
    slot: Slot
    printer: VirtualPrinter

    def person(self, note: str) -> SamplePerson:
        """The first sample person whose note contains this. Raises LookupError."""
        for person in self.people:
            if note in person.note:
                return person
        raise LookupError(note)


@contextmanager
def hospital(folder: Path, *, today: str = "") -> Iterator[Hospital]:
    """A hospital with its server running in `folder`, until the block ends.

    Sets PCSCLITE_CSOCK_NAME for this process: a PC/SC client here talks to the hospital's own daemon.
    """
    with ExitStack() as stack:
        data = folder / "central"
        people = read_people(data / "sample-people.json") if data.exists() else init_sample(data, today=today)
        server = Server(data)
        server.start()
        stack.callback(server.stop)
        network = stack.enter_context(Relay(server.address))
        short = stack.enter_context(tempfile.TemporaryDirectory(prefix="kiosk-"))
        daemon = stack.enter_context(CardDaemon(Path(short), driver=DRIVER))
        os.environ.update(daemon.environment())
        slot = stack.enter_context(Slot(daemon, 0))
        printer = stack.enter_context(VirtualPrinter(width_dots=576))
        yield Hospital(people, server, network, daemon, slot, printer)
