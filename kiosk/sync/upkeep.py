"""Keeps the mirror whole: the first snapshot, days that enter the scope, and what digests find wrong.

Each call does at most one exchange. Decides nothing about when the feed is read.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from kiosk.ports.central import MirrorChanged
from kiosk.ports.clock import Clock
from kiosk.ports.events import Emit
from kiosk.ports.intake import IntakeStore
from kiosk.ports.store import MirrorStore, Scope
from kiosk.sync.comparison import Comparison, days_to_mend
from kiosk.sync.intake import Filled, Intake
from kiosk.sync.mirror import days_entering
from kiosk.sync.server import CentralServer, Unanswered

_log = logging.getLogger(__name__)

_ANOTHER_SCOPE = ("bad_request", "gone")
"""What a server says that holds other days, or another feed, than we thought."""
_KNOWS_NO_DIGESTS = ("bad_request", "not_found", "forbidden")


@dataclass(kw_only=True)
class Upkeep:
    """For one thread. Its calls raise Unanswered and StoreFault."""

    server: CentralServer
    mirror: MirrorStore
    intake: IntakeStore
    clock: Clock
    emit: Emit
    chance: Callable[[], float]
    mended_rows: int = 0
    _to_mend: tuple[str, ...] = ()
    _rolled: frozenset[tuple[str, str]] = field(default=frozenset())
    """Days that were fetched because they entered the scope on this day of the hospital."""

    def __post_init__(self) -> None:
        self._intake = Intake(self.server, self.intake)
        self._comparison = Comparison(chance=self.chance, now_ms=self.clock.boot_ms())

    @property
    def unreadable_rows(self) -> Counter[str]:
        """Rows that say their kind, and nothing else that makes sense."""
        return self._intake.unreadable_rows

    def note_left_out(self, unreadable: Counter[str], *, skipped: int) -> None:
        """Rows of the feed that were left out."""
        self._intake.note_unreadable(unreadable)
        self._intake.skipped_rows += skipped

    def hurry(self) -> None:
        """Staff want to know whether all is well."""
        self._comparison.hurry()

    def take_whole(self) -> str:
        """The next portion of the whole mirror; the hospital's date once all of it is here."""
        try:
            filled = self._intake.step()
        except Unanswered as silence:
            if silence.reason != "gone":
                raise
            return ""
        if filled is None:
            return ""
        self._to_mend = ()
        self.mirror.roll_to(filled.scope)
        self.emit(MirrorChanged(filled.rows))
        return filled.scope.today

    def roll(self, scope: Scope, cursor: str, *, today: str) -> bool:
        """The next portion of the days that enter the scope; whether all of them are here."""
        entering = days_entering(scope, today=today)
        if entering is None:
            self.mirror.drop_cursor()
            return False
        missing = [day for day in entering.days if (today, day) not in self._rolled]
        if not missing:
            self.mirror.roll_to(entering.scope)
            return True
        if self._fill(missing[0], cursor, replaces=False) is not None:
            self._rolled = frozenset(it for it in self._rolled if it[0] == today) | {(today, missing[0])}
        return False

    def is_due(self, now_ms: int, *, is_caught_up: bool) -> bool:
        """Whether something is to be mended, or it is time to compare: at the feed's end only."""
        return bool(self._to_mend) or (is_caught_up and self._comparison.is_due(now_ms))

    def step(self, cursor: str) -> None:
        """Mend, else compare."""
        if not self._to_mend:
            self._compare(cursor)
            return
        filled = self._fill(self._to_mend[0], cursor, replaces=True)
        if filled is not None:
            self._to_mend = self._to_mend[1:]
            self.mended_rows += filled.rows
            _log.warning("rows of the mirror put right: %d", filled.rows)

    def _compare(self, cursor: str) -> None:
        """Does the mirror hold what the server has? A difference is put right by itself."""
        try:
            theirs = self.server.digests(cursor)
        except Unanswered as silence:
            if silence.reason not in _KNOWS_NO_DIGESTS:
                raise
            self._comparison.not_known(now_ms=self.clock.boot_ms())
            return
        held = self.intake.digests() if theirs.is_at_hand else None
        if held is None or (held.cursor, held.today) != (theirs.cursor, theirs.today):
            self._comparison.not_now(now_ms=self.clock.boot_ms())
            return
        groups = self._comparison.compared(held.lines, theirs, now_ms=self.clock.boot_ms())
        if groups:
            scope = self.mirror.scope()
            self._to_mend = days_to_mend(groups, last_day=scope.sessions_to or scope.held_to)
            _log.warning("the mirror differs from the server in %d groups of %d days", len(groups), len(self._to_mend))

    def _fill(self, day: str, cursor: str, *, replaces: bool) -> Filled | None:
        """One portion of a day; None: there are more, or the server holds other days than we thought."""
        try:
            filled = self._intake.step(day=day, since=cursor, replaces=replaces)
        except Unanswered as silence:
            if silence.reason not in _ANOTHER_SCOPE:
                raise
            self.mirror.drop_cursor()
            self._to_mend = ()
            return None
        if filled is not None and filled.rows:
            self.emit(MirrorChanged(filled.rows))
        return filled
