"""Seeing bookings. Whoever types a number learns nothing from how long a no takes, and may not try often.  # rule A4"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from datetime import date, timedelta
from typing import Annotated, TypeVar
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, Query
from starlette.responses import Response

from booking.decide import Refused, decide
from booking.decide.commands import Look
from booking.decide.given import Acting, LookFacts
from booking.numbers import GoodNumber, read_booking_number
from booking.wire import CHECK_VALUE_BYTES, CheckQuestion
from booking.wire_booking import BookingView, BookingViews, FindBooking, WaitingView
from central.appointments.existing import view, views
from central.appointments.limits import check_lookup
from central.appointments.messages import refusal, view_json, views_json, waiting_answer
from central.appointments.scene import NoSuchThing, Scene, scene_at
from central.appointments.tables import booking
from central.appointments.waiting import waiting_view
from central.channels.caller import Asker
from central.channels.rate import Rate, Rates
from central.people.facts import acting_for, copy_of
from central.staff.service import Deed, write_audit
from central.web.once import Answer
from central.web.parts import AskerAtHospital, Parts
from central.web.problems import Refusal
from central.web.routes import new_router

GUESSES = Rate(per_s=0.5, burst=30)
"""Numbers that were not right, of one caller."""
_NOTHING = bytes(CHECK_VALUE_BYTES)
_NO_NUMBER = "0" * 12
_LOOKS_BACK = timedelta(days=90)
_DAY = r"\d{4}-\d{2}-\d{2}"
_JSON = "application/json"
Result = TypeVar("Result")


class Reading:
    """Answers questions about bookings, and keeps the trail of what staff saw."""

    def __init__(self, parts: Parts, guesses: Rate) -> None:
        self._parts = parts
        self._guesses = Rates(guesses)

    async def one(self, asker: Asker, booking_id: UUID, acting_id: UUID | None, agent: str) -> Response:
        """A booking."""

        def read(scene: Scene) -> tuple[BookingView | Refused, UUID]:
            shown = view(scene, booking_id)
            return _may_look(scene, shown.person_id, acting_id) or shown, shown.person_id

        shown, person_id = await self._read(asker, read)
        if isinstance(shown, Refused):
            return await self._refused(asker, shown)
        await self._trail(asker, person_id, agent)
        return Response(view_json(shown), media_type=_JSON)

    async def of_person(
        self, asker: Asker, person_id: UUID, acting_id: UUID | None, since: str | None, agent: str
    ) -> Response:
        """A person's bookings from a day on."""

        def read(scene: Scene) -> tuple[BookingView, ...] | Refused:
            from_day = since or (scene.today - _LOOKS_BACK).isoformat()
            shown = _may_look(scene, person_id, acting_id)
            if shown is not None:
                return shown
            return tuple(views(scene, booking.c.person_id == person_id, booking.c.service_date >= from_day))

        found = await self._read(asker, read)
        if isinstance(found, Refused):
            return await self._refused(asker, found)
        await self._trail(asker, person_id, agent)
        return Response(views_json(found), media_type=_JSON)

    async def by_number(self, asker: Asker, ask: FindBooking) -> Response:
        """The booking of a typed number, if the second question was answered rightly. Raises Refusal, NoSuchThing."""
        now_ms = self._parts.clock()
        wait_s = self._guesses.wait_s(asker.caller_id, now_ms)
        if wait_s:
            raise Refusal("too_many", headers={"Retry-After": str(wait_s)})
        found = await self._read(asker, lambda scene: by_number(scene, ask))
        self._guesses.give_back(asker.caller_id)
        await self._trail(asker, found.person_id, "")
        return Response(view_json(found), media_type=_JSON)

    async def waiting(self, asker: Asker, entry_id: UUID) -> Response:
        """An entry of a waiting list."""

        def read(scene: Scene) -> tuple[Answer, UUID]:
            shown = waiting_view(scene, entry_id)
            return waiting_answer(scene, shown), shown.person_id

        answer, person_id = await self._read(asker, read)
        await self._trail(asker, person_id, "")
        return answer.response()

    async def _read(self, asker: Asker, question: Callable[[Scene], Result]) -> Result:
        moment, keys = self._parts.moment(), self._parts.keys
        return await self._parts.read(lambda connection: question(scene_at(connection, asker, keys, moment)))

    async def _refused(self, asker: Asker, refused: Refused) -> Response:
        answer = await self._read(asker, lambda scene: refusal(scene, refused))
        return answer.response()

    async def _trail(self, asker: Asker, person_id: UUID, agent: str) -> None:
        """Every look of staff at a person is recorded.  # rule A4"""
        if not asker.is_staff:
            return
        moment = self._parts.moment()
        deed = Deed(agent or asker.actor, "looked at bookings", "person", person_id)

        def write(connection: sa.Connection) -> None:
            write_audit(connection, asker.hospital_id, deed, moment)

        await self._parts.write(write)


