"""Carrying out what `booking.decide` accepted, effect by effect, in its order.

What belongs to the making of a new booking (place, number, state, time limit) is `new_booking`'s; all else is here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import assert_never
from uuid import UUID

from booking.credit import Cause
from booking.decide.effects import (
    AskPhone,
    Await,
    CloseKiosk,
    Effect,
    EnterRequest,
    EnterState,
    ForStaff,
    FreePlace,
    GiveNumber,
    JoinList,
    JoinQueue,
    KeepPlace,
    Lead,
    LeaveQueue,
    OrderRefund,
    RecordAct,
    TakePlace,
    Tell,
    VoidAct,
    Work,
)
from booking.roster import BookingState
from central.appointments.entered import Subject, Trace, enter_state
from central.appointments.freed import free_place
from central.appointments.scene import Scene
from central.credit.tell import ActDone, ActsVoided, PatientArrived, tell_group
from central.notify.outbox import Outgoing, drop_reminders, put_out
from central.orders.refunds import order_refund
from central.queues.entering import Joining, join_queue, leave_queue
from central.staff.service import Deed, Task, open_task, write_audit

_ENDS = frozenset({BookingState.CANCELLED, BookingState.MOVED, BookingState.LAPSED, BookingState.STOPPED})


@dataclass(frozen=True, slots=True)
class Doing:
    """How effects are carried out: why, and under what name staff's acts stand in the trail."""

    trace: Trace = field(default_factory=Trace)
    action: str = "changed"
    target_session_id: UUID | None = None
    """Where a re-triaged patient waits."""
    arrived_ms: int | None = None
    """When a patient who joins a queue came; None: now."""


def carry_out(scene: Scene, subject: Subject, effects: tuple[Effect, ...], doing: Doing) -> Subject:
    """Store the effects on one booking; the booking afterwards. Raises Overtaken."""
    put_out(scene.connection, scene.hospital_id, messages_of(subject, effects), scene.moment)
    for effect in effects:
        match effect:
            case EnterState(state=state):
                subject = enter_state(scene, subject, state, _ended(scene, state, doing.trace))
                if state in _ENDS:
                    drop_reminders(scene.connection, scene.hospital_id, subject.booking_id)
            case FreePlace(offer_min=offer_min):
                free_place(scene, subject, offer_min)
            case RecordAct() | VoidAct():
                _tell_group(scene, subject, effect)
            case OrderRefund():
                order_refund(
                    scene.connection,
                    scene.hospital_id,
                    subject.booking_id,
                    scene.moment,
                    why=subject.state.value,
                    fee_cents=subject.fee_cents,
                )
            case JoinQueue() | LeaveQueue():
                _queue(scene, subject, effect, doing)
            case ForStaff():
                for_staff(scene, subject, effect, doing)
            case Tell() | KeepPlace() | AskPhone():
                pass  # messages are out already; what stays as it is needs nothing; the answer asks for the phone
            case TakePlace() | GiveNumber() | Await() | JoinList() | Lead() | CloseKiosk() | EnterRequest():
                pass  # of a new booking, a list, a screening, a request
            case _:
                assert_never(effect)
    return subject


def messages_of(subject: Subject, effects: tuple[Effect, ...]) -> list[Outgoing]:
    """What the patient is told.  # rules D4, D5"""
    return [
        Outgoing(subject.person_id, effect.message, subject.booking_id, effect.at_ms)
        for effect in effects
        if isinstance(effect, Tell)
    ]


def for_staff(scene: Scene, subject: Subject, effect: ForStaff, doing: Doing) -> None:
    """An entry on a work list, or in the audit trail."""
    if effect.work is Work.AUDIT_TRAIL:
        deed = Deed(doing.trace.actor or scene.asker.actor, doing.action, "booking", subject.booking_id)
        write_audit(scene.connection, scene.hospital_id, deed, scene.moment)
        return
    facts = {} if effect.at_ms is None else {"at_ms": str(effect.at_ms)}
    terminal_id = scene.asker.caller_id if scene.asker.is_terminal else None
    task = Task(kind=effect.work.value, reason="", terminal_id=terminal_id, booking_id=subject.booking_id, facts=facts)
    open_task(scene.connection, scene.hospital_id, task, scene.moment)


def _ended(scene: Scene, state: BookingState, trace: Trace) -> Trace:
    """The end of a booking stands in its row as well."""
    if state not in _ENDS and state is not BookingState.NO_SHOW:
        columns = {"await_until_ms": None, **trace.columns}
    else:
        columns = {
            "ended_ms": scene.now_ms,
            "ended_by": trace.by,
            "end_reason": trace.reason,
            "await_until_ms": None,
            **trace.columns,
        }
    return Trace(trace.by, trace.reason, trace.actor, trace.operation_id, columns)


def _tell_group(scene: Scene, subject: Subject, effect: RecordAct | VoidAct) -> None:
    news: list[ActDone | ActsVoided | PatientArrived]
    person, today, booking_id = subject.person_id, scene.today, subject.booking_id
    if isinstance(effect, RecordAct):
        news = [
            ActDone(
                person_id=person,
                day=today,
                act=effect.act,
                booking_id=booking_id,
                cause=Cause.PATIENT,
                is_provisional=effect.is_provisional,
            )
        ]
    else:
        news = [
            ActsVoided(person_id=person, day=today, booking_id=booking_id),
            PatientArrived(person_id=person, day=today, booking_id=booking_id),
        ]
    for one in news:
        tell_group(scene.connection, scene.hospital_id, one, scene.moment)


def _queue(scene: Scene, subject: Subject, effect: JoinQueue | LeaveQueue, doing: Doing) -> None:
    if isinstance(effect, LeaveQueue):
        leave_queue(scene.connection, scene.hospital_id, subject.booking_id, scene.moment)
        return
    joining = Joining(
        session_id=doing.target_session_id or subject.session_id,
        booking_id=subject.booking_id,
        person_id=subject.person_id,
        band=effect.band,
        number=subject.queue_number,
        arrived_ms=scene.now_ms if doing.arrived_ms is None else doing.arrived_ms,
    )
    join_queue(scene.connection, scene.hospital_id, joining, scene.moment)
