"""The states of bookings: each is entered here, with its step in the trail and its row in the feed.  # rules D13, I2"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from booking.decide.commands import By
from booking.roster import BookingState
from booking.wire import RowKind
from central.appointments.scene import Scene
from central.appointments.tables import booking, booking_step
from central.channels.caller import Asker
from central.moment import Moment
from central.sync.service import Change, write_change
from central.tables.many import ManyRows
from central.tables.prepared import Values
from central.writer import Overtaken

_STEPS = ManyRows(
    booking_step,
    (
        "hospital_id",
        "step_id",
        "booking_id",
        "at_ms",
        "before",
        "after",
        "by",
        "actor",
        "channel",
        "reason",
        "operation_id",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The booking that an act is about, as it is now."""

    booking_id: UUID
    person_id: UUID
    session_id: UUID
    slot_no: int
    service_date: date
    state: BookingState
    ver: int
    queue_number: str = ""
    fee_cents: int = 0
    is_paid: bool = False


@dataclass(frozen=True, slots=True)
class Trace:
    """By whom and why a state is entered. `reason` is a code of at most 64 characters, never personal."""

    by: str = By.PATIENT.value
    reason: str | None = None
    actor: str | None = None
    operation_id: UUID | None = None
    columns: dict[str, Any] = field(default_factory=dict)
    """Further columns of the booking that change with the state."""


def enter_state(scene: Scene, subject: Subject, state: BookingState, trace: Trace) -> Subject:
    """The booking is in this state from now on. Raises Overtaken when somebody changed it meanwhile."""
    changed = scene.connection.execute(
        booking.update()
        .where(
            booking.c.hospital_id == scene.hospital_id,
            booking.c.booking_id == subject.booking_id,
            booking.c.ver == subject.ver,
        )
        .values(state=state.value, ver=subject.ver + 1, **trace.columns)
    )
    if changed.rowcount != 1:
        raise Overtaken
    write_step(scene, subject.booking_id, (subject.state, state), trace)
    after = replace(subject, state=state, ver=subject.ver + 1)
    tell_terminals(scene, after)
    return after


def write_step(scene: Scene, booking_id: UUID, states: tuple[BookingState | None, BookingState], trace: Trace) -> None:
    """Add to the booking's trail: from which state to which."""
    add_step(scene.connection, scene.asker, booking_id, states, trace=trace, moment=scene.moment)


def add_step(
    connection: sa.Connection,
    asker: Asker,
    booking_id: UUID,
    states: tuple[BookingState | None, BookingState],
    *,
    trace: Trace,
    moment: Moment,
) -> None:
    """The same without a scene."""
    add_steps(connection, [step_row(asker, booking_id, states, trace=trace, moment=moment)])


def add_steps(connection: sa.Connection, rows: Sequence[Values]) -> None:
    """Add rows made by `step_row`."""
    _STEPS.insert(connection, rows)


def step_row(
    asker: Asker, booking_id: UUID, states: tuple[BookingState | None, BookingState], *, trace: Trace, moment: Moment
) -> Values:
    """One row of a booking's trail."""
    before, after = states
    return {
        "hospital_id": asker.hospital_id,
        "step_id": moment.new_id(),
        "booking_id": booking_id,
        "at_ms": moment.now_ms,
        "before": None if before is None else before.value,
        "after": after.value,
        "by": trace.by,
        "actor": trace.actor or asker.actor,
        "channel": asker.way,
        "reason": trace.reason,
        "operation_id": trace.operation_id,
    }


def tell_terminals(scene: Scene, subject: Subject) -> None:
    """Put the booking's new version into the feed."""
    write_change(scene.connection, scene.hospital_id, change_of(subject), scene.moment)


def change_of(subject: Subject) -> Change:
    """What the feed says of a booking."""
    return Change(RowKind.BOOKING, subject.booking_id, subject.ver, subject.service_date.isoformat())
