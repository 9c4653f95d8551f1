"""What can happen to a session's places. Each step is whole or declined, and both quota laws hold after it.

A place that a terminal has on lease leaves it by that terminal's sale or return, or by a forced revocation; no hour of
the clock and no timed return takes it away.  # sync C4
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID

from booking.roster.places import BlockedFor, Place, Places, first_free
from booking.roster.pools import COMMON, Pool
from booking.roster.states import SlotState

_HELD = (SlotState.HELD, SlotState.LEASED)


class Why(StrEnum):
    """Why a step was declined."""

    NO_SUCH_PLACE = "no_such_place"
    NOT_FREE = "not_free"
    NOT_BLOCKED = "not_blocked"
    NOT_TAKEN = "not_taken"
    OTHER_HOLDER = "other_holder"
    SESSION_STOPPED = "session_stopped"
    NO_FREE_PLACE = "no_free_place"
    NO_ADD_ON_LEFT = "no_add_on_left"
    REASON_MISSING = "reason_missing"
    TWO_PEOPLE_NEEDED = "two_people_needed"


@dataclass(frozen=True, slots=True)
class Declined:
    """Nothing happened, and why."""

    why: Why


Step = Places | Declined


def release(places: Places, pools: Collection[Pool]) -> Places:
    """Open the places of these pools that wait for their release.  # rule C5"""
    return _each(
        places,
        lambda place: (
            _opened(places, place) if place.pool in pools and place.blocked_for is BlockedFor.NOT_RELEASED else place
        ),
    )


def hold(places: Places, no: int, hold_id: UUID) -> Step:
    """Keep a free place for somebody who is choosing or paying."""
    return _take(places, no, SlotState.HELD, hold_id)


def lease(places: Places, no: int, lease_id: UUID) -> Step:
    """Lend a free place to a terminal, which may sell it without asking."""
    return _take(places, no, SlotState.LEASED, lease_id)


def sell(places: Places, no: int, booking_id: UUID, *, held_by: UUID | None = None) -> Step:
    """Give the place to a booking: a free one, or one held or leased by `held_by`. One place, one booking."""
    place = places.place(no)
    if place is None:
        return Declined(Why.NO_SUCH_PLACE)
    if place.state in _HELD:
        if place.holder != held_by:
            return Declined(Why.OTHER_HOLDER)
    elif place.state is not SlotState.FREE:
        return Declined(Why.NOT_FREE)
    sold = replace(place, state=SlotState.BUSY, holder=booking_id)
    return replace(places.with_place(sold), numbers_given=places.numbers_given + 1)


def mark_printed(places: Places, no: int) -> Step:
    """The number stands on a ticket from now on."""
    place, extra = places.place(no), places.above(no)
    if extra is not None:
        printed = replace(extra, is_printed=True)
        return replace(places, extras=tuple(printed if each is extra else each for each in places.extras))
    if place is None:
        return Declined(Why.NO_SUCH_PLACE)
    if place.state is not SlotState.BUSY:
        return Declined(Why.NOT_TAKEN)
    return places.with_place(replace(place, is_printed=True))


def free(places: Places, no: int) -> Step:
    """A booking is cancelled or moved away: its place is bookable at once, above capacity it is gone.  # rule E2"""
    place, extra = places.place(no), places.above(no)
    if extra is not None:
        left = tuple(each for each in places.extras if each is not extra)
        return _number_taken_back(replace(places, extras=left), is_printed=extra.is_printed)
    if place is None:
        return Declined(Why.NO_SUCH_PLACE)
    if place.state is not SlotState.BUSY:
        return Declined(Why.NOT_TAKEN)
    return _number_taken_back(_freed(places, place), is_printed=place.is_printed)


def drop_hold(places: Places, no: int, hold_id: UUID) -> Step:
    """The hold lapsed or was given up.  # rule D9"""
    return _give_back(places, no, SlotState.HELD, hold_id)


def give_back(places: Places, no: int, lease_id: UUID) -> Step:
    """The terminal that had the place on lease returns it unsold, or has settled without selling it.  # sync C4"""
    return _give_back(places, no, SlotState.LEASED, lease_id)


def revoke(places: Places, no: int, lease_id: UUID, *, by: tuple[str, str], why: str) -> Step:
    """Take a lent place away from a terminal that is lost: two people, one reason.  # sync C4

    Should the terminal have sold it, its patient gets a place above capacity when the sale arrives.
    """
    if not all(by) or by[0] == by[1]:
        return Declined(Why.TWO_PEOPLE_NEEDED)
    if not why:
        return Declined(Why.REASON_MISSING)
    return _give_back(places, no, SlotState.LEASED, lease_id)


def return_to_common(places: Places, pool: Pool) -> Places:
    """The pool's hour of return has come: what nobody has becomes common.  # rules C5, C8

    Held, lent and taken places stay what they are; they follow when they become free.
    """
    if pool == COMMON or pool not in places.quotas:
        return places
    unused = sum(place.pool == pool and not place.state.is_somebodys for place in places.places)
    moved = _each(
        places,
        lambda place: replace(place, pool=COMMON) if place.pool == pool and not place.state.is_somebodys else place,
    )
    quotas = {**places.quotas, COMMON: places.quotas[COMMON] + unused}
    quotas[pool] -= unused
    return replace(moved, quotas=quotas, returned=places.returned | {pool})


