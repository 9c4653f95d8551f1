"""POST /v1/enrol, GET /v1/time, POST /v1/heartbeat."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, Request

from booking.wire import Enrolled, EnrolRequest, Heartbeat, HeartbeatReply, ServerTime
from central.staff.tasks import settled_for
from central.sync.service import today_at
from central.terminals.attempts import Attempts
from central.terminals.service import WrongCode, enrol, note_heartbeat
from central.web.limits import check_enrol, check_heartbeat
from central.web.parts import Parts, SignedCaller
from central.web.problems import Refusal
from central.web.routes import new_router


def terminal_router(parts: Parts) -> APIRouter:
    """The endpoints of the terminals themselves."""
    router = new_router("/v1")
    attempts = Attempts()

    @router.post("/enrol")
    async def post_enrol(wish: EnrolRequest, request: Request) -> Enrolled:
        check_enrol(wish)
        address = request.client.host if request.client else ""
        moment = parts.moment()
        wait_s = attempts.wait_s(address, moment.now_ms)
        if wait_s:
            raise Refusal("busy", "too many wrong codes", status=429, headers={"Retry-After": str(wait_s)})
        attempts.note(address, moment.now_ms)
        is_wrong = False
        try:
            return await parts.write(lambda connection: enrol(connection, wish, parts.keys, moment))
        except WrongCode:
            is_wrong = True
            raise
        finally:
            if not is_wrong:
                attempts.take_back(address, moment.now_ms)

    @router.get("/time")
    async def get_time() -> ServerTime:
        return ServerTime(server_ms=parts.clock())

    @router.post("/heartbeat")
    async def post_heartbeat(heartbeat: Heartbeat, caller: SignedCaller) -> HeartbeatReply:
        check_heartbeat(heartbeat)
        moment = parts.moment()

        def note(connection: sa.Connection) -> tuple[UUID, ...]:
            note_heartbeat(connection, heartbeat, caller, moment.now_ms)
            asked = heartbeat.unsettled
            return settled_for(connection, caller.hospital_id, caller.terminal_id, asked, moment) if asked else ()

        settled = await parts.write(note, key=caller.terminal_id)
        today = await parts.read(lambda connection: today_at(connection, caller.hospital_id, moment.now_ms))
        return HeartbeatReply(today=today.isoformat(), settled=settled)

    return router
