"""What is done with a booking before the visit: cancel, confirm, change.  # rules D4, D13, E1-E5, F5"""

from __future__ import annotations

from uuid import UUID

from booking.decide import Accepted, Refused, decide
from booking.decide.commands import By, Cancel, Change, Confirm
from booking.decide.effects import Effect, EnterState, FreePlace, KeepPlace, RecordAct, Work
from booking.decide.given import ChangeFacts
from booking.decide.states import Step, after
from booking.decide.terms import is_stopped
from booking.roster import BookingState
from booking.wire_booking import CancelBooking, ChangePlace, ConfirmBooking, StaffAct
from central.appointments.effects import Doing, carry_out
from central.appointments.entered import Subject, Trace
from central.appointments.existing import CHANGED, BookingNow, booking_now, subject_of
from central.appointments.held import kept_for
from central.appointments.new_booking import Details, Made, make_booking
from central.appointments.place_facts import Wanted, at_hand
from central.appointments.scene import NoSuchThing, Scene
from central.appointments.tables import booking
from central.orders.refunds import payments_follow
from central.staff.service import Deed, settle_tasks, write_audit

_OLD_SIDE = (FreePlace, RecordAct, KeepPlace)
NOT_GRANTED = "change_not_granted"


def cancel(scene: Scene, booking_id: UUID, ask: CancelBooking) -> Subject | Refused:
    """Give the place up. Raises NoSuchThing, Overtaken."""
    now = booking_now(scene, booking_id, ask.acting_id)
    by = By(ask.by)
    command = Cancel(scene.asker.channel, by=by, reason=ask.reason, is_warned=ask.is_warned)
    decision = decide(scene.policy, now.facts, command, scene.now_ms)
    if isinstance(decision, Refused):
        return decision
    trace = Trace(by=by.value, reason="cancelled", actor=ask.agent or None)
    if by is not By.PATIENT:
        deed = Deed(ask.agent or scene.asker.actor, "cancelled", "booking", booking_id)
        write_audit(scene.connection, scene.hospital_id, deed, scene.moment)
    _end_pending_change(scene, now)
    return carry_out(scene, now.subject, decision.effects, Doing(trace))


def confirm(scene: Scene, booking_id: UUID, ask: ConfirmBooking) -> Subject | Refused:
    """The booking stands. Raises NoSuchThing, Overtaken."""
    now = booking_now(scene, booking_id, ask.acting_id)
    decision = decide(scene.policy, now.facts, Confirm(By(ask.by)), scene.now_ms)
    if isinstance(decision, Refused):
        return decision
    _settle_tasks(scene, booking_id, Work.CONFIRM_BOOKING)
    return carry_out(scene, now.subject, decision.effects, Doing(Trace(by=ask.by, reason="confirmed")))


def change(scene: Scene, booking_id: UUID, ask: ChangePlace) -> Made | Refused:
    """Another place in one step: the new one is taken before the old one is freed. Raises NoSuchThing, Overtaken."""
    now = booking_now(scene, booking_id, ask.acting_id)
    slot_no = ask.slot_no
    if ask.hold_id is not None:
        slot_no = kept_for(scene, ask.hold_id, now.subject.person_id, ask.session_id).slot_no
    wanted = Wanted(
        person_id=now.subject.person_id,
        session_id=ask.session_id,
        channel=scene.asker.channel,
        slot_no=slot_no,
        hold_id=ask.hold_id,
        acting_id=ask.acting_id,
        order_id=now.row.order_id,
    )
    at = at_hand(scene, wanted)
    command = Change(scene.asker.channel, notice_shown=ask.notice_shown, is_warned=ask.is_warned)
    decision = decide(scene.policy, ChangeFacts(now.facts, at.facts), command, scene.now_ms)
    if isinstance(decision, Refused):
        return decision
    taken, left = sides(decision)
    details = Details(
        booking_id=ask.new_booking_id,
        channel=scene.asker.channel,
        is_return_visit=now.row.is_return_visit,
        guardian_id=now.row.guardian_id,
        order_id=now.row.order_id,
        earlier_booking_id=booking_id,
        is_paid=now.facts.is_paid,
    )
    made = make_booking(scene, at, taken, details, Doing(Trace(reason=CHANGED)))
    link(scene, now.subject, ask.new_booking_id)
    if not any(isinstance(it, KeepPlace) for it in left):
        reason = "stopped" if is_stopped(now.facts) else "medical" if now.facts.was_our_fault else CHANGED
        give_up(scene, now.subject, left, Trace(reason=reason), made.subject.booking_id)
    return made


