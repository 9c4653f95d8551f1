"""Refund orders: exactly one for a prepaid booking that is not kept.  # rule D9"""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from central.moment import Moment
from central.orders.tables import payment, refund_order

ORDERED = "ordered"


def order_refund(
    connection: sa.Connection, hospital_id: UUID, booking_id: UUID, moment: Moment, *, why: str, fee_cents: int
) -> UUID | None:
    """Order the booking's refund: of what was paid for it, else of its fee. None: it was ordered before."""
    refund_id = moment.new_id()
    values = (
        sa.literal(hospital_id, sa.Uuid),
        sa.literal(refund_id, sa.Uuid),
        sa.literal(booking_id, sa.Uuid),
        sa.literal(_paid(connection, hospital_id, booking_id) or fee_cents, sa.Integer),
        sa.literal(ORDERED),
        sa.literal(why),
        sa.literal(moment.now_ms, sa.BigInteger),
        sa.literal(1, sa.BigInteger),
    )
    is_there = sa.exists().where(refund_order.c.hospital_id == hospital_id, refund_order.c.booking_id == booking_id)
    columns = ["hospital_id", "refund_id", "booking_id", "amount_cents", "state", "why", "made_ms", "ver"]
    made = connection.execute(refund_order.insert().from_select(columns, sa.select(*values).where(~is_there)))
    return refund_id if made.rowcount else None


def payments_follow(connection: sa.Connection, hospital_id: UUID, earlier_id: UUID, later_id: UUID) -> None:
    """A changed booking takes what was paid along.  # rule E3"""
    connection.execute(
        payment.update()
        .where(payment.c.hospital_id == hospital_id, payment.c.booking_id == earlier_id)
        .values(booking_id=later_id)
    )


def _paid(connection: sa.Connection, hospital_id: UUID, booking_id: UUID) -> int:
    query = sa.select(sa.func.coalesce(sa.func.sum(payment.c.amount_cents), 0)).where(
        payment.c.hospital_id == hospital_id, payment.c.booking_id == booking_id, payment.c.state == "paid"
    )
    return int(connection.execute(query).scalar_one())
