"""Booking and what follows it, for channels and terminals: all below `/v1/hospitals/{hospital_id}/`."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter
from starlette.responses import Response

from booking.wire_booking import (
    AddPlaceForPatient,
    BookingView,
    BookOutsideHours,
    BookPlace,
    CancelBooking,
    ChangePlace,
    ConfirmBooking,
    JoinList,
    KeepPlace,
    PlaceKept,
    StaffAct,
    WaitingView,
)
from central.appointments import booking_acts, held, later_acts, staff_acts, waiting
from central.appointments.limits import check_booking, check_cancel, check_confirm, check_staff_act, check_wish
from central.appointments.messages import CREATED, booking_answer, kept_answer, waiting_answer
from central.appointments.scene import Scene, scene_at
from central.moment import Moment
from central.web.once import Answer, OnceOnly, RepeatableWrite
from central.web.parts import AskerAtHospital, Parts
from central.web.problems import Refusal
from central.web.routes import new_router

_DRAWS = 3
"""A booking's number may be taken: another is drawn. An id of the caller's that is taken stays so."""
Act = Callable[[Scene], Answer]


class Desk:
    """Does acts at a hospital once each, in the order in which they came for one person."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._once = OnceOnly(parts)

    async def do(self, write: RepeatableWrite, asker: AskerAtHospital, act: Act, *, order: UUID) -> Response:
        """The answer of one act."""

        def work(connection: sa.Connection, moment: Moment) -> Answer:
            return act(scene_at(connection, asker, self._parts.keys, moment))

        for _ in range(_DRAWS):
            try:
                return await self._once.do(write, work, order=order)
            except sa.exc.IntegrityError:
                continue
        raise Refusal("key_reused", "an id in it means another thing already")


def appointment_router(parts: Parts) -> APIRouter:
    """All of them."""
    router = new_router("/v1/hospitals/{hospital_id}", conflict="The rules say no")
    desk = Desk(parts)
    _add_new(router, desk)
    _add_kept(router, desk)
    _add_existing(router, desk)
    _add_staff(router, desk)
    return router


def _add_new(router: APIRouter, desk: Desk) -> None:
    @router.post("/bookings", status_code=CREATED, response_model=BookingView)
    async def post_booking(ask: BookPlace, asker: AskerAtHospital, write: RepeatableWrite) -> Response:
        check_booking(ask)
        return await desk.do(
            write,
            asker,
            lambda scene: booking_answer(scene, booking_acts.book(scene, ask), status=CREATED),
            order=ask.person_id,
        )

    @router.post("/walk-ins", status_code=CREATED, response_model=BookingView)
    async def post_walk_in(ask: BookPlace, asker: AskerAtHospital, write: RepeatableWrite) -> Response:
        check_booking(ask)
        return await desk.do(
            write,
            asker,
            lambda scene: booking_answer(scene, booking_acts.walk_in(scene, ask), status=CREATED),
            order=ask.person_id,
        )

    @router.post("/add-ons", status_code=CREATED, response_model=BookingView)
    async def post_add_on(ask: AddPlaceForPatient, asker: AskerAtHospital, write: RepeatableWrite) -> Response:
        check_booking(ask)
        return await desk.do(
            write,
            asker,
            lambda scene: booking_answer(scene, booking_acts.add_place(scene, ask), status=CREATED),
            order=ask.person_id,
        )

    @router.post("/exemptions", status_code=CREATED, response_model=BookingView)
    async def post_exemption(ask: AddPlaceForPatient, asker: AskerAtHospital, write: RepeatableWrite) -> Response:
        check_booking(ask)
        return await desk.do(
            write,
            asker,
            lambda scene: booking_answer(scene, booking_acts.exempt(scene, ask), status=CREATED),
            order=ask.person_id,
        )

    @router.post("/off-hours-bookings", status_code=CREATED, response_model=BookingView)
    async def post_off_hours(ask: BookOutsideHours, asker: AskerAtHospital, write: RepeatableWrite) -> Response:
        check_booking(ask)
        return await desk.do(
            write,
            asker,
            lambda scene: booking_answer(scene, booking_acts.book_off_hours(scene, ask), status=CREATED),
            order=ask.person_id,
        )


