"""From what a case says to the facts and commands of `decide`: dates and times of day instead of instants."""

from __future__ import annotations

import typing
from collections.abc import Mapping
from dataclasses import MISSING, is_dataclass
from datetime import date, datetime, time, tzinfo
from typing import Any

from booking.decide.clock import MINUTE_MS, instant
from booking.decide.given import Held, Place
from booking.facts import Known, Unknown
from booking.policy.fields import END_OF_DAY
from booking.policy.values import NONE, NotAllowed, hints, section_fields, value_of

_MS = "_ms"
_TIMED = (Place, Held)
_OF_TIME = {"date": "service_date", "starts": "starts_ms", "minutes": "ends_ms", "session_ends": "session_ends_ms"}
_USUAL_MINUTES = 10


def is_fact(kind: Any) -> bool:  # noqa: ANN401 - any field's type
    """Whether it may be unknown."""
    return Unknown in typing.get_args(kind)


def field_for(cls: type, key: str) -> str | None:
    """The field that a key means: `booked` is `booked_ms`; None where there is none."""
    known = section_fields(cls)
    return key if key in known else key + _MS if key + _MS in known else None


def field_value(cls: type, name: str, raw: Any, zone: tzinfo) -> Any:  # noqa: ANN401 - the field's own type
    """`raw` as the value of this field. Raises NotAllowed."""
    kind = hints(cls)[name]
    if name.endswith(_MS) and isinstance(raw, datetime | int):
        return instant_of(raw, zone) if isinstance(raw, datetime) else raw
    if is_fact(kind):
        (known,) = (it for it in typing.get_args(kind) if typing.get_origin(it) is Known)
        return Known(_value(typing.get_args(known)[0], raw, zone, section_fields(cls)[name].metadata))
    return _value(kind, raw, zone, section_fields(cls)[name].metadata)


def instant_of(moment: datetime, zone: tzinfo) -> int:
    """Milliseconds UTC of a date and time on the hospital's clock."""
    start_ms = instant(moment.date(), moment.hour * 60 + moment.minute, zone)
    return start_ms + moment.second * 1000 + moment.microsecond // 1000


def _value(kind: Any, raw: Any, zone: tzinfo, metadata: Mapping[str, Any]) -> Any:  # noqa: ANN401 - the type is the argument
    inner = [it for it in typing.get_args(kind) if it is not type(None)]
    if type(None) in typing.get_args(kind):
        return None if raw == NONE else _value(inner[0], raw, zone, metadata)
    if typing.get_origin(kind) is tuple and is_dataclass(inner[0]):
        if not isinstance(raw, list):
            raise NotAllowed("a list in square brackets")
        return tuple(_value(inner[0], it, zone, {}) for it in raw)
    if kind in _TIMED:
        return _timed(kind, raw, zone)
    if is_dataclass(kind) and isinstance(kind, type):
        return table_value(kind, raw, zone)
    return value_of(kind, raw, metadata)


def table_value(cls: type, raw: Any, zone: tzinfo) -> Any:  # noqa: ANN401 - the class is the argument
    """A table as this dataclass. Raises NotAllowed."""
    if not isinstance(raw, dict):
        raise NotAllowed(f"a table {{ {', '.join(f'{name} = ...' for name in section_fields(cls))} }}")
    given: dict[str, Any] = {}
    for key, value in raw.items():
        name = field_for(cls, key)
        if name is None:
            raise NotAllowed(f"a table of {', '.join(section_fields(cls))} (not {key})")
        try:
            given[name] = field_value(cls, name, value, zone)
        except NotAllowed as error:
            raise NotAllowed(f"{key} = {error}") from None
    needed = [k for k, it in section_fields(cls).items() if it.default is MISSING and it.default_factory is MISSING]
    lacking = [key for key in needed if key not in given]
    if lacking:
        raise NotAllowed(f"a table that names {', '.join(lacking)} too")
    return cls(**given)


def _timed(cls: type, raw: Any, zone: tzinfo) -> Any:  # noqa: ANN401 - the class is the argument
    """A place: its date, when it starts, how many minutes it takes, when its session ends."""
    if not isinstance(raw, dict) or not isinstance(raw.get("date"), date):
        raise NotAllowed('a table { date = 2026-11-25, starts = "08:30", minutes = 10, department = "..." }')
    day = raw["date"]
    starts_ms = _at(day, raw.get("starts", "09:00"), zone)
    minutes = value_of(int, raw.get("minutes", _USUAL_MINUTES), {"least": 1, "most": END_OF_DAY})
    rest = {key: value for key, value in raw.items() if key not in _OF_TIME}
    timed = {"service_date": day, "starts_ms": starts_ms, "ends_ms": starts_ms + minutes * MINUTE_MS}
    if "session_ends" in raw:
        timed["session_ends_ms"] = _at(day, raw["session_ends"], zone)
    return table_value(cls, {"number": "?", **rest, **timed} if cls is Held else {**rest, **timed}, zone)


def _at(day: date, raw: Any, zone: tzinfo) -> int:  # noqa: ANN401 - from a file
    moment: time = value_of(time, raw, {})
    return instant(day, moment.hour * 60 + moment.minute, zone)
