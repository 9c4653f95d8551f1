"""Code scanners as the terminal sees them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class ScannerCondition(StrEnum):
    """What is known of the scanner."""

    READY = "ready"
    ABSENT = "absent"
    UNKNOWN = "unknown"


# Events, from the scanner's worker
@dataclass(frozen=True, slots=True)
class CodeScanned:
    """A code was held before the scanner. The text is hostile until read by a rule."""

    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class ScannerChanged:
    """The scanner's condition is now this."""

    condition: ScannerCondition


class Scanner(Protocol):
    """A code scanner. Events come through the `Emit` given at construction."""

    def start(self) -> None:
        """Begin to listen. Returns at once."""
        ...

    def stop(self) -> None:
        """End the worker within 2 s."""
        ...
