"""TOML text as tables of entries, each with its line: so that a hospital can be told where a mistake is.

`tomllib` knows no lines and stops at the first error; here each statement is read by itself, and all errors are found.
Whatever the text is, it is gone through once: a file that is long, or wrong from end to end, takes no longer.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

_LINE_END = re.compile(r"\r\n|\n|\r")
"""What an editor counts; `str.splitlines` knows more, as U+2028, which may stand in a comment."""
_NAME = r"[A-Za-z0-9_-]+"
_HEADING = re.compile(rf"[ \t]*(\[\[?)[ \t]*({_NAME}(?:[ \t]*\.[ \t]*{_NAME})*)[ \t]*(\]\]?)[ \t]*(?:#.*)?")
_STATEMENT = re.compile(r"[ \t]*[A-Za-z0-9_\"'.-]+[ \t]*=")
_DOTTED = re.compile(rf"[ \t]*(?:{_NAME}|\"[^\"]*\"|'[^']*')[ \t]*\.")
_TOKEN = re.compile(r"\"\"\"|'''|\"(?:\\.|[^\"\\])*\"?|'[^']*'?|#.*|[\[{\]}]")
"""What decides where a statement ends: texts, comments and brackets."""
_PLACE = re.compile(r" \(at .*\)$")
_LONGEST_FILE = 1_000_000
_LONGEST_LINE = 4_000
_DEEPEST = 8
"""Brackets within brackets; no setting needs more than three."""
_LONG_QUOTES = ('"""', "'''")
_NOT_CLOSED = "cannot be read (a bracket is not closed)"
_TOO_DEEP = "cannot be read (too many brackets in each other)"
_UNTERMINATED = "cannot be read (unterminated string)"
_AS_A_STATEMENT = 'key = value, as `opens = "08:00"`'


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


@dataclass(slots=True)
class _Reading:
    """What was read so far."""

    tables: list[Table]
    problems: list[Problem]
    below: Table
    """Where the next statement belongs; below a heading that cannot be read, that is no table of the file."""
    names: set[str]
    """Of the headings that may be there only once."""


def read_tables(text: str) -> tuple[list[Table], list[Problem]]:
    """All tables in order, and every problem of form."""
    top = Table("", 1)
    if len(text) > _LONGEST_FILE:
        return [top], [Problem(1, "", "the file is too long", f"at most {_LONGEST_FILE} characters")]
    reading = _Reading([top], [], top, set())
    lines = _LINE_END.split(text.removeprefix("\ufeff"))
    at = 0
    while at < len(lines):
        at += _read(reading, lines, at)
    return reading.tables, reading.problems


def _read(reading: _Reading, lines: list[str], at: int) -> int:
    """Read what begins in this line; how many lines it takes."""
    line, below = lines[at].strip(" \t"), reading.below
    if not line or line.startswith("#"):
        return 1
    if line.startswith("["):
        _begin(reading, lines[at], at + 1)
        return 1
    taken, wrong = _extent(lines, at)
    if _DOTTED.match(line):
        wrong, allowed = "a key with a dot is not read here", "a heading of its own, or a table { ... }"
    else:
        allowed = _AS_A_STATEMENT
    parsed: dict[str, Any] = {}
    if not wrong:
        parsed, wrong = _parsed("\n".join(lines[at : at + taken]))
    if wrong:
        reading.problems.append(Problem(at + 1, below.name, wrong, allowed))
    reading.problems.extend(_kept(below, parsed, at + 1))
    return taken


def _begin(reading: _Reading, text: str, line: int) -> None:
    heading = _HEADING.fullmatch(text) if len(text) <= _LONGEST_LINE else None
    if heading is None or len(heading[1]) != len(heading[3]):
        reading.problems.append(Problem(line, "", "this heading cannot be read", "[name] or [[name]], as [check_in]"))
        reading.below = Table("", line)
        return
    name, is_item = re.sub(r"[ \t]", "", heading[2]), heading[1] == "[["
    if not is_item and name in reading.names:
        reading.problems.append(Problem(line, name, "this heading is there twice", "one heading of each name"))
    if not is_item:
        reading.names.add(name)
    reading.below = Table(name, line, is_item)
    reading.tables.append(reading.below)


def _kept(table: Table, parsed: dict[str, Any], line: int) -> Iterator[Problem]:
    for key, value in parsed.items():
        if key in table.entries:
            where = f"{table.name}.{key}" if table.name else key
            yield Problem(line, where, f"is there twice, first in line {table.entries[key].line}", "once")
        else:
            table.entries[key] = Entry(value, line)


def _extent(lines: list[str], at: int) -> tuple[int, str]:
    """How many lines the statement takes, and what hinders reading it; brackets run on until the next statement."""
    is_open = _Open()
    for no in range(at, len(lines)):
        if no > at and not is_open.quotes and (_STATEMENT.match(lines[no]) or _HEADING.fullmatch(lines[no])):
            return no - at, _NOT_CLOSED
        if len(lines[no]) > _LONGEST_LINE:
            return no - at + 1, f"a line is longer than {_LONGEST_LINE} characters"
        is_open.read(lines[no])
        if is_open.depth <= 0 and not is_open.quotes:
            return no - at + 1, _TOO_DEEP if is_open.deepest > _DEEPEST else ""
    return (1, _UNTERMINATED) if is_open.quotes else (len(lines) - at, _NOT_CLOSED)


@dataclass(slots=True)
class _Open:
    """What a statement has begun and not ended: brackets, and a text in three quotes."""

    depth: int = 0
    deepest: int = 0
    quotes: str = ""

    def read(self, line: str) -> None:
        """One line more."""
        at = 0
        while True:
            if self.quotes:
                end = line.find(self.quotes, at)
                if end < 0:
                    return
                at, self.quotes = end + len(self.quotes), ""
            token = _TOKEN.search(line, at)
            if token is None:
                return
            at = token.end()
            if token[0] in _LONG_QUOTES:
                self.quotes = token[0]
            elif token[0] in ("[", "{"):
                self.depth += 1
                self.deepest = max(self.deepest, self.depth)
            elif token[0] in ("]", "}"):
                self.depth -= 1


def _parsed(statement: str) -> tuple[dict[str, Any], str]:
    """What the statement says, or what is wrong with it."""
    try:
        return tomllib.loads(statement), ""
    except tomllib.TOMLDecodeError as error:
        wrong = _PLACE.sub("", str(error))
        return {}, f"cannot be read ({wrong[:1].lower()}{wrong[1:]})"
