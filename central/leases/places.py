"""Lent places change hands here and nowhere else, each by one conditional change of one row.

A lent place becomes anything else only by its terminal's sale or return, or by a forced release. Every function locks
the lease's row first: a sale that arrives while its lease is released waits, and finds it released.  # sync C4
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from booking.roster.states import SlotState
from central.keys import LookupHash
from central.leases.tables import lease, lease_number, lease_place
from central.moment import Moment
from central.rosters.tables import slot
from central.writer import Overtaken


class LeaseState(StrEnum):
    """What a lease is."""

    ACTIVE = "active"
    SETTLED = "settled"
    """None of its places is lent now: all are sold or given back."""
    RELEASED = "released"
    """Taken away by two of the staff."""


class PlaceState(StrEnum):
    """What became of a place under one lease."""

    LENT = "lent"
    SOLD = "sold"
    RETURNED = "returned"
    RELEASED = "released"


@dataclass(frozen=True, slots=True, kw_only=True)
class LentKey:
    """A place as a terminal names it."""

    lease_id: UUID
    session_id: UUID
    no: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LentNow:
    """The place is this lease's, and may be sold from it."""

    terminal_id: UUID
    is_for_walk_ins: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Released:
    """It was this lease's until two of the staff released it: whoever was sold it gets an overflow place."""

    terminal_id: UUID
    released_ms: int


class WhyNotLent(StrEnum):
    """Why a place is not this lease's to sell."""

    NO_SUCH_LEASE = "no_such_lease"
    NOT_IN_LEASE = "not_in_lease"
    """Another session, or a number that it never had."""
    ALREADY_SOLD = "already_sold"
    GIVEN_BACK = "given_back"
    """Its terminal said that it would never sell it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotLent:
    """The place is not this lease's; `booking_id` is whose it is where it was sold."""

    why: WhyNotLent
    terminal_id: UUID | None = None
    booking_id: UUID | None = None


LentPlaceFound = LentNow | Released | NotLent


def lent_place(connection: sa.Connection, hospital_id: UUID, place: LentKey) -> LentPlaceFound:
    """Whether the place is lent under this lease now. The lease stays as it is until the transaction's end."""
    of = lock_lease(connection, hospital_id, place.lease_id)
    if of is None:
        return NotLent(why=WhyNotLent.NO_SUCH_LEASE)
    was = connection.execute(
        sa.select(lease_place.c.state, lease_place.c.booking_id, lease_place.c.changed_ms).where(
            *_of_lease(hospital_id, place)
        )
    ).one_or_none()
    if was is None or of.session_id != place.session_id:
        return NotLent(why=WhyNotLent.NOT_IN_LEASE, terminal_id=of.terminal_id)
    match PlaceState(was.state):
        case PlaceState.LENT:
            return LentNow(terminal_id=of.terminal_id, is_for_walk_ins=of.is_for_walk_ins)
        case PlaceState.RELEASED:
            return Released(terminal_id=of.terminal_id, released_ms=was.changed_ms)
        case PlaceState.SOLD:
            return NotLent(why=WhyNotLent.ALREADY_SOLD, terminal_id=of.terminal_id, booking_id=was.booking_id)
        case PlaceState.RETURNED:
            return NotLent(why=WhyNotLent.GIVEN_BACK, terminal_id=of.terminal_id)


def sell_lent_place(
    connection: sa.Connection, hospital_id: UUID, place: LentKey, *, booking_id: UUID, moment: Moment
) -> None:
    """The lent place is the booking's. Raises Overtaken where it is not this lease's any more."""
    lock_lease(connection, hospital_id, place.lease_id)
    sold = connection.execute(
        slot.update()
        .where(*_at(hospital_id, place), slot.c.state == SlotState.LEASED.value, slot.c.lease_id == place.lease_id)
        .values(state=SlotState.BUSY.value, booking_id=booking_id, lease_id=None, ver=slot.c.ver + 1)
    )
    if sold.rowcount != 1:
        raise Overtaken
    _note(connection, hospital_id, place, (PlaceState.LENT, PlaceState.SOLD), booking_id=booking_id, moment=moment)
    settle_if_done(connection, hospital_id, place.lease_id, moment)


