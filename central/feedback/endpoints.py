"""Help calls, ratings and complaints: below `/v1/hospitals/{hospital_id}/`.  # rules B4, I4"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter
from pydantic import Field, TypeAdapter
from starlette.responses import Response

from booking.roster.channels import Channel
from booking.wire_feedback import ComplaintMade, HelpCallView, MakeComplaint, MakeHelpCall, RateVisit, RatingMade
from central.appointments.scene import Scene, scene_at
from central.channels.caller import Asker
from central.feedback import complaints, help_calls, ratings
from central.feedback.complaints import ComplaintLine, Deadline, Way
from central.feedback.not_done import NotDone, not_done_answer
from central.moment import Moment
from central.people.desk import staff_only
from central.people.limits import check_texts
from central.web.once import Answer, OnceOnly, RepeatableWrite
from central.web.parts import AskerAtHospital, Parts, WrongCaller
from central.web.problems import Refusal
from central.web.routes import new_router

Result = TypeVar("Result")
CREATED, OK = 201, 200
_LONGEST_COMMENT, _LONGEST_COMPLAINT, _LONGEST_WHO = 500, 2_000, 200
Name = Annotated[str, Field(min_length=1, max_length=64)]
Why = Annotated[str, Field(min_length=1, max_length=200)]


@dataclass(frozen=True, slots=True)
class ByAgent:
    """Who of the staff does it, by name."""

    agent: Name = field(repr=False)


@dataclass(frozen=True, slots=True)
class HandOver:
    """POST help-calls/{call_id}/hand-over."""

    agent: Name = field(repr=False)
    to: Name = field(repr=False)


@dataclass(frozen=True, slots=True)
class HelpCalls:
    """Those that are not solved."""

    calls: tuple[HelpCallView, ...]


@dataclass(frozen=True, slots=True)
class Moderate:
    """POST bookings/{booking_id}/rating/moderation."""

    is_shown: bool


@dataclass(frozen=True, slots=True)
class Comments:
    """Comments that wait for staff."""

    comments: tuple[ratings.WaitingComment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeComplaint(MakeComplaint):
    """POST complaints; `way` and `deadline` count from staff only."""

    way: Way | None = None
    deadline: Deadline | None = None


@dataclass(frozen=True, slots=True)
class Complaints:
    """Those that are not closed."""

    complaints: tuple[ComplaintLine, ...]


@dataclass(frozen=True, slots=True)
class CloseComplaint:
    """POST complaints/{complaint_id}/closing."""

    is_upheld: bool


@dataclass(frozen=True, slots=True)
class AskComplainant:
    """POST complaints/{complaint_id}/complainant: why it must be known."""

    reason: Why


@dataclass(frozen=True, slots=True)
class Complainant:
    """Who complained; empty where nobody knows."""

    complainant: str = field(repr=False)


class _Counter:
    """Acts at one hospital, each once, and looks."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._once = OnceOnly(parts)

    async def do(
        self, write: RepeatableWrite, asker: Asker, act: Callable[[Scene], object], *, order: UUID, status: int = OK
    ) -> Response:
        """What comes of it as JSON; the rules' no is an answer too."""

        def work(connection: sa.Connection, moment: Moment) -> Answer:
            try:
                with connection.begin_nested():
                    made: Any = act(scene_at(connection, asker, self._parts.keys, moment))
            except NotDone as refused:
                return not_done_answer(refused.why)
            body: dict[str, Any] = TypeAdapter(type(made)).dump_python(made, mode="json")
            return Answer(status, body)

        try:
            return await self._once.do(write, work, order=order)
        except sa.exc.IntegrityError as error:
            raise Refusal("key_reused", "an id in it means another thing already") from error

    async def look(self, asker: Asker, question: Callable[[Scene], Result]) -> Result:
        """Asked where writing is done, for a look at what is sealed stands in the trail."""
        moment = self._parts.moment()
        return await self._parts.write(
            lambda connection: question(scene_at(connection, asker, self._parts.keys, moment))
        )


def feedback_router(parts: Parts) -> APIRouter:
    """All of them."""
    router = new_router("/v1/hospitals/{hospital_id}", conflict="Not as it stands")
    counter = _Counter(parts)
    _add_help_calls(router, counter)
    _add_ratings(router, counter)
    _add_complaints(router, counter)
    return router


