"""Another place instead of a booking, chosen at a terminal: all or nothing. The new place is lent and was kept for it.

A fact where the old booking was the terminal's own and nobody else had it; else a request, judged when it arrives. What
is refused leaves the new place lent: the terminal has it back with the answer.  # rule E3; sync C5
"""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from booking.decide import Reason, Refused, decide
from booking.decide.commands import Change
from booking.decide.effects import KeepPlace, Message
from booking.decide.given import ChangeFacts
from booking.roster import BookingState
from booking.roster.channels import Channel
from booking.wire import EventResult
from booking.wire_acts import ChangeAct
from central.acts.answering import Hearing, answer_once, applied, conflict, deferred_or_conflict, duplicate
from central.acts.book import UNKNOWN_SESSION, answer_sold
from central.acts.booked_already import IS_OVER, PLACE_TAKEN
from central.acts.cancel import CHANGED_MEANWHILE, EXPECTED, acting, leave, not_granted
from central.acts.operations import Told
from central.acts.sale import Sale, gather, sell
from central.acts.scenes import TwoTimes, two_times
from central.acts.sessions import is_session
from central.acts.taking import is_lent, lent_key, number_of, take
from central.appointments.effects import Doing
from central.appointments.entered import Subject, Trace
from central.appointments.existing import CHANGED, booking_now, subject_of
from central.appointments.later_acts import give_up, link, sides
from central.appointments.new_booking import Details, enter_booking


def record_change(connection: sa.Connection, act: ChangeAct, hearing: Hearing) -> EventResult:
    """A terminal tells that a patient took another place, or wants to."""
    told = hearing.told(act)
    return answer_once(
        connection, told, hearing.moment, lambda it, one: _judge(it, one, hearing), booking_id=act.booking_id
    )


def _judge(connection: sa.Connection, told: Told[ChangeAct], hearing: Hearing) -> EventResult:
    act = told.act
    times = two_times(connection, told, hearing, act.policy_version)
    known = subject_of(times.now, act.booking_id)
    if known is None:
        return deferred_or_conflict(connection, told, Reason.UNKNOWN_BOOKING, hearing.moment)
    if not is_session(connection, hearing.hospital_id, act.place.session_id):
        return conflict(connection, told, UNKNOWN_SESSION, hearing.moment, booking_id=known.booking_id)
    if subject_of(times.now, act.new_booking_id) is not None:
        return duplicate(told)
    return _asked(times, told, known) if act.is_request else _done(times, told, known)


def _sale(told: Told[ChangeAct], known: Subject, acting_id: UUID | None, order_id: UUID | None) -> Sale:
    act = told.act
    return Sale(
        booking_id=act.new_booking_id,
        operation_id=act.operation_id,
        person_id=known.person_id,
        place=act.place,
        notice_shown=act.notice_shown,
        acting_id=acting_id,
        order_id=order_id,
        assumed=act.assumed,
        earlier_booking_id=known.booking_id,
        is_paid=known.is_paid,
    )


def _done(times: TwoTimes, told: Told[ChangeAct], known: Subject) -> EventResult:
    """It happened: the new place is the patient's, and the old one its terminal's again, if it still was theirs."""
    scene = times.now
    row = booking_now(scene, known.booking_id).row
    was_expected = known.state in EXPECTED
    if was_expected:
        leave(scene, known, BookingState.MOVED, told.act.operation_id, later_booking_id=told.act.new_booking_id)
    sold = sell(times, _sale(told, known, told.act.acting_id, row.order_id), told.true_ms)
    result = answer_sold(times, told, sold)
    if was_expected or result.task_id is not None:
        return result
    return conflict(scene.connection, told, IS_OVER, scene.moment, booking_id=known.booking_id)


def _asked(times: TwoTimes, told: Told[ChangeAct], known: Subject) -> EventResult:
    act, scene = told.act, times.now
    now = booking_now(times.then, act.booking_id, acting(scene, act.acting_id))
    sale = _sale(told, known, act.acting_id, now.row.order_id)
    at = gather(times, sale)
    command = Change(Channel.KIOSK, notice_shown=act.notice_shown, is_warned=act.is_warned)
    facts = ChangeFacts(now.facts, at.facts)
    decision = decide(times.then.policy, facts, command, told.true_ms)
    if isinstance(decision, Refused):
        return not_granted(times, told, known, decision, Message.NOT_CHANGED)
    if now.subject.ver != act.booking_ver:
        return not_granted(times, told, known, CHANGED_MEANWHILE, Message.NOT_CHANGED)
    if not is_lent(scene, lent_key(act.place)):
        return not_granted(times, told, known, PLACE_TAKEN, Message.NOT_CHANGED)
    taken, left = sides(decision)
    details = Details(
        booking_id=act.new_booking_id,
        channel=Channel.KIOSK,
        is_return_visit=now.row.is_return_visit,
        guardian_id=now.row.guardian_id,
        order_id=now.row.order_id,
        earlier_booking_id=act.booking_id,
        is_paid=now.facts.is_paid,
        number=number_of(scene, act.place, act.new_booking_id).digits,
        made_ms=told.true_ms,
    )
    place = take(scene, lent_key(act.place), act.new_booking_id)
    doing = Doing(Trace(reason=CHANGED, operation_id=act.operation_id))
    enter_booking(scene, at, taken, details, doing, (place.no, place.times))
    link(scene, now.subject, act.new_booking_id)
    if not any(isinstance(it, KeepPlace) for it in left):
        give_up(scene, now.subject, left, Trace(reason=CHANGED, operation_id=act.operation_id), act.new_booking_id)
    return applied(told)
