"""Where lists for staff come from. Light to import: it is there before the first page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from kiosk.ports.lists import ListStore
from kiosk.ports.store import Site


@dataclass(frozen=True, slots=True)
class ListSource:
    """Where lists come from. Given once by the composition root."""

    store: ListStore
    site: Site
    zone: tzinfo
    now_ms: Callable[[], int]
    """The best known time."""

    def today(self) -> str:
        """The hospital's date."""
        return datetime.fromtimestamp(self.now_ms() / 1000, UTC).astimezone(self.zone).date().isoformat()
