"""POST /v1/leases for terminals; what is lent, and forced releases, for staff."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, Header, Query
from pydantic import Field, TypeAdapter
from starlette.responses import Response

from booking import wire
from booking.localized import LocalizedText
from booking.wire_lease import LeaseAsk, LeaseGrant
from central.appointments.scene import NoSuchThing, Scene, scene_at
from central.channels.caller import Asker
from central.leases.lend import Ask, lend, look
from central.leases.release import Asking, WhyNot, ask_release, confirm_release
from central.leases.views import LeaseFilter, LeaseView, LeaseViews, lease_view, lease_views
from central.moment import Moment
from central.people.desk import staff_only
from central.people.limits import check_texts
from central.web.once import Answer, OnceOnly, RepeatableWrite
from central.web.parts import AskerAtHospital, Parts, SignedCaller
from central.web.problems import Refusal
from central.web.routes import new_router
from central.words.leases import NOT_RELEASED, RISK

_MOST = 200
_CONFLICT = 409
Name = Annotated[str, Field(min_length=1, max_length=64)]
Why = Annotated[str, Field(min_length=1, max_length=200)]


@dataclass(frozen=True, slots=True)
class AskRelease:
    """POST leases/{lease_id}/release: who of the staff asks, by name, and why."""

    agent: Name = field(repr=False)
    reason: Why = field(repr=False)


@dataclass(frozen=True, slots=True)
class ConfirmRelease:
    """POST leases/{lease_id}/release/confirmation: a second one, by name."""

    agent: Name = field(repr=False)


@dataclass(frozen=True, slots=True)
class ReleaseStep:
    """The lease as it is then, and what both of the staff should know."""

    lease: LeaseView
    risk: LocalizedText = RISK


_STEP: TypeAdapter[ReleaseStep] = TypeAdapter(ReleaseStep)


def lease_router(parts: Parts) -> APIRouter:
    """All of them."""
    router = new_router("/v1", conflict="Not released, and why")
    once = OnceOnly(parts)

    @router.post("/leases")
    async def post_leases(
        ask: LeaseAsk, caller: SignedCaller, idempotency_key: Annotated[str, Header(max_length=64)]
    ) -> LeaseGrant:
        """Everything that is lent to the terminal now, with what it is lent by this."""
        if idempotency_key.strip('"') != str(ask.request_id):
            raise Refusal("bad_request", "Idempotency-Key is the request_id")
        if ask.v > wire.WIRE_VERSION:
            raise Refusal("bad_request", f"this server speaks version {wire.WIRE_VERSION}")
        it = Ask(caller, ask, parts.keys, parts.moment())
        outlook = await parts.read(lambda connection: look(connection, it))
        if outlook.is_whole:
            return outlook.grant
        of_hospital = ("leases", caller.hospital_id)
        lent = parts.writer.submit(lambda connection: lend(connection, it, outlook), key=of_hospital, is_alone=True)
        return await asyncio.wrap_future(lent)

    @router.get("/hospitals/{hospital_id}/leases")
    async def get_leases(
        asker: AskerAtHospital,
        *,
        is_lent: bool | None = None,
        is_unsold: bool | None = None,
        terminal_id: UUID | None = None,
        after: UUID | None = None,
        limit: Annotated[int, Query(ge=1, le=_MOST)] = _MOST,
    ) -> LeaseViews:
        """The oldest first. `is_unsold`: the session is over, and places are still lent."""
        staff_only(asker)
        wanted = LeaseFilter(is_lent=is_lent, is_unsold=is_unsold, terminal_id=terminal_id, after=after, limit=limit)
        now_ms = parts.clock()
        return await parts.read(
            lambda connection: lease_views(connection, asker.hospital_id, wanted, seal=parts.keys.seal, now_ms=now_ms)
        )

    async def step(
        asker: Asker, write: RepeatableWrite, lease_id: UUID, do: Callable[[Scene], WhyNot | None]
    ) -> Response:
        def work(connection: sa.Connection, moment: Moment) -> Answer:
            return _step(scene_at(connection, asker, parts.keys, moment), lease_id, do)

        return await once.do(write, work, order=lease_id)

    @router.post("/hospitals/{hospital_id}/leases/{lease_id}/release", response_model=ReleaseStep)
    async def post_release(lease_id: UUID, ask: AskRelease, asker: AskerAtHospital, write: RepeatableWrite) -> Response:
        """The first of two steps; nothing is released yet."""
        staff_only(asker)
        check_texts(ask.agent, ask.reason)
        asking = Asking(ask.agent, ask.reason)
        return await step(asker, write, lease_id, lambda scene: ask_release(scene, lease_id, asking))

    @router.post("/hospitals/{hospital_id}/leases/{lease_id}/release/confirmation", response_model=ReleaseStep)
    async def post_confirmation(
        lease_id: UUID, ask: ConfirmRelease, asker: AskerAtHospital, write: RepeatableWrite
    ) -> Response:
        """The second, by another: what is still lent is free from now on."""
        staff_only(asker)
        check_texts(ask.agent)
        return await step(asker, write, lease_id, lambda scene: confirm_release(scene, lease_id, ask.agent))

    return router


def _step(scene: Scene, lease_id: UUID, do: Callable[[Scene], WhyNot | None]) -> Answer:
    """Raises NoSuchThing."""
    if _view(scene, lease_id) is None:
        raise NoSuchThing
    why = do(scene)
    if why is not None:
        return _not_released(why)
    view = _view(scene, lease_id)
    assert view is not None, "nothing takes leases away"
    return Answer(200, _STEP.dump_python(ReleaseStep(view), mode="json"))


def _view(scene: Scene, lease_id: UUID) -> LeaseView | None:
    return lease_view(scene.connection, scene.hospital_id, lease_id, seal=scene.keys.seal, now_ms=scene.now_ms)


def _not_released(why: WhyNot) -> Answer:
    return Answer(
        _CONFLICT,
        {
            "type": f"urn:kiosk:problem:{why}",
            "title": f"Refused: {why.value.replace('_', ' ')}",
            "status": _CONFLICT,
            "reason": why.value,
            "detail": "",
            "facts": {},
            "sentence": {"by_language": NOT_RELEASED[why.value].by_language},
        },
    )