def review_change(scene: Scene, booking_id: UUID, ask: StaffAct) -> Subject | Refused:
    """Staff grant a change that waits for them, or do not: then the earlier place stays.  # rule E4

    Raises NoSuchThing, Overtaken.
    """
    new = booking_now(scene, booking_id)
    earlier = new.row.earlier_booking_id and subject_of(scene, new.row.earlier_booking_id)
    if not earlier or new.subject.state is not BookingState.PENDING or after(earlier.state, Step.MOVE) is None:
        raise NoSuchThing
    trace = Trace(by="hospital", reason=CHANGED if ask.grants else NOT_GRANTED, actor=ask.agent or None)
    deed = Deed(ask.agent or scene.asker.actor, trace.reason or CHANGED, "booking", booking_id)
    write_audit(scene.connection, scene.hospital_id, deed, scene.moment)
    _settle_tasks(scene, booking_id, Work.REVIEW_CHANGE)
    if not ask.grants:
        return carry_out(scene, new.subject, (EnterState(BookingState.CANCELLED), FreePlace()), Doing(trace))
    granted = carry_out(scene, new.subject, (EnterState(BookingState.BOOKED),), Doing(trace))
    left = (EnterState(BookingState.MOVED, is_earlier=True), FreePlace(scene.policy.waiting_list.offer_min))
    give_up(scene, earlier, left, trace, booking_id)
    return granted


def sides(decision: Accepted) -> tuple[Accepted, tuple[Effect, ...]]:
    """What belongs to the new booking, and what to the one that is given up."""
    left = tuple(
        it for it in decision.effects if isinstance(it, _OLD_SIDE) or (isinstance(it, EnterState) and it.is_earlier)
    )
    taken = tuple(it for it in decision.effects if it not in left)
    return Accepted(assumed=decision.assumed, late=decision.late, effects=taken), left


def give_up(scene: Scene, earlier: Subject, left: tuple[Effect, ...], trace: Trace, later_id: UUID) -> None:
    columns = {"later_booking_id": later_id}
    carry_out(scene, earlier, left, Doing(Trace(trace.by, trace.reason, trace.actor, None, columns)))
    payments_follow(scene.connection, scene.hospital_id, earlier.booking_id, later_id)


def link(scene: Scene, earlier: Subject, later_id: UUID) -> None:
    """From the booking that is to be given up to the one that follows it."""
    scene.connection.execute(
        booking.update()
        .where(booking.c.hospital_id == scene.hospital_id, booking.c.booking_id == earlier.booking_id)
        .values(later_booking_id=later_id)
    )


def _end_pending_change(scene: Scene, now: BookingNow) -> None:
    """Whoever gives a booking up gives up the change of it that waits for staff, too."""
    if now.row.later_booking_id is None or now.subject.state is BookingState.MOVED:
        return
    later = subject_of(scene, now.row.later_booking_id)
    if later is not None and later.state is BookingState.PENDING:
        effects = (EnterState(BookingState.CANCELLED), FreePlace())
        carry_out(scene, later, effects, Doing(Trace(reason="cancelled")))
        _settle_tasks(scene, later.booking_id, Work.REVIEW_CHANGE)


def _settle_tasks(scene: Scene, booking_id: UUID, work: Work) -> None:
    settle_tasks(scene.connection, scene.hospital_id, booking_id, work.value, scene.moment)
