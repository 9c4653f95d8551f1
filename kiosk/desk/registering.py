"""Registering somebody: through the server, or sealed to it.  # rules A1, A2

What was typed or read is looked at once, told to the server or sealed, and forgotten: what stays here is a masked name
and keyed hashes. Without a key to seal to nobody is registered off line.
"""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass, field
from datetime import date
from uuid import UUID

from booking.decide import Reason
from booking.people import (
    DocumentKind,
    GoodDocument,
    Profile,
    Sex,
    Verification,
    clean_name,
    flaws,
    mask_name,
    read_document,
)
from booking.wire import EventResult, Verdict
from booking.wire_acts import PersonDetails, RegisterAct, seal_context
from booking.wire_people import DocumentShown, PersonRegistered
from booking.wire_people import RegisterPerson as Asked
from kiosk.desk import answers, hashes, views
from kiosk.desk.standing import Moment, moment
from kiosk.desk.surroundings import Surroundings
from kiosk.ports.central import RefusedThere
from kiosk.ports.desk import DeskAnswer, DeskFault, PersonView
from kiosk.ports.desk_acts import Registered, RegisterPerson, RegistrationRefused
from kiosk.ports.lending import AnsweredRecord, LocalPerson, RegisterRecord
from kiosk.ports.store import StoreFault

_log = logging.getLogger(__name__)
_OTHER_NAME = "other_name"
"""The server's word: the document is known under another name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """Who is to be registered, for as long as it takes."""

    name: str = field(repr=False)
    kind: DocumentKind
    number: str = field(repr=False)
    sex: Sex = field(repr=False)
    birth_date: str = field(repr=False)
    keys: tuple[str, ...] = field(repr=False)

    @property
    def birth_year(self) -> int:
        return int(self.birth_date[:4]) if self.birth_date else 0


def register(around: Surroundings, command: RegisterPerson) -> DeskAnswer:
    """Known from now on, or what is wrong."""
    now = moment(around)
    found = _flaws(command, date.fromisoformat(now.today))
    if found:
        return RegistrationRefused(visit_id=command.visit_id, flaws=found)
    wanted = _wanted(around, command, date.fromisoformat(now.today))
    before = around.sales.local_person(wanted.keys)
    if before is not None and before.masked_name != mask_name(wanted.name):
        return RegistrationRefused(visit_id=command.visit_id, flaws=(_OTHER_NAME,))
    if before is not None:
        return _registered(command, before, is_confirmed=_is_told(around, before))
    if not now.is_online:
        return _sealed_here(around, command, wanted, now)
    said = around.line.ask_register(command.operation_id, _asked(command, wanted))
    if isinstance(said, RefusedThere):
        words = tuple(it for it in said.facts.get("items", said.reason).split(",") if it)
        return RegistrationRefused(visit_id=command.visit_id, flaws=words, sentence=said.sentence)
    try:
        if isinstance(said, PersonRegistered):
            return _known_there(around, command, wanted, said, now)
        return answers.after_silence(said, _sealed_here(around, command, wanted, now))
    except StoreFault as fault:
        _log.error("the store failed after the server was asked: %s", fault.code)
        return DeskFault(command.visit_id, fault.code, is_outcome_unknown=True)


def _document(command: RegisterPerson) -> tuple[DocumentKind, str]:
    """The document that says who they are: the citizen's number, where there is one."""
    identity = command.identity
    if identity.id_number:
        return DocumentKind.RESIDENT_ID, identity.id_number
    return identity.kind, identity.card_number


def _flaws(command: RegisterPerson, today: date) -> tuple[str, ...]:
    kind, number = _document(command)
    identity = command.identity
    profile = Profile(
        name=identity.name,
        kind=kind,
        number=number,
        sex=identity.sex,
        birth_date=identity.birth_date,
        phone=command.phone,
        other_contact=command.contact,
        verification=Verification.CARD_READ if command.is_card_read else Verification.UNVERIFIED,
    )
    return tuple(it.value for it in flaws(profile, today))


def _wanted(around: Surroundings, command: RegisterPerson, today: date) -> _Wanted:
    kind, number = _document(command)
    identity = command.identity
    document = read_document(kind, number, today)
    said = document if isinstance(document, GoodDocument) else GoodDocument(kind, number)
    return _Wanted(
        name=clean_name(identity.name),
        kind=kind,
        number=said.number,
        sex=identity.sex if identity.sex is not Sex.UNKNOWN else said.sex,
        birth_date=identity.birth_date or said.birth_date,
        keys=hashes.credential_hashes(around.site.lookup_key, identity),
    )


