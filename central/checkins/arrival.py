"""Writing an arrival: booking, place, check-in and feed, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from booking.decide.effects import Band
from booking.roster import BookingState, SlotState
from booking.roster.channels import Channel
from booking.wire import CheckInAct, RowKind
from central.acts.operations import Told
from central.appointments.entered import Trace, add_step
from central.appointments.tables import booking
from central.channels.caller import Asker
from central.checkins.found import FoundBooking
from central.checkins.tables import check_in
from central.moment import Moment
from central.queues.entering import Joining, came_earlier, join_queue
from central.rosters.tables import slot
from central.sync.service import Change, write_change
from central.writer import Overtaken


@dataclass(frozen=True, slots=True)
class Arrival:
    """The patient is here. `arrived_ms` is true time; `is_late` puts them behind those in time (rule G2)."""

    arrived_ms: int
    is_late: bool
    waits: bool = True
    """Not where the session is over when the arrival becomes known."""


def write_arrival(
    connection: sa.Connection, found: FoundBooking, arrival: Arrival, told: Told[CheckInAct], moment: Moment
) -> None:
    """The booking is checked in now. Raises Overtaken."""
    changed = connection.execute(
        booking.update()
        .where(
            booking.c.hospital_id == found.hospital_id,
            booking.c.booking_id == found.booking_id,
            booking.c.ver == found.ver,
        )
        .values(
            state=BookingState.CHECKED_IN.value,
            queue_number=found.queue_number,
            checked_in_ms=arrival.arrived_ms,
            ver=booking.c.ver + 1,
        )
    )
    if changed.rowcount != 1:
        raise Overtaken
    connection.execute(
        check_in.insert().values(
            hospital_id=found.hospital_id,
            booking_id=found.booking_id,
            operation_id=told.act.operation_id,
            terminal_id=told.caller.terminal_id,
            arrived_ms=arrival.arrived_ms,
            queue_number=found.queue_number,
            is_late=arrival.is_late,
            recorded_ms=moment.now_ms,
        )
    )
    _write_trail(connection, found, told, moment)
    if arrival.waits:
        band = Band.LATE if arrival.is_late else Band.BOOKED
        number = found.queue_number
        joining = Joining(found.session_id, found.booking_id, found.person_id, band, number, arrival.arrived_ms)
        join_queue(connection, found.hospital_id, joining, moment)
    _tell(connection, found, moment)


def move_arrival_back(connection: sa.Connection, found: FoundBooking, arrival: Arrival, moment: Moment) -> bool:
    """Another terminal saw the same arrival: the earlier time is the true one, and the place in the queue follows it.
    A later one changes nothing. Whether it had seemed late and was not. Raises Overtaken.
    """
    ours = (check_in.c.hospital_id == found.hospital_id, check_in.c.booking_id == found.booking_id)
    is_later = check_in.c.arrived_ms > arrival.arrived_ms
    seemed_late = connection.scalar(sa.select(check_in.c.is_late).where(*ours, is_later))
    if seemed_late is None:
        return False
    was_in_time = seemed_late and not arrival.is_late
    is_late = seemed_late and arrival.is_late
    moved = connection.execute(
        check_in.update().where(*ours, is_later).values(arrived_ms=arrival.arrived_ms, is_late=is_late)
    )
    changed = connection.execute(
        booking.update()
        .where(
            booking.c.hospital_id == found.hospital_id,
            booking.c.booking_id == found.booking_id,
            booking.c.ver == found.ver,
        )
        .values(checked_in_ms=arrival.arrived_ms, ver=found.ver + 1)
    )
    if moved.rowcount != 1 or changed.rowcount != 1:
        raise Overtaken
    came_earlier(
        connection,
        found.hospital_id,
        found.booking_id,
        arrived_ms=arrival.arrived_ms,
        was_in_time=was_in_time,
    )
    _tell(connection, found, moment)
    return was_in_time


def take_place_again(connection: sa.Connection, found: FoundBooking) -> bool:
    """Give a booking that had lost it its place back, if nobody else has it."""
    taken = connection.execute(
        slot.update()
        .where(
            slot.c.hospital_id == found.hospital_id,
            slot.c.session_id == found.session_id,
            slot.c.no == found.slot.no,
            slot.c.state == SlotState.FREE.value,
        )
        .values(state=SlotState.BUSY.value, booking_id=found.booking_id, ver=slot.c.ver + 1)
    )
    return taken.rowcount == 1


def _write_trail(connection: sa.Connection, found: FoundBooking, told: Told[CheckInAct], moment: Moment) -> None:
    asker = Asker(told.caller.terminal_id, found.hospital_id, Channel.KIOSK, is_terminal=True)
    trace = Trace(reason="checked_in", operation_id=told.act.operation_id)
    states = (found.state, BookingState.CHECKED_IN)
    add_step(connection, asker, found.booking_id, states, trace=trace, moment=moment)


def _tell(connection: sa.Connection, found: FoundBooking, moment: Moment) -> None:
    change = Change(RowKind.BOOKING, found.booking_id, found.ver + 1, found.service_date)
    write_change(connection, found.hospital_id, change, moment)
