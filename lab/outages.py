"""What a network can do to a connection: a closed set of conditions, each of which a relay can be in.

Answers that come from somebody else than the server asked (a captive portal, a broken proxy) are ready-made here.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Passing:
    """All is well."""


@dataclass(frozen=True, slots=True)
class Refusing:
    """Nobody listens; what was open is reset."""


@dataclass(frozen=True, slots=True)
class BlackHole:
    """Nothing arrives and nobody is told. What was sent arrives when the network is back, as TCP does it."""


@dataclass(frozen=True, slots=True)
class Delaying:
    """Each piece of an answer comes this much later."""

    delay_ms: int


@dataclass(frozen=True, slots=True)
class LosingAnswers:
    """Requests arrive and are carried out; at the first byte of the answer the connection is reset."""


@dataclass(frozen=True, slots=True)
class CuttingAnswers:
    """A connection's answers end after this many bytes, as if the server had closed it."""

    after_bytes: int


@dataclass(frozen=True, slots=True)
class HalvingBodies:
    """An HTTP answer breaks off in the middle of its body, as a server that goes down would end it."""


@dataclass(frozen=True, slots=True)
class AnsweringItself:
    """Somebody else answers each request with these bytes; the server hears nothing."""

    answer: bytes


Condition = Passing | Refusing | BlackHole | Delaying | LosingAnswers | CuttingAnswers | HalvingBodies | AnsweringItself


def _response(status: str, kind: str, body: bytes) -> bytes:
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return head.encode("ascii") + body


CAPTIVE_PORTAL = AnsweringItself(
    _response("200 OK", "text/html; charset=utf-8", "<html><body>请先登录无线网络</body></html>".encode())
)
"""A guest network that wants a log-in first, and says so with status 200."""
SERVER_ERROR = AnsweringItself(_response("500 Internal Server Error", "text/plain", b"Internal Server Error"))
BAD_GATEWAY = AnsweringItself(_response("502 Bad Gateway", "text/html", b"<html><h1>502 Bad Gateway</h1></html>"))
BROKEN_JSON = AnsweringItself(_response("200 OK", "application/json", b'{"v": 1, "rows": ['))
NOT_HTTP = AnsweringItself(b"SSH-2.0-OpenSSH_9.2\r\n")
"""Quite another server."""
EMPTY = AnsweringItself(b"")
"""Closes the connection without a word."""


def half_of_http(answer: bytes) -> int | None:
    """How many bytes of this HTTP answer are its head and half its body; None while the head is not complete."""
    end = answer.find(b"\r\n\r\n")
    if end == -1:
        return None
    for line in answer[:end].split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            return end + 4 + int(value) // 2
    return end + 4


def request_length(request: bytes) -> int | None:
    """How long the HTTP request at the start is, with its body; None while its head is not complete."""
    end = request.find(b"\r\n\r\n")
    if end == -1:
        return None
    for line in request[:end].split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            return end + 4 + int(value)
    return end + 4
