"""Orders to those who may see them, and refunds for the cashier: below `/v1/hospitals/{hospital_id}/`.

# rules D9, D11
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, Query
from starlette.responses import Response

from booking.decide import Refused
from booking.wire_orders import FindOrder, OrderView, OrderViews
from central.appointments.scene import NoSuchThing, Scene, scene_at
from central.channels.caller import Asker, Right
from central.channels.rate import Rate, Rates
from central.moment import Moment
from central.orders.looking import by_barcode, orders_of
from central.orders.refunds import ORDERED, PAID_OUT, REFUSED, refunds, settle_refund
from central.orders.tables import refund_order
from central.staff.service import Deed, write_audit
from central.web.once import Answer, OnceOnly, RepeatableWrite
from central.web.parts import AskerAtHospital, Parts
from central.web.problems import Refusal
from central.web.refused import refused_answer
from central.web.routes import new_router

Result = TypeVar("Result")
GUESSES = Rate(per_s=0.5, burst=30)
"""Barcodes that were not right, of one caller."""
_MOST = 200


class RefundState(StrEnum):
    """The states of a refund order."""

    ORDERED = ORDERED
    PAID_OUT = PAID_OUT
    REFUSED = REFUSED


@dataclass(frozen=True, slots=True)
class SettleRefund:
    """POST refunds/{refund_id}/settlement, by staff or the hospital's system: paid out, or refused."""

    is_paid_out: bool


@dataclass(frozen=True, slots=True)
class RefundView:
    """A refund order.  # rule D9"""

    refund_id: UUID
    booking_id: UUID
    amount_cents: int
    state: RefundState
    why: str
    """The state that the booking was in."""
    made_ms: int
    settled_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Refunds:
    """Several, the oldest first."""

    refunds: tuple[RefundView, ...]


def order_router(parts: Parts) -> APIRouter:
    """All of them."""
    router = new_router("/v1/hospitals/{hospital_id}", conflict="The rules say no")
    counter = _Counter(parts)
    _add_orders(router, counter)
    _add_refunds(router, counter)
    return router


class _Counter:
    """Looks and acts at one hospital."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._once = OnceOnly(parts)
        self._guesses = Rates(GUESSES)

    async def look(self, asker: Asker, question: Callable[[Scene], Result]) -> Result:
        """Asked where writing is done, for a look of staff stands in the trail."""
        moment = self._parts.moment()
        do = self._parts.write if asker.is_staff else self._parts.read
        return await do(lambda connection: question(scene_at(connection, asker, self._parts.keys, moment)))

    async def guess(self, asker: Asker, question: Callable[[Scene], Result]) -> Result:
        """A look by a number that may be guessed. Raises Refusal, NoSuchThing."""
        wait_s = self._guesses.wait_s(asker.caller_id, self._parts.clock())
        if wait_s:
            raise Refusal("too_many", headers={"Retry-After": str(wait_s)})
        found = await self.look(asker, question)
        self._guesses.give_back(asker.caller_id)
        return found

    async def settle(self, write: RepeatableWrite, asker: Asker, refund_id: UUID, state: RefundState) -> Response:
        def work(connection: sa.Connection, moment: Moment) -> Answer:
            row = settle_refund(connection, asker.hospital_id, refund_id, moment, state=state.value)
            if row is None:
                raise NoSuchThing
            deed = Deed(asker.actor, f"refund {state.value}", "refund_order", refund_id)
            write_audit(connection, asker.hospital_id, deed, moment)
            return Answer(200, _refund_body(row))

        return await self._once.do(write, work, order=refund_id)


def _add_orders(router: APIRouter, counter: _Counter) -> None:
    @router.post("/orders/find")
    async def post_find(ask: FindOrder, asker: AskerAtHospital) -> OrderView:
        """The order of a barcode; the name masked. It changes nothing and needs no key."""
        if not (asker.is_terminal or asker.is_staff):
            raise Refusal("forbidden")
        if bool(ask.reference) == bool(ask.reference_hash):
            raise Refusal("bad_request", "reference or reference_hash")

        def question(scene: Scene) -> OrderView:
            found = by_barcode(scene, ask)
            _trail(scene, found.person_id)
            return found

        return await counter.guess(asker, question)

    @router.get("/persons/{person_id}/orders", response_model=OrderViews)
    async def get_orders(person_id: UUID, asker: AskerAtHospital, acting_id: UUID | None = None) -> Any:  # noqa: ANN401 - or a Problem
        """The person's open orders."""

        def question(scene: Scene) -> tuple[OrderView, ...] | Refused:
            found = orders_of(scene, person_id, acting_id)
            _trail(scene, person_id)
            return found

        found = await counter.look(asker, question)
        return refused_answer(found).response() if isinstance(found, Refused) else OrderViews(orders=found)


def _add_refunds(router: APIRouter, counter: _Counter) -> None:
    @router.get("/refunds")
    async def get_refunds(
        asker: AskerAtHospital,
        state: RefundState = RefundState.ORDERED,
        limit: Annotated[int, Query(ge=1, le=_MOST)] = _MOST,
    ) -> Refunds:
        _cashiers(asker)
        is_it = refund_order.c.state == state.value

        def question(scene: Scene) -> Refunds:
            found = refunds(scene.connection, scene.hospital_id, is_it, limit=limit)
            return Refunds(tuple(RefundView(**_refund(it)) for it in found))

        return await counter.look(asker, question)

    @router.post("/refunds/{refund_id}/settlement", response_model=RefundView)
    async def post_settlement(
        refund_id: UUID, ask: SettleRefund, asker: AskerAtHospital, write: RepeatableWrite
    ) -> Response:
        """A refund order is settled once; asked again, the answer says how it was."""
        _cashiers(asker)
        state = RefundState.PAID_OUT if ask.is_paid_out else RefundState.REFUSED
        return await counter.settle(write, asker, refund_id, state)


def _cashiers(asker: Asker) -> None:
    if not asker.rights & {Right.STAFF, Right.HOSPITAL_SYSTEM}:
        raise Refusal("forbidden")


def _trail(scene: Scene, person_id: UUID) -> None:
    """Every look of staff at a person is recorded.  # rule A4"""
    if scene.asker.is_staff:
        deed = Deed(scene.asker.actor, "looked at orders", "person", person_id)
        write_audit(scene.connection, scene.hospital_id, deed, scene.moment)


def _refund(row: sa.Row[Any]) -> dict[str, Any]:
    names = ("refund_id", "booking_id", "amount_cents", "state", "why", "made_ms", "settled_ms")
    return {name: getattr(row, name) for name in names} | {"state": RefundState(row.state)}


def _refund_body(row: sa.Row[Any]) -> dict[str, Any]:
    told = _refund(row)
    return {**told, "refund_id": str(row.refund_id), "booking_id": str(row.booking_id), "state": row.state}
