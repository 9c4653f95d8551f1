"""A booking that was given up at a terminal: its own, which nobody else had, as a fact; any other as a request.

# rules E1, F5; sync C5
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from booking.decide import Reason, Refused, decide
from booking.decide.commands import Cancel
from booking.decide.effects import Effect, EnterState, Message, OrderRefund, Tell
from booking.roster import BookingState
from booking.roster.channels import Channel
from booking.wire import EventResult
from booking.wire_acts import CancelAct
from central.acts.answering import (
    Hearing,
    answer_once,
    applied,
    conflict,
    deferred_or_conflict,
    duplicate,
    refused,
    tell_patient,
)
from central.acts.doubles import TWICE, settle_doubles
from central.acts.operations import Act, Told
from central.acts.scenes import TwoTimes, two_times
from central.acts.taking import give_back, move_to_overflow
from central.appointments.effects import Doing, carry_out
from central.appointments.entered import Subject, Trace
from central.appointments.existing import CHANGED, booking_now, subject_of
from central.appointments.places import sell_place
from central.appointments.scene import Scene
from central.appointments.tables import ACTIVE_STATES, booking
from central.people.followed import known_person
from central.rosters.tables import slot
from central.words.refusals import sentence_for

CHANGED_MEANWHILE = "changed_meanwhile"
GIVEN_UP = "given_up"
"""The end reason of a booking that was given up at the terminal that alone had it, which has its place again."""
EXPECTED = frozenset({BookingState.PENDING, BookingState.BOOKED, BookingState.CONFIRMED})
"""States of a booking whose patient has not come yet."""


def record_cancel(connection: sa.Connection, act: CancelAct, hearing: Hearing) -> EventResult:
    """A terminal tells that a patient gave a booking up, or wants to."""
    told = hearing.told(act)
    return answer_once(
        connection, told, hearing.moment, lambda it, one: _judge(it, one, hearing), booking_id=act.booking_id
    )


def _judge(connection: sa.Connection, told: Told[CancelAct], hearing: Hearing) -> EventResult:
    times = two_times(connection, told, hearing, told.act.policy_version)
    known = subject_of(times.now, told.act.booking_id)
    if known is None:
        return deferred_or_conflict(connection, told, Reason.UNKNOWN_BOOKING, hearing.moment)
    return _asked(times, told, known) if told.act.is_request else _done(times, told, known)


def _done(times: TwoTimes, told: Told[CancelAct], known: Subject) -> EventResult:
    """The terminal had sold it, and has its place again."""
    if known.state in EXPECTED:
        leave(times.now, known, BookingState.CANCELLED, told.act.operation_id)
    elif known.state in ACTIVE_STATES:
        came_all_the_same(times.now, known)
        return conflict(
            times.now.connection,
            told,
            Reason.ALREADY_CHECKED_IN,
            times.now.moment,
            booking_id=known.booking_id,
        )
    elif known.state is BookingState.CANCELLED:
        _was_double(times.now, known)
    else:
        return duplicate(told)
    settle_doubles(times.now, known.person_id, known.session_id)
    return applied(told)


def leave(
    scene: Scene,
    known: Subject,
    state: BookingState,
    operation_id: UUID,
    **columns: Any,  # noqa: ANN401 - columns
) -> None:
    """A booking ends by what happened at its terminal, which has the place again. Raises Overtaken."""
    reason = GIVEN_UP if state is BookingState.CANCELLED else CHANGED
    effects: list[Effect] = [EnterState(state)]
    if known.is_paid and state is BookingState.CANCELLED:
        effects.append(OrderRefund())
    if state is BookingState.CANCELLED:
        effects.append(Tell(Message.CANCELLED))
    trace = Trace(reason=reason, operation_id=operation_id, columns=columns)
    carry_out(scene, known, tuple(effects), Doing(trace))
    give_back(scene, known)


def came_all_the_same(scene: Scene, known: Subject) -> None:
    """The patient was seen elsewhere with the ticket. Their place is the terminal's again, so they have another number:
    whatever is heard of first.
    """
    give_back(scene, known)
    place_beyond(scene, known)


def was_given_up(scene: Scene, booking_id: UUID) -> bool:
    """Whether the booking's terminal has its place again."""
    here = (booking.c.hospital_id == scene.hospital_id, booking.c.booking_id == booking_id)
    return scene.connection.execute(sa.select(booking.c.end_reason).where(*here)).scalar() == GIVEN_UP


def place_beyond(scene: Scene, known: Subject) -> None:
    """A number beyond capacity, of which the patient is told. Raises Overtaken."""
    moved = move_to_overflow(scene, known, "given up at its terminal, and came")
    facts = {"slot_no": str(moved.slot_no)}
    tell_patient(
        scene.connection,
        scene.hospital_id,
        known.person_id,
        Message.OTHER_PLACE,
        scene.moment,
        booking_id=known.booking_id,
        facts=facts,
    )


def _was_double(scene: Scene, known: Subject) -> None:
    """It had been cancelled for another one. Now the patient gave it up: it is not restored, and its terminal has the
    place again if nobody else got it.
    """
    here = (booking.c.hospital_id == scene.hospital_id, booking.c.booking_id == known.booking_id)
    ended = scene.connection.execute(
        booking.update().where(*here, booking.c.end_reason == TWICE).values(end_reason=GIVEN_UP, ended_by="patient")
    )
    at = (slot.c.hospital_id == scene.hospital_id, slot.c.session_id == known.session_id, slot.c.no == known.slot_no)
    state = scene.connection.execute(sa.select(slot.c.state).where(*at)).scalar()
    if ended.rowcount and state == "free":
        sell_place(scene, known.session_id, known.slot_no, known.booking_id)
        give_back(scene, known)


def _asked(times: TwoTimes, told: Told[CancelAct], known: Subject) -> EventResult:
    """Judged by the rules of when it was asked, if nobody has changed the booking since."""
    act, scene = told.act, times.now
    if known.state is BookingState.CANCELLED:
        return duplicate(told, Reason.BOOKING_CANCELLED)
    now = booking_now(times.then, act.booking_id, acting(scene, act.acting_id))
    command = Cancel(Channel.KIOSK, is_warned=act.is_warned)
    decision = decide(times.then.policy, now.facts, command, told.true_ms)
    if isinstance(decision, Refused):
        return not_granted(times, told, now.subject, decision, Message.NOT_CANCELLED)
    if now.subject.ver != act.booking_ver:
        return not_granted(times, told, now.subject, CHANGED_MEANWHILE, Message.NOT_CANCELLED)
    trace = Trace(reason="cancelled", operation_id=act.operation_id)
    carry_out(scene, now.subject, decision.effects, Doing(trace))
    settle_doubles(scene, known.person_id, known.session_id)
    return applied(told)


def acting(scene: Scene, acting_id: UUID | None) -> UUID | None:
    """Who acts for the patient, as the hospital knows them."""
    if acting_id is None:
        return None
    return known_person(scene.connection, scene.hospital_id, acting_id) or acting_id


def not_granted(times: TwoTimes, told: Told[Act], known: Subject, why: Refused | str, message: Message) -> EventResult:
    """Staff see it and the patient is told; the booking is as it was."""
    scene = times.now
    reason = why.reason.value if isinstance(why, Refused) else why
    tell_patient(
        scene.connection,
        scene.hospital_id,
        known.person_id,
        message,
        scene.moment,
        booking_id=known.booking_id,
        facts={"reason": reason},
    )
    sentence = sentence_for(why.reason, why.facts) if isinstance(why, Refused) else None
    return refused(scene.connection, told, reason, scene.moment, booking_id=known.booking_id, sentence=sentence)