def block(places: Places, no: int, blocked_for: BlockedFor = BlockedFor.STAFF) -> Step:
    """Take a free place out of use."""
    place = places.place(no)
    if place is None:
        return Declined(Why.NO_SUCH_PLACE)
    if place.state is not SlotState.FREE:
        return Declined(Why.NOT_FREE)
    return places.with_place(replace(place, state=SlotState.BLOCKED, blocked_for=blocked_for))


def unblock(places: Places, no: int) -> Step:
    """Put a place back into use that staff or a closed window had taken out."""
    place = places.place(no)
    if place is None:
        return Declined(Why.NO_SUCH_PLACE)
    if places.is_stopped:
        return Declined(Why.SESSION_STOPPED)
    if place.blocked_for not in {BlockedFor.STAFF, BlockedFor.WINDOW_CLOSED}:
        return Declined(Why.NOT_BLOCKED)
    return _freed(places, place)


def open_early(places: Places, no: int) -> Step:
    """Open one place before its release, for a follow-up that the consulting room books far ahead.  # rule D2"""
    place = places.place(no)
    if place is None:
        return Declined(Why.NO_SUCH_PLACE)
    if place.blocked_for is not BlockedFor.NOT_RELEASED:
        return Declined(Why.NOT_BLOCKED)
    return _freed(places, place)


def add_places(places: Places, count: int) -> Places:
    """Widen the capacity, as when a desk opens a window: new common places with numbers behind all others."""
    numbers = range(places.last_no + 1, places.last_no + 1 + count)
    state, blocked_for = (SlotState.BLOCKED, BlockedFor.STOPPED) if places.is_stopped else (SlotState.FREE, None)
    added = tuple(Place(no, COMMON, state, blocked_for=blocked_for) for no in numbers)
    return replace(
        places,
        places=places.places + added,
        quotas={**places.quotas, COMMON: places.quotas[COMMON] + count},
        last_no=places.last_no + count,
    )


def stop(places: Places) -> Places:
    """Stop the session: what nobody has is blocked, holds end. Bookings keep their places until settled.  # rule H1"""
    stopped = _each(
        places,
        lambda place: (
            replace(place, state=SlotState.BLOCKED, holder=None, blocked_for=BlockedFor.STOPPED)
            if place.state in {SlotState.FREE, SlotState.HELD, SlotState.BLOCKED}
            else place
        ),
    )
    return replace(stopped, is_stopped=True)


def move(source: Places, no: int, target: Places, pools: Collection[Pool]) -> tuple[Places, Places, int] | Declined:
    """Move a booking to another session: its new place is taken before the old one is freed.  # rules E3, H1

    Answers the session left, the session joined, and the new number.
    """
    booking_id = _booking_at(source, no)
    if booking_id is None:
        return Declined(Why.NOT_TAKEN)
    new_no = first_free(target, pools)
    if new_no is None:
        return Declined(Why.NO_FREE_PLACE)
    joined, left = sell(target, new_no, booking_id), free(source, no)
    assert isinstance(joined, Places), "a free place can be sold"
    assert isinstance(left, Places), "a booking's place can be freed"
    return left, joined, new_no


def _booking_at(places: Places, no: int) -> UUID | None:
    """The booking that has this number, within capacity or above it."""
    place, extra = places.place(no), places.above(no)
    if extra is not None:
        return extra.booking_id
    return place.holder if place is not None and place.state is SlotState.BUSY else None


def _take(places: Places, no: int, state: SlotState, holder: UUID) -> Step:
    place = places.place(no)
    if place is None:
        return Declined(Why.NO_SUCH_PLACE)
    if place.state is not SlotState.FREE:
        return Declined(Why.NOT_FREE)
    return places.with_place(replace(place, state=state, holder=holder))


def _give_back(places: Places, no: int, state: SlotState, holder: UUID) -> Step:
    place = places.place(no)
    if place is None:
        return Declined(Why.NO_SUCH_PLACE)
    if place.state is not state:
        return Declined(Why.NOT_TAKEN)
    return _freed(places, place) if place.holder == holder else Declined(Why.OTHER_HOLDER)


def _freed(places: Places, place: Place) -> Places:
    """The place is nobody's again: blocked in a stopped session, common where its pool has returned."""
    opened = _opened(places, place)
    changed = places.with_place(opened)
    if opened.pool == place.pool:
        return changed
    quotas = {**places.quotas, COMMON: places.quotas[COMMON] + 1}
    quotas[place.pool] -= 1
    return replace(changed, quotas=quotas)


def _opened(places: Places, place: Place) -> Place:
    pool = COMMON if place.pool in places.returned else place.pool
    if places.is_stopped:
        return Place(place.no, pool, SlotState.BLOCKED, blocked_for=BlockedFor.STOPPED)
    return Place(place.no, pool, SlotState.FREE)


def _number_taken_back(places: Places, *, is_printed: bool) -> Places:
    """A printed number stays given; one that is on no paper was never given."""
    if is_printed:
        return replace(places, cancelled_after_print=places.cancelled_after_print + 1)
    return replace(places, numbers_given=places.numbers_given - 1)


def _each(places: Places, change: Callable[[Place], Place]) -> Places:
    return replace(places, places=tuple(change(place) for place in places.places))
