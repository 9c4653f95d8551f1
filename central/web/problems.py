"""Every error that a caller sees is a Problem (RFC 9457). What went wrong inside stays inside."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

import sqlalchemy as sa
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from pydantic import TypeAdapter
from starlette.exceptions import HTTPException
from starlette.responses import Response

from booking.wire_problem import Problem
from central.acts.operations import KeyReused
from central.appointments.scene import IdMeansAnother, NoSuchThing
from central.sync.service import Gone, NotInScope
from central.terminals.service import BadKey, WrongCode
from central.web.parts import WrongCaller
from central.writer import Busy, Overtaken, Unavailable

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
_PROBLEM: TypeAdapter[Problem] = TypeAdapter(Problem)

STATUS_OF = {
    "not_enrolled": 401,
    "bad_signature": 401,
    "bad_token": 401,
    "revoked": 403,
    "forbidden": 403,
    "not_found": 404,
    "wrong_code": 403,
    "stale_counter": 409,
    "replayed": 409,
    "in_flight": 409,
    "gone": 410,
    "too_large": 413,
    "key_reused": 422,
    "too_many": 429,
    "bad_request": 400,
    "busy": 503,
}
_TITLE_OF = {
    "not_enrolled": "This terminal is not enrolled",
    "bad_signature": "The signature does not fit",
    "bad_token": "The token is not valid",
    "revoked": "This caller was shut out",
    "forbidden": "This caller may not do that",
    "not_found": "There is no such thing here",
    "wrong_code": "The enrolment code is not valid",
    "stale_counter": "The request's numbers are too old: raise the boot number",
    "replayed": "This request was already made",
    "in_flight": "The same request is being done: ask again",
    "gone": "The cursor leads nowhere: take a snapshot",
    "too_large": "Too large",
    "key_reused": "The key was used for another request",
    "too_many": "Too many requests: wait",
    "bad_request": "The request is not understood",
    "busy": "Too busy: try again later",
}
_REASON_OF: dict[type[Exception], str] = {
    KeyReused: "key_reused",
    IdMeansAnother: "key_reused",
    Gone: "gone",
    NotInScope: "bad_request",
    WrongCode: "wrong_code",
    BadKey: "bad_request",
    WrongCaller: "forbidden",
    NoSuchThing: "not_found",
    Busy: "busy",
    Overtaken: "busy",
    sa.exc.OperationalError: "busy",
}


@dataclass(eq=False)
class Refusal(Exception):
    """An endpoint's or the gate's no, by its reason."""

    reason: str
    detail: str = ""
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)


KNOWN_FAULTS: tuple[type[Exception], ...] = (Refusal, *_REASON_OF)


def as_refusal(fault: Exception) -> Refusal:
    """The no that one of `KNOWN_FAULTS` means."""
    if isinstance(fault, Refusal):
        return fault
    if isinstance(fault, Unavailable):
        return Refusal("busy", "the database does not answer")
    return Refusal(next(reason for kind, reason in _REASON_OF.items() if isinstance(fault, kind)))


def problem_response(refusal: Refusal) -> Response:
    """The answer for a refusal."""
    status = refusal.status or STATUS_OF[refusal.reason]
    problem = Problem(
        type=f"urn:kiosk:problem:{refusal.reason}",
        title=_TITLE_OF[refusal.reason],
        status=status,
        reason=refusal.reason,
        detail=refusal.detail,
    )
    headers = {"Retry-After": "1"} if refusal.reason == "busy" else {}
    return Response(
        _PROBLEM.dump_json(problem), status_code=status, media_type=MEDIA_TYPE, headers=headers | refusal.headers
    )


def answer_with_problems(app: FastAPI) -> None:
    """Make every error of the application a Problem."""

    async def known(_request: Request, error: Exception) -> Response:
        return problem_response(as_refusal(error))

    async def malformed(_request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        # Where it is wrong, never what stood there: that may be personal.
        places = sorted({".".join(str(part) for part in one["loc"])[:80] for one in error.errors()})[:10]
        return problem_response(Refusal("bad_request", "wrong or missing: " + ", ".join(places)))

    async def by_the_framework(_request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return problem_response(Refusal("bad_request", status=error.status_code, headers=dict(error.headers or {})))

    async def bug(_request: Request, error: Exception) -> Response:
        logger.error("unexpected %s", type(error).__name__)
        return problem_response(Refusal("busy", status=500))

    app.add_exception_handler(RequestValidationError, malformed)
    app.add_exception_handler(HTTPException, by_the_framework)
    for kind in KNOWN_FAULTS:
        app.add_exception_handler(kind, known)
    app.add_exception_handler(Exception, bug)