def return_to_lease(
    connection: sa.Connection, hospital_id: UUID, place: LentKey, *, booking_id: UUID, moment: Moment
) -> bool:
    """A booking that only its terminal had is cancelled: its place is the same lease's again. False, and nothing is
    changed, where the lease has been released or never sold this place to it: then the place goes where a freed place
    goes. Raises Overtaken.
    """
    of = lock_lease(connection, hospital_id, place.lease_id)
    was_sold = connection.execute(
        sa.select(lease_place.c.no).where(
            *_of_lease(hospital_id, place),
            lease_place.c.state == PlaceState.SOLD.value,
            lease_place.c.booking_id == booking_id,
        )
    ).one_or_none()
    if of is None or of.state == LeaseState.RELEASED or of.session_id != place.session_id or was_sold is None:
        return False
    back = connection.execute(
        slot.update()
        .where(*_at(hospital_id, place), slot.c.state == SlotState.BUSY.value, slot.c.booking_id == booking_id)
        .values(state=SlotState.LEASED.value, lease_id=place.lease_id, booking_id=None, ver=slot.c.ver + 1)
    )
    if back.rowcount != 1:
        raise Overtaken
    _note(connection, hospital_id, place, (PlaceState.SOLD, PlaceState.LENT), booking_id=None, moment=moment)
    connection.execute(
        lease.update()
        .where(lease.c.hospital_id == hospital_id, lease.c.lease_id == place.lease_id)
        .values(state=LeaseState.ACTIVE.value, settled_ms=None)
    )
    return True


class NumberUse(StrEnum):
    """Whether a sale may carry the booking number that its terminal gave it."""

    USED_NOW = "used_now"
    USED_BEFORE = "used_before"
    """By the same booking."""
    OTHER_BOOKINGS = "other_bookings"
    NOT_OF_LEASE = "not_of_lease"


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberWanted:
    """A booking number, as it stands on paper, of a lease, for a booking."""

    lease_id: UUID
    digits: str = field(repr=False)
    booking_id: UUID


def use_number(
    connection: sa.Connection, hospital_id: UUID, wanted: NumberWanted, *, lookup: LookupHash, moment: Moment
) -> NumberUse:
    """The number is the booking's from now on, whatever became of the lease. A cancelled booking keeps its number."""
    number_hash = lookup.booking(wanted.digits)
    its = (
        lease_number.c.hospital_id == hospital_id,
        lease_number.c.number_hash == number_hash,
        lease_number.c.lease_id == wanted.lease_id,
    )
    used = connection.execute(
        lease_number.update()
        .where(*its, lease_number.c.booking_id.is_(None))
        .values(booking_id=wanted.booking_id, used_ms=moment.now_ms)
    )
    if used.rowcount == 1:
        return NumberUse.USED_NOW
    found = connection.execute(sa.select(lease_number.c.booking_id).where(*its)).one_or_none()
    if found is None:
        return NumberUse.NOT_OF_LEASE
    return NumberUse.USED_BEFORE if found.booking_id == wanted.booking_id else NumberUse.OTHER_BOOKINGS


def lock_lease(connection: sa.Connection, hospital_id: UUID, lease_id: UUID) -> sa.Row[Any] | None:
    """The lease's row, kept as it is until the transaction's end; None where there is none."""
    return connection.execute(
        sa.select(lease).where(lease.c.hospital_id == hospital_id, lease.c.lease_id == lease_id).with_for_update()
    ).one_or_none()


def settle_if_done(connection: sa.Connection, hospital_id: UUID, lease_id: UUID, moment: Moment) -> None:
    """An active lease none of whose places is lent is settled."""
    lent = sa.select(lease_place.c.no).where(
        lease_place.c.hospital_id == hospital_id,
        lease_place.c.lease_id == lease_id,
        lease_place.c.state == PlaceState.LENT.value,
    )
    connection.execute(
        lease.update()
        .where(
            lease.c.hospital_id == hospital_id,
            lease.c.lease_id == lease_id,
            lease.c.state == LeaseState.ACTIVE.value,
            ~lent.exists(),
        )
        .values(state=LeaseState.SETTLED.value, settled_ms=moment.now_ms)
    )


def _note(
    connection: sa.Connection,
    hospital_id: UUID,
    place: LentKey,
    states: tuple[PlaceState, PlaceState],
    *,
    booking_id: UUID | None,
    moment: Moment,
) -> None:
    before, after = states
    noted = connection.execute(
        lease_place.update()
        .where(*_of_lease(hospital_id, place), lease_place.c.state == before.value)
        .values(state=after.value, booking_id=booking_id, changed_ms=moment.now_ms)
    )
    if noted.rowcount != 1:
        raise Overtaken


def _at(hospital_id: UUID, place: LentKey) -> tuple[sa.ColumnElement[bool], ...]:
    return (slot.c.hospital_id == hospital_id, slot.c.session_id == place.session_id, slot.c.no == place.no)


def _of_lease(hospital_id: UUID, place: LentKey) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        lease_place.c.hospital_id == hospital_id,
        lease_place.c.lease_id == place.lease_id,
        lease_place.c.no == place.no,
    )
