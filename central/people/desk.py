"""What the endpoints of people work with: acts of the group, each once and in the trail; then the hospital's copy.

No transaction spans tenants: an act is a piece of the group, and what the caller's own hospital needs of it follows as
a piece of that hospital. Should the server end in between, the relay brings the copy; a caller who asks again gets the
same answer.  # rules A4, I2
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import TypeVar
from uuid import UUID

import sqlalchemy as sa
from starlette.responses import Response

from booking.localized import LocalizedText
from booking.policy import Policy
from central.channels.caller import Asker
from central.credit.bring import Brought, bring, hospitals_of, read_person, rules_of
from central.credit.deeds import NotDone
from central.credit.standing import Rules
from central.moment import Moment, local_date
from central.people.changed import UnknownPerson, person_row
from central.people.guardians import wards_of
from central.people.personal import GroupKeys
from central.people.register import NotRegistered
from central.policies.service import policy_in_force
from central.rosters.tables import hospital
from central.staff.service import BeforeAndAfter, Deed, write_audit
from central.web.once import Answer, OnceOnly, RepeatableWrite
from central.web.parts import Parts
from central.web.problems import Refusal
from central.words.people import NOT_DONE, NOT_REGISTERED

Result = TypeVar("Result")
_REFUSED = 409
_REFUSED_FROM = 400


@dataclass(frozen=True, slots=True)
class Home:
    """Where a hospital belongs; that never changes."""

    group_id: UUID
    time_zone: str


@dataclass(frozen=True, slots=True)
class Act:
    """One act's surroundings in the group."""

    connection: sa.Connection
    keys: GroupKeys
    today: date
    asker: Asker
    moment: Moment

    def trail(self, action: str, person_id: UUID, *, before: dict[str, str] | None = None, **after: str) -> None:
        """Who did what to this person; what changed and why is sealed."""
        change = BeforeAndAfter(
            self.keys.keys.seal, _text(before or {}), _text(after | {"hospital": str(self.asker.hospital_id)})
        )
        deed = Deed(self.asker.actor, action, "person", person_id)
        write_audit(self.connection, self.keys.group_id, deed, self.moment, change)