def _add_help_calls(router: APIRouter, counter: _Counter) -> None:
    @router.post("/help-calls", status_code=CREATED, response_model=HelpCallView)
    async def post_call(ask: MakeHelpCall, asker: AskerAtHospital, write: RepeatableWrite) -> Response:
        if not asker.is_terminal:
            raise WrongCaller
        order = asker.caller_id
        return await counter.do(write, asker, lambda at: help_calls.call_help(at, ask), order=order, status=CREATED)

    @router.get("/help-calls")
    async def get_calls(asker: AskerAtHospital) -> HelpCalls:
        staff_only(asker)
        return HelpCalls(tuple(await counter.look(asker, help_calls.open_calls)))

    @router.get("/help-calls/{call_id}")
    async def get_call(call_id: UUID, asker: AskerAtHospital) -> HelpCallView:
        """To the terminal that called, and to staff."""
        if not asker.is_terminal:
            staff_only(asker)
        return await counter.look(asker, lambda at: help_calls.view(at, call_id))

    @router.post("/help-calls/{call_id}/take", response_model=HelpCallView)
    async def post_take(call_id: UUID, ask: ByAgent, asker: AskerAtHospital, write: RepeatableWrite) -> Response:
        _staff(asker, ask.agent)
        return await counter.do(write, asker, lambda at: help_calls.take(at, call_id, ask.agent), order=call_id)

    @router.post("/help-calls/{call_id}/hand-over", response_model=HelpCallView)
    async def post_hand_over(call_id: UUID, ask: HandOver, asker: AskerAtHospital, write: RepeatableWrite) -> Response:
        _staff(asker, ask.agent, ask.to)
        act = help_calls.hand_over
        return await counter.do(write, asker, lambda at: act(at, call_id, ask.agent, ask.to), order=call_id)

    @router.post("/help-calls/{call_id}/solved", response_model=HelpCallView)
    async def post_solved(call_id: UUID, ask: ByAgent, asker: AskerAtHospital, write: RepeatableWrite) -> Response:
        _staff(asker, ask.agent)
        return await counter.do(write, asker, lambda at: help_calls.solve(at, call_id, ask.agent), order=call_id)


def _add_ratings(router: APIRouter, counter: _Counter) -> None:
    @router.post("/bookings/{booking_id}/rating", status_code=CREATED, response_model=RatingMade)
    async def post_rating(booking_id: UUID, ask: RateVisit, asker: AskerAtHospital, write: RepeatableWrite) -> Response:
        _text(ask.comment, _LONGEST_COMMENT)
        act = ratings.rate
        return await counter.do(write, asker, lambda at: act(at, booking_id, ask), order=booking_id, status=CREATED)

    @router.get("/ratings/waiting")
    async def get_waiting(asker: AskerAtHospital) -> Comments:
        staff_only(asker)
        return Comments(tuple(await counter.look(asker, ratings.waiting_comments)))

    @router.post("/bookings/{booking_id}/rating/moderation", response_model=Moderate)
    async def post_moderation(
        booking_id: UUID, ask: Moderate, asker: AskerAtHospital, write: RepeatableWrite
    ) -> Response:
        staff_only(asker)

        def act(at: Scene) -> Moderate:
            ratings.moderate(at, booking_id, is_shown=ask.is_shown)
            return ask

        return await counter.do(write, asker, act, order=booking_id)


def _add_complaints(router: APIRouter, counter: _Counter) -> None:
    @router.post("/complaints", status_code=CREATED, response_model=ComplaintMade)
    async def post_complaint(ask: TakeComplaint, asker: AskerAtHospital, write: RepeatableWrite) -> Response:
        _text(ask.text, _LONGEST_COMPLAINT)
        _text(ask.complainant, _LONGEST_WHO)
        if not ask.text.strip():
            raise Refusal("bad_request", "text")
        way = (ask.way if asker.is_staff else None) or _way(asker)
        deadline = (ask.deadline if asker.is_staff else None) or Deadline.ONE_WEEK
        act, order = complaints.complain, ask.complaint_id
        return await counter.do(write, asker, lambda at: act(at, ask, way, deadline), order=order, status=CREATED)

    @router.get("/complaints")
    async def get_complaints(asker: AskerAtHospital) -> Complaints:
        staff_only(asker)
        return Complaints(tuple(await counter.look(asker, complaints.open_complaints)))

    @router.post("/complaints/{complaint_id}/complainant")
    async def post_complainant(complaint_id: UUID, ask: AskComplainant, asker: AskerAtHospital) -> Complainant:
        """Who complained; the reason stands in the trail. It changes nothing and needs no key."""
        _staff(asker, ask.reason)
        return Complainant(
            await counter.look(asker, lambda at: complaints.complainant_of(at, complaint_id, ask.reason))
        )

    @router.post("/complaints/{complaint_id}/closing", response_model=ComplaintLine)
    async def post_closing(
        complaint_id: UUID, ask: CloseComplaint, asker: AskerAtHospital, write: RepeatableWrite
    ) -> Response:
        staff_only(asker)
        act = complaints.close
        return await counter.do(
            write, asker, lambda at: act(at, complaint_id, is_upheld=ask.is_upheld), order=complaint_id
        )


def _way(asker: Asker) -> Way:
    if asker.is_terminal:
        return Way.KIOSK
    return Way.PHONE if asker.channel is Channel.PHONE else Way.ON_LINE


def _staff(asker: Asker, *texts: str) -> None:
    staff_only(asker)
    check_texts(*texts)


def _text(text: str, longest: int) -> None:
    """Line breaks are allowed. Raises Refusal `bad_request`."""
    if len(text) > longest:
        raise Refusal("bad_request", "a text is too long")
    check_texts(text.replace("\n", " "))
