"""A port stays a device's own while it refuses connections."""

from __future__ import annotations

import os
import socket
import subprocess
import sys

import pytest

from lab import reserved_port
from lab.reserved_port import ReservedPort, close_listener


def test_nobody_else_gets_the_port_while_nobody_listens() -> None:
    port = ReservedPort()
    port.listener().close()
    with socket.socket() as other, pytest.raises(OSError, match="in use"):
        other.bind(("127.0.0.1", port.number))
    port.free()
    with socket.socket() as other:
        other.bind(("127.0.0.1", port.number))


def test_without_a_listener_a_connection_is_refused() -> None:
    port = ReservedPort()
    port.take()
    with socket.socket() as client, pytest.raises(ConnectionRefusedError):
        client.connect(("127.0.0.1", port.number))
    port.free()


def test_it_listens_again_at_the_same_port() -> None:
    port = ReservedPort()
    for _ in range(3):
        with port.listener() as listener, socket.socket() as client:
            assert listener.getsockname()[1] == port.number
            client.connect(("127.0.0.1", port.number))
    port.free()


def test_a_listener_that_somebody_still_waits_for_is_in_nobodys_way() -> None:
    """As a thread does that has been waiting for it and has not run again."""
    port = ReservedPort()
    for _ in range(3):
        listener = port.listener()
        waiting = os.dup(listener.fileno())
        close_listener(listener)
        with socket.socket() as client, pytest.raises(ConnectionRefusedError):
            client.connect(("127.0.0.1", port.number))
        port.listener().close()
        os.close(waiting)
    port.free()


def test_another_program_may_listen_at_it_and_go_and_come_back() -> None:
    port = ReservedPort()
    port.take()
    listens = (
        "import socket, sys; s = socket.create_server(('127.0.0.1', int(sys.argv[1]))); print('here', flush=True);"
        "s.accept()[0].recv(1)"
    )
    for _ in range(2):
        command = [sys.executable, "-I", "-S", "-c", listens, str(port.number)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == "here\n"
            socket.create_connection(("127.0.0.1", port.number)).close()
            assert child.wait(60) == 0
    port.free()


def test_a_number_at_which_nobody_could_listen_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody else may come between: the number that is told is one at which a listener was."""
    others: list[socket.socket] = []
    bind = reserved_port._bound_anywhere

    def bind_and_let_another_in() -> socket.socket:
        keeper = bind()
        if len(others) < 2:
            others.append(socket.create_server(keeper.getsockname()))
        return keeper

    monkeypatch.setattr(reserved_port, "_bound_anywhere", bind_and_let_another_in)
    port = ReservedPort()
    with port.listener() as listener:
        assert listener.getsockname()[1] == port.number
    assert len(others) == 2
    assert port.number not in {other.getsockname()[1] for other in others}
    for other in others:
        other.close()
    port.free()


def test_a_port_that_somebody_has_is_not_taken() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(OSError, match="in use"):
            ReservedPort(other.getsockname()[1]).take()
