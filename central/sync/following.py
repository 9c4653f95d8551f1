"""How a terminal follows the feed: the page that it asks for, or the next one that says something; and a way of its own
for that request.

A hospital's terminals ask for the feed all day, and mostly nothing is new: then FastAPI's routing would cost more than
the answer. What is plain is read straight from the query; all else goes the ordinary way (`central.sync.endpoints`),
which gives the same answers and says what is wrong.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from functools import partial
from uuid import UUID

import sqlalchemy as sa
from pydantic import TypeAdapter
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from booking.wire import FeedPage
from central.sync.packing import Packed, pack, takes_gzip
from central.sync.pages import SharedPages
from central.sync.service import FeedNow, empty_page, feed_page
from central.terminals.caller import Caller
from central.web.parts import Parts
from central.web.problems import KNOWN_FAULTS, as_refusal, problem_response

LARGEST_PAGE = 500
LONGEST_WAIT_S = 30.0
_LOOK_AGAIN_S = 5.0
"""Another process (the command line) may write too, and rings no bell here."""
_GATHER_S = 0.15
"""What changes together travels together, and whoever asked for a change is answered before all are told of it: a
terminal that has just checked a patient in prints the ticket, and then takes the news into its mirror."""

_PAGE: TypeAdapter[FeedPage] = TypeAdapter(FeedPage)
_PLAIN = re.compile(
    r"cursor=(?P<cursor>[0-9A-Za-z.]{1,64})(?:&limit=(?P<limit>[0-9]{1,3}))?(?:&wait=(?P<wait>[0-9]{1,2}(?:\.[0-9]{1,6})?))?"
)
"""As terminals write it."""


@dataclass(frozen=True, slots=True)
class WrittenPage:
    """A page, and how it is sent."""

    page: FeedPage
    packed: Packed


Pages = SharedPages[WrittenPage]
"""A question is the same when hospital, cursor, limit and the bell's count are."""


@dataclass(frozen=True, slots=True)
class SeenBefore:
    """How far the feed was when the gate looked for the terminal; `rings` is the bell's count before that."""

    now: FeedNow
    rings: int


def is_following(scope: Scope) -> bool:
    """Whether a request asks for the feed: then the gate may see in passing how far it is."""
    return bool(scope["method"] == "GET" and scope["path"] == "/v1/feed")


class FeedExpress:
    """ASGI middleware, behind the gate."""

    def __init__(self, app: ASGIApp, *, parts: Parts) -> None:
        self._app = app
        self._parts = parts
        self._pages = Pages()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a terminal that follows the feed; let all else pass."""
        answer = await self._answer(scope) if scope["type"] == "http" and is_following(scope) else None
        await (self._app if answer is None else answer)(scope, receive, send)

    async def _answer(self, scope: Scope) -> Response | None:
        asked = _PLAIN.fullmatch(scope["query_string"].decode("latin-1"))
        caller = scope["state"]["caller"]
        if asked is None or not isinstance(caller, Caller):
            return None
        limit, wait_s = int(asked["limit"] or LARGEST_PAGE), float(asked["wait"] or 0)
        if not 1 <= limit <= LARGEST_PAGE or wait_s > LONGEST_WAIT_S:
            return None
        cursor, seen = asked["cursor"], scope["state"].get("feed")
        try:
            written = await page_answer(
                self._parts, self._pages, caller, cursor=cursor, limit=limit, wait_s=wait_s, seen=seen
            )
            return written.packed.response(takes_gzip=takes_gzip(scope["headers"]))
        except KNOWN_FAULTS as fault:
            return problem_response(as_refusal(fault))


async def page_answer(
    parts: Parts,
    pages: Pages,
    caller: Caller,
    *,
    cursor: str,
    limit: int,
    wait_s: float,
    seen: SeenBefore | None = None,
) -> WrittenPage:
    """The next page that says something, or the last empty one when the wait is over. Raises Gone and what the store
    raises.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + wait_s
    with parts.bell.listening(caller.hospital_id) as grown:
        while True:
            grown.clear()
            now_ms = parts.clock()
            written = None
            if seen is not None and seen.rings == parts.bell.rings:
                empty = empty_page(seen.now, now_ms, cursor=cursor)
                written = None if empty is None else _written(empty)
            seen = None
            if written is None:
                question = partial(_read, hospital_id=caller.hospital_id, now_ms=now_ms, cursor=cursor, limit=limit)
                same = (caller.hospital_id, cursor, limit, parts.bell.rings)
                written = await pages.get(same, partial(parts.read, question))
            left_s = deadline - loop.time()
            if written.page.rows or left_s <= 0 or parts.bell.is_stopped:
                return written
            cursor = written.page.cursor
            if not written.page.has_more and await _is_set_within(grown, min(left_s, _LOOK_AGAIN_S)):
                await asyncio.sleep(min(_GATHER_S, max(0.0, deadline - loop.time())))


def _read(connection: sa.Connection, hospital_id: UUID, now_ms: int, *, cursor: str, limit: int) -> WrittenPage:
    """On the reader's thread: all who wait for this page get it written and packed once."""
    return _written(feed_page(connection, hospital_id, now_ms, cursor=cursor, limit=limit))


def _written(page: FeedPage) -> WrittenPage:
    return WrittenPage(page, pack(_PAGE.dump_json(page, exclude_none=True)))


async def _is_set_within(event: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False
    return True
