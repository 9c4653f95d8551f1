"""What the office does with people: priority groups, two records of one person, consents.  # rules A2, A4, C8"""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path
from starlette.responses import Response

from central.people.consents import NewConsent, give_consent, withdraw_consent
from central.people.desk import Act, PeopleDesk, staff_only
from central.people.grants import NewGrant, grant_priority, to_reverify, withdraw_priority
from central.people.limits import check_texts
from central.people.merging import Merging, merge_records
from central.people.messages import (
    Done,
    GiveConsent,
    GrantLine,
    GrantPriority,
    GrantsToReverify,
    MergeRecords,
    WithReason,
)
from central.people.registry import CREATED, done
from central.web.once import Answer, RepeatableWrite
from central.web.parts import AskerAtHospital

_MOST = 200
Purpose = Annotated[str, Path(max_length=32)]


def add_office(router: APIRouter, desk: PeopleDesk) -> None:
    """All of them."""
    _add_grants(router, desk)
    _add_merges(router, desk)
    _add_consents(router, desk)


def _add_grants(router: APIRouter, desk: PeopleDesk) -> None:
    @router.post("/people/{person_id}/grants", status_code=CREATED, response_model=GrantLine)
    async def post_grant(
        person_id: UUID, ask: GrantPriority, asker: AskerAtHospital, write: RepeatableWrite
    ) -> Response:
        staff_only(asker)
        check_texts(ask.document_seen)

        def act(at: Act) -> Answer:
            grant_id = at.moment.new_id()
            wanted = NewGrant(grant_id, person_id, ask.group, ask.until, ask.document_seen, at.asker.actor)
            kept = grant_priority(at.connection, at.keys.group_id, wanted, at.moment)
            until = ask.until.isoformat()
            at.trail("priority granted", kept, grant_id=str(grant_id), group=ask.group, until=until)
            line = {"grant_id": str(grant_id), "person_id": str(kept), "group": ask.group.value, "until": until}
            return Answer(CREATED, line | {"document_seen": ask.document_seen})

        return await desk.with_copy(asker, await desk.do(write, asker, act, order=person_id))

    @router.post("/grants/{grant_id}/withdrawal", response_model=Done)
    async def post_withdrawal(
        grant_id: UUID, ask: WithReason, asker: AskerAtHospital, write: RepeatableWrite
    ) -> Response:
        staff_only(asker)
        check_texts(ask.reason)

        def act(at: Act) -> Answer:
            kept = withdraw_priority(at.connection, at.keys.group_id, grant_id, ask.reason, at.moment)
            at.trail("priority withdrawn", kept, grant_id=str(grant_id), reason=ask.reason)
            return done(kept)

        return await desk.with_copy(asker, await desk.do(write, asker, act, order=grant_id))

    @router.get("/grants/to-reverify")
    async def get_to_reverify(asker: AskerAtHospital) -> GrantsToReverify:
        staff_only(asker)
        policy = (await desk.policy(asker)).roster.priority

        def question(at: Act) -> GrantsToReverify:
            found = to_reverify(at.connection, at.keys.group_id, at.today, policy, limit=_MOST)
            for it in found:
                at.trail("listed to reverify", it.person_id)
            return GrantsToReverify(
                tuple(
                    GrantLine(it.grant_id, it.person_id, it.group, it.until.isoformat(), it.document_seen)
                    for it in found
                )
            )

        return await desk.look(asker, question)


def _add_merges(router: APIRouter, desk: PeopleDesk) -> None:
    @router.post("/merges", status_code=CREATED, response_model=Done)
    async def post_merge(ask: MergeRecords, asker: AskerAtHospital, write: RepeatableWrite) -> Response:
        staff_only(asker)
        check_texts(ask.reason)

        def act(at: Act) -> Answer:
            wanted = Merging(at.moment.new_id(), ask.kept_id, ask.merged_id, at.asker.actor, ask.reason)
            kept = merge_records(at.connection, at.keys, wanted, at.moment)
            at.trail("records merged", kept, merged_id=str(ask.merged_id), reason=ask.reason)
            return done(kept, status=CREATED)

        answer = await desk.do(write, asker, act, order=ask.kept_id)
        return await desk.with_copy(asker, answer, merged_id=ask.merged_id)


def _add_consents(router: APIRouter, desk: PeopleDesk) -> None:
    @router.post("/people/{person_id}/consents", status_code=CREATED, response_model=Done)
    async def post_consent(
        person_id: UUID, ask: GiveConsent, asker: AskerAtHospital, write: RepeatableWrite
    ) -> Response:
        check_texts(ask.purpose, ask.text_version)

        def act(at: Act) -> Answer:
            channel = at.asker.channel.value
            wanted = NewConsent(at.moment.new_id(), person_id, ask.purpose, ask.text_version, channel)
            give_consent(at.connection, at.keys.group_id, wanted, at.moment)
            at.trail("consent given", person_id, purpose=ask.purpose, text_version=ask.text_version)
            return done(person_id, status=CREATED)

        return await desk.do(write, asker, act, order=person_id)

    @router.post("/people/{person_id}/consents/{purpose}/withdrawal", response_model=Done)
    async def post_consent_withdrawal(
        person_id: UUID, purpose: Purpose, asker: AskerAtHospital, write: RepeatableWrite
    ) -> Response:
        check_texts(purpose)

        def act(at: Act) -> Answer:
            ended = withdraw_consent(at.connection, at.keys.group_id, person_id, purpose, at.moment)
            at.trail("consent withdrawn", person_id, purpose=purpose)
            return done(person_id, is_changed=ended > 0)

        return await desk.do(write, asker, act, order=person_id)
