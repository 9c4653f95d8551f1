"""Matters without slots, and referrals: below `/v1/hospitals/{hospital_id}/`.  # rules D8, D14"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, TypeVar
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter
from pydantic import Field, TypeAdapter
from starlette.responses import Response

from booking.decide import Refused
from booking.decide.commands import Review, ReviewOutcome
from booking.roster.channels import Channel
from central.appointments.referrals import (
    Direction,
    NewReferral,
    ReferralState,
    StoredReferral,
    end_referral,
    follow,
    open_referrals,
    refer,
)
from central.appointments.requests import (
    NewRequest,
    RequestKind,
    StoredRequest,
    open_requests,
    requests_of,
    review_request,
    submit_request,
    withdraw_request,
)
from central.appointments.scene import Scene, scene_at
from central.channels.caller import Asker
from central.moment import Moment
from central.people.desk import staff_only
from central.people.limits import check_texts
from central.staff.service import Deed, write_audit
from central.web.once import Answer, OnceOnly, RepeatableWrite
from central.web.parts import AskerAtHospital, Parts
from central.web.problems import Refusal
from central.web.refused import refused_answer
from central.web.routes import new_router

Result = TypeVar("Result")
CREATED, OK = 201, 200
_MOST = 200
_LATEST_MS = 253_402_300_000_000
"""The end of the year 9999."""
Instant = Annotated[int, Field(ge=0, lt=_LATEST_MS)]


@dataclass(frozen=True, slots=True)
class SubmitRequest:
    """POST requests. `asker_id`: the guardian who asks."""

    person_id: UUID
    kind: RequestKind
    department_id: UUID | None = None
    need: Annotated[str, Field(max_length=500)] = field(default="", repr=False)
    asker_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class ReviewRequest:
    """POST requests/{request_id}/review, by staff. A granted one has a time, a refused one a reason."""

    outcome: ReviewOutcome
    reason: Annotated[str, Field(max_length=200)] = ""
    starts_ms: Instant | None = None


@dataclass(frozen=True, slots=True)
class Requests:
    """Several requests."""

    requests: tuple[StoredRequest, ...]


@dataclass(frozen=True, slots=True)
class Refer:
    """POST referrals, by community channels and staff."""

    person_id: UUID
    direction: Direction
    referred_by: Annotated[str, Field(min_length=1, max_length=64)]
    valid_until_ms: Instant
    department_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class FollowReferral:
    """POST referrals/{referral_id}/booking: made with it."""

    booking_id: UUID


@dataclass(frozen=True, slots=True)
class EndReferral:
    """POST referrals/{referral_id}/end."""

    is_withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Referrals:
    """Several referrals."""

    referrals: tuple[StoredReferral, ...]


_REQUEST: TypeAdapter[StoredRequest] = TypeAdapter(StoredRequest)
_REFERRAL: TypeAdapter[StoredReferral] = TypeAdapter(StoredReferral)


class _Counter:
    """Acts at one hospital, each once, and looks."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._once = OnceOnly(parts)

    async def do(
        self, write: RepeatableWrite, asker: Asker, act: Callable[[Scene], Answer], *, order: UUID
    ) -> Response:
        def work(connection: sa.Connection, moment: Moment) -> Answer:
            return act(scene_at(connection, asker, self._parts.keys, moment))

        return await self._once.do(write, work, order=order)

    async def look(self, asker: Asker, question: Callable[[Scene], Result]) -> Result:
        """Asked where writing is done, for a look at a person stands in the trail."""
        moment = self._parts.moment()
        return await self._parts.write(
            lambda connection: question(scene_at(connection, asker, self._parts.keys, moment))
        )


def request_router(parts: Parts) -> APIRouter:
    """All of them."""
    router = new_router("/v1/hospitals/{hospital_id}", conflict="The rules say no")
    counter = _Counter(parts)
    _add_requests(router, counter)
    _add_request_lists(router, counter)
    _add_referrals(router, counter)
    return router


