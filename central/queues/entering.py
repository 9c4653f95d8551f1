"""Who waits from now on, and who no longer does. The order among them is `booking.queue`'s.  # rule G3"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from booking.decide.effects import Band
from central.moment import Moment
from central.queues.tables import queue_entry

WAITING, LEFT = "waiting", "left"
_GONE = (LEFT, "finished")


@dataclass(frozen=True, slots=True)
class Joining:
    """A patient in a session's queue. `arrived_ms` is when they first came."""

    session_id: UUID
    booking_id: UUID
    person_id: UUID
    band: Band
    number: str
    arrived_ms: int


def join_queue(connection: sa.Connection, hospital_id: UUID, joining: Joining, moment: Moment) -> UUID:
    """The patient waits; the entry's id."""
    entry_id = moment.new_id()
    connection.execute(
        queue_entry.insert().values(
            hospital_id=hospital_id,
            entry_id=entry_id,
            session_id=joining.session_id,
            booking_id=joining.booking_id,
            person_id=joining.person_id,
            band=joining.band.value,
            number=joining.number,
            state=WAITING,
            joined_ms=moment.now_ms,
            arrived_ms=joining.arrived_ms,
            is_late=joining.band is Band.LATE,
            ver=1,
        )
    )
    return entry_id


def came_earlier(
    connection: sa.Connection, hospital_id: UUID, booking_id: UUID, *, arrived_ms: int, was_in_time: bool
) -> None:
    """The patient first came earlier than was known. `was_in_time`: they were not late, though it had seemed so."""
    values: dict[str, object] = {"arrived_ms": arrived_ms, "ver": queue_entry.c.ver + 1}
    if was_in_time:
        values |= {"band": Band.BOOKED.value, "is_late": False}
    connection.execute(
        queue_entry.update()
        .where(
            queue_entry.c.hospital_id == hospital_id,
            queue_entry.c.booking_id == booking_id,
            queue_entry.c.state.not_in(_GONE),
            queue_entry.c.arrived_ms > arrived_ms,
        )
        .values(**values)
    )


def leave_queue(connection: sa.Connection, hospital_id: UUID, booking_id: UUID, moment: Moment) -> None:
    """The booking's patient waits no longer, wherever they did."""
    connection.execute(
        queue_entry.update()
        .where(
            queue_entry.c.hospital_id == hospital_id,
            queue_entry.c.booking_id == booking_id,
            queue_entry.c.state.not_in(_GONE),
        )
        .values(state=LEFT, ended_ms=moment.now_ms, ver=queue_entry.c.ver + 1)
    )
