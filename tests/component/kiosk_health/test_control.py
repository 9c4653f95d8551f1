"""The local socket: asks and answers, survives nonsense, and is for this user only."""

from __future__ import annotations

import socket
import stat
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from kiosk.health.control import ControlSocket, ask


@pytest.fixture
def path() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="kiosk") as folder:
        yield Path(folder) / "control.sock"


@pytest.fixture
def reported() -> list[BaseException]:
    return []


def test_a_question_is_answered(path: Path, reported: list[BaseException]) -> None:
    control = ControlSocket(path, {"status": lambda _question: {"waiting": 3}}, report_bug=reported.append)
    control.start()
    try:
        assert ask(path, "status") == {"waiting": 3}
        assert ask(path, "other") == {"error": "unknown question", "known": ["status"]}
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    finally:
        control.stop()
    assert not path.exists()
    with pytest.raises(OSError, match="No such file"):
        ask(path, "status")


@pytest.mark.parametrize("nonsense", [b"\n", b"[]\n", b"{\n", b"\xff\xfe\n", b'{"ask": 7}\n', b"", b"[" * 4000 + b"\n"])
def test_nonsense_does_not_end_it(
    path: Path, reported: list[BaseException], nonsense: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    control = ControlSocket(path, {"status": lambda _question: {"waiting": 3}}, report_bug=reported.append)
    control.start()
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.settimeout(2)
            line.connect(str(path))
            line.sendall(nonsense)
            line.shutdown(socket.SHUT_WR)
            line.recv(4096)
        assert ask(path, "status") == {"waiting": 3}
    finally:
        control.stop()
    assert reported == []
    caplog.clear()


def test_a_bug_in_an_answer_is_reported_and_does_not_end_it(path: Path, reported: list[BaseException]) -> None:
    bug = ZeroDivisionError()

    def stumbles(_question: Mapping[str, object]) -> Mapping[str, object]:
        raise bug

    control = ControlSocket(
        path, {"broken": stumbles, "status": lambda _question: {"waiting": 3}}, report_bug=reported.append
    )
    control.start()
    try:
        with pytest.raises(ValueError, match="Expecting value"):
            ask(path, "broken")
        assert ask(path, "status") == {"waiting": 3}
    finally:
        control.stop()
    assert reported == [bug]


def test_a_socket_left_by_a_dead_process_is_replaced(path: Path, reported: list[BaseException]) -> None:
    left = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    left.bind(str(path))
    left.close()
    control = ControlSocket(path, {"status": lambda _question: {}}, report_bug=reported.append)
    control.start()
    try:
        assert ask(path, "status") == {}
    finally:
        control.stop()