class PeopleDesk:
    """Does acts on people, and brings them to the caller's hospital."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._once = OnceOnly(parts)
        self._homes: dict[UUID, Home] = {}

    async def do(
        self,
        write: RepeatableWrite,
        asker: Asker,
        act: Callable[[Act], Answer],
        *,
        order: UUID | None = None,
    ) -> Response:
        """The answer of an act in the group, now or from before; what the rules refuse is an answer too."""
        home = await self.home(asker.hospital_id)
        keys = GroupKeys(home.group_id, self._parts.keys)

        def work(connection: sa.Connection, moment: Moment) -> Answer:
            try:
                with connection.begin_nested():
                    return act(Act(connection, keys, local_date(moment.now_ms, home.time_zone), asker, moment))
            except NotRegistered as refused:
                return _refusal([str(it) for it in refused.reasons], NOT_REGISTERED)
            except NotDone as refused:
                return _refusal([str(refused.objection)], NOT_DONE)

        try:
            return await self._once.do(write.of_group(home.group_id), work, order=order)
        except UnknownPerson as error:
            raise Refusal("not_found") from error

    async def look(self, asker: Asker, question: Callable[[Act], Result]) -> Result:
        """A question about people. It is asked where writing is done, for the look itself stands in the trail."""
        home = await self.home(asker.hospital_id)
        keys, moment = GroupKeys(home.group_id, self._parts.keys), self._parts.moment()
        today = local_date(moment.now_ms, home.time_zone)
        try:
            return await self._parts.write(lambda connection: question(Act(connection, keys, today, asker, moment)))
        except UnknownPerson as error:
            raise Refusal("not_found") from error

    async def bring(self, asker: Asker, person_id: UUID) -> UUID:
        """The caller's hospital has the person's copy from now on; the id of the record that stays.

        Raises Refusal `not_found`.
        """
        home = await self.home(asker.hospital_id)
        keys = GroupKeys(home.group_id, self._parts.keys)
        brought: Brought | None = await self._parts.read(partial(read_person, keys=keys, person_id=person_id))
        if brought is None:
            raise Refusal("not_found")
        rules = await self.rules(asker) if brought.ledger.kept else {}
        moment = self._parts.moment()
        await self._parts.write(
            lambda connection: bring(
                connection, asker.hospital_id, brought, rules, keys=self._parts.keys, moment=moment, if_missing=True
            )
        )
        return brought.copy.person_id

    async def with_copy(self, asker: Asker, answer: Response, *, merged_id: UUID | None = None) -> Response:
        """The same answer; the hospital of the caller has the newest copy before it is given."""
        if answer.status_code < _REFUSED_FROM:
            body = json.loads(bytes(answer.body))
            await self.bring(asker, UUID(body["person_id"]) if merged_id is None else merged_id)
        return answer

    async def policy(self, asker: Asker) -> Policy:
        """The settings in force at the caller's hospital."""
        now_ms = self._parts.clock()
        return await self._parts.read(partial(policy_in_force, hospital_id=asker.hospital_id, now_ms=now_ms))

    @property
    def now_ms(self) -> int:
        """The server's clock."""
        return self._parts.clock()

    async def rules(self, asker: Asker) -> Rules:
        """The rules of trust of every hospital of the group, each read by itself."""
        home = await self.home(asker.hospital_id)
        hospital_ids: list[UUID] = await self._parts.read(partial(hospitals_of, group_id=home.group_id))
        now_ms = self._parts.clock()
        read = (
            self._parts.read(partial(rules_of, hospital_id=hospital_id, now_ms=now_ms)) for hospital_id in hospital_ids
        )
        return dict(zip(hospital_ids, await asyncio.gather(*read), strict=True))

    async def home(self, hospital_id: UUID) -> Home:
        """Where this hospital belongs."""
        if hospital_id not in self._homes:
            self._homes[hospital_id] = await self._parts.read(partial(_home, hospital_id=hospital_id))
        return self._homes[hospital_id]


def only_for(at: Act, person_id: UUID, acting_id: UUID | None) -> None:
    """Only the person, a guardian of theirs, and staff go on from here. `acting_id` None: the person.  # rules A4, A5

    Raises Refusal `forbidden`, UnknownPerson.
    """
    if acting_id is None or at.asker.is_staff:
        return
    kept, acting = (person_row(at.connection, at.keys.group_id, it).person_id for it in (person_id, acting_id))
    if acting != kept and kept not in wards_of(at.connection, at.keys.group_id, acting):
        raise Refusal("forbidden")


def staff_only(asker: Asker) -> None:
    """Raises Refusal `forbidden`."""
    if not asker.is_staff:
        raise Refusal("forbidden")


def _home(connection: sa.Connection, hospital_id: UUID) -> Home:
    it = connection.execute(
        sa.select(hospital.c.group_id, hospital.c.time_zone).where(hospital.c.hospital_id == hospital_id)
    ).one()
    return Home(it.group_id, it.time_zone)


def _refusal(reasons: list[str], words: dict[str, LocalizedText]) -> Answer:
    sentence = words[reasons[0]]
    return Answer(
        _REFUSED,
        {
            "type": f"urn:kiosk:problem:{reasons[0]}",
            "title": f"Refused: {reasons[0].replace('_', ' ')}",
            "status": _REFUSED,
            "reason": reasons[0],
            "detail": "",
            "facts": {"items": ",".join(reasons)},
            "sentence": {"by_language": sentence.by_language},
        },
    )


def _text(sides: dict[str, str]) -> str:
    return json.dumps(sides, ensure_ascii=False, sort_keys=True) if sides else ""
