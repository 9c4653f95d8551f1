"""The gate in front of every endpoint: limits, the server's time, and who asks.

A request's body is read here once, at most 512 KiB, never decompressed. A terminal's signature over method, target and
body is checked, and that the request's numbers are fresh; a channel's client shows its token. Whoever asks about a
hospital has to do with it. Only what passed all of it reaches an endpoint.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import re
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from booking import signing
from central.channels.admission import ChannelAdmission, ShutOut, TooMany, Unknown
from central.channels.caller import ChannelCaller
from central.channels.tenancy import NotHere, Tenancy
from central.keys import is_signed
from central.sync.following import SeenBefore, is_following
from central.sync.service import FeedNow, feed_now
from central.terminals.admission import Admission, Refused
from central.terminals.caller import Caller
from central.terminals.service import KnownTerminal, known_terminal
from central.web.express import is_express
from central.web.parts import Parts
from central.web.patience import BODY_S
from central.web.problems import KNOWN_FAULTS, Refusal, as_refusal, problem_response

LARGEST_BODY = 512 * 1024
UNSIGNED = frozenset({"/v1/enrol", "/v1/time", "/openapi.json"})
_LARGEST_NUMBER = 2**53
_DIGITS = 16
_BEARER = "bearer "
_SAID_ONCE = frozenset(
    name.lower().encode()
    for name in (
        *("authorization", "content-type", "content-encoding", signing.HEADER_IDEMPOTENCY),
        *(signing.HEADER_TERMINAL, signing.HEADER_BOOT, signing.HEADER_COUNT, signing.HEADER_SIGNATURE),
    )
)
_CHARSET = re.compile(r';\s*charset\s*=\s*"?([^\s";]*)', re.IGNORECASE)
_UTF_8 = frozenset({"utf-8", "utf8"})
_GOODBYE = {"Connection": "close"}
"""For a caller who may still be talking: else the rest of the body would be read and thrown away for ever."""
_TOO_SLOW = Refusal("busy", "the body did not come", status=408, headers=_GOODBYE)


_NO_TOKEN = Refusal("bad_token", headers={"WWW-Authenticate": "Bearer"})


class CallerHungUp(Exception):
    """The connection was closed before the request was whole."""


@dataclass(frozen=True, slots=True)
class SignedHeaders:
    """The four headers of a signed request."""

    terminal_id: UUID
    boot: int
    count: int
    signature: bytes


class Gate:
    """ASGI middleware."""

    def __init__(self, app: ASGIApp, *, parts: Parts, body_s: float = BODY_S) -> None:
        self._app = app
        self._parts = parts
        self._body_s = body_s
        self._admission = Admission(parts.write)
        self._channels = ChannelAdmission(parts.read, parts.keys)
        self._tenancy = Tenancy(parts.read, parts.write, parts.moment)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let an HTTP request through, or answer it here."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_time(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[signing.HEADER_SERVER_TIME] = str(self._parts.clock())
            await send(message)

        try:
            async with asyncio.timeout(self._body_s):
                body = await _whole_body(Headers(scope=scope), receive)
            _check_form(scope, body)
            if scope["path"] not in UNSIGNED:
                await self._let_in(scope, body)
        except TimeoutError:
            await problem_response(_TOO_SLOW)(scope, receive, send_with_time)
            return
        except NotHere:
            await problem_response(Refusal("not_found"))(scope, receive, send_with_time)
            return
        except KNOWN_FAULTS as fault:
            await problem_response(as_refusal(fault))(scope, receive, send_with_time)
            return
        except CallerHungUp:
            return
        await self._app(scope, _replay(body, receive), send_with_time)

    async def _let_in(self, scope: Scope, body: bytes) -> None:
        """Who asks, for the endpoints. A token that was good before is looked up together with what it asks for where
        that is done with others (`state["is_admitted"]` is false), and here where it turns out that it must be
        (`state["admit"]`).
        """
        state = scope.setdefault("state", {})
        headers = Headers(scope=scope)
        token = _token(headers)
        known = self._channels.known(token, self._parts.clock()) if token is not None and is_express(scope) else None
        state["is_admitted"] = known is None

        async def admit() -> None:
            assert token is not None, "only tokens are let pass before"
            await self._bearer(token)
            state["is_admitted"] = True

        state["admit"] = admit
        if known is not None:
            caller: Caller | ChannelCaller = known
        else:
            caller = await (self._terminal(scope, headers, body) if token is None else self._bearer(token))
        state["caller"] = caller
        state["asker"] = await self._tenancy.asker(caller, scope["path"])

    async def _terminal(self, scope: Scope, headers: Headers, body: bytes) -> Caller | ChannelCaller:
        return (await self._check(scope, headers, body)).caller

    async def _bearer(self, token: str) -> Caller | ChannelCaller:
        match await self._channels.admit(token, self._parts.clock()):
            case Unknown():
                raise _NO_TOKEN
            case ShutOut():
                raise Refusal("revoked")
            case TooMany(wait_s):
                raise Refusal("too_many", headers={"Retry-After": str(wait_s)})
            case caller:
                return caller

    async def _check(self, scope: Scope, all_headers: Headers, body: bytes) -> KnownTerminal:
        headers = _signed_headers(all_headers)
        terminal = await self._look_up(scope, headers.terminal_id)
        if terminal is None:
            raise Refusal("not_enrolled")
        message = signing.signing_input(
            method=scope["method"],
            target=_target(scope),
            body_digest=hashlib.sha256(body).digest(),
            terminal_id=headers.terminal_id,
            boot=headers.boot,
            count=headers.count,
        )
        if not is_signed(public_key=terminal.public_key, signature=headers.signature, message=message):
            raise Refusal("bad_signature")
        if terminal.is_revoked:
            raise Refusal("revoked")
        outcome = await self._admission.admit(
            terminal, boot=headers.boot, count=headers.count, now_ms=self._parts.clock()
        )
        if isinstance(outcome, Refused):
            raise Refusal(outcome.freshness.value)
        return terminal

    async def _look_up(self, scope: Scope, terminal_id: UUID) -> KnownTerminal | None:
        """Whose signature this is said to be; for one who follows the feed also how far that is, with one question."""
        if not is_following(scope):
            return await self._parts.read(lambda connection: known_terminal(connection, terminal_id))

        def look(connection: sa.Connection) -> tuple[KnownTerminal, FeedNow] | None:
            found = known_terminal(connection, terminal_id)
            return None if found is None else (found, feed_now(connection, found.caller.hospital_id))

        rings = self._parts.bell.rings
        seen = await self._parts.read(look)
        if seen is None:
            return None
        scope["state"]["feed"] = SeenBefore(seen[1], rings)
        return seen[0]


def _token(headers: Headers) -> str | None:
    """What stands after `Bearer`; None where a terminal's signature is to be looked at."""
    shown = headers.get("authorization")
    if shown is None:
        return None
    if shown[: len(_BEARER)].lower() != _BEARER:
        raise _NO_TOKEN
    return shown[len(_BEARER) :].strip()


