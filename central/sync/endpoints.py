"""GET /v1/snapshot, GET /v1/feed."""

from __future__ import annotations

import gzip
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import APIRouter, Query
from pydantic import TypeAdapter
from starlette.responses import Response

from booking.wire import FeedPage, Row, SnapshotHead
from central.sync.following import LARGEST_PAGE, LONGEST_WAIT_S, page_answer
from central.sync.pages import SharedPages
from central.sync.service import snapshot
from central.terminals.caller import Caller
from central.web.parts import Parts, SignedCaller
from central.web.routes import new_router

_COMPRESSION = 5

_HEAD: TypeAdapter[SnapshotHead] = TypeAdapter(SnapshotHead)
_ROW: TypeAdapter[Row] = TypeAdapter(Row)
_DAY = r"^\d{4}-\d{2}-\d{2}$"
_SNAPSHOT_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Lines of JSON, gzip: a SnapshotHead, then Rows.",
        "content": {"application/x-ndjson": {"schema": {"type": "string"}}},
    }
}


def sync_router(parts: Parts) -> APIRouter:
    """The endpoints that terminals follow the server by."""
    router = new_router("/v1")
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
        return await page_answer(parts, pages, caller, cursor=cursor, limit=limit, wait_s=wait)

    return router


def _lines(connection: sa.Connection, caller: Caller, now_ms: int, day: str | None) -> bytes:
    head, rows = snapshot(connection, caller.hospital_id, now_ms, day=day)
    lines = [_HEAD.dump_json(head), *(_ROW.dump_json(row, exclude_none=True) for row in rows), b""]
    return gzip.compress(b"\n".join(lines), compresslevel=_COMPRESSION, mtime=0)
