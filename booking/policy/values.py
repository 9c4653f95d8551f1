"""From what a file says to a typed value, by the field's own type; what does not fit is told with what is allowed."""

from __future__ import annotations

import re
import types
import typing
from collections.abc import Callable
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime, time
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from typing import Any

from booking.policy.fields import END_OF_DAY, LEAST, MOST, DayMinute

NONE = "none"
"""How a file says that there is no such value."""
_CLOCK = re.compile(r"([01]?[0-9]|2[0-4]):([0-5][0-9])")
_PERCENT = re.compile(r"([0-9]{1,3}) *%")
_SHARE = re.compile(r"([0-9]{1,4})/([1-9][0-9]{0,3})")
_HIGHEST = 1_000_000


class NotAllowed(ValueError):
    """A value does not fit; `str` says what is allowed."""


def shown(raw: object) -> str:
    """A value as the file has it, as far as it is worth showing."""
    try:
        text = f'"{raw}"' if isinstance(raw, str) else str(raw).lower() if isinstance(raw, bool) else str(raw)
    except (ValueError, RecursionError):  # some thousand digits, or tables in each other by as many dots
        return "what is written here"
    return text if len(text) <= 60 else text[:57] + "..."


@lru_cache(maxsize=256)
def hints(cls: type) -> dict[str, Any]:
    """The types of a dataclass's fields."""
    return typing.get_type_hints(cls)


def section_fields(cls: type) -> dict[str, Field[Any]]:
    """A dataclass's fields by name."""
    return {it.name: it for it in fields(cls)}


def is_section(kind: Any) -> bool:  # noqa: ANN401 - any field's type
    """Whether it is a table of settings that all have defaults, and so has a heading of its own."""
    return is_dataclass(kind) and all(
        it.default is not MISSING or it.default_factory is not MISSING for it in fields(kind)
    )


def value_of(kind: Any, raw: Any, metadata: typing.Mapping[str, Any]) -> Any:  # noqa: ANN401 - the type is the argument
    """`raw` as a value of this type. Raises NotAllowed."""
    origin = typing.get_origin(kind)
    if origin in (types.UnionType, typing.Union):
        return _optional(kind, raw, metadata)
    if origin in (tuple, frozenset):
        return _several(kind, raw)
    if kind in _READERS:
        return _READERS[kind](raw)
    if kind is int:
        return _whole(raw, metadata.get(LEAST, 0), metadata.get(MOST, _HIGHEST))
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return _word(kind, raw)
    return _table(kind, raw)


def _optional(kind: Any, raw: Any, metadata: typing.Mapping[str, Any]) -> Any:  # noqa: ANN401 - as above
    (inner,) = (it for it in typing.get_args(kind) if it is not type(None))
    if raw == NONE:
        return None
    try:
        return value_of(inner, raw, metadata)
    except NotAllowed as error:
        raise NotAllowed(f'{error}, or "{NONE}"') from None


def _several(kind: Any, raw: Any) -> Any:  # noqa: ANN401 - as above
    arguments = typing.get_args(kind)
    if not isinstance(raw, list):
        raise NotAllowed("a list in square brackets")
    if len(arguments) > 1 and arguments[1] is not Ellipsis:
        if len(raw) != len(arguments):
            raise NotAllowed(f"a list of {len(arguments)}")
        return tuple(_each(arguments, raw))
    items = _each(arguments[:1] * len(raw), raw)
    if len(set(items)) != len(items):
        raise NotAllowed("a list that names each only once")
    return frozenset(items) if typing.get_origin(kind) is frozenset else tuple(items)


def _each(kinds: tuple[Any, ...], raw: list[Any]) -> list[Any]:
    """The members of a list; all that do not fit are told."""
    items: list[Any] = []
    allowed: dict[str, list[str]] = {}
    for kind, it in zip(kinds, raw, strict=True):
        try:
            items.append(value_of(kind, it, {}))
        except NotAllowed as error:
            allowed.setdefault(str(error), []).append(shown(it))
    if allowed:
        raise NotAllowed("; ".join(f"{fits} (not {', '.join(wrong)})" for fits, wrong in allowed.items()))
    return items


