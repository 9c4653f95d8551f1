"""One person with two bookings for one session, made at two terminals that did not know of each other.

Which one stays follows from the bookings alone, so that it does not matter which is heard of first: one whose patient
is here stays; else the one that was made earlier, then the one with the smaller operation id. The others are cancelled
at no cost; should the one that stays be given up, the next is restored while its place is free.  # sync C5
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from booking.decide.effects import Effect, EnterState, FreePlace, Message, OrderRefund, Tell
from booking.roster import BookingState, SlotState
from central.appointments.at_hand import EXEMPTED
from central.appointments.booking_acts import ADDED
from central.appointments.effects import Doing, carry_out
from central.appointments.entered import Subject, Trace, enter_state
from central.appointments.existing import as_subject
from central.appointments.places import sell_place
from central.appointments.scene import Scene
from central.appointments.tables import booking, booking_step
from central.rosters.tables import slot
from central.tables.prepared import Prepared

TWICE = "booked_twice"
_EXPECTED = (BookingState.PENDING, BookingState.BOOKED, BookingState.CONFIRMED)
_HERE = (BookingState.CHECKED_IN, BookingState.CALLED, BookingState.IN_CONSULTATION, BookingState.VISITED)

_TWO = 2
_ANY = Prepared(
    sa.select(booking.c.booking_id).where(
        booking.c.hospital_id == sa.bindparam("hospital_id"),
        booking.c.person_id == sa.bindparam("person_id"),
        booking.c.session_id == sa.bindparam("session_id"),
    )
)
"""Whatever their state: nearly always there is one."""


@dataclass(frozen=True, slots=True)
class Cancelled:
    """Bookings that were cancelled, or restored, because of another one."""

    cancelled: tuple[UUID, ...] = ()
    restored: tuple[UUID, ...] = ()


def settle_doubles(scene: Scene, person_id: UUID, session_id: UUID) -> Cancelled:
    """One booking of the person for the session, where several were made. Raises Overtaken."""
    named = {"hospital_id": scene.hospital_id, "person_id": person_id, "session_id": session_id}
    if len(_ANY.rows(scene.connection, named)) < _TWO:
        return Cancelled()
    rows = _of_person(scene, person_id, session_id)
    if len(rows) < _TWO:
        return Cancelled()
    here = [it for it in rows if it.state in _HERE]
    open_ones = sorted((it for it in rows if it.state not in _HERE), key=lambda it: (it.made_ms, str(it.first)))
    stays = None if here else next((it for it in open_ones if _may_stay(scene, it)), None)
    losers = [it for it in open_ones if it is not stays and it.state in _EXPECTED]
    restored = (stays,) if stays is not None and stays.state == BookingState.CANCELLED else ()
    for it in losers:
        _cancel(scene, as_subject(it))
    for it in restored:
        _restore(scene, as_subject(it))
    return Cancelled(tuple(it.booking_id for it in losers), tuple(it.booking_id for it in restored))


def _of_person(scene: Scene, person_id: UUID, session_id: UUID) -> list[sa.Row[Any]]:
    """The person's bookings that count, or would if there were no other. What was booked from a doctor's order, or by
    staff in spite of a limit, may stand more than once. `first` names the act that made each.
    """
    counts = booking.c.state.in_([it.value for it in (*_EXPECTED, *_HERE)])
    was_double = sa.and_(booking.c.state == BookingState.CANCELLED.value, booking.c.end_reason == TWICE)
    made_by = (
        sa.select(booking_step.c.operation_id)
        .where(
            booking_step.c.hospital_id == booking.c.hospital_id,
            booking_step.c.booking_id == booking.c.booking_id,
            booking_step.c.before.is_(None),
        )
        .limit(1)
        .correlate(booking)
        .scalar_subquery()
    )
    is_meant = sa.exists().where(
        booking_step.c.hospital_id == booking.c.hospital_id,
        booking_step.c.booking_id == booking.c.booking_id,
        booking_step.c.reason.in_((EXEMPTED, ADDED)),
    )
    query = sa.select(booking, sa.func.coalesce(made_by, booking.c.booking_id).label("first")).where(
        booking.c.hospital_id == scene.hospital_id,
        booking.c.person_id == person_id,
        booking.c.session_id == session_id,
        booking.c.order_id.is_(None),
        ~is_meant,
        sa.or_(counts, was_double),
    )
    return list(scene.connection.execute(query))


def _may_stay(scene: Scene, row: sa.Row[Any]) -> bool:
    return row.state in _EXPECTED or _place_is_free(scene, row)


def _place_is_free(scene: Scene, row: sa.Row[Any]) -> bool:
    state = scene.connection.execute(
        sa.select(slot.c.state).where(
            slot.c.hospital_id == scene.hospital_id, slot.c.session_id == row.session_id, slot.c.no == row.slot_no
        )
    ).scalar()
    return state == SlotState.FREE.value


def _cancel(scene: Scene, subject: Subject) -> None:
    effects: list[Effect] = [EnterState(BookingState.CANCELLED), FreePlace()]
    if subject.is_paid:
        effects.append(OrderRefund())
    effects.append(Tell(Message.BOOKED_TWICE))
    carry_out(scene, subject, tuple(effects), Doing(Trace(by="hospital", reason=TWICE)))


def _restore(scene: Scene, subject: Subject) -> None:
    sell_place(scene, subject.session_id, subject.slot_no, subject.booking_id)
    columns = {"ended_ms": None, "ended_by": None, "end_reason": None}
    enter_state(scene, subject, BookingState.BOOKED, Trace(by="hospital", reason="restored", columns=columns))
