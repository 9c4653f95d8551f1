"""The one door of every worker: it hands frozen events to whoever runs the visit."""

from __future__ import annotations

from typing import Protocol


class Emit(Protocol):
    """Takes a frozen dataclass from any thread and returns at once. Never raises, never blocks."""

    def __call__(self, event: object, /) -> None: ...
