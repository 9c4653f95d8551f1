"""A port stays a device's own while it refuses connections."""

from __future__ import annotations

import socket

import pytest

from lab.reserved_port import ReservedPort


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


def test_a_port_that_somebody_has_is_not_taken() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(OSError, match="in use"):
            ReservedPort(other.getsockname()[1]).take()
