"""GET /v1/snapshot, GET /v1/feed, GET /v1/digests."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Query, Request
from pydantic import TypeAdapter
from starlette.responses import Response

from booking.wire import FeedPage, Row, SnapshotHead
from booking.wire_digest import Digests
from central.sync.comparing import Comparing
from central.sync.following import LARGEST_PAGE, LONGEST_WAIT_S, Pages, page_answer
from central.sync.packing import takes_gzip, zipped
from central.sync.pages import KeptAnswers, SharedPages
from central.sync.portions import LARGEST_PORTION, Wanted, portion
from central.sync.service import feed_now, is_not_before, snapshot
from central.terminals.caller import Caller
from central.web.parts import Parts, SignedCaller
from central.web.routes import new_router

_PORTION_GOOD_MS = 20_000
"""So old may a portion be: what has changed since comes with the feed. After an outage all want the same ones."""

_HEAD: TypeAdapter[SnapshotHead] = TypeAdapter(SnapshotHead)
_ROW: TypeAdapter[Row] = TypeAdapter(Row)
_DAY = r"^\d{4}-\d{2}-\d{2}$"
_SNAPSHOT_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Lines of JSON, gzip: a SnapshotHead, then Rows.",
        "content": {"application/x-ndjson": {"schema": {"type": "string"}}},
    }
}
_Lines = tuple[str, bytes]
"""The position at which they were read, and how they are sent."""


def sync_router(parts: Parts) -> APIRouter:
    """The endpoints that terminals follow the server by."""
    router = new_router("/v1")
    pages, wholes = Pages(), SharedPages[_Lines]()
    portions = KeptAnswers[_Lines](_PORTION_GOOD_MS)
    comparing = Comparing(parts)

    @router.get("/snapshot", response_class=Response, responses=_SNAPSHOT_ANSWER)
    async def get_snapshot(
        caller: SignedCaller,
        day: Annotated[str | None, Query(pattern=_DAY)] = None,
        limit: Annotated[int | None, Query(ge=1, le=LARGEST_PORTION)] = None,
        after: Annotated[str, Query(max_length=64)] = "",
        since: Annotated[str, Query(max_length=64)] = "",
    ) -> Response:
        """All that a terminal holds, or one day of it (`day`); with `limit` the portion of it after the mark `after`,
        at a position that is not before `since`.
        """
        now_ms = parts.clock()
        if limit is None:
            read = partial(parts.read_snapshot, partial(_whole, caller=caller, now_ms=now_ms, day=day))
            _, body = await wholes.get((caller.hospital_id, day, parts.bell.rings, now_ms), read)
        else:
            now = await parts.read(partial(feed_now, hospital_id=caller.hospital_id))
            wanted = Wanted(limit=limit, after=after, day=day, since=since)
            read = partial(parts.read_snapshot, partial(_portion, caller=caller, now_ms=now_ms, wanted=wanted))
            _, body = await portions.get(
                (caller.hospital_id, now.epoch, day, limit, after),
                read,
                now_ms=now_ms,
                is_good=lambda lines: not since or is_not_before(lines[0], since),
            )
        return Response(body, media_type="application/x-ndjson", headers={"Content-Encoding": "gzip"})

    @router.get("/feed", response_model=FeedPage)
    async def get_feed(
        caller: SignedCaller,
        request: Request,
        cursor: Annotated[str, Query(max_length=64)],
        limit: Annotated[int, Query(ge=1, le=LARGEST_PAGE)] = LARGEST_PAGE,
        wait: Annotated[float, Query(ge=0, le=LONGEST_WAIT_S)] = 0,
    ) -> Response:
        written = await page_answer(parts, pages, caller, cursor=cursor, limit=limit, wait_s=wait)
        return written.packed.response(takes_gzip=takes_gzip(request.scope["headers"]))

    @router.get("/digests", response_model=Digests)
    async def get_digests(
        caller: SignedCaller, request: Request, cursor: Annotated[str, Query(max_length=64)]
    ) -> Response:
        """Of what the server has at the position `cursor`, if that is where its feed ends now."""
        packed = await comparing.digests_at(caller.hospital_id, cursor)
        return packed.response(takes_gzip=takes_gzip(request.scope["headers"]))

    return router


def _whole(connection: sa.Connection, *, caller: Caller, now_ms: int, day: str | None) -> _Lines:
    return _written(*snapshot(connection, caller.hospital_id, now_ms, day=day))


def _portion(connection: sa.Connection, *, caller: Caller, now_ms: int, wanted: Wanted) -> _Lines:
    return _written(*portion(connection, caller.hospital_id, now_ms, wanted))


def _written(head: SnapshotHead, rows: list[Row]) -> _Lines:
    lines = [_HEAD.dump_json(head), *(_ROW.dump_json(row, exclude_none=True) for row in rows), b""]
    return head.cursor, zipped(b"\n".join(lines))
