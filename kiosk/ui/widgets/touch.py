"""When a finger counts: one control at a time, and no second tap by a trembling hand.

Decides whether a press may begin; knows neither controls nor pages.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from kiosk.ui.theme import Theme

REST_MS: Final = 500
"""After a control was used, presses of any control are overlooked for this long."""
KEY_REST_MS: Final = 120
"""Keys of the keypad: long enough for a bouncing glass, short enough to type 88."""


@dataclass(slots=True)
class TouchGate:
    """Shared by all controls of a shell. `now_ms` is a clock that never goes back."""

    now_ms: Callable[[], float]
    _closed_until_ms: float = field(default=float("-inf"), init=False)

    def is_open(self) -> bool:
        return self.now_ms() >= self._closed_until_ms

    def rest(self, for_ms: int) -> None:
        self._closed_until_ms = self.now_ms() + for_ms


@dataclass(frozen=True, slots=True)
class Kit:
    """What every widget is made with."""

    theme: Theme
    gate: TouchGate
