"""Which fonts tickets are set in. Light to import: the drawing itself is loaded on the printer's thread."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


class FontsMissing(Exception):
    """No face could be found. The message names what was asked for."""


@dataclass(frozen=True, slots=True)
class FontChoice:
    """Families in the order in which they are asked for a character. `files` go before all families."""

    families: tuple[str, ...] = ("Noto Sans CJK SC", "HanaMinA", "HanaMinB")
    files: tuple[Path, ...] = ()
