"""POST /v1/check-ins: a patient stands at a terminal that is on line."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header

from booking import wire
from booking.wire import CheckInAct, EventResult
from central.checkins.service import ask_check_in
from central.web.limits import check_act
from central.web.parts import Parts, SignedCaller
from central.web.problems import Refusal


def check_in_router(parts: Parts) -> APIRouter:
    """The endpoint of the check-in."""
    router = APIRouter(prefix="/v1")

    @router.post("/check-ins")
    async def post_check_in(
        act: CheckInAct, caller: SignedCaller, idempotency_key: Annotated[str, Header(max_length=64)]
    ) -> EventResult:
        if idempotency_key.strip('"') != str(act.operation_id):
            raise Refusal("bad_request", "Idempotency-Key is the operation_id")
        check_act(act)
        if act.v > wire.WIRE_VERSION:
            raise Refusal("bad_request", f"this server speaks version {wire.WIRE_VERSION}")
        moment = parts.moment()
        return await parts.write(
            lambda connection: ask_check_in(connection, act, caller, moment), key=caller.terminal_id
        )

    return router