def _table(cls: type, raw: Any) -> Any:  # noqa: ANN401 - as above
    if not isinstance(raw, dict):
        raise NotAllowed(f"a table {{ {', '.join(f'{name} = ...' for name in section_fields(cls))} }}")
    known, given = section_fields(cls), dict[str, Any]()
    wrong = [f"a table of {', '.join(known)} (not {key})" for key in raw if key not in known]
    for key in [it for it in raw if it in known]:
        try:
            given[key] = value_of(hints(cls)[key], raw[key], known[key].metadata)
        except NotAllowed as error:
            wrong.append(f"{key} = {error}")
    needed = [k for k, it in known.items() if it.default is MISSING and it.default_factory is MISSING]
    lacking = [key for key in needed if key not in raw]
    if lacking:
        wrong.append(f"a table that names {', '.join(lacking)} too")
    if wrong:
        raise NotAllowed("; ".join(wrong))
    return cls(**given)


def _whole(raw: Any, least: int, most: int) -> int:  # noqa: ANN401 - as above
    if isinstance(raw, bool) or not isinstance(raw, int) or not least <= raw <= most:
        raise NotAllowed(f"a whole number from {least} to {most}")
    return raw


def _yes_no(raw: Any) -> bool:  # noqa: ANN401 - as above
    if not isinstance(raw, bool):
        raise NotAllowed("true or false")
    return raw


def _text(raw: Any) -> str:  # noqa: ANN401 - as above
    if not isinstance(raw, str):
        raise NotAllowed("text in quotation marks")
    return raw


def _day_minute(raw: Any) -> DayMinute:  # noqa: ANN401 - as above
    if isinstance(raw, time) and not (raw.second or raw.microsecond):
        return DayMinute(raw.hour * 60 + raw.minute)
    match = _CLOCK.fullmatch(raw) if isinstance(raw, str) else None
    if match is None or int(match[1]) * 60 + int(match[2]) > END_OF_DAY:
        raise NotAllowed('a time of day from "00:00" to "24:00"')
    return DayMinute(int(match[1]) * 60 + int(match[2]))


def _time(raw: Any) -> time:  # noqa: ANN401 - as above
    minute = _day_minute(raw)
    if minute == END_OF_DAY:
        raise NotAllowed('a time of day from "00:00" to "23:59"')
    return time(minute // 60, minute % 60)


def _date(raw: Any) -> date:  # noqa: ANN401 - as above
    if not isinstance(raw, date) or isinstance(raw, datetime):
        raise NotAllowed("a date, as 2026-11-22")
    return raw


def _fraction(raw: Any) -> Fraction:  # noqa: ANN401 - as above
    share = None
    if isinstance(raw, str) and (match := _PERCENT.fullmatch(raw)):
        share = Fraction(int(match[1]), 100)
    elif isinstance(raw, str) and (match := _SHARE.fullmatch(raw)):
        share = Fraction(int(match[1]), int(match[2]))
    elif isinstance(raw, int) and not isinstance(raw, bool):
        share = Fraction(raw)
    if share is None or not 0 <= share <= 1:
        raise NotAllowed('a share from 0 to 1, as "1/3" or "50 %"')
    return share


def _word(kind: type[StrEnum], raw: Any) -> StrEnum:  # noqa: ANN401 - as above
    return kind(_word_of([it.value for it in kind], raw))


def _word_of(words: list[str], raw: Any) -> str:  # noqa: ANN401 - as above
    if not isinstance(raw, str) or raw not in words:
        raise NotAllowed(", ".join(f'"{it}"' for it in words))
    return raw


_READERS: dict[Any, Callable[[Any], Any]] = {
    bool: _yes_no,
    str: _text,
    DayMinute: _day_minute,
    time: _time,
    date: _date,
    Fraction: _fraction,
}
