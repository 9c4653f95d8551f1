"""The inside of a private namespace: keeps one card daemon there and hands connections to its reader ports out.

Run as a program by `lab.pcscd` through `unshare`; it is the only process that lives inside besides the daemon. It
decides nothing: it obeys one-line commands on the socket it inherited and ends, with the daemon, when that socket
closes (so nothing outlives a parent that was killed). Standard library only, nothing of this package.
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import select
import signal
import socket
import struct
import subprocess
import sys
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_SIOCGIFFLAGS = 0x8913
_SIOCSIFFLAGS = 0x8914
_IFF_UP = 0x1
_STOP_S = 2.0
_CONNECT_S = 5.0
_MESSAGE_BYTES = 4096
_DRIVERS = Path("/usr/lib/pcsc/drivers")


def _die_with_parent() -> None:
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True)  # noqa: S603, S607 - util-linux, arguments from lab.pcscd


def _raise_loopback() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        name = b"lo".ljust(16, b"\0")
        answer = fcntl.ioctl(any_socket, _SIOCGIFFLAGS, name + bytes(24))
        flags = struct.unpack_from("h", answer, 16)[0]
        fcntl.ioctl(any_socket, _SIOCSIFFLAGS, name + struct.pack("h", flags | _IFF_UP) + bytes(22))


def prepare(run_directory: Path) -> None:
    """Give the daemon its own `/run/pcscd` (seen outside as `run_directory`), its own loopback and no USB driver.

    Real readers plugged into this machine must not be taken from the system's own daemon.
    """
    # The bind comes by way of the mount point's directory: /run is hidden below a fresh one.
    descriptor = os.open(run_directory, os.O_PATH | os.O_DIRECTORY)
    _mount("-t", "tmpfs", "tmpfs", "/run")
    Path("/run/pcscd").mkdir()
    _mount("--bind", f"/proc/{os.getpid()}/fd/{descriptor}", "/run/pcscd")
    os.close(descriptor)
    if _DRIVERS.is_dir():
        _mount("-t", "tmpfs", "tmpfs", str(_DRIVERS))
    _raise_loopback()


class Inside:
    """The daemon of this namespace, or none at the moment."""

    def __init__(self, program: str, log: Path) -> None:
        """`program` is pcscd's path; its messages are appended to `log`."""
        self._program = program
        self._log = log
        self._daemon: subprocess.Popen[bytes] | None = None
        with_help = subprocess.run([program, "--help"], check=False, capture_output=True)  # noqa: S603 - our own program
        # Newer daemons ask polkit, which a namespace without a system bus does not have.
        self._options = ["--disable-polkit"] if b"--disable-polkit" in with_help.stdout else []

    def obey(self, command: dict[str, object]) -> tuple[dict[str, object], socket.socket | None]:
        """Carry out one command; the answer and, for `open`, the connected socket to hand out."""
        match command["do"]:
            case "start":
                return self._start(str(command["readers"])), None
            case "signal":
                return self._signal(int(str(command["number"]))), None
            case "stop":
                self.stop()
                return {"ok": True}, None
            case "open":
                try:
                    card = socket.create_connection(("127.0.0.1", int(str(command["port"]))), _CONNECT_S)
                except OSError as error:
                    return {"ok": False, "why": str(error)}, None
                card.settimeout(None)
                return {"ok": True}, card
        return {"ok": False, "why": "unknown command"}, None

    def _start(self, readers: str) -> dict[str, object]:
        self.stop()
        for left in ("pcscd.comm", "pcscd.pid"):
            # A killed daemon leaves both, and its successor would believe that it still runs.
            Path("/run/pcscd", left).unlink(missing_ok=True)
        with self._log.open("ab") as log:
            self._daemon = subprocess.Popen(  # noqa: S603 - the path is the caller's
                [self._program, "--foreground", "--info", *self._options, "-c", readers],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                preexec_fn=_die_with_parent,  # noqa: PLW1509 - one thread
            )
        return {"ok": True, "pid": self._daemon.pid}

    def _signal(self, number: int) -> dict[str, object]:
        if self._daemon is None or self._daemon.poll() is not None:
            return {"ok": False, "why": "the daemon does not run"}
        self._daemon.send_signal(number)
        if number == signal.SIGKILL:
            self._daemon.wait()
            self._daemon = None
        return {"ok": True}

    def stop(self) -> None:
        """End the daemon, by force where it does not go by itself."""
        if self._daemon is None:
            return
        self._daemon.send_signal(signal.SIGCONT)
        self._daemon.terminate()
        try:
            self._daemon.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            self._daemon.kill()
            self._daemon.wait()
        self._daemon = None


def main(arguments: list[str]) -> int:
    """`namespace.py CONTROL_FD PCSCD RUN_DIRECTORY LOG`."""
    control = socket.socket(fileno=int(arguments[0]))
    for number in (signal.SIGINT, signal.SIGTERM):
        # Ctrl-C at a shell reaches the whole group; the parent decides when to end, by closing the socket.
        signal.signal(number, signal.SIG_IGN)
    prepare(Path(arguments[2]))
    inside = Inside(arguments[1], Path(arguments[3]))
    control.send(json.dumps({"ok": True}).encode())
    try:
        while True:
            select.select([control], [], [])
            message = control.recv(_MESSAGE_BYTES)
            if not message:
                return 0
            answer, card = inside.obey(json.loads(message))
            descriptors = [card.fileno()] if card else []
            socket.send_fds(control, [json.dumps(answer).encode()], descriptors)
            if card:
                card.close()
    except ConnectionError:
        return 0
    finally:
        inside.stop()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
