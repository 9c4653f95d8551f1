"""When digests are made: at most once in a while for a hospital, and once for all of its terminals that ask.

They say something at the very position of the feed only at which they were made. So a terminal names where it is; while
changes come too fast, it hears "not now" and asks again later.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

from pydantic import TypeAdapter

from booking.wire_digest import Digests
from central.moment import local_date
from central.sync.digests import digests
from central.sync.packing import Packed, pack
from central.sync.pages import SharedPages
from central.sync.service import cursor_of, feed_now
from central.web.parts import Parts

_PACE_MS = 5_000
"""Making them takes a fraction of a second of a core: so often at most, whatever changes."""
_GOOD_MS = 60_000
"""So long at most for one position: they are made of the tables, which might change without a word of the feed."""

_DIGESTS: TypeAdapter[Digests] = TypeAdapter(Digests)


@dataclass(frozen=True, slots=True)
class _Made:
    cursor: str
    today: str
    made_ms: int
    packed: Packed


@dataclass(frozen=True, slots=True)
class Comparing:
    """One server's digests, by hospital."""

    parts: Parts
    made: dict[UUID, _Made] = field(default_factory=dict)
    being_made: SharedPages[_Made] = field(default_factory=SharedPages)

    async def digests_at(self, hospital_id: UUID, cursor: str) -> Packed:
        """The digests, or word that they cannot be had now."""
        now_ms = self.parts.clock()
        now = await self.parts.read(partial(feed_now, hospital_id=hospital_id))
        today = local_date(now_ms, now.time_zone).isoformat()
        here = cursor_of(now)
        not_now = Digests(cursor=here, today=today, is_at_hand=False)
        if cursor != here:
            return _written(not_now)
        last = self.made.get(hospital_id)
        age_ms = None if last is None else now_ms - last.made_ms
        if last is not None and (last.cursor, last.today) == (here, today) and 0 <= (age_ms or 0) < _GOOD_MS:
            return last.packed
        if age_ms is not None and 0 <= age_ms < _PACE_MS:
            return _written(not_now)
        made = await self.being_made.get(hospital_id, partial(self._make, hospital_id, now_ms))
        self.made[hospital_id] = made
        return made.packed

    async def _make(self, hospital_id: UUID, now_ms: int) -> _Made:
        found = await self.parts.read_snapshot(partial(digests, hospital_id=hospital_id, now_ms=now_ms))
        return _Made(found.cursor, found.today, now_ms, _written(found))


def _written(found: Digests) -> Packed:
    return pack(_DIGESTS.dump_json(found, exclude_none=True))