def _add_kept(router: APIRouter, desk: Desk) -> None:
    @router.post("/holds", status_code=CREATED, response_model=PlaceKept)
    async def post_hold(ask: KeepPlace, asker: AskerAtHospital, write: RepeatableWrite) -> Response:
        check_wish(ask)
        return await desk.do(write, asker, lambda scene: kept_answer(scene, held.keep(scene, ask)), order=ask.person_id)

    @router.post("/holds/{hold_id}/end", status_code=200, response_model=dict[str, str])
    async def post_hold_end(hold_id: UUID, asker: AskerAtHospital, write: RepeatableWrite) -> Response:
        def end(scene: Scene) -> Answer:
            held.give_up(scene, hold_id)
            return Answer(200, {"hold_id": str(hold_id)})

        return await desk.do(write, asker, end, order=hold_id)

    @router.post("/waiting-entries", status_code=CREATED, response_model=WaitingView)
    async def post_waiting(ask: JoinList, asker: AskerAtHospital, write: RepeatableWrite) -> Response:
        check_wish(ask)
        return await desk.do(
            write,
            asker,
            lambda scene: waiting_answer(scene, waiting.join(scene, ask), status=CREATED),
            order=ask.person_id,
        )

    @router.post("/waiting-entries/{entry_id}/end", response_model=WaitingView)
    async def post_waiting_end(entry_id: UUID, asker: AskerAtHospital, write: RepeatableWrite) -> Response:
        return await desk.do(
            write, asker, lambda scene: waiting_answer(scene, waiting.leave(scene, entry_id)), order=entry_id
        )


def _add_existing(router: APIRouter, desk: Desk) -> None:
    @router.post("/bookings/{booking_id}/cancellation", response_model=BookingView)
    async def post_cancellation(
        booking_id: UUID, ask: CancelBooking, asker: AskerAtHospital, write: RepeatableWrite
    ) -> Response:
        check_cancel(ask, asker)
        return await desk.do(
            write,
            asker,
            lambda scene: booking_answer(scene, later_acts.cancel(scene, booking_id, ask)),
            order=booking_id,
        )

    @router.post("/bookings/{booking_id}/confirmation", response_model=BookingView)
    async def post_confirmation(
        booking_id: UUID, ask: ConfirmBooking, asker: AskerAtHospital, write: RepeatableWrite
    ) -> Response:
        check_confirm(ask, asker)
        return await desk.do(
            write,
            asker,
            lambda scene: booking_answer(scene, later_acts.confirm(scene, booking_id, ask)),
            order=booking_id,
        )

    @router.post("/bookings/{booking_id}/change", status_code=CREATED, response_model=BookingView)
    async def post_change(
        booking_id: UUID, ask: ChangePlace, asker: AskerAtHospital, write: RepeatableWrite
    ) -> Response:
        check_wish(ask)
        return await desk.do(
            write,
            asker,
            lambda scene: booking_answer(scene, later_acts.change(scene, booking_id, ask), status=CREATED),
            order=booking_id,
        )


def _add_staff(router: APIRouter, desk: Desk) -> None:
    @router.post("/bookings/{booking_id}/change-review", response_model=BookingView)
    async def post_change_review(
        booking_id: UUID, ask: StaffAct, asker: AskerAtHospital, write: RepeatableWrite
    ) -> Response:
        check_staff_act(ask)
        if not asker.is_staff:
            raise Refusal("forbidden")
        return await desk.do(
            write,
            asker,
            lambda scene: booking_answer(scene, later_acts.review_change(scene, booking_id, ask)),
            order=booking_id,
        )

    @router.post("/bookings/{booking_id}/undo-check-in", response_model=BookingView)
    async def post_undo(booking_id: UUID, ask: StaffAct, asker: AskerAtHospital, write: RepeatableWrite) -> Response:
        check_staff_act(ask)
        return await desk.do(
            write,
            asker,
            lambda scene: booking_answer(scene, staff_acts.undo_check_in(scene, booking_id, ask)),
            order=booking_id,
        )

    @router.post("/bookings/{booking_id}/medical-move", response_model=BookingView)
    async def post_medical_move(
        booking_id: UUID, ask: StaffAct, asker: AskerAtHospital, write: RepeatableWrite
    ) -> Response:
        check_staff_act(ask)
        return await desk.do(
            write,
            asker,
            lambda scene: booking_answer(scene, staff_acts.move_on_medical_grounds(scene, booking_id, ask)),
            order=booking_id,
        )

    @router.post("/bookings/{booking_id}/retriage", response_model=BookingView)
    async def post_retriage(
        booking_id: UUID, ask: StaffAct, asker: AskerAtHospital, write: RepeatableWrite
    ) -> Response:
        check_staff_act(ask)
        return await desk.do(
            write,
            asker,
            lambda scene: booking_answer(scene, staff_acts.retriage(scene, booking_id, ask)),
            order=booking_id,
        )
