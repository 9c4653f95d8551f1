"""A real card daemon with virtual readers, in a mount and network namespace of its own.

Decides where the daemon's socket appears and when it counts as ready; knows nothing of what a card says. Neither the
virtual readers' ports nor the daemon are visible to the machine: clients reach the daemon by the socket named in
`PCSCLITE_CSOCK_NAME`, and cards reach a slot by `connect`. libpcsclite looks at that variable once in the life of a
process, at the first use: whoever is a client in this very process sets it before, once, and keeps one daemon object
(starting it again keeps the path).
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

SOCKET_VARIABLE = "PCSCLITE_CSOCK_NAME"
_FIRST_PORT = 27963  # below 32768: no outgoing connection can be in its place
_SLOTS_PER_READER = 2  # the virtual driver always has two
_SOCKET_PATH_BYTES = 107
_READY_S = 30.0
"""A busy machine takes its time to start a program; whoever is quicker is not kept waiting."""
_SAY_S = 5.0
_END_S = 10.0
_POLL_S = 0.005
_MESSAGE_BYTES = 4096
# The daemon's own protocol: size and command, then the body.
_PROTOCOL = (4, 4)
_HEADER = struct.Struct("=II")
_VERSION = struct.Struct("=iiI")
_READER = struct.Struct("=128sII48x")  # name, events, state; sharing and ATR are of no interest here
_COMMAND_VERSION = 0x11
_COMMAND_READERS = 0x12
_MOST_READERS = 16
_STATE_PRESENT = 0x04


class DaemonFault(Exception):
    """The card daemon or its namespace could not be had; the message says why."""


@dataclass(frozen=True, slots=True)
class ReaderState:
    """What the daemon tells its clients about one reader."""

    name: str
    events: int
    """Grows with each insertion and each removal that the daemon noticed."""
    has_card: bool


class CardDaemon:
    """pcscd with virtual readers. A context manager; `start`, `stop` and `kill` may be repeated in between.

    `directory` must exist and be short enough for a socket's path; `driver` is vpcd's shared library; `readers` counts
    devices, each of which has two slots and so is two readers to PC/SC.
    """

    def __init__(self, directory: Path, *, driver: Path, readers: int = 1, program: Path | None = None) -> None:
        """Nothing starts before `start`. Raises DaemonFault when the driver, pcscd or a short path is missing."""
        found = program or shutil.which("pcscd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
        if found is None:
            raise DaemonFault("pcscd is not installed")
        if not driver.is_file():
            raise DaemonFault(f"the virtual reader's driver is not there: {driver}")
        self._program = str(found)
        self._driver = driver.resolve()
        self._directory = directory.resolve()
        self._readers = readers
        self._run = self._directory / "run"
        if len(os.fsencode(self.socket_path)) > _SOCKET_PATH_BYTES:
            raise DaemonFault("the directory's path is too long for a socket in it")
        self._inside: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._asking = threading.Lock()
        self.after_start: set[Callable[[], None]] = set()
        """Called at the end of each `start`: by it, cards that lie in a reader are met by a new daemon."""
        self.pid: int | None = None
        """The daemon's process id, or None while it does not run."""

    @property
    def socket_path(self) -> Path:
        """What `PCSCLITE_CSOCK_NAME` must be. The same for the whole life of this object."""
        return self._run / "pcscd.comm"

    @property
    def log_path(self) -> Path:
        """The daemon's own messages (they hold no card data)."""
        return self._directory / "pcscd.log"

    def environment(self) -> dict[str, str]:
        """The variables that a client of this daemon needs, beside its others."""
        return {SOCKET_VARIABLE: str(self.socket_path)}

    @property
    def slot_count(self) -> int:
        """How many cards can be in at once."""
        return self._readers * _SLOTS_PER_READER

    @property
    def reader_names(self) -> tuple[str, ...]:
        """The readers as clients see them, in the order of the slots. Raises DaemonFault when it does not answer."""
        return tuple(state.name for state in self.reader_states())

    @property
    def is_running(self) -> bool:
        """Whether `start` was called and neither `stop` nor `kill` since."""
        return self.pid is not None

    def start(self, *, readers: int | None = None) -> None:
        """Start, or start again, and return when every reader answers.

        `readers` changes how many devices are plugged in from now on (0 is possible). Raises DaemonFault.
        """
        self._readers = self._readers if readers is None else readers
        if self._control is None:
            self._enter()
        configuration = self._directory / "readers"
        configuration.mkdir(exist_ok=True)
        (configuration / "virtual").write_text(self._configuration(), encoding="ascii")
        answer = self._ask({"do": "start", "readers": str(configuration)})
        self.pid = int(str(answer["pid"]))
        self._wait_until_ready()
        for call in tuple(self.after_start):
            call()

    def stop(self) -> None:
        """End the daemon and leave the namespace, which vanishes. Repeating it is harmless."""
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._inside is not None:
            try:
                self._inside.wait(_END_S)
            except subprocess.TimeoutExpired:
                self._inside.kill()  # the daemon goes with it
                self._inside.wait()
            self._inside = None
        self.pid = None

    def kill(self) -> None:
        """End the daemon as `kill -9` does: no farewell to clients, socket and pid file left lying."""
        self._ask({"do": "signal", "number": int(signal.SIGKILL)})
        self.pid = None

    def freeze(self) -> None:
        """Make the daemon silent without ending it: requests hang until `thaw`."""
        self._ask({"do": "signal", "number": int(signal.SIGSTOP)})

    def thaw(self) -> None:
        """Let a frozen daemon go on."""
        self._ask({"do": "signal", "number": int(signal.SIGCONT)})

    def connect(self, slot: int) -> socket.socket:
        """A connection to the virtual slot (0 is the first): to have it is to have a card in. Raises DaemonFault."""
        if not 0 <= slot < self.slot_count:
            raise DaemonFault(f"there is no slot {slot}")
        device, place = divmod(slot, _SLOTS_PER_READER)
        port = _FIRST_PORT + device * _SLOTS_PER_READER + place
        with self._asking:
            message, descriptors = self._say({"do": "open", "port": port})
        if not descriptors:
            raise DaemonFault(self._why(message))
        return socket.socket(fileno=descriptors[0])

    def reader_states(self) -> tuple[ReaderState, ...]:
        """Every reader with its counter, asked of the daemon itself. Raises DaemonFault when it does not answer."""
        try:
            body = self._ask_readers(_PROTOCOL)
        except OSError as error:
            raise DaemonFault(f"the card daemon does not answer: {error}") from error
        states = []
        for name, events, state in _READER.iter_unpack(body):
            text = name.split(b"\0", 1)[0].decode("utf-8", "replace")
            if text:
                states.append(ReaderState(text, events, bool(state & _STATE_PRESENT)))
        return tuple(sorted(states, key=lambda each: each.name))

    def _ask_readers(self, protocol: tuple[int, int]) -> bytes:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
            client.settimeout(_SAY_S)
            client.connect(str(self.socket_path))
            client.sendall(_HEADER.pack(_VERSION.size, _COMMAND_VERSION) + _VERSION.pack(*protocol, 0))
            major, minor, refused = _VERSION.unpack(_receive(client, _VERSION.size))
            if not refused:
                client.sendall(_HEADER.pack(0, _COMMAND_READERS))
                return _receive(client, _READER.size * _MOST_READERS)
        if (major, minor) == protocol:
            raise ConnectionError("it refuses every protocol")
        return self._ask_readers((major, minor))

    def wait_for(self, what: Callable[[tuple[ReaderState, ...]], bool], *, timeout_s: float) -> bool:
        """Whether the readers came to be as `what` says within the time. Raises DaemonFault when nobody answers."""
        until = time.monotonic() + timeout_s
        never = threading.Event()
        while not what(self.reader_states()):
            if time.monotonic() > until:
                return False
            never.wait(_POLL_S * 2)
        return True

    def _enter(self) -> None:
        self._run.mkdir(exist_ok=True)
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        # A user namespace is needed only where this user may not make the other two.
        kinds = ["-m", "-n"] if os.geteuid() == 0 else ["-U", "-r", "-m", "-n"]
        program = Path(__file__).with_name("namespace.py")
        with theirs, self.log_path.open("ab") as log:
            self._inside = subprocess.Popen(  # noqa: S603 - fixed programs; the paths are the caller's
                ["unshare", *kinds, "--", sys.executable, "-I", "-S", str(program),  # noqa: S607 - by PATH
                 str(theirs.fileno()), self._program, str(self._run), str(self.log_path)],
                pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        ours.settimeout(_READY_S)
        self._control = ours
        try:
            first = ours.recv(_MESSAGE_BYTES)
        except OSError:
            first = b""
        if not first:
            self.stop()
            raise DaemonFault(f"no namespace of its own for the card daemon: {self._last_words()}")

    def _configuration(self) -> str:
        entries = []
        for device in range(self._readers):
            port = _FIRST_PORT + device * _SLOTS_PER_READER
            driver = self._directory / f"driver-{device}.so"
            if not driver.exists():
                # The driver knows its slots by their number within a device: two devices in one copy would be mixed up.
                shutil.copyfile(self._driver, driver)
            entries.append(
                f'FRIENDLYNAME "Virtual Reader {device}"\nDEVICENAME /dev/null:0x{port:04X}\n'
                f"LIBPATH {driver}\nCHANNELID 0x{port:04X}\n"
            )
        return "\n".join(entries)

    def _wait_until_ready(self) -> None:
        until = time.monotonic() + _READY_S
        never = threading.Event()
        while True:
            try:
                if len(self.reader_states()) == self.slot_count:
                    return
            except DaemonFault:
                pass
            if time.monotonic() > until:
                raise DaemonFault(f"the card daemon did not become ready: {self._last_words()}")
            # Its socket is the only sign of life it gives; nothing to select on exists before that.
            never.wait(_POLL_S)

    def _last_words(self) -> str:
        lines = self.log_path.read_text(encoding="utf-8", errors="replace").splitlines()
        return " | ".join(lines[-3:])

    def _say(self, command: dict[str, object]) -> tuple[bytes, list[int]]:
        """The answer, and what was handed out with it. Whoever inside does not answer in time is ended by force."""
        if self._control is None:
            raise DaemonFault("the card daemon was not started")
        try:
            self._control.send(json.dumps(command).encode())
            message, descriptors, _flags, _address = socket.recv_fds(self._control, _MESSAGE_BYTES, 1)
        except OSError as error:
            if self._inside is not None:
                self._inside.kill()  # the daemon goes with it
            self.stop()
            raise DaemonFault(f"the namespace does not answer: {error}") from error
        return message, descriptors

    def _ask(self, command: dict[str, object]) -> dict[str, object]:
        with self._asking:
            message, _ = self._say(command)
        answer: dict[str, object] = json.loads(message or b"{}")
        if answer.get("ok") is not True:
            raise DaemonFault(self._why(message))
        return answer

    @staticmethod
    def _why(message: bytes) -> str:
        return str(json.loads(message or b"{}").get("why", "the namespace is gone"))

    def __enter__(self) -> Self:
        """Start."""
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        """Stop."""
        self.stop()


def _receive(client: socket.socket, size: int) -> bytes:
    received = bytearray()
    while len(received) < size:
        part = client.recv(size - len(received))
        if not part:
            raise ConnectionError("it closed the connection")
        received += part
    return bytes(received)
