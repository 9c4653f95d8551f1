"""How a person stands, and what is done about it: below `/v1/hospitals/{hospital_id}/people/{person_id}`.

# rules F1, F2, F3
"""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from fastapi import APIRouter
from starlette.responses import Response

from central.channels.caller import Asker
from central.credit.deeds import Deed, appeal, blacklist, refuse_appeal, reinstate, void_entry
from central.credit.messages import AccountView, AppealEntry, SettleEntry
from central.credit.records import KeptLedger, ledger_of
from central.credit.view import account_view
from central.people.changed import person_row
from central.people.desk import Act, PeopleDesk, only_for, staff_only
from central.people.limits import check_texts
from central.people.messages import Done, WithReason
from central.people.registry import CREATED, done
from central.web.once import Answer, RepeatableWrite
from central.web.parts import AskerAtHospital


def add_account(router: APIRouter, desk: PeopleDesk) -> None:
    """All of them."""
    _add_view(router, desk)
    _add_patient(router, desk)
    _add_staff(router, desk)


def _add_view(router: APIRouter, desk: PeopleDesk) -> None:
    @router.get("/people/{person_id}/account")
    async def get_account(person_id: UUID, asker: AskerAtHospital, acting_id: UUID | None = None) -> AccountView:
        rules = await desk.rules(asker)

        def question(at: Act) -> tuple[UUID, KeptLedger]:
            only_for(at, person_id, acting_id)
            kept: UUID = person_row(at.connection, at.keys.group_id, person_id).person_id
            at.trail("account read", kept)
            return kept, ledger_of(at.connection, at.keys, kept)

        kept, ledger = await desk.look(asker, question)
        return account_view(kept, asker.hospital_id, ledger, rules)


def _add_patient(router: APIRouter, desk: PeopleDesk) -> None:
    @router.post("/people/{person_id}/appeals", status_code=CREATED, response_model=Done)
    async def post_appeal(
        person_id: UUID, ask: AppealEntry, asker: AskerAtHospital, write: RepeatableWrite
    ) -> Response:
        credit = (await desk.policy(asker)).credit

        def act(at: Act) -> Answer:
            only_for(at, person_id, ask.acting_id)
            appeal(at.connection, at.keys, _deed(at, person_id), ask.entry_id, credit, at.moment)
            at.trail("entry appealed", person_id, entry_id=str(ask.entry_id))
            return done(person_id, status=CREATED)

        return await desk.do(write, asker, act, order=person_id)


def _add_staff(router: APIRouter, desk: PeopleDesk) -> None:
    async def settle(
        person_id: UUID, reason: str, asker: Asker, write: RepeatableWrite, deed: Callable[[Act, Deed], str]
    ) -> Response:
        """An act of staff on the ledger; `deed` does it and says how the trail names it."""
        staff_only(asker)
        check_texts(reason)

        def act(at: Act) -> Answer:
            at.trail(deed(at, _deed(at, person_id, reason)), person_id, reason=reason)
            return done(person_id, status=CREATED)

        return await desk.with_copy(asker, await desk.do(write, asker, act, order=person_id))

    @router.post("/people/{person_id}/voids", status_code=CREATED, response_model=Done)
    async def post_void(person_id: UUID, ask: SettleEntry, asker: AskerAtHospital, write: RepeatableWrite) -> Response:
        def deed(at: Act, told: Deed) -> str:
            void_entry(at.connection, at.keys, told, ask.entry_id, at.moment)
            return "entry voided"

        return await settle(person_id, ask.reason, asker, write, deed)

    @router.post("/people/{person_id}/appeal-refusals", status_code=CREATED, response_model=Done)
    async def post_appeal_refusal(
        person_id: UUID, ask: SettleEntry, asker: AskerAtHospital, write: RepeatableWrite
    ) -> Response:
        def deed(at: Act, told: Deed) -> str:
            refuse_appeal(at.connection, at.keys, told, ask.entry_id, at.moment)
            return "appeal refused"

        return await settle(person_id, ask.reason, asker, write, deed)

    @router.post("/people/{person_id}/reinstatements", status_code=CREATED, response_model=Done)
    async def post_reinstatement(
        person_id: UUID, ask: WithReason, asker: AskerAtHospital, write: RepeatableWrite
    ) -> Response:
        rules = await desk.rules(asker)

        def deed(at: Act, told: Deed) -> str:
            reinstate(at.connection, at.keys, told, rules, at.moment)
            return "reinstated"

        return await settle(person_id, ask.reason, asker, write, deed)

    @router.post("/people/{person_id}/blacklistings", status_code=CREATED, response_model=Done)
    async def post_blacklisting(
        person_id: UUID, ask: WithReason, asker: AskerAtHospital, write: RepeatableWrite
    ) -> Response:
        def deed(at: Act, told: Deed) -> str:
            blacklist(at.connection, at.keys, told, at.moment)
            return "blacklisted"

        return await settle(person_id, ask.reason, asker, write, deed)


def _deed(at: Act, person_id: UUID, reason: str = "") -> Deed:
    return Deed(at.moment.new_id(), person_id, at.asker.hospital_id, at.today, at.asker.actor, reason)
