"""A session's places as the quota laws see them: every place in one state and pool, and the places above capacity.

This module only says what there is; `steps` changes it and `laws` checks it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from booking.roster.pools import COMMON, Pool, spread
from booking.roster.slots import SlotRun
from booking.roster.states import SlotState


class BlockedFor(StrEnum):
    """Why a place is blocked."""

    NOT_RELEASED = "not_released"
    STAFF = "staff"
    WINDOW_CLOSED = "window_closed"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Place:
    """One numbered place within capacity. `holder` is the hold, the lease or the booking that has it."""

    no: int
    pool: Pool
    state: SlotState
    holder: UUID | None = None
    blocked_for: BlockedFor | None = None
    is_printed: bool = False
    """Whether the number stands on a ticket."""


class ExtraKind(StrEnum):
    """Places outside capacity."""

    OVERFLOW = "overflow"
    """For a patient who rightly holds a number that somebody else has."""
    ADD_ON = "add_on"
    """Allowed by staff (加号).  # rule C14"""


@dataclass(frozen=True, slots=True)
class Extra:
    """One place above capacity, with who allowed it and why.  # rule C14"""

    no: int
    kind: ExtraKind
    booking_id: UUID
    allowed_by: str
    why: str
    is_printed: bool = False


@dataclass(frozen=True, slots=True)
class Places:
    """All places of one session. `quotas` and the two counts are kept beside the places: the laws compare them."""

    places: tuple[Place, ...]
    """In the order of their numbers."""
    quotas: Mapping[Pool, int]
    """Each pool's capacity; the common pool is always there."""
    last_no: int
    """The highest number ever used; it is never used again above capacity."""
    extras: tuple[Extra, ...] = ()
    returned: frozenset[Pool] = frozenset()
    """Pools whose return has come: what becomes free in them is common."""
    numbers_given: int = 0
    """Numbers that patients have or had on paper; one taken back before it was printed does not count."""
    cancelled_after_print: int = 0
    is_stopped: bool = False

    def place(self, no: int) -> Place | None:
        """The place with this number; None when there is none within capacity."""
        at = bisect_left(self.places, no, key=lambda place: place.no)
        return self.places[at] if at < len(self.places) and self.places[at].no == no else None

    def above(self, no: int) -> Extra | None:
        """The place above capacity with this number."""
        return next((extra for extra in self.extras if extra.no == no), None)

    def with_place(self, changed: Place) -> Places:
        """The same with one place changed."""
        at = bisect_left(self.places, changed.no, key=lambda place: place.no)
        return replace(self, places=(*self.places[:at], changed, *self.places[at + 1 :]))

    @property
    def capacity(self) -> int:
        """Numbered places; those above capacity are not counted."""
        return len(self.places)


def unreleased(runs: Collection[SlotRun], sizes: Mapping[Pool, int]) -> Places:
    """A session as it was published: every place in its pool, none released yet.

    Raises ValueError when the pools do not add up to the places.
    """
    numbers = [no for run in runs for no in range(run.first_no, run.last_no + 1)]
    row = spread(sizes)
    if len(row) != len(numbers):
        raise ValueError("the pools do not add up to the session's places")
    blocked = BlockedFor.NOT_RELEASED
    places = tuple(
        Place(no, pool, SlotState.BLOCKED, blocked_for=blocked) for no, pool in zip(numbers, row, strict=True)
    )
    return Places(places=places, quotas={COMMON: 0, **sizes}, last_no=max(numbers, default=0))


def first_free(places: Places, pools: Collection[Pool]) -> int | None:
    """The lowest free number of the first of these pools that has one.  # rule C6"""
    for pool in pools:
        for place in places.places:
            if place.pool == pool and place.state is SlotState.FREE:
                return place.no
    return None


def free_by_pool(places: Places) -> dict[Pool, int]:
    """How many places are free in each pool: what everybody may see.  # rule C6"""
    return {
        pool: sum(place.pool == pool and place.state is SlotState.FREE for place in places.places)
        for pool in places.quotas
    }
