"""Whose a place becomes that a terminal sold: the lent one, or what there is for who holds the ticket.  # sync C5"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from uuid import UUID

import sqlalchemy as sa

from booking.numbers import GoodNumber, queue_number, read_booking_number
from booking.roster import SlotState
from booking.wire_acts import LentPlaceTaken
from central.appointments.at_hand import slot_row
from central.appointments.entered import Subject, change_of
from central.appointments.freed import free_place
from central.appointments.place_facts import Choice
from central.appointments.places import add_overflow, sell_place
from central.appointments.scene import Scene
from central.appointments.tables import booking
from central.checkins.tables import check_in
from central.leases.places import (
    LentKey,
    LentNow,
    NumberUse,
    NumberWanted,
    PlaceState,
    lent_place,
    return_to_lease,
    sell_lent_place,
    use_number,
)
from central.leases.tables import lease, lease_number, lease_place
from central.queues.tables import queue_entry
from central.rosters.pools import COMMON_TEXT
from central.rosters.tables import session
from central.sync.service import write_change
from central.writer import Overtaken


@dataclass(frozen=True, slots=True)
class Taken:
    """The place that a booking has now."""

    no: int
    times: Choice
    is_overflow: bool = False
    """Its own had gone: the number is beyond capacity, and staff and patient are told."""


def lent_key(place: LentPlaceTaken) -> LentKey:
    """The place as leases name it."""
    return LentKey(lease_id=place.lease_id, session_id=place.session_id, no=place.slot_no)


def is_lent(scene: Scene, key: LentKey) -> bool:
    """Whether the place is lent under this lease. It stays so until the transaction's end."""
    return isinstance(lent_place(scene.connection, scene.hospital_id, key), LentNow)


def take(scene: Scene, key: LentKey, booking_id: UUID) -> Taken:
    """The lent place is the booking's. One that is not lent any more is taken where it is free, else there is an
    overflow place: a fact is never refused. Raises Overtaken.
    """
    if is_lent(scene, key):
        sell_lent_place(scene.connection, scene.hospital_id, key, booking_id=booking_id, moment=scene.moment)
        return _as_it_is(scene, key)
    row = slot_row(scene, key.session_id, key.no)
    if row is not None and row.state == SlotState.FREE.value:
        sell_place(scene, key.session_id, key.no, booking_id)
        return _as_it_is(scene, key)
    no, starts_ms, ends_ms = add_overflow(scene, key.session_id, booking_id, f"lease {key.lease_id} place {key.no}")
    return Taken(no, Choice(no, COMMON_TEXT, starts_ms, ends_ms), is_overflow=True)


def give_back(scene: Scene, subject: Subject) -> None:
    """The booking's terminal has its place again, as part of the lease that it sold it from; where that is over, the
    place goes where a freed place goes. Raises Overtaken.
    """
    key = _sold_from(scene, subject)
    is_back = key is not None and return_to_lease(
        scene.connection, scene.hospital_id, key, booking_id=subject.booking_id, moment=scene.moment
    )
    if not is_back:
        free_place(scene, subject, None)


@dataclass(frozen=True, slots=True)
class NumberOnPaper:
    """The digits that a booking gets; empty: those on the ticket are somebody else's, and others are drawn."""

    digits: str = field(repr=False)


def number_of(scene: Scene, place: LentPlaceTaken, booking_id: UUID) -> NumberOnPaper:
    """The number of a sale. What a lease brought is its booking's whatever became of the lease."""
    wanted = NumberWanted(lease_id=place.lease_id, digits=place.number, booking_id=booking_id)
    if not isinstance(read_booking_number(place.number, hospital_code=scene.hospital_code), GoodNumber):
        return NumberOnPaper("")
    use = use_number(scene.connection, scene.hospital_id, wanted, lookup=scene.lookup, moment=scene.moment)
    if use in (NumberUse.USED_NOW, NumberUse.USED_BEFORE):
        return NumberOnPaper(place.number)
    is_free = use is NumberUse.NOT_OF_LEASE and not _is_known(scene, place.number)
    return NumberOnPaper(place.number if is_free else "")


def move_to_overflow(scene: Scene, subject: Subject, why: str) -> Subject:
    """The booking, whose place has gone, has a number beyond capacity, also where its patient waits.

    Raises Overtaken.
    """
    no, _, _ = add_overflow(scene, subject.session_id, subject.booking_id, why)
    number = queue_number(letters=_letters(scene, subject.session_id), slot_no=no) if subject.queue_number else ""
    moved = replace(subject, slot_no=no, queue_number=number, ver=subject.ver + 1)
    here = (booking.c.hospital_id == scene.hospital_id, booking.c.booking_id == subject.booking_id)
    changed = scene.connection.execute(
        booking.update()
        .where(*here, booking.c.ver == subject.ver)
        .values(slot_no=no, queue_number=number, ver=moved.ver)
    )
    if changed.rowcount != 1:
        raise Overtaken
    for table, column in ((check_in, check_in.c.queue_number), (queue_entry, queue_entry.c.number)):
        of_booking = (table.c.hospital_id == scene.hospital_id, table.c.booking_id == subject.booking_id)
        scene.connection.execute(table.update().where(*of_booking).values({column.name: number}))
    write_change(scene.connection, scene.hospital_id, change_of(moved), scene.moment)
    return moved


def _letters(scene: Scene, session_id: UUID) -> str:
    of_session = (session.c.hospital_id == scene.hospital_id, session.c.session_id == session_id)
    letters: str = scene.connection.execute(sa.select(session.c.letters).where(*of_session)).scalar_one()
    return letters


def _as_it_is(scene: Scene, key: LentKey) -> Taken:
    row = slot_row(scene, key.session_id, key.no)
    return Taken(key.no, Choice(row.no, row.pool, row.starts_ms, row.ends_ms))


def _sold_from(scene: Scene, subject: Subject) -> LentKey | None:
    """The lease that the booking's place was sold from."""
    of_session = sa.and_(
        lease.c.hospital_id == lease_place.c.hospital_id,
        lease.c.lease_id == lease_place.c.lease_id,
        lease.c.session_id == subject.session_id,
    )
    lease_id = scene.connection.execute(
        sa.select(lease_place.c.lease_id)
        .join(lease, of_session)
        .where(
            lease_place.c.hospital_id == scene.hospital_id,
            lease_place.c.no == subject.slot_no,
            lease_place.c.booking_id == subject.booking_id,
            lease_place.c.state == PlaceState.SOLD.value,
        )
    ).scalar()
    return None if lease_id is None else LentKey(lease_id=lease_id, session_id=subject.session_id, no=subject.slot_no)


def _is_known(scene: Scene, digits: str) -> bool:
    """Whether a booking or another lease has the number."""
    number_hash = scene.lookup.booking(digits)
    return any(
        scene.connection.execute(
            sa.select(table.c.number_hash).where(
                table.c.hospital_id == scene.hospital_id, table.c.number_hash == number_hash
            )
        ).first()
        is not None
        for table in (booking, lease_number)
    )
