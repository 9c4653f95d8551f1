"""GET /v1/snapshot, GET /v1/feed."""

from __future__ import annotations

import asyncio
import gzip
from functools import partial
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Query
from pydantic import TypeAdapter
from starlette.responses import Response

from booking.wire import FeedPage, Row, SnapshotHead
from central.sync.pages import SharedPages
from central.sync.service import feed_page, snapshot
from central.terminals.caller import Caller
from central.web.parts import Parts, SignedCaller

LARGEST_PAGE = 500
LONGEST_WAIT_S = 30.0
_LOOK_AGAIN_S = 5.0
"""Another process (the command line) may write too, and rings no bell here."""
_GATHER_S = 0.15
"""What changes together travels together, and whoever asked for a change is answered before all are told of it: a
terminal that has just checked a patient in prints the ticket, and then takes the news into its mirror."""
_COMPRESSION = 5

_HEAD: TypeAdapter[SnapshotHead] = TypeAdapter(SnapshotHead)
_ROW: TypeAdapter[Row] = TypeAdapter(Row)
_PAGE: TypeAdapter[FeedPage] = TypeAdapter(FeedPage)
_DAY = r"^\d{4}-\d{2}-\d{2}$"
_SNAPSHOT_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Lines of JSON, gzip: a SnapshotHead, then Rows.",
        "content": {"application/x-ndjson": {"schema": {"type": "string"}}},
    }
}


def sync_router(parts: Parts) -> APIRouter:
    """The endpoints that terminals follow the server by."""
    router = APIRouter(prefix="/v1")
    pages = SharedPages()

    @router.get("/snapshot", response_class=Response, responses=_SNAPSHOT_ANSWER)
    async def get_snapshot(caller: SignedCaller, day: Annotated[str | None, Query(pattern=_DAY)] = None) -> Response:
        now_ms = parts.clock()
        body = await parts.read_snapshot(lambda connection: _lines(connection, caller, now_ms, day))
        return Response(body, media_type="application/x-ndjson", headers={"Content-Encoding": "gzip"})

    @router.get("/feed", response_model=FeedPage)
    async def get_feed(
        caller: SignedCaller,
        cursor: Annotated[str, Query(max_length=64)],
        limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE)] = LARGEST_PAGE,
        wait: Annotated[float, Query(ge=0, le=LONGEST_WAIT_S)] = 0,
    ) -> Response:
        page = await _page_or_wait(parts, pages, caller, cursor=cursor, limit=limit, wait_s=wait)
        return Response(_PAGE.dump_json(page, exclude_none=True), media_type="application/json")

    return router


async def _page_or_wait(
    parts: Parts, pages: SharedPages, caller: Caller, *, cursor: str, limit: int, wait_s: float
) -> FeedPage:
    """The next page that says something, or the last empty one when the wait is over."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + wait_s
    with parts.bell.listening(caller.hospital_id) as grown:
        while True:
            grown.clear()
            question = partial(
                feed_page, hospital_id=caller.hospital_id, now_ms=parts.clock(), cursor=cursor, limit=limit
            )
            same = (caller.hospital_id, cursor, limit, parts.bell.rings)
            page = await pages.get(same, partial(parts.read, question))
            left_s = deadline - loop.time()
            if page.rows or left_s <= 0 or parts.bell.is_stopped:
                return page
            cursor = page.cursor
            if not page.has_more and await _is_set_within(grown, min(left_s, _LOOK_AGAIN_S)):
                await asyncio.sleep(min(_GATHER_S, max(0.0, deadline - loop.time())))


async def _is_set_within(event: asyncio.Event, seconds: float) -> bool:
    try:
        await asyncio.wait_for(event.wait(), seconds)
    except TimeoutError:
        return False
    return True


def _lines(connection: sa.Connection, caller: Caller, now_ms: int, day: str | None) -> bytes:
    head, rows = snapshot(connection, caller.hospital_id, now_ms, day=day)
    lines = [_HEAD.dump_json(head), *(_ROW.dump_json(row, exclude_none=True) for row in rows), b""]
    return gzip.compress(b"\n".join(lines), compresslevel=_COMPRESSION, mtime=0)
