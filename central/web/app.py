"""Putting the server together: the store in a directory, its parts, and the application with all endpoints."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID, uuid4

from fastapi import FastAPI
from pydantic import TypeAdapter

from booking.wire import EventBatch
from booking.wire_problem import Problem
from central.acts.endpoints import event_router
from central.appointments.endpoints import appointment_router
from central.appointments.reading import reading_router
from central.appointments.request_endpoints import request_router
from central.catalogue.edit_endpoints import editing_router
from central.catalogue.endpoints import catalogue_router
from central.checkins.endpoints import check_in_router
from central.feedback.endpoints import feedback_router
from central.hospital_systems.endpoints import hospital_system_router
from central.keys import KEY_FILE, new_keys, read_keys, write_keys
from central.leases.endpoints import lease_router
from central.moment import Clock, system_clock
from central.orders.endpoints import order_router
from central.people.endpoints import people_router, registry_router
from central.staff.endpoints import task_router
from central.sync.endpoints import sync_router
from central.sync.following import FeedExpress
from central.sync.sequencer import Sequencer
from central.sync.wake import FeedBell
from central.tables.database import Database, Use, commits_in_order, database_at
from central.tables.engine import READERS
from central.tables.migrate import prepare
from central.terminals.endpoints import terminal_router
from central.web.express import Express
from central.web.gate import Gate
from central.web.parts import Parts
from central.web.patience import BODY_S
from central.web.problems import MEDIA_TYPE, answer_with_problems
from central.writer import GroupCommitWriter, Reader


def open_parts(data: Path, *, clock: Clock = system_clock, database: Database | None = None) -> Parts:
    """Open the server's directory and its database (None: the file in that directory). The caller closes what it gets.

    Raises keys.UnreadableKeyFile, migrate.StoreTooNew, migrate.NoDatabase.
    """
    keys = read_keys(data / KEY_FILE)
    store = database or database_at("", data)
    prepare(store)
    bell = FeedBell()
    engine = store.engine(Use.WRITE)
    sequencer = None
    if not commits_in_order(engine):
        numbering = store.engine(Use.NUMBER)
        sequencer = Sequencer(numbering, leader_id=uuid4(), clock=clock, on_growth=bell.ring)
    return Parts(
        writer=GroupCommitWriter(engine, on_commit=sequencer.wake if sequencer else bell.ring, lanes=store.writers),
        reader=Reader(store.engine(Use.READ), threads=READERS),
        snapshot_reader=Reader(store.engine(Use.SNAPSHOT), threads=1),
        keys=keys,
        clock=clock,
        bell=bell,
        sequencer=sequencer,
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
    for router in (
        appointment_router(parts),  # the first is found first
        terminal_router(parts),
        sync_router(parts),
        check_in_router(parts),
        event_router(parts),
        lease_router(parts),
        people_router(parts),
        reading_router(parts),
        registry_router(parts),
        request_router(parts),
        hospital_system_router(parts),
        order_router(parts),
        feedback_router(parts),
        task_router(parts),
        catalogue_router(parts),
        editing_router(parts),
    ):
        app.include_router(router)
    answer_with_problems(app)
    app.add_middleware(Express, parts=parts)
    app.add_middleware(FeedExpress, parts=parts)
    app.add_middleware(Gate, parts=parts, body_s=body_s)

    @app.get("/openapi.json", include_in_schema=False)
    async def get_openapi() -> dict[str, Any]:
        return openapi_document(app)

    return app


def openapi_document(app: FastAPI) -> dict[str, Any]:
    """The application's description, with the events of a batch and the form of a no spelt out."""
    document = app.openapi()
    schema = TypeAdapter(EventBatch).json_schema(ref_template="#/components/schemas/{model}")
    schemas = document["components"]["schemas"]
    schemas.update(schema.pop("$defs"))
    schemas["EventBatch"] = schema
    schemas.pop("UnreadBatch", None)
    body = document["paths"]["/v1/events"]["post"]["requestBody"]
    body["content"]["application/json"]["schema"] = {"$ref": "#/components/schemas/EventBatch"}
    _describe_problems(document)
    return document


def _describe_problems(document: dict[str, Any]) -> None:
    """A no is a Problem, and comes in no other form: FastAPI would say that it may."""
    problem = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for methods in document["paths"].values():
        for operation in methods.values():
            for answer in operation["responses"].values():
                if MEDIA_TYPE in answer.get("content", ()):
                    answer["content"] = problem


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
