"""Fills the mirror: the whole of it, days that enter the scope, days that must be put right. One portion a step.

A portion that is here need not come again, whatever happens to the line or the terminal meanwhile. Where the line
fails, smaller portions are asked for.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from booking.wire import Row, RowKind, SnapshotHead
from kiosk.ports.intake import IntakeStore, Taking
from kiosk.ports.store import Scope
from kiosk.sync.mirror import Snapshot, is_known
from kiosk.sync.server import CentralServer, Unanswered

_log = logging.getLogger(__name__)

_MOST_ROWS, _LEAST_ROWS = 1000, 50


@dataclass(frozen=True, slots=True)
class Filled:
    """A snapshot is here as a whole."""

    rows: int
    """That came, have another version, or are gone."""
    scope: Scope
    """Of a whole snapshot: what the mirror holds now."""


class Intake:
    """For one thread."""

    def __init__(self, server: CentralServer, store: IntakeStore) -> None:
        self._server = server
        self._store = store
        self._most_rows = _MOST_ROWS
        self._changed = 0
        self.skipped_rows = 0
        """Rows of kinds that this release does not know."""
        self.unreadable_rows: Counter[str] = Counter()
        """Rows that say their kind, and nothing else that makes sense."""

    def step(self, *, day: str = "", since: str = "", replaces: bool = False) -> Filled | None:
        """Take the next portion of the whole mirror, or of a day; None: there are more."""
        taking = self._begun(day=day, since=since, replaces=replaces)
        try:
            snapshot = self._server.portion(
                day=taking.day, after=taking.after, since=taking.since, limit=self._most_rows
            )
        except Unanswered as silence:
            if silence.status is None:
                self._most_rows = max(self._most_rows // 2, _LEAST_ROWS)
            elif silence.reason in ("gone", "bad_request"):
                self._store.drop_taking()
            raise
        head = snapshot.head
        if taking.after and taking.today != head.today:
            self._store.drop_taking()  # it was begun on another day, and other days are wanted now
            return None
        here = replace(taking, after=head.next, since=taking.since or head.cursor, today=head.today)
        self._changed += self._store.take_portion(self._known(snapshot), here)
        self.note_unreadable(snapshot.unreadable)
        self._most_rows = min(self._most_rows * 2, _MOST_ROWS)
        return None if head.next else self._finish(here, head)

    def note_unreadable(self, unreadable: Counter[str]) -> None:
        """Count rows that were left out, and say so."""
        for kind, rows in unreadable.items():
            _log.warning("left out rows of kind %s that cannot be read: %d", kind, rows)
        self.unreadable_rows += unreadable

    def _begun(self, *, day: str, since: str, replaces: bool) -> Taking:
        taking = self._store.taking()
        if taking is not None and taking.day == day and (taking.replaces == replaces or not day):
            return taking
        self._changed = 0
        return self._store.begin(day=day, since=since, replaces=replaces)

    def _finish(self, taking: Taking, head: SnapshotHead) -> Filled:
        last, last_of_sessions = max(head.days, default=""), max(head.session_days, default="")
        if taking.day:
            spared = () if taking.day in head.days else (RowKind.BOOKING.value,)
            self._changed += self._store.finish_day(taking, spared=spared)
        else:
            self._changed += self._store.finish_whole(taking)
        changed, self._changed = self._changed, 0
        return Filled(changed, Scope(today=head.today, held_to=last, sessions_to=last_of_sessions))

    def _known(self, snapshot: Snapshot) -> Iterator[Row]:
        for row in snapshot.rows:
            if is_known(row):
                yield row
            else:
                self.skipped_rows += 1
