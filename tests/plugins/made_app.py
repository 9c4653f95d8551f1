"""The server's application for tests, which need a new one each: what FastAPI and pydantic make of the types in its
paths, nine tenths of the work, is made once in a process and shared. All that knows a request or a store is the test's
own, and goes with it: FastAPI remembers functions that it has looked at, and with them the applications of a thousand
tests.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from types import CodeType, FunctionType
from typing import Any, get_args

import pytest
from fastapi import FastAPI, routing
from fastapi._compat import v2
from fastapi.dependencies import models
from pydantic import ConfigDict, TypeAdapter

from central.web.app import create_app
from central.web.parts import Parts
from central.web.patience import BODY_S

_REMEMBERED = (
    models._is_gen_callable_cached,
    models._is_async_gen_callable_cached,
    models._is_coroutine_callable_cached,
)
_look_at = routing.get_dependant


def make_app(parts: Parts, *, body_s: float = BODY_S) -> FastAPI:
    """As `create_app`, quicker from the second time on. Lets go of the one before."""
    for remembered in _REMEMBERED:
        remembered.cache_clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(v2, "TypeAdapter", _adapter_of)
        patch.setattr(routing, "get_dependant", _parameters_of)
        return create_app(parts, body_s=body_s)


_parameters: dict[tuple[CodeType, str], models.Dependant] = {}


def _parameters_of(*, path: str, call: Callable[..., Any], scope: Any) -> models.Dependant:
    """What an endpoint wants from a request: the same for each application, for it is written in its text.

    The function itself knows its application's parts, and is never shared. What it depends on knows none.
    """
    assert isinstance(call, FunctionType)
    of = (call.__code__, path)
    if of not in _parameters:
        found = _look_at(path=path, call=call, scope=scope)
        assert all(getattr(it.call, "__closure__", None) is None for it in found.dependencies)
        _parameters[of] = replace(found, call=None)
    known = _parameters[of]
    return replace(known, call=call, dependencies=list(known.dependencies), body_params=list(known.body_params))


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
