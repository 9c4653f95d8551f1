"""The corpus's form: one question to `decide` a line, as JSON, with its two answers as words.

A line names only what differs from the defaults. A fact that nobody knows is `"?"`. Answers are words so that a changed
one can be read in a diff: `refused too_early opens_ms=...`, `accepted late: EnterState(checked_in); JoinQueue(late)`.
"""

from __future__ import annotations

import dataclasses
import json
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, tzinfo
from enum import Enum, StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any
from zoneinfo import ZoneInfo

from booking.decide import Accepted, Command, Decision, Facts, commands, decide, given
from booking.decide.check_in import CheckInFacts
from booking.facts import UNKNOWN, Known, Unknown
from booking.policy import Policy

_NOT_KNOWN = "?"
FACTS: dict[str, type[Facts]] = {
    "CheckIn": CheckInFacts,
    "Change": given.ChangeFacts,
    "Screen": given.ScreenFacts,
    "Look": given.LookFacts,
    **dict.fromkeys(("Book", "Exempt", "JoinWaitingList", "WalkIn", "AddPlace", "BookOffHours"), given.PlaceFacts),
    **dict.fromkeys(("Cancel", "Confirm", "Lapse", "EndGrace", "RecordNoShow", "DeliverCheckIn"), given.BookingFacts),
    **dict.fromkeys(("UndoCheckIn", "MoveOnMedicalGrounds", "Retriage"), given.BookingFacts),
    **dict.fromkeys(("Submit", "Review", "Withdraw"), given.RequestFacts),
}
"""Command name -> the facts that go with it."""


class Lacks(StrEnum):
    """What a terminal off line does not know."""

    STRANGER = "stranger"
    """The person is not in its mirror, and it has no lent place of the session."""
    MIRROR = "mirror"
    """It has the person's standing, the session as of the last sync, and lent places; not what changes elsewhere."""