def _add_requests(router: APIRouter, counter: _Counter) -> None:
    @router.post("/requests", status_code=CREATED, response_model=StoredRequest)
    async def post_request(ask: SubmitRequest, asker: AskerAtHospital, write: RepeatableWrite) -> Response:
        check_texts(ask.need)

        def act(at: Scene) -> Answer:
            wanted = NewRequest(
                at.moment.new_id(), ask.person_id, ask.kind, ask.department_id, ask.need, asker_id=ask.asker_id
            )
            return _request(submit_request(at, wanted), CREATED)

        return await counter.do(write, asker, act, order=ask.person_id)

    @router.post("/requests/{request_id}/review", response_model=StoredRequest)
    async def post_review(
        request_id: UUID, ask: ReviewRequest, asker: AskerAtHospital, write: RepeatableWrite
    ) -> Response:
        staff_only(asker)
        check_texts(ask.reason)
        review = Review(ask.outcome, ask.reason, ask.starts_ms)
        return await counter.do(
            write, asker, lambda at: _request(review_request(at, request_id, review)), order=request_id
        )

    @router.post("/requests/{request_id}/withdrawal", response_model=StoredRequest)
    async def post_withdrawal(request_id: UUID, asker: AskerAtHospital, write: RepeatableWrite) -> Response:
        return await counter.do(write, asker, lambda at: _request(withdraw_request(at, request_id)), order=request_id)


def _add_request_lists(router: APIRouter, counter: _Counter) -> None:
    @router.get("/requests")
    async def get_requests(asker: AskerAtHospital) -> Requests:
        staff_only(asker)

        def question(at: Scene) -> Requests:
            return Requests(_seen(at, open_requests(at, limit=_MOST)))

        return await counter.look(asker, question)

    @router.get("/people/{person_id}/requests")
    async def get_requests_of(person_id: UUID, asker: AskerAtHospital) -> Requests:
        return await counter.look(asker, lambda at: Requests(_seen(at, requests_of(at, person_id), person_id)))


def _add_referrals(router: APIRouter, counter: _Counter) -> None:
    @router.post("/referrals", status_code=CREATED, response_model=StoredReferral)
    async def post_referral(ask: Refer, asker: AskerAtHospital, write: RepeatableWrite) -> Response:
        _may_refer(asker)
        check_texts(ask.referred_by)

        def act(at: Scene) -> Answer:
            wanted = NewReferral(
                at.moment.new_id(), ask.person_id, ask.direction, ask.referred_by, ask.valid_until_ms, ask.department_id
            )
            return _referral(refer(at, wanted), CREATED)

        return await counter.do(write, asker, act, order=ask.person_id)

    @router.post("/referrals/{referral_id}/booking", response_model=StoredReferral)
    async def post_booking(
        referral_id: UUID, ask: FollowReferral, asker: AskerAtHospital, write: RepeatableWrite
    ) -> Response:
        _may_refer(asker)
        return await counter.do(
            write, asker, lambda at: _referral(follow(at, referral_id, ask.booking_id)), order=referral_id
        )

    @router.post("/referrals/{referral_id}/end", response_model=StoredReferral)
    async def post_end(referral_id: UUID, ask: EndReferral, asker: AskerAtHospital, write: RepeatableWrite) -> Response:
        _may_refer(asker)
        state = ReferralState.WITHDRAWN if ask.is_withdrawn else ReferralState.CLOSED
        return await counter.do(
            write, asker, lambda at: _referral(end_referral(at, referral_id, state)), order=referral_id
        )

    @router.get("/referrals")
    async def get_referrals(asker: AskerAtHospital) -> Referrals:
        _may_refer(asker)
        return await counter.look(asker, lambda at: Referrals(_seen(at, open_referrals(at, limit=_MOST))))


Seen = TypeVar("Seen", StoredRequest, StoredReferral)


def _seen(at: Scene, found: list[Seen], *asked_for: UUID) -> tuple[Seen, ...]:
    """The look at each person stands in the trail, also at one of whom there was nothing to see.  # rule A4"""
    for person_id in {*asked_for, *(it.person_id for it in found)}:
        write_audit(at.connection, at.hospital_id, Deed(at.asker.actor, "listed", "person", person_id), at.moment)
    return tuple(found)


def _may_refer(asker: Asker) -> None:
    if not (asker.is_staff or asker.channel is Channel.COMMUNITY):
        raise Refusal("forbidden")


def _request(outcome: StoredRequest | Refused, status: int = OK) -> Answer:
    if isinstance(outcome, Refused):
        return refused_answer(outcome)
    return Answer(status, _REQUEST.dump_python(outcome, mode="json"))


def _referral(outcome: StoredReferral, status: int = OK) -> Answer:
    return Answer(status, _REFERRAL.dump_python(outcome, mode="json"))