def _asked(command: RegisterPerson, wanted: _Wanted) -> Asked:
    documents = [DocumentShown(wanted.kind, wanted.number, command.is_card_read)]
    if _has_card(command):
        documents.append(DocumentShown(command.identity.kind, command.identity.card_number, command.is_card_read))
    return Asked(
        name=wanted.name,
        documents=tuple(documents),
        sex=wanted.sex,
        birth_date=wanted.birth_date,
        phone=command.phone,
        other_contact=command.contact,
    )


def _has_card(command: RegisterPerson) -> bool:
    """A card besides the citizen's number."""
    identity = command.identity
    return bool(identity.id_number and identity.card_number and identity.kind is not DocumentKind.RESIDENT_ID)


def _known_there(
    around: Surroundings, command: RegisterPerson, wanted: _Wanted, said: PersonRegistered, now: Moment
) -> DeskAnswer:
    """The server knows them: under an id of its own, which is theirs from now on. Nothing is left to be sealed."""
    person = _local(wanted, said.person_id, was_card_read=said.is_verified)
    act = _act(around, command, person, sealed="", now=now)
    result = EventResult(operation_id=command.operation_id, verdict=Verdict.APPLIED)
    around.sales.write_answered(AnsweredRecord(act=act, result=result, made_ms=now.now_ms, person=person))
    return _registered(command, person, is_confirmed=True)


def _sealed_here(around: Surroundings, command: RegisterPerson, wanted: _Wanted, now: Moment) -> DeskAnswer:
    """Nobody but the server can read it from now on."""
    key = around.store.seal_key(now_ms=now.now_ms)
    if key is None:
        return RegistrationRefused(visit_id=command.visit_id, reason=Reason.NEEDS_SERVER)
    context = seal_context(hospital_id=around.site.hospital_id, person_id=command.person_id)
    try:
        sealed = around.seal(_details(command, wanted), public_key=key.public_key, key_id=key.id, context=context)
    except ValueError:
        _log.error("the key that registrations are sealed to is none that this release knows")
        return RegistrationRefused(visit_id=command.visit_id, reason=Reason.NEEDS_SERVER)
    person = _local(wanted, command.person_id, was_card_read=command.is_card_read)
    act = _act(around, command, person, sealed=sealed, now=now)
    around.sales.write_register(RegisterRecord(act=act, person=person, made_ms=now.now_ms))
    around.line.wake()
    return _registered(command, person, is_confirmed=False)


def _details(command: RegisterPerson, wanted: _Wanted) -> bytes:
    has_card = _has_card(command)
    details = PersonDetails(
        name=wanted.name,
        document=wanted.kind.value,
        number=wanted.number,
        sex=wanted.sex.value,
        birthday=wanted.birth_date,
        phone=command.phone,
        contact=command.contact,
        card_number=command.identity.card_number if has_card else "",
        card_kind=command.identity.kind.value if has_card else "",
    )
    return json.dumps(asdict(details), ensure_ascii=False).encode()


def _act(
    around: Surroundings, command: RegisterPerson, person: LocalPerson, *, sealed: str, now: Moment
) -> RegisterAct:
    return RegisterAct(
        operation_id=command.operation_id,
        person_id=person.person_id,
        at=around.device_time(),
        sealed=sealed,
        credential_hashes=person.credential_hashes,
        masked_name=person.masked_name,
        sex=person.sex,
        birth_year=person.birth_year,
        was_card_read=person.was_card_read,
        policy_version=now.policy.version,
    )


def _local(wanted: _Wanted, person_id: UUID, *, was_card_read: bool) -> LocalPerson:
    return LocalPerson(
        person_id=person_id,
        masked_name=mask_name(wanted.name),
        sex=wanted.sex.value,
        birth_year=wanted.birth_year,
        credential_hashes=wanted.keys,
        was_card_read=was_card_read,
    )


def _is_told(around: Surroundings, person: LocalPerson) -> bool:
    return all(act.state == "answered" for act in around.sales.acts_about(person.person_id))


def _registered(command: RegisterPerson, person: LocalPerson, *, is_confirmed: bool) -> Registered:
    view: PersonView = views.person_registered_here(person, command.identity)
    return Registered(
        visit_id=command.visit_id, person=view, is_confirmed=is_confirmed, is_verified=person.was_card_read
    )