_LACKING = {
    Lacks.STRANGER: frozenset(
        {
            "state",
            "session",
            "bookings",
            "standing",
            "free",
            "order",
            "turn",
            "waiting",
            "changes",
            "terminals_off_line",
        }
    ),
    Lacks.MIRROR: frozenset({"state", "bookings", "order", "turn", "waiting", "changes", "terminals_off_line"}),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: under which policy, what, what is known, when; and what a terminal off line would lack."""

    policy: str
    command: Command
    facts: Facts
    now_ms: int
    lacks: Lacks = Lacks.MIRROR


def line_of(asked: Asked, policies: Mapping[str, Policy]) -> str:
    """The question with its answers of today."""
    known, off_line = answers(asked, policies)
    told: dict[str, Any] = {"policy": asked.policy, "ask": type(asked.command).__name__, "at": asked.now_ms}
    if asked.lacks is not Lacks.MIRROR:
        told["lacks"] = asked.lacks
    if command := plain(asked.command):
        told["with"] = command
    told |= {"facts": plain(asked.facts), "says": known}
    if off_line != known:
        told["off_line"] = off_line
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def read_line(line: str) -> tuple[Asked, str, str]:
    """The question, and the answers that are frozen: with every fact known, and off line."""
    raw = json.loads(line)
    name = raw["ask"]
    facts: Any = FACTS[name]
    asked = Asked(
        raw["policy"],
        reader(getattr(commands, name))(raw.get("with", {})),
        reader(facts)(raw["facts"]),
        raw["at"],
        Lacks(raw.get("lacks", Lacks.MIRROR)),
    )
    return asked, raw["says"], raw.get("off_line", raw["says"])


def answers(asked: Asked, policies: Mapping[str, Policy]) -> tuple[str, str]:
    """What is answered with every fact known, and by a terminal off line."""
    policy, facts, command = policies[asked.policy], asked.facts, asked.command
    answered = typing.cast("Callable[[Policy, Facts, Command, int], Decision]", decide)
    known = words_of(answered(policy, facts, command, asked.now_ms))
    poorer = off_line(facts, _LACKING[asked.lacks])
    return known, known if poorer == facts else words_of(answered(policy, poorer, command, asked.now_ms))


def off_line(facts: Any, lacking: frozenset[str]) -> Any:  # noqa: ANN401 - any facts, and the same again
    """The facts as a terminal off line has them."""
    if isinstance(facts, given.ChangeFacts):
        return given.ChangeFacts(off_line(facts.old, lacking), off_line(facts.new, lacking))
    missing = {name: UNKNOWN for name, _ in _fields_of(facts) if name in lacking and _may_miss(facts, name)}
    return replace(facts, **missing) if missing else facts


def _may_miss(facts: object, name: str) -> bool:
    return isinstance(getattr(facts, name), Known)


def words_of(decision: Decision) -> str:
    """The answer in words."""
    if isinstance(decision, Accepted):
        relied = f" assumed={','.join(decision.assumed)}" if decision.assumed else ""
        effects = "; ".join(_told(it) for it in decision.effects)
        return f"accepted{' late' if decision.late else ''}{relied}{': ' if effects else ''}{effects}"
    facts = " ".join(f"{name}={value}" for name, value in _differing(decision.facts))
    return f"refused {decision.reason}{' ' if facts else ''}{facts}"


def _told(effect: object) -> str:
    inside = ",".join(
        str(value) if isinstance(value, Enum) else f"{name}={value}" for name, value in _differing(effect)
    )
    return f"{type(effect).__name__}({inside})" if inside else type(effect).__name__


def _differing(value: object) -> list[tuple[str, object]]:
    """The fields that are not at their default."""
    found = ((name, getattr(value, name), default) for name, default in _fields_of(value))
    return [(name, _listed(it)) for name, it, default in found if it != default]


def _listed(value: object) -> object:
    return "+".join(str(it) for it in value) if isinstance(value, tuple) else value


def _fields_of(value: Any) -> tuple[tuple[str, object], ...]:  # noqa: ANN401 - any dataclass
    kind: Any = type(value)
    return _fields(kind)


@cache
def _fields(kind: Any) -> tuple[tuple[str, object], ...]:  # noqa: ANN401 - any dataclass
    """Each field's name and default; a default of its own kind where there is none."""
    return tuple((it.name, it.default) for it in dataclasses.fields(kind))


def plain(value: object) -> Any:  # noqa: ANN401 - JSON
    """JSON for what cases are made of."""
    match value:
        case Known():
            return plain(value.value)
        case Unknown():
            return _NOT_KNOWN
        case Enum():
            return value.value
        case date():
            return value.isoformat()
        case tzinfo():
            return str(value)
        case tuple():
            return [plain(it) for it in value]
        case _ if dataclasses.is_dataclass(value):
            found = ((name, getattr(value, name), default) for name, default in _fields_of(value))
            return {name: plain(it) for name, it, default in found if it != default}
        case _:
            return value


@cache
def reader(kind: Any) -> Callable[[Any], Any]:  # noqa: ANN401 - any type that cases are made of
    """Reads JSON back into this type."""
    arguments = typing.get_args(kind)
    if isinstance(kind, UnionType) or typing.get_origin(kind) is typing.Union:
        return _reader_of_union(arguments)
    if typing.get_origin(kind) is tuple:
        each = reader(arguments[0])
        if len(arguments) > 1 and arguments[1] is not ...:
            return tuple
        return lambda raw: tuple(each(it) for it in raw)
    if kind is date:
        return date.fromisoformat
    if kind is tzinfo:
        return cache(ZoneInfo)
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        made: Callable[..., Any] = kind
        readers = {name: reader(hint) for name, hint in typing.get_type_hints(kind).items()}
        return lambda raw: made(**{name: readers[name](it) for name, it in raw.items()})
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    return lambda raw: raw


def _reader_of_union(arguments: tuple[Any, ...]) -> Callable[[Any], Any]:
    if Unknown in arguments:
        fact = next(it for it in arguments if it is not Unknown)
        inner = reader(typing.get_args(fact)[0])
        return lambda raw: UNKNOWN if raw == _NOT_KNOWN else Known(inner(raw))
    inner = reader(next(it for it in arguments if it is not NoneType))
    return lambda raw: None if raw is None else inner(raw)
