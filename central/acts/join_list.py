"""A patient asked at a terminal for a place on a waiting list: judged when it arrives.  # rule D6"""

from __future__ import annotations

import sqlalchemy as sa

from booking.decide import Refused
from booking.decide.effects import Message
from booking.wire import EventResult
from booking.wire_acts import JoinListAct
from booking.wire_booking import JoinList
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
from central.acts.book import UNKNOWN_PERSON, UNKNOWN_SESSION
from central.acts.cancel import acting
from central.acts.operations import Told
from central.acts.scenes import document_of, two_times
from central.acts.sessions import is_session
from central.appointments.tables import waiting_entry
from central.appointments.waiting import join
from central.people.followed import known_person
from central.words.refusals import sentence_for


def record_join_list(connection: sa.Connection, act: JoinListAct, hearing: Hearing) -> EventResult:
    """A terminal tells that a patient wants to wait for a place."""
    return answer_once(connection, hearing.told(act), hearing.moment, lambda it, one: _judge(it, one, hearing))


def _judge(connection: sa.Connection, told: Told[JoinListAct], hearing: Hearing) -> EventResult:
    act, moment = told.act, hearing.moment
    person_id = known_person(connection, hearing.hospital_id, act.person_id)
    if person_id is None:
        return deferred_or_conflict(connection, told, UNKNOWN_PERSON, moment)
    if not is_session(connection, hearing.hospital_id, act.session_id):
        return conflict(connection, told, UNKNOWN_SESSION, moment)
    here = (waiting_entry.c.hospital_id == hearing.hospital_id, waiting_entry.c.entry_id == act.entry_id)
    if connection.execute(sa.select(waiting_entry.c.entry_id).where(*here)).first() is not None:
        return duplicate(told)
    times = two_times(connection, told, hearing, act.policy_version)
    wish = JoinList(
        entry_id=act.entry_id,
        person_id=person_id,
        session_id=act.session_id,
        acting_id=acting(times.now, act.acting_id),
        document=document_of(act.document),
    )
    answer = join(times.now, wish)
    if not isinstance(answer, Refused):
        return applied(told)
    facts = {"session_id": str(act.session_id), "reason": answer.reason.value}
    tell_patient(connection, hearing.hospital_id, person_id, Message.NOT_ON_LIST, moment, facts=facts)
    return refused(connection, told, answer.reason, moment, sentence=sentence_for(answer.reason, answer.facts))
