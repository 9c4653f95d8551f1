"""Registering, finding and correcting people: below `/v1/hospitals/{hospital_id}/people`.  # rules A1, A2, A4, A5"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from central.people.corrections import Correction, approve, correct_phone, correct_profile, refuse, to_review
from central.people.credentials import add_credential, end_credential
from central.people.desk import Act, PeopleDesk, only_for, staff_only
from central.people.guardians import Guardianship, add_guardian, end_guardianship
from central.people.limits import FindLimits, check_texts, may_read_cards, name_of
from central.people.looking import MOST, UNKNOWN, find_by_document, person_line, search, whole_record
from central.people.messages import (
    AddGuardian,
    CorrectPhone,
    CorrectProfile,
    DocumentShown,
    Done,
    FindPerson,
    PeopleList,
    PersonFound,
    PersonRecord,
    PersonRegistered,
    RegisterPerson,
    ReviewPerson,
    SearchPeople,
    WithReason,
)
from central.people.register import Registration, Shown, register
from central.web.once import Answer, RepeatableWrite
from central.web.parts import AskerAtHospital
from central.web.problems import Refusal

CREATED = 201


def add_registry(router: APIRouter, desk: PeopleDesk) -> None:
    """All of them."""
    _add_register(router, desk)
    _add_find(router, desk)
    _add_corrections(router, desk)
    _add_documents(router, desk)
    _add_guardians(router, desk)


def _add_register(router: APIRouter, desk: PeopleDesk) -> None:
    @router.post("/people", status_code=CREATED, response_model=PersonRegistered)
    async def post_person(ask: RegisterPerson, asker: AskerAtHospital, write: RepeatableWrite) -> Response:
        check_texts(ask.name, ask.other_contact, ask.language)

        def act(at: Act) -> Answer:
            wanted = Registration(
                person_id=at.moment.new_id(),
                name=ask.name,
                documents=tuple(_shown(at, it) for it in ask.documents),
                sex=ask.sex,
                birth_date=ask.birth_date,
                phone=ask.phone,
                other_contact=ask.other_contact,
                language=ask.language,
                guardian_id=ask.guardian_id,
            )
            made = register(at.connection, at.keys, wanted, at.today, at.moment)
            at.trail("registered" if made.is_new else "registered again", made.person_id)
            body = {"person_id": str(made.person_id), "is_new": made.is_new, "is_verified": made.is_verified}
            return Answer(CREATED, body)

        answer = await desk.do(write, asker, act)
        return await desk.with_copy(asker, answer)


def _add_find(router: APIRouter, desk: PeopleDesk) -> None:
    limits = FindLimits()

    @router.post("/people/find")
    async def post_find(ask: FindPerson, asker: AskerAtHospital) -> PersonFound:
        check_texts(ask.name, ask.document.number)
        limits.check(asker, ask.document, desk.now_ms)
        name = None if ask.document.was_read and may_read_cards(asker) else ask.name
        found = await desk.look(
            asker, lambda at: find_by_document(at, ask.document.kind, ask.document.number, name=name)
        )
        if found.person_id is None:
            return UNKNOWN
        await desk.bring(asker, found.person_id)
        return found

    @router.post("/people/search")
    async def post_search(ask: SearchPeople, asker: AskerAtHospital) -> PeopleList:
        staff_only(asker)
        check_texts(ask.name, ask.phone)
        return await desk.look(asker, lambda at: search(at, ask))

    @router.get("/people/to-review")
    async def get_to_review(
        asker: AskerAtHospital, after: UUID | None = None, limit: Annotated[int, Query(ge=1, le=100)] = MOST
    ) -> PeopleList:
        staff_only(asker)

        def question(at: Act) -> PeopleList:
            rows = to_review(at.connection, at.keys.group_id, after=after, limit=limit)
            for row in rows:
                at.trail("listed for review", row.person_id)
            lines = tuple(person_line(row) for row in rows)
            return PeopleList(lines, next=lines[-1].person_id if len(lines) == limit else None)

        return await desk.look(asker, question)

    @router.get("/people/{person_id}")
    async def get_person(person_id: UUID, asker: AskerAtHospital, acting_id: UUID | None = None) -> PersonRecord:
        def question(at: Act) -> PersonRecord:
            only_for(at, person_id, acting_id)
            return whole_record(at, person_id)

        record = await desk.look(asker, question)
        await desk.bring(asker, record.person_id)
        return record


def _add_corrections(router: APIRouter, desk: PeopleDesk) -> None:
    @router.post("/people/{person_id}/phone", response_model=Done)
    async def post_phone(
        person_id: UUID, ask: CorrectPhone, asker: AskerAtHospital, write: RepeatableWrite
    ) -> Response:
        def act(at: Act) -> Answer:
            kept = correct_phone(at.connection, at.keys, person_id, ask.phone, at.moment)
            at.trail("phone corrected", kept, phone=ask.phone)
            return done(kept)

        return await desk.with_copy(asker, await desk.do(write, asker, act, order=person_id))

    @router.post("/people/{person_id}/profile", response_model=Done)
    async def post_profile(
        person_id: UUID, ask: CorrectProfile, asker: AskerAtHospital, write: RepeatableWrite
    ) -> Response:
        staff_only(asker)
        check_texts(ask.name or "", ask.reason)

        def act(at: Act) -> Answer:
            before = name_of(at, person_id)
            wanted = Correction(name=ask.name, sex=ask.sex, birth_date=ask.birth_date)
            kept = correct_profile(at.connection, at.keys, person_id, wanted, at.today, at.moment)
            at.trail("profile corrected", kept, before=before, reason=ask.reason, **name_of(at, kept))
            return done(kept)

        return await desk.with_copy(asker, await desk.do(write, asker, act, order=person_id))

    @router.post("/people/{person_id}/review", response_model=Done)
    async def post_review(
        person_id: UUID, ask: ReviewPerson, asker: AskerAtHospital, write: RepeatableWrite
    ) -> Response:
        staff_only(asker)
        check_texts(ask.reason)

        def act(at: Act) -> Answer:
            review = approve if ask.approve else refuse
            kept = review(at.connection, at.keys.group_id, person_id, at.moment)
            at.trail("registration approved" if ask.approve else "registration refused", kept, reason=ask.reason)
            return done(kept)

        return await desk.with_copy(asker, await desk.do(write, asker, act, order=person_id))


def _add_documents(router: APIRouter, desk: PeopleDesk) -> None:
    @router.post("/people/{person_id}/credentials", status_code=CREATED, response_model=Done)
    async def post_credential(
        person_id: UUID, ask: DocumentShown, asker: AskerAtHospital, write: RepeatableWrite
    ) -> Response:
        if not may_read_cards(asker):
            raise Refusal("forbidden")

        def act(at: Act) -> Answer:
            shown = _shown(at, ask)
            credential_id = add_credential(at.connection, at.keys, person_id, shown, at.today, at.moment)
            at.trail("document added", person_id, credential_id=str(credential_id), kind=ask.kind)
            return done(person_id, status=CREATED)

        return await desk.with_copy(asker, await desk.do(write, asker, act, order=person_id))

    @router.post("/people/{person_id}/credentials/{credential_id}/end", response_model=Done)
    async def post_credential_end(
        person_id: UUID, credential_id: UUID, ask: WithReason, asker: AskerAtHospital, write: RepeatableWrite
    ) -> Response:
        staff_only(asker)
        check_texts(ask.reason)

        def act(at: Act) -> Answer:
            had = end_credential(at.connection, at.keys.group_id, person_id, credential_id, at.moment)
            at.trail("document ended", person_id, credential_id=str(credential_id), reason=ask.reason)
            return done(person_id, is_changed=had)

        return await desk.with_copy(asker, await desk.do(write, asker, act, order=person_id))


def _add_guardians(router: APIRouter, desk: PeopleDesk) -> None:
    @router.post("/people/{person_id}/guardians", status_code=CREATED, response_model=Done)
    async def post_guardian(
        person_id: UUID, ask: AddGuardian, asker: AskerAtHospital, write: RepeatableWrite
    ) -> Response:
        staff_only(asker)
        check_texts(ask.relation)

        def act(at: Act) -> Answer:
            relation = Guardianship(ask.guardian_id, person_id, ask.relation)
            add_guardian(at.connection, at.keys.group_id, relation, at.moment)
            at.trail("guardian added", person_id, guardian_id=str(ask.guardian_id), relation=ask.relation)
            return done(person_id, status=CREATED)

        return await desk.with_copy(asker, await desk.do(write, asker, act, order=person_id))

    @router.post("/people/{person_id}/guardians/{guardian_id}/end", response_model=Done)
    async def post_guardian_end(
        person_id: UUID, guardian_id: UUID, ask: WithReason, asker: AskerAtHospital, write: RepeatableWrite
    ) -> Response:
        staff_only(asker)
        check_texts(ask.reason)

        def act(at: Act) -> Answer:
            was = end_guardianship(at.connection, at.keys.group_id, guardian_id, person_id, at.moment)
            at.trail("guardian ended", person_id, guardian_id=str(guardian_id), reason=ask.reason)
            return done(person_id, is_changed=was)

        return await desk.with_copy(asker, await desk.do(write, asker, act, order=person_id))


def done(person_id: UUID, *, status: int = 200, is_changed: bool = True) -> Answer:
    """It is done, to this person."""
    return Answer(status, {"person_id": str(person_id), "is_changed": is_changed})


def _shown(at: Act, ask: DocumentShown) -> Shown:
    return Shown(at.moment.new_id(), ask.kind, ask.number, was_read=ask.was_read and may_read_cards(at.asker))
