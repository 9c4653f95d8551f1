"""Whether the mirror holds what the server has, by digests: when to compare, and what to put right. Pure.

Both sides' digests are of the same position of the feed. Still a row may be newer here than that position (an answer
in a visit brought it), so a difference counts only when the next comparison finds one in the same group again. A group
that differs after it has been mended as it did before (rows that this release cannot read, say) is left alone until
either side changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from uuid import UUID

from booking.wire import RowKind
from booking.wire_digest import DigestLine, Digests

Group = tuple[str, str, UUID | None]
"""Kind, day, department."""
_Said = tuple[str, str]

EVERY_S = 600.0
"""On average: it reads through the whole mirror."""
_FIRST_S = 60.0
AGAIN_S = 5.0
"""After "not now", or to see whether a difference is still there."""
_LONGEST_S = 3600.0
_KINDS = frozenset(kind.value for kind in RowKind)


class Comparison:
    """For one thread. Instants are of the boot clock; `chance` is between 0 and 1."""

    def __init__(self, *, chance: Callable[[], float], now_ms: int) -> None:
        self._chance = chance
        self._suspects: frozenset[Group] = frozenset()
        self._mended: dict[Group, _Said] = {}
        self._refusals = 0
        self._due_ms = now_ms + int(_FIRST_S * (1 + chance()) * 1000)

    def is_due(self, now_ms: int) -> bool:
        """Whether to compare now."""
        return now_ms >= self._due_ms

    def hurry(self) -> None:
        """Staff want to know: as soon as may be, and what did not help is tried again."""
        self._due_ms = 0
        self._mended = {}

    def not_now(self, *, now_ms: int) -> None:
        """The server had no digests for this position: soon, and ever later while that goes on."""
        self._refusals += 1
        self._later(min(AGAIN_S * 2.0**self._refusals, EVERY_S), now_ms)

    def not_known(self, *, now_ms: int) -> None:
        """The server knows no digests."""
        self._later(_LONGEST_S, now_ms)

    def compared(self, held: Iterable[DigestLine], theirs: Digests, *, now_ms: int) -> frozenset[Group]:
        """The groups to put right: they have differed twice."""
        self._refusals = 0
        here = {_group(line): line.digest for line in held}
        there = {_group(line): line.digest for line in theirs.lines if not line.kind or line.kind in _KINDS}
        said = {group: (here.get(group, ""), there.get(group, "")) for group in here.keys() | there.keys()}
        differing = frozenset(group for group, (ours, other) in said.items() if ours != other)
        new = frozenset(group for group in differing if self._mended.get(group) != said[group])
        self._mended = {group: told for group, told in self._mended.items() if group in differing}
        certain, self._suspects = new & self._suspects, new - self._suspects
        self._mended |= {group: said[group] for group in certain}
        self._later(AGAIN_S if new else EVERY_S, now_ms)
        return certain

    def _later(self, seconds: float, now_ms: int) -> None:
        self._due_ms = now_ms + int(seconds * (0.5 + self._chance()) * 1000)


def days_to_mend(groups: Iterable[Group], *, last_day: str) -> tuple[str, ...]:
    """Which days' snapshots put these groups right. Each brings the rows without a day, too: for those alone, the day
    with the fewest rows will do.
    """
    days = {day for _, day, _ in groups if day}
    return tuple(sorted(days)) if days else (last_day,)


def _group(line: DigestLine) -> Group:
    return line.kind, line.day, line.department_id
