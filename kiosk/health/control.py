"""The terminal's local socket: one JSON line asks, one JSON line answers. Used by kioskctl and the demo's panel.

Only this machine reaches it (a Unix socket, mode 0600). It never tells anything of a person.
"""

from __future__ import annotations

import contextlib
import json
import logging
import selectors
import socket
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

_LOG = logging.getLogger(__name__)
_MOST_BYTES = 4096
_PATIENCE_S = 2.0

Answer = Callable[[Mapping[str, object]], Mapping[str, object]]


class ControlSocket:
    """Serves questions on a thread of its own, `control`, one after the other."""

    def __init__(
        self, path: Path, questions: Mapping[str, Answer], *, report_bug: Callable[[BaseException], None]
    ) -> None:
        """`questions` by name: `{"ask": name, ...}` is answered by its function, on the control thread."""
        self._path = path
        self._report_bug = report_bug
        self._questions = questions
        self._stop_read, self._stop_write = socket.socketpair()
        self._thread = threading.Thread(target=self._run, name="control", daemon=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)

    def start(self) -> None:
        """Bind and serve. A socket left by a process that died is replaced. Raises OSError when it cannot bind."""
        with contextlib.suppress(FileNotFoundError):
            self._path.unlink()
        self._socket.bind(str(self._path))
        self._path.chmod(0o600)
        self._socket.listen(8)
        self._thread.start()

    def stop(self) -> None:
        """End the thread within 2 s and remove the socket."""
        self._stop_write.send(b"x")
        self._thread.join(_PATIENCE_S)
        for end in (self._socket, self._stop_read, self._stop_write):
            end.close()
        with contextlib.suppress(FileNotFoundError):
            self._path.unlink()

    def _run(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._socket, selectors.EVENT_READ)
            selector.register(self._stop_read, selectors.EVENT_READ)
            while True:
                ready = [key.fileobj for key, _ in selector.select()]
                if self._stop_read in ready:
                    return
                try:
                    self._serve()
                except (OSError, ValueError) as fault:
                    _LOG.warning("a question on the local socket failed: %s", type(fault).__name__)
                except Exception as bug:  # noqa: BLE001 - the worker's loop: without it nobody could ask any more
                    self._report_bug(bug)

    def _serve(self) -> None:
        caller, _ = self._socket.accept()
        with caller:
            caller.settimeout(_PATIENCE_S)
            asked = b""
            while not asked.endswith(b"\n") and len(asked) < _MOST_BYTES:
                piece = caller.recv(_MOST_BYTES)
                if not piece:
                    return
                asked += piece
            said = _parsed(asked)
            question: Mapping[str, object] = said if isinstance(said, dict) else {}
            answer = self._questions.get(str(question.get("ask")))
            reply = answer(question) if answer else {"error": "unknown question", "known": sorted(self._questions)}
            caller.sendall(json.dumps(reply, ensure_ascii=False).encode() + b"\n")


def _parsed(text: bytes) -> object:
    """Raises ValueError, also for brackets nested too deeply."""
    try:
        parsed: object = json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return parsed


def ask(path: Path, name: str, *, timeout_s: float = _PATIENCE_S, **what: str) -> dict[str, object]:
    """Ask a running terminal; `what` goes with the question.

    Raises OSError when none answers, ValueError when the answer is no answer.
    """
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(timeout_s)
        line.connect(str(path))
        line.sendall(json.dumps({**what, "ask": name}).encode() + b"\n")
        with line.makefile("rb") as answer:
            reply = json.loads(answer.readline())
    if not isinstance(reply, dict):
        raise ValueError("the terminal's answer is not an object")  # noqa: TRY004 - wrong data, not a wrong type in the code
    return reply
