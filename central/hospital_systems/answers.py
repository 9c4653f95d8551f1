"""The word of the system that owns a session: it takes a pending booking, or it does not.  # rule D4

A no is told to the patient at once and frees the place; it costs nothing and refunds what was paid.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from booking.decide import Accepted, Refused, decide
from booking.decide.commands import By, Cancel, Confirm
from booking.reasons import Reason
from booking.roster import BookingState
from central.appointments.effects import Doing, carry_out
from central.appointments.entered import Trace
from central.appointments.existing import BookingNow, booking_now
from central.appointments.scene import Scene
from central.hospital_systems.bookings import booking_meant
from central.hospital_systems.told import NotTaken, ToldAnswer, Verdict, Why
from central.orders.booking_paid import stands_trace
from central.orders.tables import owner_answer
from central.staff.service import Deed, write_audit
from central.writer import Overtaken

NOT_TAKEN = "owner_refused"
_GONE = (BookingState.CANCELLED, BookingState.LAPSED, BookingState.MOVED, BookingState.STOPPED)


def take_answer(scene: Scene, row: ToldAnswer) -> Verdict:
    """Follow the owner's word as it was at `as_of_ms`, unless a newer one is known. Raises NotTaken, Overtaken."""
    booking_id = booking_meant(scene, row.booking_number, row.booking_id)
    now = booking_now(scene, booking_id)
    before = scene.connection.execute(
        sa.select(owner_answer).where(
            owner_answer.c.hospital_id == scene.hospital_id, owner_answer.c.booking_id == booking_id
        )
    ).one_or_none()
    if before is not None and before.as_of_ms > row.as_of_ms:
        return Verdict.OLDER
    if before is not None and before.as_of_ms == row.as_of_ms:
        if before.is_confirmed != row.is_confirmed:
            raise NotTaken(Why.AS_OF_USED)
        return Verdict.UNCHANGED
    if not now.facts.place.owner_confirms:
        raise NotTaken(Why.NOT_ASKED)
    if before is None or before.is_confirmed != row.is_confirmed:
        _follow(scene, now, row)
    _store(scene, booking_id, row, before)
    action = "confirmed by the owning system" if row.is_confirmed else "not taken by the owning system"
    write_audit(
        scene.connection, scene.hospital_id, Deed(scene.asker.actor, action, "booking", booking_id), scene.moment
    )
    return Verdict.STORED


def _follow(scene: Scene, now: BookingNow, row: ToldAnswer) -> None:
    if row.is_confirmed:
        decision = decide(scene.policy, now.facts, Confirm(By.OWNER_SYSTEM), scene.now_ms)
    elif now.subject.state in _GONE:
        return  # the place is free already
    else:
        command = Cancel(scene.asker.channel, by=By.OWNER_SYSTEM, reason=NOT_TAKEN)
        decision = decide(scene.policy, now.facts, command, scene.now_ms)
    if isinstance(decision, Refused):
        raise NotTaken(Why.NOT_ASKED if decision.reason is Reason.CONFIRMATION_NOT_ASKED else Why.STATE_FORBIDS)
    carry_out(scene, now.subject, decision.effects, Doing(_trace(decision, row)))


def _trace(decision: Accepted, row: ToldAnswer) -> Trace:
    if row.is_confirmed:
        return stands_trace(decision, "owner_confirmed")
    return Trace(by="hospital", reason=NOT_TAKEN)


def _store(scene: Scene, booking_id: UUID, row: ToldAnswer, before: sa.Row[Any] | None) -> None:
    values = {
        "is_confirmed": row.is_confirmed,
        "reference": row.reference or None,
        "as_of_ms": row.as_of_ms,
        "taken_ms": scene.now_ms,
    }
    if before is None:
        of = {"hospital_id": scene.hospital_id, "booking_id": booking_id}
        scene.connection.execute(owner_answer.insert().values(**of, **values))
        return
    changed = scene.connection.execute(
        owner_answer.update()
        .where(
            owner_answer.c.hospital_id == scene.hospital_id,
            owner_answer.c.booking_id == booking_id,
            owner_answer.c.as_of_ms == before.as_of_ms,
        )
        .values(**values)
    )
    if changed.rowcount != 1:
        raise Overtaken
