"""What staff must settle: below `/v1/hospitals/{hospital_id}/`, for clients with the right `staff`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, Query
from pydantic import Field, TypeAdapter
from starlette.responses import Response

from central.appointments.scene import NoSuchThing
from central.moment import Moment
from central.people.desk import staff_only
from central.people.limits import check_texts
from central.staff.tasks import Settling, TaskView, TaskViews, settle_task, task_views
from central.web.once import Answer, OnceOnly, RepeatableWrite
from central.web.parts import AskerAtHospital, Parts
from central.web.routes import new_router

_MOST = 200
_VIEW: TypeAdapter[TaskView] = TypeAdapter(TaskView)


@dataclass(frozen=True, slots=True)
class SettleTask:
    """POST tasks/{task_id}/settlement: who of the staff settled it, by name, and what was done."""

    agent: Annotated[str, Field(min_length=1, max_length=64)] = field(repr=False)
    note: Annotated[str, Field(min_length=1, max_length=200)] = field(repr=False)


def task_router(parts: Parts) -> APIRouter:
    """All of them."""
    router = new_router("/v1/hospitals/{hospital_id}")
    once = OnceOnly(parts)

    @router.get("/tasks")
    async def get_tasks(
        asker: AskerAtHospital,
        *,
        is_open: bool | None = None,
        after: UUID | None = None,
        limit: Annotated[int, Query(ge=1, le=_MOST)] = _MOST,
    ) -> TaskViews:
        """The oldest first; without `is_open` the settled ones too."""
        staff_only(asker)
        return await parts.read(
            lambda connection: task_views(connection, asker.hospital_id, is_open=is_open, after=after, limit=limit)
        )

    @router.post("/tasks/{task_id}/settlement", response_model=TaskView)
    async def post_settlement(
        task_id: UUID, ask: SettleTask, asker: AskerAtHospital, write: RepeatableWrite
    ) -> Response:
        """A task is settled once; asked again, the answer says how it was."""
        staff_only(asker)
        check_texts(ask.agent, ask.note)
        settling = Settling(ask.agent, ask.note)

        def work(connection: sa.Connection, moment: Moment) -> Answer:
            seal = parts.keys.seal
            found = settle_task(connection, asker.hospital_id, task_id, settling, seal=seal, moment=moment)
            if found is None:
                raise NoSuchThing
            return Answer(200, _VIEW.dump_python(found, mode="json"))

        return await once.do(write, work, order=task_id)

    return router