def _target(scope: Scope) -> str:
    """Path and query as they were sent."""
    raw = scope.get("raw_path") or scope["path"].encode()
    path: str = raw.split(b"?")[0].decode("ascii", "replace")
    query = scope["query_string"].decode("ascii", "replace")
    return f"{path}?{query}" if query else path


def _signed_headers(headers: Headers) -> SignedHeaders:
    if signing.HEADER_TERMINAL not in headers:
        raise Refusal("not_enrolled")
    try:
        terminal_id = UUID(headers[signing.HEADER_TERMINAL])
        signature = base64.b64decode(headers[signing.HEADER_SIGNATURE], validate=True)
    except (KeyError, ValueError, binascii.Error) as error:
        raise Refusal("bad_signature", "a header is missing or malformed") from error
    boot, count = (_number(headers.get(name, "")) for name in (signing.HEADER_BOOT, signing.HEADER_COUNT))
    return SignedHeaders(terminal_id=terminal_id, boot=boot, count=count, signature=signature)


def _number(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) <= _DIGITS and 1 <= int(text) <= _LARGEST_NUMBER:
        return int(text)
    raise Refusal("bad_signature", "boot and count are numbers from 1")


async def _whole_body(headers: Headers, receive: Receive) -> bytes:
    if headers.get("content-encoding", "identity") != "identity":
        raise Refusal("bad_request", "a request's body is sent as it is", status=415)
    announced = headers.get("content-length", "0")
    if announced.isdigit() and int(announced) > LARGEST_BODY:
        raise Refusal("too_large", headers=_GOODBYE)
    pieces: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise CallerHungUp
        piece = message.get("body", b"")
        size += len(piece)
        if size > LARGEST_BODY:
            raise Refusal("too_large", headers=_GOODBYE)
        pieces.append(piece)
        if not message.get("more_body", False):
            return b"".join(pieces)


def _check_form(scope: Scope, body: bytes) -> None:
    """What two readers could understand in two ways is understood in none. Raises Refusal `bad_request`."""
    once = [name for name, _ in scope["headers"] if name in _SAID_ONCE]
    if len(once) != len(set(once)):
        raise Refusal("bad_request", "a header came twice")
    charset = _CHARSET.search(Headers(scope=scope).get("content-type", ""))
    if (charset is not None and charset[1].lower() not in _UTF_8) or not _is_utf_8(body):
        raise Refusal("bad_request", "a request's body is in UTF-8")


def _is_utf_8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return b"\0" not in body  # from one, Python's reader of JSON would guess UTF-16


def _replay(body: bytes, receive: Receive) -> Receive:
    """Hand the body on once; then whatever the connection says."""
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def next_message() -> Message:
        return waiting.pop() if waiting else await receive()

    return next_message
