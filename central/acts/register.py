"""Somebody registered at a terminal that was off line. Three pieces, for no transaction spans tenants: what was sealed
is opened at the hospital, the person gets a record in the group, and the hospital its copy, with the verdict. Each
piece is harmless to repeat, so that a crash in between loses nothing.  # rules A1, A2
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import asdict, dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from pydantic import TypeAdapter, ValidationError

from booking.decide.effects import Message
from booking.people import DocumentKind, GoodDocument, Sex, day_of, read_document
from booking.wire import EventResult
from booking.wire_acts import EventKind, PersonDetails, RegisterAct, seal_context
from central.acts.answering import KEY_REUSED, Hearing, applied, conflict, tell_patient, unsettled
from central.acts.operations import KeyReused, earlier_answer, remember
from central.credit.bring import Brought, bring, read_person
from central.credit.standing import Rules
from central.keys import WrongKey
from central.moment import local_date
from central.people.followed import follow_as
from central.people.incomplete import Outcome, Rough, keep_incomplete, register_from_terminal
from central.people.personal import GroupKeys
from central.people.register import Registration, Shown
from central.people.sealing import open_for
from central.rosters.tables import hospital
from central.web.limits import is_readable

SEAL_BROKEN, UNREADABLE = "seal_broken", "details_unreadable"
_KIND = EventKind.REGISTER
_LARGEST = 4096
_LONGEST = 64
_DETAILS: TypeAdapter[PersonDetails] = TypeAdapter(PersonDetails)


@dataclass(frozen=True, slots=True)
class Opened:
    """What a registration says: details, or why there are none."""

    group_id: UUID
    today: date
    details: PersonDetails | None
    fault: str = ""


def open_registration(connection: sa.Connection, act: RegisterAct, hearing: Hearing) -> Opened | EventResult:
    """The first piece, at the hospital: what was sealed, or the answer from before."""
    result = answer_from_before(connection, act, hearing)
    if result is not None:
        return result
    it = connection.execute(
        sa.select(hospital.c.group_id, hospital.c.time_zone).where(hospital.c.hospital_id == hearing.hospital_id)
    ).one()
    today = local_date(hearing.moment.now_ms, it.time_zone)
    try:
        sealed = base64.b64decode(act.sealed, validate=True)
        context = seal_context(hospital_id=hearing.hospital_id, person_id=act.person_id)
        said = open_for(connection, hearing.hospital_id, sealed, keys=hearing.keys, context=context)
    except (WrongKey, binascii.Error, ValueError):
        return Opened(it.group_id, today, None, SEAL_BROKEN)
    details = _read(said)
    return Opened(it.group_id, today, details, "" if details is not None else UNREADABLE)


def put_on_record(connection: sa.Connection, act: RegisterAct, opened: Opened, hearing: Hearing) -> Outcome:
    """The second piece, in the group: the person's record. Raises Overtaken."""
    keys, moment = GroupKeys(opened.group_id, hearing.keys), hearing.moment
    details = opened.details
    if details is None:
        rough = Rough(person_id=act.person_id, name=act.masked_name, sex=act.sex)
        return keep_incomplete(connection, keys, rough, opened.fault, moment)
    wanted = Registration(
        person_id=act.person_id,
        name=details.name,
        documents=_documents(details, act, opened, hearing),
        sex=Sex(details.sex) if details.sex in set(Sex) else Sex.UNKNOWN,
        birth_date=details.birthday if day_of(details.birthday) else "",
        phone=details.phone,
        other_contact=details.contact,
    )
    return register_from_terminal(connection, keys, wanted, opened.today, moment)


def read_record(connection: sa.Connection, outcome: Outcome, opened: Opened, hearing: Hearing) -> Brought | None:
    """What the hospital gets a copy of. A question to the group."""
    return read_person(connection, GroupKeys(opened.group_id, hearing.keys), outcome.person_id)


def settle_registration(
    connection: sa.Connection,
    act: RegisterAct,
    outcome: Outcome,
    brought: Brought,
    hearing: Hearing,
    *,
    rules: Rules,
) -> EventResult:
    """The third piece, at the hospital: its copy, the id that the terminal uses, and the verdict. Raises Overtaken."""
    told = hearing.told(act)
    before = answer_from_before(connection, act, hearing)
    if before is not None:
        return before
    bring(
        connection,
        hearing.hospital_id,
        brought,
        rules,
        keys=hearing.keys,
        moment=hearing.moment,
        if_missing=True,
    )
    if brought.copy.person_id != act.person_id:
        follow_as(connection, hearing.hospital_id, act.person_id, brought.copy.person_id, hearing.moment)
    if not outcome.objection:
        result = applied(told)
        remember(connection, told, result)
        return result
    facts = {"person_id": str(brought.copy.person_id)}
    result = conflict(connection, told, outcome.objection, hearing.moment, facts=facts)
    remember(connection, told, result, kept=act.sealed)
    person_id = brought.copy.person_id
    tell_patient(connection, hearing.hospital_id, person_id, Message.DETAILS_NEEDED, hearing.moment)
    return result


def answer_from_before(connection: sa.Connection, act: RegisterAct, hearing: Hearing) -> EventResult | None:
    """What was answered before; None: it must be done."""
    try:
        return earlier_answer(connection, hearing.told(act))
    except KeyReused:
        return unsettled(connection, act.operation_id, KEY_REUSED, hearing.caller, hearing.moment, kind=_KIND)


def _read(said: bytes) -> PersonDetails | None:
    """The details, if that is what was sealed; hostile content is not ours to store."""
    if len(said) > _LARGEST:
        return None
    try:
        details = _DETAILS.validate_json(said)
    except ValidationError:
        return None
    return details if all(is_readable(str(value), _LONGEST) for value in asdict(details).values()) else None


def _documents(details: PersonDetails, act: RegisterAct, opened: Opened, hearing: Hearing) -> tuple[Shown, ...]:
    """What the person showed, and the card with it where its number can be one."""
    shown = [(details.document, details.number)]
    if details.card_kind in set(DocumentKind) and details.card_kind != details.document:
        card = read_document(DocumentKind(details.card_kind), details.card_number, opened.today)
        shown += [(details.card_kind, details.card_number)] if isinstance(card, GoodDocument) else []
    return tuple(
        Shown(hearing.moment.new_id(), DocumentKind(kind), number, was_read=act.was_card_read)
        for kind, number in shown
        if kind in set(DocumentKind)
    )
