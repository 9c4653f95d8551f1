"""A CSV file's bytes to its lines, each by itself: a broken line never takes the next one along. Pure.

UTF-8, with or without a byte order mark, or GB18030, as hospital systems write. A cell has no line break in it.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from central.hospital_systems.flaws import is_plain

MOST_BYTES = 16 * 1024 * 1024
MOST_LINES = 100_000
_LONGEST_LINE = 4_000
_BETWEEN = re.compile(r'[\s,;"]+')
_OTHER_ENCODINGS = (b"\xff\xfe", b"\xfe\xff")


class BadFile(StrEnum):
    """Why nothing of a file was taken."""

    TOO_LARGE = "too_large"
    TOO_MANY_LINES = "too_many_lines"
    BAD_ENCODING = "bad_encoding"
    NO_HEADER = "no_header"
    WRONG_COLUMNS = "wrong_columns"


class BadLine(StrEnum):
    """Why a line was not taken; besides these there are the reasons of `told.Why`."""

    BAD_LINE = "bad_line"
    """Too long, quotes that do not close, another number of cells than the header."""
    BAD_CELL = "bad_cell"
    """Something that cannot be seen, or a formula."""
    BAD_VALUE = "bad_value"
    """A cell that is no such time, number, yes or no."""
    ANOTHER_LINE = "another_line"
    """Another line of the same order or payment is bad, or contradicts this one."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line with its number in the file (the header is 1), its cells by the columns' names."""

    number: int
    cells: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class ReadFile:
    """The lines that can be read, and why the others cannot."""

    lines: tuple[Line, ...]
    bad: Mapping[int, BadLine]
    torn: frozenset[str] = field(default=frozenset(), repr=False)
    """What stood in the bad lines, in pieces: whatever one of them belonged to is not whole."""


def read_csv(content: bytes, *, needed: Collection[str], known: Mapping[str, str]) -> ReadFile | BadFile:
    """The file's lines. `known` are all columns, by every name that a header may give them; `needed` must be there."""
    if len(content) > MOST_BYTES:
        return BadFile.TOO_LARGE
    text = _decoded(content)
    if text is None:
        return BadFile.BAD_ENCODING
    rows = text.replace("\r\n", "\n").split("\n")
    if len(rows) > MOST_LINES:
        return BadFile.TOO_MANY_LINES
    header = _cells(rows[0])
    if not header or not any(header):
        return BadFile.NO_HEADER
    names = [known.get(it.strip().casefold(), "") for it in header]
    if "" in names or len(set(names)) != len(names) or not set(needed) <= set(names):
        return BadFile.WRONG_COLUMNS
    return _lines(rows[1:], names)


def _lines(rows: list[str], names: list[str]) -> ReadFile:
    lines: list[Line] = []
    bad: dict[int, BadLine] = {}
    torn: set[str] = set()
    for number, row in enumerate(rows, 2):
        if not row.strip():
            continue
        cells = _cells(row)
        flaw = _flaw(cells, names)
        if cells is None or flaw is not None:
            bad[number] = flaw or BadLine.BAD_LINE
            torn.update(_BETWEEN.split(row[:_LONGEST_LINE]))
        else:
            lines.append(Line(number, dict(zip(names, (it.strip() for it in cells), strict=True))))
    return ReadFile(tuple(lines), bad, frozenset(torn))


def _flaw(cells: list[str] | None, names: list[str]) -> BadLine | None:
    if cells is None or len(cells) != len(names):
        return BadLine.BAD_LINE
    return None if all(map(is_plain, cells)) else BadLine.BAD_CELL


def _decoded(content: bytes) -> str | None:
    if content.startswith(_OTHER_ENCODINGS):
        return None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _cells(row: str) -> list[str] | None:
    """One line's cells; None where it is none."""
    if len(row) > _LONGEST_LINE:
        return None
    try:
        return next(csv.reader([row], strict=True), [])
    except csv.Error:
        return None
