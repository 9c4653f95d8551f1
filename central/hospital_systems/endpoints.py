"""Where a hospital's own system says what it knows: below `/v1/hospitals/{hospital_id}/hospital-system/`, for clients
with the right `hospital_system`.

Nothing here needs an `Idempotency-Key`: each row has its own reference and `as_of_ms`, and may be sent again and again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, Query

from central.appointments.scene import scene_at
from central.channels.caller import Asker, Right
from central.hospital_systems.intake import Intake
from central.hospital_systems.pending import PendingBookings, pending_bookings
from central.hospital_systems.told import (
    PutAnswers,
    PutOrders,
    PutPayments,
    PutSittings,
    RowVerdict,
    Verdicts,
)
from central.web.parts import AskerAtHospital, Parts
from central.web.problems import Refusal
from central.web.routes import new_router

Row = TypeVar("Row")
_MOST_PENDING = 500


def hospital_system_router(parts: Parts) -> APIRouter:
    """All of them."""
    router = new_router("/v1/hospitals/{hospital_id}/hospital-system")
    intake = Intake(ask=parts.reader.submit, write=parts.writer.submit, keys=parts.keys)

    async def take(
        rows: Sequence[Row], asker: Asker, way: Callable[[Asker, Sequence[Row], int], list[RowVerdict]]
    ) -> Verdicts:
        only_systems(asker)
        # A thread of its own waits for the pieces; the loop goes on with everybody else.
        return Verdicts(tuple(await asyncio.to_thread(way, asker, rows, parts.clock())))

    @router.put("/orders")
    async def put_orders(told: PutOrders, asker: AskerAtHospital) -> Verdicts:
        return await take(told.orders, asker, intake.orders)

    @router.put("/payments")
    async def put_payments(told: PutPayments, asker: AskerAtHospital) -> Verdicts:
        return await take(told.payments, asker, intake.payments)

    @router.put("/confirmations")
    async def put_confirmations(told: PutAnswers, asker: AskerAtHospital) -> Verdicts:
        return await take(told.confirmations, asker, intake.answers)

    @router.put("/sittings")
    async def put_sittings(told: PutSittings, asker: AskerAtHospital) -> Verdicts:
        return await take(told.sittings, asker, intake.sittings)

    @router.get("/pending-bookings")
    async def get_pending(
        asker: AskerAtHospital,
        after: UUID | None = None,
        limit: Annotated[int, Query(ge=1, le=_MOST_PENDING)] = _MOST_PENDING,
    ) -> PendingBookings:
        """Bookings that wait for this system's word, oldest first."""
        only_systems(asker)
        moment = parts.moment()

        def question(connection: sa.Connection) -> PendingBookings:
            return pending_bookings(scene_at(connection, asker, parts.keys, moment), after=after, limit=limit)

        return await parts.read(question)

    return router


def only_systems(asker: Asker) -> None:
    """Raises Refusal `forbidden`."""
    if Right.HOSPITAL_SYSTEM not in asker.rights:
        raise Refusal("forbidden")
