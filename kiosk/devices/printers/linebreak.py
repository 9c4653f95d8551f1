"""Where a line of Chinese or Latin text may break, and how a paragraph fills lines of a given width.

Decides breaks by the rules of Chinese typesetting: no closing mark begins a line, no opening mark ends one, Latin words
and numbers stay whole while they fit. Knows neither fonts nor dots: widths come from the given measure.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable

NEVER_FIRST = frozenset("，。、；：？！）】》〉」』〕］｝”’…—～·％℃,.;:?!)]}%°")
NEVER_LAST = frozenset("（【《〈「『〔［｛“‘([{￥¥$№#")

Measure = Callable[[str], float]


def is_wide(char: str) -> bool:
    """Does this character take a full square, as Chinese does?"""
    return unicodedata.east_asian_width(char) in {"W", "F"}


def _is_joined(part: str, after: str) -> bool:
    """Does this character stay on one line with the part before it?"""
    if after in NEVER_FIRST or after.isspace() or unicodedata.combining(after):
        return True
    if part.rstrip()[-1:] in NEVER_LAST:
        return True
    return not (part[-1].isspace() or is_wide(part[-1]) or is_wide(after))


def pieces(text: str) -> list[str]:
    """The smallest parts that stay together. Blanks hang at the end of the part before them."""
    parts: list[str] = []
    for char in text:
        if parts and _is_joined(parts[-1], char):
            parts[-1] += char
        else:
            parts.append(char)
    return parts


def fill_lines(text: str, width: float, measure: Measure) -> list[str]:
    """Break a paragraph into lines no wider than `width`. A line feed in the text is kept; blanks at line ends go."""
    lines: list[str] = []
    for paragraph in text.split("\n"):
        lines += _fill(pieces(paragraph.strip()), width, measure)
    return lines


def balanced_lines(text: str, width: float, measure: Measure) -> list[str]:
    """As few lines as `fill_lines` needs, but of like length: centred text looks poor with a short last line."""
    lines = fill_lines(text, width, measure)
    wanted = len(lines)
    narrow, wide = width / max(1, wanted), width
    while wanted > 1 and wide - narrow > 4:
        middle = (narrow + wide) / 2
        attempt = fill_lines(text, middle, measure)
        if len(attempt) <= wanted and all(measure(line) <= middle for line in attempt):
            lines, wide = attempt, middle
        else:
            narrow = middle
    return lines


def _fill(parts: Iterable[str], width: float, measure: Measure) -> list[str]:
    lines: list[str] = []
    line, used = "", 0.0
    for part in parts:
        if used + measure(part.rstrip()) <= width:
            line += part
            used += measure(part)
            continue
        if line:
            lines.append(line.rstrip())
        *full, line = _chop(part, width, measure)
        lines += full
        used = measure(line)
    return [*lines, line.rstrip()]


def _chop(part: str, width: float, measure: Measure) -> list[str]:
    """Cut a part that no line can hold, between any two characters. Each line takes at least one."""
    if measure(part.rstrip()) <= width:
        return [part]
    chunks: list[str] = []
    chunk, used = "", 0.0
    for char in part:
        wide = measure(char)
        if chunk and used + wide > width and not char.isspace():
            chunks.append(chunk)
            chunk, used = char, wide
        else:
            chunk += char
            used += wide
    return [*chunks, chunk]
