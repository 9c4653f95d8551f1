"""Putting the server together: the store in a directory, its parts, and the application with all endpoints."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from fastapi import FastAPI
from pydantic import TypeAdapter

from booking.wire import EventBatch, Problem
from central.checkins.endpoints import check_in_router
from central.keys import KEY_FILE, new_keys, read_keys, write_keys
from central.moment import Clock, system_clock
from central.people.endpoints import people_router
from central.sync.endpoints import sync_router
from central.sync.wake import FeedBell
from central.tables.engine import READERS, reading_engine, writing_engine
from central.tables.migrate import bring_up_to_date
from central.terminals.endpoints import terminal_router
from central.web.gate import Gate
from central.web.parts import Parts
from central.web.patience import BODY_S
from central.web.problems import MEDIA_TYPE, answer_with_problems
from central.writer import GroupCommitWriter, Reader

STORE_FILE = "central.db"


def open_parts(data: Path, *, clock: Clock = system_clock) -> Parts:
    """Open the server's directory. The caller closes what it gets.

    Raises keys.UnreadableKeyFile, migrate.StoreTooNew.
    """
    keys = read_keys(data / KEY_FILE)
    engine = writing_engine(data / STORE_FILE)
    bring_up_to_date(engine)
    bell = FeedBell()
    return Parts(
        writer=GroupCommitWriter(engine, on_commit=bell.ring),
        reader=Reader(reading_engine(data / STORE_FILE), threads=READERS),
        snapshot_reader=Reader(reading_engine(data / STORE_FILE), threads=1),
        keys=keys,
        clock=clock,
        bell=bell,
    )


def create_app(parts: Parts, *, body_s: float = BODY_S) -> FastAPI:
    """The application. `body_s` is how long a request's body may take to arrive."""
    app = FastAPI(
        title="Hospital booking server",
        version="1",
        summary="What terminals ask and tell. Order and meaning of the messages: docs/protocol.md",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        responses={"default": {"description": "An error (RFC 9457)", "model": Problem, "content": {MEDIA_TYPE: {}}}},
    )
    for router in (terminal_router(parts), sync_router(parts), check_in_router(parts), people_router(parts)):
        app.include_router(router)
    answer_with_problems(app)
    app.add_middleware(Gate, parts=parts, body_s=body_s)

    @app.get("/openapi.json", include_in_schema=False)
    async def get_openapi() -> dict[str, Any]:
        return openapi_document(app)

    return app


def openapi_document(app: FastAPI) -> dict[str, Any]:
    """The application's description, with the events of a batch spelt out."""
    document = app.openapi()
    schema = TypeAdapter(EventBatch).json_schema(ref_template="#/components/schemas/{model}")
    schemas = document["components"]["schemas"]
    schemas.update(schema.pop("$defs"))
    schemas["EventBatch"] = schema
    schemas.pop("UnreadBatch", None)
    body = document["paths"]["/v1/events"]["post"]["requestBody"]
    body["content"]["application/json"]["schema"] = {"$ref": "#/components/schemas/EventBatch"}
    return document


def described() -> dict[str, Any]:
    """The description of a server as it starts; made with a store of its own that is thrown away."""
    with TemporaryDirectory() as name:
        data = Path(name)
        write_keys(data / KEY_FILE, new_keys(UUID(int=0)))
        parts = open_parts(data)
        try:
            return openapi_document(create_app(parts))
        finally:
            parts.close()
