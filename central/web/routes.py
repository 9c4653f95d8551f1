"""Routers for the endpoints of this server. Each knows by itself how a no is described, and its routes are taken over
as they are: of a router that is included each route is built twice, the second time by the first request.
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, FastAPI

from booking.wire_problem import Problem
from central.web.problems import MEDIA_TYPE


def new_router(prefix: str, *, conflict: str = "") -> APIRouter:
    """An empty router for the paths below `prefix`. `conflict` is what a 409 means there, if they have one."""
    responses: dict[int | str, dict[str, Any]] = {"default": _no("An error (RFC 9457)")}
    if conflict:
        responses[409] = _no(conflict)
    return APIRouter(prefix=prefix, responses=responses)


def take_over(app: FastAPI, router: APIRouter) -> None:
    """Its routes are the application's, behind those that are there."""
    app.router.routes.extend(router.routes)


def _no(description: str) -> dict[str, Any]:
    return {"description": description, "model": Problem, "content": {MEDIA_TYPE: {}}}