def by_number(scene: Scene, ask: FindBooking) -> BookingView:
    """The booking. Raises NoSuchThing, whether it is the number or the answer that is wrong.

    Both ways to be wrong take the same steps: one look-up, one check value, one comparison.
    """
    read = read_booking_number(ask.number, hospital_code=scene.hospital_code)
    digits = read.digits if isinstance(read, GoodNumber) else _NO_NUMBER
    row = scene.connection.execute(
        sa.select(booking.c.booking_id, booking.c.check_phone, booking.c.check_birthday).where(
            booking.c.hospital_id == scene.hospital_id, booking.c.number_hash == scene.lookup.booking(digits)
        )
    ).one_or_none()
    kept = (row.check_phone if ask.question is CheckQuestion.PHONE else row.check_birthday) if row else None
    said = scene.lookup.check(number=digits, question=ask.question, answer=ask.answer)
    is_right = hmac.compare_digest(kept or _NOTHING, said)
    if row is None or kept is None or not is_right:
        raise NoSuchThing
    return view(scene, row.booking_id)


def _may_look(scene: Scene, person_id: UUID, acting_id: UUID | None) -> Refused | None:
    row = copy_of(scene.connection, scene.hospital_id, person_id)
    if row is None:
        raise NoSuchThing
    acting = Acting.STAFF if scene.asker.is_staff and acting_id is None else acting_for(row, acting_id)
    decision = decide(scene.policy, LookFacts(acting=acting, has_need=True), Look(), scene.now_ms)
    return decision if isinstance(decision, Refused) else None


def reading_router(parts: Parts, *, guesses: Rate = GUESSES) -> APIRouter:
    """The questions."""
    router = new_router("/v1/hospitals/{hospital_id}")
    reading = Reading(parts, guesses)

    @router.get("/bookings/{booking_id}", response_model=BookingView)
    async def get_booking(
        booking_id: UUID,
        asker: AskerAtHospital,
        acting_id: UUID | None = None,
        agent: Annotated[str, Query(max_length=64)] = "",
    ) -> Response:
        return await reading.one(asker, booking_id, acting_id, agent)

    @router.get("/persons/{person_id}/bookings", response_model=BookingViews)
    async def get_bookings(
        person_id: UUID,
        asker: AskerAtHospital,
        acting_id: UUID | None = None,
        since: Annotated[str | None, Query(pattern=_DAY, max_length=10)] = None,
        agent: Annotated[str, Query(max_length=64)] = "",
    ) -> Response:
        _check_day(since)
        return await reading.of_person(asker, person_id, acting_id, since, agent)

    @router.post("/booking-lookups", response_model=BookingView)
    async def post_lookup(ask: FindBooking, asker: AskerAtHospital) -> Response:
        check_lookup(ask)
        return await reading.by_number(asker, ask)

    @router.get("/waiting-entries/{entry_id}", response_model=WaitingView)
    async def get_waiting(entry_id: UUID, asker: AskerAtHospital) -> Response:
        return await reading.waiting(asker, entry_id)

    return router


def _check_day(day: str | None) -> None:
    try:
        if day is not None:
            date.fromisoformat(day)
    except ValueError as error:
        raise Refusal("bad_request", "there is no such day") from error
