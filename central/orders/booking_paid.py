"""What was paid for a booking, and what follows: a held place stands, money for a booking that is over goes back.

# rule D9
"""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import sqlalchemy as sa

from booking.decide import Accepted, decide
from booking.decide.commands import Pay
from booking.decide.effects import Await, OrderRefund
from booking.roster import BookingState
from central.appointments.effects import Doing, carry_out
from central.appointments.entered import Subject, Trace, tell_terminals
from central.appointments.existing import BookingNow, booking_now
from central.appointments.scene import Scene
from central.appointments.tables import booking
from central.orders.paid import PAID, REVERSED
from central.orders.refunds import order_refund, refund_is_enough
from central.orders.tables import owner_answer, payment
from central.staff.service import Task, open_task
from central.writer import Overtaken

TOO_LITTLE, PAID_BACK, REFUND_TOO_LITTLE = "payment_too_little", "payment_reversed", "refund_too_little"


def settle_booking(scene: Scene, booking_id: UUID) -> None:
    """Bring the booking into line with its payments. The person's row is taken first. Raises NoSuchThing, Overtaken."""
    now = booking_now(scene, booking_id)
    paid_cents, is_any_reversed = _sums(scene, booking_id)
    command = Pay(
        owner_has_confirmed=owner_said_yes(scene, booking_id),
        is_under_review=now.row.earlier_booking_id is not None and now.subject.state is BookingState.PENDING,
    )
    decision = decide(scene.policy, now.facts, command, scene.now_ms)
    assert isinstance(decision, Accepted), "the state is known"
    if OrderRefund() in decision.effects:
        _pay_back(scene, now, paid_cents)
    elif paid_cents > 0 and paid_cents >= now.subject.fee_cents:
        subject = now.subject if now.facts.is_paid else _mark(scene, now, is_paid=True)
        carry_out(scene, subject, decision.effects, Doing(stands_trace(decision, "paid")))
    elif now.facts.is_paid and is_any_reversed:
        _mark(scene, now, is_paid=False)
        _ask_staff(scene, booking_id, PAID_BACK)
    elif paid_cents:
        _ask_staff(scene, booking_id, TOO_LITTLE)


def stands_trace(decision: Accepted, reason: str) -> Trace:
    """Why a held booking stands now; what it still waits for keeps its clock."""
    waits = [it.until_ms for it in decision.effects if isinstance(it, Await)]
    return Trace(by="hospital", reason=reason, columns={"await_until_ms": min(waits, default=None)})


def owner_said_yes(scene: Scene, booking_id: UUID) -> bool:
    """Whether the system that owns the session has confirmed the booking.  # rule D4"""
    query = sa.select(owner_answer.c.is_confirmed).where(
        owner_answer.c.hospital_id == scene.hospital_id, owner_answer.c.booking_id == booking_id
    )
    return bool(scene.connection.execute(query).scalar_one_or_none())


def _pay_back(scene: Scene, now: BookingNow, paid_cents: int) -> None:
    """One refund order for the booking, of all that is still paid for it."""
    booking_id = now.subject.booking_id
    at = (scene.connection, scene.hospital_id, booking_id)
    made = None
    if paid_cents:
        why, fee_cents = now.subject.state.value, now.subject.fee_cents
        made = order_refund(*at, scene.moment, why=why, fee_cents=fee_cents)
    if made is None and not refund_is_enough(*at, paid_cents, scene.moment):
        _ask_staff(scene, booking_id, REFUND_TOO_LITTLE)


def _mark(scene: Scene, now: BookingNow, *, is_paid: bool) -> Subject:
    subject = now.subject
    changed = scene.connection.execute(
        booking.update()
        .where(
            booking.c.hospital_id == scene.hospital_id,
            booking.c.booking_id == subject.booking_id,
            booking.c.ver == subject.ver,
        )
        .values(is_paid=is_paid, ver=subject.ver + 1)
    )
    if changed.rowcount != 1:
        raise Overtaken
    after = replace(subject, is_paid=is_paid, ver=subject.ver + 1)
    tell_terminals(scene, after)
    return after


def _sums(scene: Scene, booking_id: UUID) -> tuple[int, bool]:
    """What is paid, and whether anything was reversed."""
    rows = scene.connection.execute(
        sa.select(payment.c.state, sa.func.sum(payment.c.amount_cents))
        .where(payment.c.hospital_id == scene.hospital_id, payment.c.booking_id == booking_id)
        .group_by(payment.c.state)
    )
    sums = {state: int(cents) for state, cents in rows}
    return sums.get(PAID, 0), REVERSED in sums


def _ask_staff(scene: Scene, booking_id: UUID, kind: str) -> None:
    task = Task(kind=kind, reason="", booking_id=booking_id)
    open_task(scene.connection, scene.hospital_id, task, scene.moment)
