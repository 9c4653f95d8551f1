"""A place that a terminal sold from a lease while nobody else was asked: it is never refused.

What the rules would have said is found out with all facts, and staff are shown it; whether the booking then stands is
the hospital's setting. What has gone meanwhile is made up for by a number beyond capacity.  # rules D4, F4, G4; sync C5
"""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from booking.decide import Reason
from booking.decide.effects import EnterState, FreePlace, Message, Tell
from booking.policy import ProvedWrong
from booking.roster import BookingState
from booking.wire import EventResult
from booking.wire_acts import BookAct
from central.acts.answering import Hearing, answer_once, conflict, deferred_or_conflict, flagged, tell_patient
from central.acts.booked_already import PLACE_TAKEN, told_again
from central.acts.doubles import TWICE, settle_doubles
from central.acts.operations import Act, Told
from central.acts.sale import Sale, Sold, sell
from central.acts.scenes import TwoTimes, two_times
from central.acts.sessions import is_session
from central.appointments.effects import Doing, carry_out
from central.appointments.entered import Trace
from central.appointments.existing import subject_of
from central.checkins.found import find_booking
from central.checkins.late_news import tell_department
from central.people.followed import known_person

UNKNOWN_PERSON, UNKNOWN_SESSION = "unknown_person", "unknown_session"
_OF_OTHER_BOOKINGS = frozenset(
    {Reason.SAME_DEPARTMENT_AND_DAY, Reason.TOO_MANY_THAT_DAY, Reason.TOO_MANY_THAT_WEEK, Reason.SAME_TIME}
)
"""What stands in the way of whichever is heard of last: never a ground to cancel, or the order would matter."""


def record_book(connection: sa.Connection, act: BookAct, hearing: Hearing) -> EventResult:
    """A terminal tells that it sold a place: never refused."""
    told = hearing.told(act)
    return answer_once(
        connection, told, hearing.moment, lambda it, one: _judge(it, one, hearing), booking_id=act.booking_id
    )


def _judge(connection: sa.Connection, told: Told[BookAct], hearing: Hearing) -> EventResult:
    act, moment = told.act, hearing.moment
    person_id = known_person(connection, hearing.hospital_id, act.person_id)
    if person_id is None:
        return deferred_or_conflict(connection, told, UNKNOWN_PERSON, moment)
    if not is_session(connection, hearing.hospital_id, act.place.session_id):
        return conflict(connection, told, UNKNOWN_SESSION, moment)
    times = two_times(connection, told, hearing, act.policy_version)
    sale = _sale_of(act, person_id)
    known = subject_of(times.now, act.booking_id)
    if known is not None:
        return told_again(times, told, sale, known)
    return answer_sold(times, told, sell(times, sale, told.true_ms))


def answer_sold(times: TwoTimes, told: Told[Act], sold: Sold) -> EventResult:
    """What the terminal, staff and the patient hear of a sale that was stored. Raises Overtaken."""
    scene, booking_id = times.now, sold.subject.booking_id
    connection, moment = scene.connection, scene.moment
    _tell_department(times, told, sold)
    twice = settle_doubles(scene, sold.subject.person_id, sold.subject.session_id)
    if sold.taken.is_overflow:
        facts = {"slot_no": str(sold.taken.no), "objection": sold.objection or ""}
        _tell(times, sold, Message.OTHER_PLACE)
        return conflict(connection, told, PLACE_TAKEN, moment, booking_id=booking_id, facts=facts)
    if twice.cancelled or twice.restored:
        facts = {"cancelled": " ".join(str(it) for it in twice.cancelled)}
        return conflict(connection, told, TWICE, moment, booking_id=booking_id, facts=facts)
    if sold.objection is None:
        return flagged(connection, told, sold.flag, moment, booking_id=booking_id)
    return _proved_wrong(times, told, sold, sold.objection)


def _proved_wrong(times: TwoTimes, told: Told[Act], sold: Sold, objection: Reason) -> EventResult:
    """It stands, or does not, as the hospital has it; it never costs anything.  # rule F4"""
    scene, booking_id = times.now, sold.subject.booking_id
    outcome = scene.policy.unknown.proved_wrong
    is_here = sold.subject.state is BookingState.CHECKED_IN
    if outcome is ProvedWrong.CANCELLED_WITH_NOTICE and not is_here and objection not in _OF_OTHER_BOOKINGS:
        effects = (EnterState(BookingState.CANCELLED), FreePlace(), Tell(Message.DOES_NOT_STAND))
        carry_out(scene, sold.subject, effects, Doing(Trace(by="hospital", reason="proved_wrong")))
        return conflict(scene.connection, told, objection, scene.moment, booking_id=booking_id)
    if outcome is not ProvedWrong.STANDS:
        _tell(times, sold, Message.STANDS_NOTED)
    return flagged(scene.connection, told, objection, scene.moment, booking_id=booking_id)


def _tell(times: TwoTimes, sold: Sold, kind: Message) -> None:
    scene, subject = times.now, sold.subject
    facts = {"slot_no": str(sold.taken.no)}
    tell_patient(
        scene.connection,
        scene.hospital_id,
        subject.person_id,
        kind,
        scene.moment,
        booking_id=subject.booking_id,
        facts=facts,
    )


def _tell_department(times: TwoTimes, told: Told[Act], sold: Sold) -> None:
    """Who walked in waits already, and nobody had seen them."""
    if sold.subject.state is not BookingState.CHECKED_IN:
        return
    scene = times.now
    found = find_booking(scene.connection, scene.hospital_id, sold.subject.booking_id)
    assert found is not None, "it was stored this instant"
    tell_department(scene.connection, found, told, scene.moment)


def _sale_of(act: BookAct, person_id: UUID) -> Sale:
    return Sale(
        booking_id=act.booking_id,
        operation_id=act.operation_id,
        person_id=person_id,
        place=act.place,
        is_walk_in=act.is_walk_in,
        queue_number=act.queue_number,
        document=act.document,
        notice_shown=act.notice_shown,
        is_return_visit=act.is_return_visit,
        acting_id=act.acting_id,
        order_id=act.order_id,
        assumed=act.assumed,
    )
