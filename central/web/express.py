"""A way of its own for the request that comes by the thousand: `POST bookings`, when it is plain.

It is read straight from its bytes, waits for the writer together with others, and is answered; the rules, the facts and
the answers are those of the ordinary way (`central.appointments.endpoints`). Whatever is not plain, or not in order,
goes the ordinary way and is answered there.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from uuid import UUID

import sqlalchemy as sa
from pydantic import TypeAdapter, ValidationError
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from booking.wire_booking import BookPlace
from central.appointments.limits import check_booking
from central.appointments.scene import NoSuchThing
from central.appointments.together import Left, Outcome, Wish, book_together, is_plain
from central.channels.caller import Asker
from central.web.gathering import Gathering
from central.web.once import HEADER, Answer, KeyReusedForAnotherBody, Repeatable, read_key
from central.web.parts import Parts
from central.web.problems import KNOWN_FAULTS, Refusal, as_refusal, problem_response
from central.writer import Busy

_BOOKINGS = re.compile(r"/v1/hospitals/[^/]+/bookings")
_JSON = re.compile(r"application/json\s*(;\s*charset=\"?utf-8\"?\s*)?", re.IGNORECASE)
_WISH: TypeAdapter[BookPlace] = TypeAdapter(BookPlace)


def is_express(scope: Scope) -> bool:
    """Whether a request may go this way: then the gate may let a known token pass before it has asked the store."""
    return scope["method"] == "POST" and _BOOKINGS.fullmatch(scope["path"]) is not None


class Express:
    """ASGI middleware, behind the gate."""

    def __init__(self, app: ASGIApp, *, parts: Parts) -> None:
        self._app = app
        self._parts = parts
        self._gathering: Gathering[Wish, Outcome] = Gathering(parts, self._book)
        self._in_flight: set[tuple[UUID, UUID, str]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a plain booking; let all else pass."""
        if scope["type"] != "http" or not is_express(scope):
            await self._app(scope, receive, send)
            return
        message = await receive()
        try:
            wish = _read(scope, message["body"])
            answer = None if wish is None else await self._done(wish, scope["state"]["admit"])
            if answer is None and not scope["state"]["is_admitted"]:
                await scope["state"]["admit"]()
        except KNOWN_FAULTS as fault:
            await problem_response(as_refusal(fault))(scope, receive, send)
            return
        if answer is not None:
            await answer.response()(scope, receive, send)
            return
        await self._app(scope, _again(message, receive), send)

    async def _done(self, wish: Wish, admit: Callable[[], Awaitable[None]]) -> Answer | None:
        """The answer; None where it must be done by itself. Raises Refusal and what the store raises."""
        name = wish.write.name
        if name in self._in_flight:
            raise Refusal("in_flight", headers={"Retry-After": "1"})
        self._in_flight.add(name)
        try:
            outcome = await self._gathering.do(wish)
            if outcome is Left.TO_BE_ADMITTED:
                await admit()
                outcome = await self._gathering.do(replace(wish, is_admitted=True))
        except Busy:
            raise
        except sa.exc.DBAPIError:
            return None  # one of them met a fault, and it is not known which: each finds out by itself
        finally:
            self._in_flight.discard(name)
        if isinstance(outcome, Answer):
            return outcome
        if isinstance(outcome, KeyReusedForAnotherBody):
            raise Refusal("key_reused")
        if isinstance(outcome, NoSuchThing):
            raise outcome
        return None

    def _book(self, connection: sa.Connection, asks: Sequence[Wish]) -> list[Outcome]:
        return book_together(connection, asks, self._parts.keys, self._parts.moment())


def _read(scope: Scope, body: bytes) -> Wish | None:
    """What is asked for; None where it is not plain or not in order."""
    headers = Headers(scope=scope)
    asker = scope["state"]["asker"]
    assert isinstance(asker, Asker), "the gate knows who asks at a hospital's paths"
    if _JSON.fullmatch(headers.get("content-type", "")) is None:
        return None
    try:
        key = read_key(headers.get(HEADER))
        ask = _WISH.validate_json(body)
        check_booking(ask)
    except (ValidationError, Refusal):
        return None
    if not is_plain(ask):
        return None
    digest = hashlib.sha256(f"POST {scope['path']}\n".encode())
    digest.update(body)
    write = Repeatable(asker.hospital_id, asker.caller_id, key, digest.digest())
    return Wish(write, asker, ask, is_admitted=scope["state"]["is_admitted"])


def _again(message: Message, receive: Receive) -> Receive:
    """Hand the body on once; then whatever the connection says."""
    waiting = [message]

    async def next_message() -> Message:
        return waiting.pop() if waiting else await receive()

    return next_message
