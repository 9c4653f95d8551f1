"""A hospital's file: it names a preset and overrides single keys. All mistakes are told at once, with their lines."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import is_dataclass, replace
from typing import Any

from booking.credit.settings import wrong_settings
from booking.policy import CutOff, Policy
from booking.policy.lines import Entry, Problem, Table, read_tables
from booking.policy.values import NotAllowed, hints, is_section, section_fields, shown, value_of
from booking.roster.sound import faults_of

PRESET = "preset"
_RISING = "warn_at, blacklist_at and suspend_at, each at least the one before"
Lines = dict[str, int]
"""Where each overridden setting stands, by its dotted name."""


def parse(text: str, presets: Mapping[str, str] | None = None) -> Policy | list[Problem]:
    """The policy that this text means, or every problem in it. `presets` are the texts that it may name."""
    tables, problems = read_tables(text)
    return policy_of(tables, presets or {}, problems)


def policy_of(
    tables: list[Table], presets: Mapping[str, str], unread: Iterable[Problem] = ()
) -> Policy | list[Problem]:
    """The same from tables that were read already; the first one has no name. `unread` is what was wrong with them."""
    base, problems = _base(tables[0], presets)
    found, policy, lines = _overridden(base, tables)
    problems += [*unread, *found]
    problems += contradictions(policy, lines, problems)
    return sorted(problems, key=lambda it: it.line) if problems else policy


def _base(top: Table, presets: Mapping[str, str]) -> tuple[Policy, list[Problem]]:
    entry = top.entries.get(PRESET)
    if entry is None:
        return Policy(), []
    if not isinstance(entry.value, str) or entry.value not in presets:
        known = ", ".join(f'"{name}"' for name in sorted(presets))
        return Policy(), [Problem(entry.line, PRESET, f"there is no preset {shown(entry.value)}", known)]
    parsed = parse(presets[entry.value])
    if isinstance(parsed, Policy):
        return parsed, []
    return Policy(), [Problem(entry.line, PRESET, f"the preset itself is wrong ({it})") for it in parsed]


def _overridden(base: Policy, tables: Iterable[Table]) -> tuple[list[Problem], Policy, Lines]:
    problems: list[Problem] = []
    policy, lines = base, Lines()
    for table in tables:
        path = table.name.split(".") if table.name else []
        cls, wrong = _section(path, table)
        if wrong is not None:
            problems.append(wrong)
        if cls is None:
            continue
        for key, entry in table.entries.items():
            if not path and key == PRESET:
                continue
            where = ".".join((*path, key))
            wrong = _unknown_key(cls, key, entry, where)
            if wrong is not None:
                problems.append(wrong)
                continue
            kind, metadata = hints(cls)[key], section_fields(cls)[key].metadata
            try:
                policy = _set(policy, [*path, key], value_of(kind, entry.value, metadata))
                lines[where] = entry.line
            except NotAllowed as error:
                problems.append(Problem(entry.line, where, f"{shown(entry.value)} does not fit", str(error)))
    return problems, policy, lines


def _section(path: list[str], table: Table) -> tuple[type | None, Problem | None]:
    """The dataclass of a heading; None with a problem where there is none."""
    cls: type = Policy
    for part in path:
        inner = hints(cls).get(part)
        if inner is None or not is_dataclass(inner) or table.is_item:
            known = [name for name, it in hints(cls).items() if is_dataclass(it)]
            return None, Problem(table.line, table.name, _no_such("section", part, known), ", ".join(known))
        cls = inner if isinstance(inner, type) else cls
    return cls, None


def _unknown_key(cls: type, key: str, entry: Entry, where: str) -> Problem | None:
    known = section_fields(cls)
    if key in known and not is_section(hints(cls)[key]):
        return None
    if key in known:
        return Problem(entry.line, where, "is a section", f"a heading [{where}] with its settings below")
    names = [PRESET, "version"] if cls is Policy else list(known)
    return Problem(entry.line, where, _no_such("setting", key, names), ", ".join(names))


def _no_such(what: str, name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f"there is no such {what}" + (f" (is {close[0]} meant?)" if close else "")


def _set(section: Any, path: list[str], value: Any) -> Any:  # noqa: ANN401 - any section of the policy
    if len(path) == 1:
        return replace(section, **{path[0]: value})
    return replace(section, **{path[0]: _set(getattr(section, path[0]), path[1:], value)})


def contradictions(policy: Policy, lines: Lines, problems: list[Problem]) -> list[Problem]:
    """Settings that are right one by one and make no sense together; nothing is said of what has a problem already."""
    found: list[Problem] = []

    def wrong(path: str, what: str, allowed: str, *with_: str) -> None:
        """`with_` are the settings that it depends on; without any, on all of its section."""
        setting = path.split("[", maxsplit=1)[0]
        section = setting.rsplit(".", 1)[0]
        if any(_concerns(it.where, (setting, *with_) if with_ else (section,)) for it in problems):
            return
        near = [it for it in lines if it.startswith(section)]
        line = lines.get(setting) or (lines[near[0]] if near else 1)
        found.append(Problem(line, path, what, allowed))

    window, opens = policy.window, policy.roster.release.opens
    if window.earliest_days > opens.days_before:
        allowed = f"at most {opens.days_before}, the days of roster.release.opens"
        wrong("window.earliest_days", "the first day lies behind the last one", allowed, "roster.release.opens")
    if window.cut_off is CutOff.DAY_BEFORE and window.earliest_days == 0:
        allowed = 'at least 1 with cut_off = "day_before"'
        wrong("window.earliest_days", "today is closed since yesterday's cut-off", allowed, "window.cut_off")
    for fault in faults_of(policy.roster):
        wrong(f"roster.{fault.path}", fault.wrong, fault.allowed)
    for it in wrong_settings(policy.credit):
        fits = f"a whole number from {it.least} to {it.most}" if it.least <= it.most else _RISING
        wrong(f"credit.{it.path}", f"{it.got} does not fit", fits)
    return found


def _concerns(where: str, settings: tuple[str, ...]) -> bool:
    """Whether a problem is about one of these settings or its section, or makes all of them uncertain."""
    if where in ("", PRESET):
        return True
    return any(f"{it}.".startswith(f"{where}.") or f"{where}.".startswith(f"{it}.") for it in settings)
