"""What becomes of a check-in. The rules are `booking.decide`'s; here it is decided what an answer of theirs means for
an act that is asked, and for one that has happened and is never refused.  # rules G1, G2; sync C5
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from uuid import UUID

import sqlalchemy as sa

from booking.credit import Act
from booking.decide import Accepted, CheckIn, Decision, Reason, Refused, decide
from booking.decide.commands import DeliverCheckIn
from booking.decide.effects import JoinQueue, RecordAct
from booking.policy import Policy
from booking.roster import BookingState
from booking.wire import CheckInAct, EventResult, Verdict
from central.acts.answering import Hearing, answer, answer_once, deferred_or_conflict
from central.acts.booked_already import is_stand_in
from central.acts.cancel import place_beyond, was_given_up
from central.acts.doubles import settle_doubles
from central.acts.from_ticket import ask_whose, make_from_ticket
from central.acts.operations import Mode, Told
from central.acts.scenes import two_times
from central.appointments.existing import subject_of
from central.checkins.arrival import Arrival, move_arrival_back, take_place_again, write_arrival
from central.checkins.found import FoundBooking, find_booking
from central.checkins.late_news import tell_department
from central.checkins.proof import UNKNOWN_BOOKING_OF_TICKET, Judged, judge_ticket
from central.credit.tell import ActDone, ActsVoided, News, PatientArrived, tell_group
from central.keys import Keys
from central.moment import Moment
from central.policies.service import policy_in_force, policy_of_version
from central.staff.service import Task, open_task
from central.staff.tables import staff_task
from central.terminals.caller import Caller
from central.words.refusals import SENTENCES

_CONFLICT = "check_in_conflict"
_FLAG = "check_in_flag"
_LOST_ITS_PLACE = (BookingState.CANCELLED, BookingState.LAPSED)


def ask_check_in(connection: sa.Connection, act: CheckInAct, caller: Caller, moment: Moment) -> EventResult:
    """A patient stands at a terminal that is on line: may they check in? Raises KeyReused."""
    told = Told(act=act, mode=Mode.ASKED, caller=caller, received_ms=moment.now_ms)
    return answer(connection, told, lambda it, one: _decide_asked(it, one, moment), booking_id=act.booking_id)


def record_check_in(
    connection: sa.Connection, act: CheckInAct, caller: Caller, moment: Moment, *, keys: Keys
) -> EventResult:
    """A terminal tells what happened: never refused."""
    hearing = Hearing(keys, caller, moment)
    return answer_once(
        connection,
        hearing.told(act),
        moment,
        lambda it, told: _decide_happened(it, told, hearing),
        booking_id=act.booking_id,
    )


def _decide_asked(connection: sa.Connection, told: Told[CheckInAct], moment: Moment) -> EventResult:
    found = find_booking(connection, told.caller.hospital_id, told.act.booking_id)
    judged = judge_ticket(connection, told)
    if found is None:
        # A ticket that holds proves it: the terminal decides by itself, and then it has happened.
        deferred = EventResult(operation_id=told.act.operation_id, verdict=Verdict.DEFERRED)
        return deferred if judged.holds else _refused(told, Refused(Reason.UNKNOWN_BOOKING))
    policy = policy_in_force(connection, found.hospital_id, moment.now_ms)
    decision = decide(policy, found.facts(moment.now_ms), CheckIn(), moment.now_ms)
    match decision:
        case Accepted(late=late):
            write_arrival(connection, found, Arrival(moment.now_ms, late), told, moment)
            if any(isinstance(it, RecordAct) for it in decision.effects):
                _tell_group(connection, found, (_late,), moment)
            return _noted(connection, told, judged.flag, moment)
        case Refused(reason=Reason.ALREADY_CHECKED_IN):
            return _duplicate(told)
        case Refused():
            return _refused(told, decision)


def _decide_happened(connection: sa.Connection, told: Told[CheckInAct], hearing: Hearing) -> EventResult:
    moment = hearing.moment
    found = find_booking(connection, told.caller.hospital_id, told.act.booking_id)
    judged = judge_ticket(connection, told)
    if found is not None:
        return _decide_known(connection, told, found, judged, hearing)
    if not judged.holds:
        return deferred_or_conflict(connection, told, Reason.UNKNOWN_BOOKING, moment, booking_id=told.act.booking_id)
    place = judged.ticket.place if judged.ticket is not None else None
    taken = make_from_ticket(connection, told, place, hearing)
    made = find_booking(connection, told.caller.hospital_id, told.act.booking_id)
    if taken is None or made is None:
        return _proved_by_ticket(connection, told, judged, moment)
    result = _decide_known(connection, told, made, judged, hearing)
    return ask_whose(connection, told, taken, result, facts=judged.facts(), moment=moment)


def _decide_known(
    connection: sa.Connection, told: Told[CheckInAct], found: FoundBooking, judged: Judged, hearing: Hearing
) -> EventResult:
    moment = hearing.moment
    policy = policy_of_version(connection, found.hospital_id, told.act.policy_version, moment.now_ms)
    if found.state is BookingState.NO_SHOW:
        missed = decide(policy, found.as_missed(), DeliverCheckIn(told.true_ms), moment.now_ms)
        if isinstance(missed, Accepted):  # rule G9: it voids by itself what was recorded meanwhile
            waits = any(isinstance(it, JoinQueue) for it in missed.effects)
            arrival = Arrival(told.true_ms, is_late=missed.late, waits=waits)
            _tell_group(connection, found, (_void, _arrived), moment)
            return _applied(connection, found, arrival, told, moment, flag=judged.flag)
    decision = decide(policy, found.facts(told.true_ms), CheckIn(), told.true_ms)
    match decision:
        case Accepted(late=late):
            if any(isinstance(it, RecordAct) for it in decision.effects):
                _tell_group(connection, found, (_late,), moment)
            flag = judged.flag if told.act.queue_number == found.queue_number else "other_number_printed"
            return _applied(connection, found, Arrival(told.true_ms, late), told, moment, flag=flag)
        case Refused(reason=Reason.ALREADY_CHECKED_IN):
            _seen_by_another(connection, found, policy, told, moment)
            return _duplicate(told)
        case Refused(reason=(Reason.TOO_EARLY | Reason.TOO_LATE) as reason):
            # The terminal let the patient in by its own clock, and they hold a ticket.
            arrival = Arrival(told.true_ms, is_late=reason is Reason.TOO_LATE)
            return _applied(connection, found, arrival, told, moment, flag=reason)
        case Refused(reason=reason) if found.state in _LOST_ITS_PLACE:
            again = decide(policy, found.facts(told.true_ms, state=BookingState.BOOKED), CheckIn(), told.true_ms)
            is_its_day = isinstance(again, Accepted) or again.reason is not Reason.OTHER_DAY
            if is_its_day and _came_all_the_same(connection, told, hearing):
                return _with_another_number(connection, told, reason, moment, is_late=_is_late(again))
            if not (is_its_day and take_place_again(connection, found)):
                return _conflict(connection, told, reason, moment)
            arrival = Arrival(told.true_ms, is_late=_is_late(again))
            _tell_group(connection, found, (_void, _arrived), moment)
            result = _applied(connection, found, arrival, told, moment, flag=reason)
            scene = two_times(connection, told, hearing, told.act.policy_version).now
            settle_doubles(scene, found.person_id, found.session_id)
            return result
        case Refused(reason=reason):
            return _conflict(connection, told, reason, moment)


def _came_all_the_same(connection: sa.Connection, told: Told[CheckInAct], hearing: Hearing) -> bool:
    """Whether it was given up at the terminal that alone had it, which has the place again: then there is a number
    beyond capacity for it now.
    """
    scene = two_times(connection, told, hearing, told.act.policy_version).now
    known = subject_of(scene, told.act.booking_id)
    if known is None or not was_given_up(scene, known.booking_id):
        return False
    place_beyond(scene, known)
    return True


def _with_another_number(
    connection: sa.Connection, told: Told[CheckInAct], reason: Reason, moment: Moment, *, is_late: bool
) -> EventResult:
    found = find_booking(connection, told.caller.hospital_id, told.act.booking_id)
    assert found is not None, "it has just been given a number"
    arrival = Arrival(told.true_ms, is_late=is_late)
    write_arrival(connection, found, arrival, told, moment)
    tell_department(connection, found, told, moment)
    return _conflict(connection, told, reason, moment)


def _seen_by_another(
    connection: sa.Connection, found: FoundBooking, policy: Policy, told: Told[CheckInAct], moment: Moment
) -> None:
    """Two terminals saw one arrival. Who was in time by the earlier one was not late."""
    then = decide(policy, found.facts(told.true_ms, state=BookingState.BOOKED), CheckIn(), told.true_ms)
    if move_arrival_back(connection, found, Arrival(told.true_ms, is_late=_is_late(then)), moment):
        _tell_group(connection, found, (_void,), moment)


def _is_late(then: Decision) -> bool:
    """Whether who came then was late; who came too early was not."""
    return then.late if isinstance(then, Accepted) else then.reason is Reason.TOO_LATE


def _tell_group(
    connection: sa.Connection, found: FoundBooking, news: tuple[Callable[[FoundBooking], News], ...], moment: Moment
) -> None:
    if is_stand_in(found.booking_id, found.person_id):
        return  # nobody knows yet whose record it would be
    for one in news:
        tell_group(connection, found.hospital_id, one(found), moment)


def _late(found: FoundBooking) -> News:
    return ActDone(person_id=found.person_id, day=found.day, act=Act.LATE, booking_id=found.booking_id)


def _void(found: FoundBooking) -> News:
    return ActsVoided(person_id=found.person_id, day=found.day, booking_id=found.booking_id)


def _arrived(found: FoundBooking) -> News:
    return PatientArrived(person_id=found.person_id, day=found.day, booking_id=found.booking_id)


def _applied(
    connection: sa.Connection,
    found: FoundBooking,
    arrival: Arrival,
    told: Told[CheckInAct],
    moment: Moment,
    *,
    flag: str,
) -> EventResult:
    """Written; a flag says what staff should look at, and stops nothing."""
    write_arrival(connection, found, arrival, told, moment)
    if arrival.waits:
        tell_department(connection, found, told, moment)
    return _noted(connection, told, flag, moment)


def _noted(connection: sa.Connection, told: Told[CheckInAct], flag: str, moment: Moment) -> EventResult:
    task_id = _task(connection, told, _FLAG, flag, moment) if flag else None
    return EventResult(operation_id=told.act.operation_id, verdict=Verdict.APPLIED, reason=flag, task_id=task_id)


def _proved_by_ticket(connection: sa.Connection, told: Told[CheckInAct], judged: Judged, moment: Moment) -> EventResult:
    """The patient is here with a place that nobody here knows of: staff complete it, with what the ticket says. One
    task a booking, however many terminals saw the ticket.  # sync C5
    """
    reason = UNKNOWN_BOOKING_OF_TICKET
    earlier = connection.execute(
        sa.select(staff_task.c.task_id)
        .where(
            staff_task.c.hospital_id == told.caller.hospital_id,
            staff_task.c.booking_id == told.act.booking_id,
            staff_task.c.reason == reason,
            staff_task.c.settled_ms.is_(None),
        )
        .limit(1)
    ).scalar()
    task_id = earlier or _task(connection, told, _CONFLICT, reason, moment, more=judged.facts())
    return EventResult(operation_id=told.act.operation_id, verdict=Verdict.CONFLICT, reason=reason, task_id=task_id)


def _conflict(connection: sa.Connection, told: Told[CheckInAct], reason: str, moment: Moment) -> EventResult:
    task_id = _task(connection, told, _CONFLICT, reason, moment)
    return EventResult(operation_id=told.act.operation_id, verdict=Verdict.CONFLICT, reason=reason, task_id=task_id)


def _duplicate(told: Told[CheckInAct]) -> EventResult:
    return EventResult(
        operation_id=told.act.operation_id,
        verdict=Verdict.DUPLICATE,
        reason=Reason.ALREADY_CHECKED_IN,
        sentence=SENTENCES[Reason.ALREADY_CHECKED_IN],
    )


def _refused(told: Told[CheckInAct], refused: Refused) -> EventResult:
    return EventResult(
        operation_id=told.act.operation_id,
        verdict=Verdict.REFUSED,
        reason=refused.reason,
        sentence=SENTENCES[refused.reason],
        opens_ms=refused.facts.opens_ms,
        closed_ms=refused.facts.closed_ms,
        service_date=refused.facts.service_date or "",
    )


def _task(
    connection: sa.Connection,
    told: Told[CheckInAct],
    kind: str,
    reason: str,
    moment: Moment,
    *,
    more: Mapping[str, str] = MappingProxyType({}),
) -> UUID:
    task = Task(
        kind=kind,
        reason=reason,
        terminal_id=told.caller.terminal_id,
        operation_id=told.act.operation_id,
        booking_id=told.act.booking_id,
        facts={"true_ms": str(told.true_ms), "queue_number": told.act.queue_number, **more},
    )
    return open_task(connection, told.caller.hospital_id, task, moment)
