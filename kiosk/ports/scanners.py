"""A code scanner as the terminal sees it: texts of codes, and whether the scanner is there."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class ScannerCondition(StrEnum):
    """What is known of the scanner."""

    READY = "ready"
    ABSENT = "absent"
    """Unplugged, or it may not be opened."""
    UNKNOWN = "unknown"


# Events, from the scanner's worker
@dataclass(frozen=True, slots=True)
class CodeScanned:
    """The scanner read this. Anybody may hold up any code: a text to be judged, never an order."""

    text: str = field(repr=False)
    """Not empty, without control characters, at most 4096 bytes."""


@dataclass(frozen=True, slots=True)
class CodeNotRead:
    """Something was scanned that is no text: another kind of code, or half of one."""


@dataclass(frozen=True, slots=True)
class ScannerChanged:
    """The scanner's condition is now this."""

    condition: ScannerCondition


class Scanner(Protocol):
    """The terminal's code scanner. Events come through the `Emit` given at construction."""

    def start(self) -> None:
        """Begin to listen. Returns at once."""
        ...

    def stop(self) -> None:
        """End the worker within 2 s."""
        ...
