"""The server's application for tests, which need a new one each: what pydantic makes of the types in its paths, three
quarters of the work, is made once in a process and shared. All that knows a request or a store is the test's own, and
goes with it: FastAPI remembers functions that it has looked at, and with them the applications of a thousand tests.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import Any, get_args

import pytest
from fastapi import FastAPI
from fastapi._compat import v2
from fastapi.dependencies import models
from fastapi.routing import _IncludedRouter
from pydantic import ConfigDict, TypeAdapter

from central.web.app import create_app
from central.web.parts import Parts
from central.web.patience import BODY_S

_REMEMBERED = (
    models._is_gen_callable_cached,
    models._is_async_gen_callable_cached,
    models._is_coroutine_callable_cached,
)


def make_app(parts: Parts, *, body_s: float = BODY_S) -> FastAPI:
    """As `create_app`, quicker from the second time on. Lets go of the one before."""
    for remembered in _REMEMBERED:
        remembered.cache_clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(v2, "TypeAdapter", _adapter_of)
        app = create_app(parts, body_s=body_s)
        for route in app.routes:
            if isinstance(route, _IncludedRouter):
                route.effective_candidates()  # else the first request would have to wait for it
        return app


@dataclass(frozen=True)
class _Field:
    """The type of one field of a path or an answer, and what is said of it. (What is said has no hash, but a text.)"""

    annotation: Any
    said: str
    annotated: Any = field(compare=False)


def _adapter_of(annotated: Any, *, config: ConfigDict | None = None) -> TypeAdapter[Any]:
    assert config is None, "it would belong to what is compared"
    return _adapter(_Field(get_args(annotated)[0], repr(annotated), annotated))


@functools.cache
def _adapter(of: _Field) -> TypeAdapter[Any]:
    return TypeAdapter(of.annotated)
