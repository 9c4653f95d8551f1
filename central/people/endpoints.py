"""POST /v1/find, for terminals; and all of `/v1/hospitals/{hospital_id}` that is about people."""

from __future__ import annotations

import base64
import binascii

from fastapi import APIRouter

from booking.wire import FindReply, FindRequest
from central.credit.endpoints import add_account
from central.people.desk import PeopleDesk
from central.people.office import add_office
from central.people.registry import add_registry
from central.people.service import find_person
from central.web.limits import check_find
from central.web.parts import Parts, SignedCaller
from central.web.problems import Refusal
from central.web.routes import new_router


def registry_router(parts: Parts) -> APIRouter:
    """People, for channels, staff and terminals."""
    router = new_router("/v1/hospitals/{hospital_id}", conflict="The rules say no")
    desk = PeopleDesk(parts)
    add_registry(router, desk)
    add_office(router, desk)
    add_account(router, desk)
    return router


def people_router(parts: Parts) -> APIRouter:
    """The endpoint that recognises a person."""
    router = new_router("/v1")

    @router.post("/find")
    async def post_find(request: FindRequest, caller: SignedCaller) -> FindReply:
        check_find(request)
        try:
            hashes = [base64.b64decode(text, validate=True) for text in request.credential_hashes]
        except (binascii.Error, ValueError) as error:
            raise Refusal("bad_request", "a hash is not base64") from error
        now_ms = parts.clock()
        return await parts.read(lambda connection: find_person(connection, caller.hospital_id, hashes, now_ms))

    return router
