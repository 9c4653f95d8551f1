"""How the mirror is filled and put right: portions of snapshots, which survive cuts and restarts, and its own digests.

As in `kiosk.ports.store`, every call is one transaction unless it says otherwise, and raises StoreFault.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from booking.wire import Row
from booking.wire_digest import DigestLine


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """A snapshot of which some portions may be here already; it is on the disk until it is finished or dropped."""

    number: int
    """Rows taken since it began are marked with it; what the server no longer has is not."""
    day: str = ""
    """Empty: the whole mirror."""
    replaces: bool = False
    """Its rows count, whatever version is here: the mirror is put right."""
    since: str = ""
    """Of the whole mirror: where the feed goes on afterwards, which its first portion says. Of a day: where the feed
    was when it began; no portion may be older.
    """
    after: str = ""
    """The mark of the last portion that is here; empty: none is."""
    today: str = ""
    """The hospital's date when it began: on another day it begins anew."""


@dataclass(frozen=True, slots=True)
class HeldDigests:
    """What the mirror holds, and at which position of the feed."""

    cursor: str | None
    today: str
    lines: tuple[DigestLine, ...]


class IntakeStore(Protocol):
    """What the synchronisation fills and mends the mirror with."""

    def taking(self) -> Taking | None:
        """The snapshot that has been begun; None: none has."""
        ...

    def begin(self, *, day: str = "", replaces: bool = False, since: str = "") -> Taking:
        """Begin a snapshot; one that was begun before is dropped."""
        ...

    def take_portion(self, rows: Iterable[Row], taking: Taking) -> int:
        """Its rows, in several transactions, and after them what `taking` says of it; how many were taken over."""
        ...

    def drop_taking(self) -> None:
        """It will not be finished."""
        ...

    def finish_whole(self, taking: Taking) -> int:
        """All portions are here: drop what they did not have, go on from its cursor; how many rows were dropped."""
        ...

    def finish_day(self, taking: Taking, *, spared: Iterable[str] = ()) -> int:
        """All portions of the day are here. If it replaces, rows without a day and rows of that day, but those of these
        kinds, are dropped where it did not have them; how many were.
        """
        ...

    def digests(self) -> HeldDigests:
        """Of all rows that are here."""
        ...
