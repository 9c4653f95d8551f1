"""TOML text as tables of entries, each with its line: so that a hospital can be told where a mistake is.

`tomllib` knows no lines and stops at the first error; here each statement is read by itself, and all errors are found.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

_HEADING = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_-]+(?:\s*\.\s*[A-Za-z0-9_-]+)*)\s*(\]\]?)\s*(?:#.*)?")
_STATEMENT = re.compile(r"\s*[A-Za-z0-9_\"'.-]+\s*=")
_PLACE = re.compile(r" \(at .*\)$")


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake in a file: where, what was wrong, and what is allowed."""

    line: int
    where: str
    wrong: str
    allowed: str = ""

    def __str__(self) -> str:
        """As a person reads it."""
        where = f"{self.where}: " if self.where else ""
        allowed = f"; allowed: {self.allowed}" if self.allowed else ""
        return f"line {self.line}: {where}{self.wrong}{allowed}"


@dataclass(frozen=True, slots=True)
class Entry:
    """One `key = value`."""

    value: Any
    line: int


@dataclass(frozen=True, slots=True)
class Table:
    """One heading and what stands below it. The first table of a file has no name."""

    name: str
    line: int
    is_item: bool = False
    """Headed `[[...]]`."""
    entries: dict[str, Entry] = field(default_factory=dict)


def read_tables(text: str) -> tuple[list[Table], list[Problem]]:
    """All tables in order, and every problem of form."""
    tables, problems = [Table("", 1)], list[Problem]()
    lines = text.removeprefix("\ufeff").splitlines()
    at = 0
    while at < len(lines):
        line = lines[at]
        if not line.strip() or line.lstrip().startswith("#"):
            at += 1
            continue
        heading = _HEADING.fullmatch(line)
        if heading is not None and len(heading[1]) == len(heading[3]):
            _begin(tables, problems, heading, at + 1)
            at += 1
            continue
        taken, parsed, wrong = _statement(lines, at)
        if parsed is None:
            problems.append(Problem(at + 1, tables[-1].name, wrong, 'key = value, as `opens = "08:00"`'))
        else:
            problems.extend(_kept(tables[-1], parsed, at + 1))
        at += taken
    return tables, problems


def _begin(tables: list[Table], problems: list[Problem], heading: re.Match[str], line: int) -> None:
    name = re.sub(r"\s", "", heading[2])
    is_item = heading[1] == "[["
    if not is_item and any(it.name == name and not it.is_item for it in tables):
        problems.append(Problem(line, name, "this heading is there twice", "one heading of each name"))
    tables.append(Table(name, line, is_item))


def _kept(table: Table, parsed: dict[str, Any], line: int) -> Iterator[Problem]:
    for key, value in parsed.items():
        if key in table.entries:
            where = f"{table.name}.{key}" if table.name else key
            yield Problem(line, where, f"is there twice, first in line {table.entries[key].line}", "once")
        else:
            table.entries[key] = Entry(value, line)


def _statement(lines: list[str], at: int) -> tuple[int, dict[str, Any] | None, str]:
    """How many lines the statement takes, what it says, or what is wrong with it. Arrays may run over lines."""
    wrong = ""
    for end in range(at + 1, len(lines) + 1):
        if end > at + 1 and (_STATEMENT.match(lines[end - 1]) or _HEADING.fullmatch(lines[end - 1])):
            break
        try:
            return end - at, tomllib.loads("\n".join(lines[at:end])), ""
        except tomllib.TOMLDecodeError as error:
            wrong = wrong or _PLACE.sub("", str(error))
    return 1, None, f"cannot be read ({wrong[:1].lower()}{wrong[1:]})"
