"""Cases in a file: what was asked, when, and what was known. The same form shows a preset's rules and asks "why?".

A case names only what matters; all else is an ordinary patient's ordinary visit. Times are the hospital's own clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Any

from booking.case_values import field_for, field_value, instant_of, is_fact
from booking.decide import CheckInFacts, Command, Facts, commands, given
from booking.decide.clock import today
from booking.facts import UNKNOWN
from booking.policy import Policy
from booking.policy.lines import Entry, Problem, Table, read_tables
from booking.policy.parse import policy_of
from booking.policy.values import NotAllowed, hints, section_fields
from booking.queue_cases import QueueCase, read_queue_case
from booking.reasons import Reason
from booking.roster import Slot
from booking.roster.channels import Channel

ACCEPTED = "accepted"
_ASKED: dict[str, tuple[type[Command], type[Facts]]] = {
    "check_in": (commands.CheckIn, CheckInFacts),
    "book": (commands.Book, given.PlaceFacts),
    "exempt": (commands.Exempt, given.PlaceFacts),
    "join_waiting_list": (commands.JoinWaitingList, given.PlaceFacts),
    "walk_in": (commands.WalkIn, given.PlaceFacts),
    "add_place": (commands.AddPlace, given.PlaceFacts),
    "book_off_hours": (commands.BookOffHours, given.PlaceFacts),
    "change": (commands.Change, given.ChangeFacts),
    "cancel": (commands.Cancel, given.BookingFacts),
    "confirm": (commands.Confirm, given.BookingFacts),
    "pay": (commands.Pay, given.BookingFacts),
    "lapse": (commands.Lapse, given.BookingFacts),
    "end_grace": (commands.EndGrace, given.BookingFacts),
    "record_no_show": (commands.RecordNoShow, given.BookingFacts),
    "deliver_check_in": (commands.DeliverCheckIn, given.BookingFacts),
    "undo_check_in": (commands.UndoCheckIn, given.BookingFacts),
    "move_on_medical_grounds": (commands.MoveOnMedicalGrounds, given.BookingFacts),
    "retriage": (commands.Retriage, given.BookingFacts),
    "submit": (commands.Submit, given.RequestFacts),
    "review": (commands.Review, given.RequestFacts),
    "withdraw": (commands.Withdraw, given.RequestFacts),
    "screen": (commands.Screen, given.ScreenFacts),
    "look": (commands.Look, given.LookFacts),
}
_POLICY = "policy."
_ABOUT = ("rule", "says", "ask", "at", "expect", "unknown")
_STRICT: dict[str, Any] = {"channel": Channel.KIOSK, "has_right": False, "is_their_doctor": False, "reason": ""}
"""What a command says where the case does not."""


@dataclass(frozen=True, slots=True)
class Case:
    """One question to `decide`, and the answer that is expected; `expect` empty: nobody knows."""

    line: int
    rule: str
    says: str
    ask: str
    now_ms: int
    facts: Facts
    command: Command
    expect: str = ""


@dataclass(frozen=True, slots=True)
class CaseFile:
    """The cases of a file, and the policy it names."""

    policy: Policy
    cases: tuple[Case, ...]
    queues: tuple[QueueCase, ...] = ()


def read_cases(text: str, presets: Mapping[str, str], zone: tzinfo) -> CaseFile | list[Problem]:
    """The cases, or every problem. `[usual]` says what holds for all; `[policy.<section>]` overrides the preset."""
    tables, problems = read_tables(text)
    own = [Table(it.name.removeprefix(_POLICY), it.line, it.is_item, it.entries) for it in tables if _is_policy(it)]
    policy = policy_of([tables[0], *own], presets)
    usual: dict[str, Entry] = {}
    cases: list[Case] = []
    queues: list[QueueCase] = []
    for table in tables[1:]:
        if table.name == "usual":
            usual = table.entries
        elif table.name == "case" and table.is_item:
            found = _case(table, {**usual, **table.entries}, zone)
            problems += found if isinstance(found, list) else []
            cases += [found] if isinstance(found, Case) else []
        elif table.name == "queue" and table.is_item:
            queue = read_queue_case(table)
            problems += queue if isinstance(queue, list) else []
            queues += [queue] if isinstance(queue, QueueCase) else []
        elif not _is_policy(table):
            allowed = "[[case]], [[queue]], [usual], [policy.*]"
            problems.append(Problem(table.line, table.name, "no such heading", allowed))
    if not (cases or queues or problems):
        problems.append(Problem(1, "", "there is no case", "at least one [[case]] or [[queue]]"))
    if not isinstance(policy, Policy):
        problems += policy
    if problems or not isinstance(policy, Policy):
        return sorted(dict.fromkeys(problems), key=lambda it: it.line)
    return CaseFile(policy, tuple(cases), tuple(queues))


def _is_policy(table: Table) -> bool:
    return table.name.startswith(_POLICY)


def _case(table: Table, entries: dict[str, Entry], zone: tzinfo) -> Case | list[Problem]:
    problems = _about_problems(table, entries)
    if problems:
        return problems
    about: dict[str, Any] = {key: entries[key].value if key in entries else "" for key in _ABOUT}
    now_ms = instant_of(about["at"], zone)
    command_type, facts_type = _ASKED[about["ask"]]
    said = {key: entry for key, entry in entries.items() if key not in _ABOUT}
    of_command = {key: said.pop(key) for key in list(said) if field_for(command_type, key) is not None}
    values, problems = _values(command_type, of_command, zone)
    usual = {name: value for name, value in _STRICT.items() if name in section_fields(command_type)}
    said.setdefault("place", Entry({"date": about["at"].date()}, table.line))
    if problems:
        return problems
    facts = _facts(facts_type, _Said(said, frozenset(table.entries), zone, now_ms), problems)
    if facts is not None and about["unknown"]:
        facts = _forgotten(facts, tuple(about["unknown"]), problems, entries["unknown"].line)
    if problems or facts is None:
        return problems
    command = command_type(**{**usual, **values})
    return Case(table.line, about["rule"], about["says"], about["ask"], now_ms, facts, command, about["expect"])


def _about_problems(table: Table, entries: dict[str, Entry]) -> list[Problem]:
    def wrong(key: str, allowed: str) -> Problem:
        line = entries[key].line if key in entries else table.line
        return Problem(line, key, "does not fit" if key in entries else "is missing", allowed)

    found: list[Problem] = []
    said = {key: entry.value for key, entry in entries.items()}
    if said.get("ask") not in _ASKED:
        found.append(wrong("ask", ", ".join(f'"{it}"' for it in _ASKED)))
    if not isinstance(said.get("at"), datetime):
        found.append(wrong("at", "a date and time, as 2026-11-22 14:00:00"))
    if said.get("expect", "") not in ("", ACCEPTED, *Reason.__members__.values()):
        found.append(wrong("expect", f'"{ACCEPTED}" or a reason, as "booking_closed"'))
    found += [
        wrong(key, "text in quotation marks") for key in ("rule", "says") if not isinstance(said.get(key, ""), str)
    ]
    names = said.get("unknown", [])
    if not isinstance(names, list) or not all(isinstance(it, str) for it in names):
        found.append(wrong("unknown", 'a list of facts, as ["standing"]'))
    return found


@dataclass(frozen=True, slots=True)
class _Said:
    """What a case says of the facts."""

    entries: dict[str, Entry]
    own: frozenset[str]
    """What the case itself says; what only `[usual]` says need not concern this question."""
    zone: tzinfo
    now_ms: int


def _facts(cls: type[Facts], said: _Said, problems: list[Problem]) -> Facts | None:
    if cls is given.ChangeFacts:
        return _change_facts(said, problems)
    return _check_in_facts(said, problems) if cls is CheckInFacts else _plain_facts(cls, said, problems)


def _plain_facts(cls: Any, said: _Said, problems: list[Problem]) -> Any:  # noqa: ANN401 - the class is the argument
    known = section_fields(cls)
    meant = {key: entry for key, entry in said.entries.items() if field_for(cls, key) is not None}
    strange = [key for key in said.entries if key not in meant and key in said.own]
    facts = ", ".join(known)
    problems += [Problem(said.entries[key].line, key, "there is no such fact here", facts) for key in strange]
    values, wrong = _values(cls, meant, said.zone)
    problems += wrong
    if wrong:
        return None
    if "zone" in known:
        values["zone"] = said.zone
    if "last_known_state" in known and "state" in values:
        values.setdefault("last_known_state", values["state"].value)
    return cls(**values)


def _change_facts(said: _Said, problems: list[Problem]) -> given.ChangeFacts | None:
    """`old = { ... }` is the booking to change; all else is asked of the new place."""
    entries = dict(said.entries)
    entry = entries.pop("old", Entry({}, 0))
    if not isinstance(entry.value, dict):
        problems.append(Problem(entry.line, "old", "does not fit", "a table of what is known of the old booking"))
        return None
    inner = {"place": entries["place"], **{key: Entry(value, entry.line) for key, value in entry.value.items()}}
    old = _plain_facts(given.BookingFacts, replace(said, entries=inner, own=frozenset(inner)), problems)
    new = _plain_facts(given.PlaceFacts, replace(said, entries=entries), problems)
    return None if old is None or new is None else given.ChangeFacts(old, new)


def _check_in_facts(said: _Said, problems: list[Problem]) -> CheckInFacts | None:
    """As of any booking; slot and dates follow from the place."""
    own = {key: entry for key, entry in said.entries.items() if key not in ("screening", "has_priority")}
    booking = _plain_facts(given.BookingFacts, replace(said, entries=own), problems)
    values, wrong = _values(CheckInFacts, {k: v for k, v in said.entries.items() if k not in own}, said.zone)
    problems += wrong
    if booking is None or wrong:
        return None
    place = booking.place
    return CheckInFacts(
        slot=Slot(no=1, starts_ms=place.starts_ms, ends_ms=place.ends_ms),
        service_date=place.service_date.isoformat(),
        today=today(said.now_ms, said.zone).isoformat(),
        state=booking.state,
        last_known_state=booking.last_known_state,
        zone=said.zone,
        session_ends_ms=place.session_ends_ms,
        **values,
    )


def _values(cls: type, entries: dict[str, Entry], zone: tzinfo) -> tuple[dict[str, Any], list[Problem]]:
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for key, entry in entries.items():
        name = field_for(cls, key) or key
        try:
            values[name] = field_value(cls, name, entry.value, zone)
        except NotAllowed as error:
            problems.append(Problem(entry.line, key, "does not fit", str(error)))
    return values, problems


def _forgotten(facts: Any, names: tuple[str, ...], problems: list[Problem], line: int) -> Any:  # noqa: ANN401 - any facts
    """The same facts, but nobody here knows these."""
    if isinstance(facts, given.ChangeFacts):
        of_old = tuple(it for it in names if it in ("state", "changes", "waiting"))
        of_new = tuple(it for it in names if it not in of_old)
        old, new = _forgotten(facts.old, of_old, problems, line), _forgotten(facts.new, of_new, problems, line)
        return given.ChangeFacts(old, new)
    cls: type = type(facts)
    possible = [name for name, kind in hints(cls).items() if is_fact(kind)]
    wrong = [it for it in names if it not in possible]
    problems += [Problem(line, "unknown", f'"{it}" cannot be unknown here', ", ".join(possible)) for it in wrong]
    return facts if wrong else replace(facts, **dict.fromkeys(names, UNKNOWN))
