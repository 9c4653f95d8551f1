"""Refund orders: exactly one for a prepaid booking that is not kept.  # rule D9"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from central.moment import Moment
from central.orders.tables import payment, refund_order
from central.writer.contract import Overtaken

ORDERED, PAID_OUT, REFUSED = "ordered", "paid_out", "refused"


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
    insert = refund_order.insert().from_select(columns, sa.select(*values).where(~is_there))
    made = connection.execute(insert.execution_options(preserve_rowcount=True))  # psycopg forgets it else
    return refund_id if made.rowcount else None


def refund_is_enough(
    connection: sa.Connection, hospital_id: UUID, booking_id: UUID, paid_cents: int, moment: Moment
) -> bool:
    """The booking's refund order, if it is still to be paid out, is of what is paid now; with nothing left it is done.

    Whether it covers what is paid; without one, whether nothing is. Raises Overtaken.
    """
    mine = (refund_order.c.hospital_id == hospital_id, refund_order.c.booking_id == booking_id)
    row = connection.execute(sa.select(refund_order).where(*mine)).one_or_none()
    if row is None:
        return paid_cents == 0
    if row.state != ORDERED or row.amount_cents == paid_cents:
        return bool(row.amount_cents >= paid_cents)
    # What the cashier reversed was given back that way.
    done = {} if paid_cents else {"state": PAID_OUT, "settled_ms": moment.now_ms}
    amount = {"amount_cents": paid_cents} if paid_cents else {}
    changed = connection.execute(
        refund_order.update().where(*mine, refund_order.c.ver == row.ver).values(ver=row.ver + 1, **amount, **done)
    )
    if changed.rowcount != 1:
        raise Overtaken
    return True


def settle_refund(
    connection: sa.Connection, hospital_id: UUID, refund_id: UUID, moment: Moment, *, state: str
) -> sa.Row[Any] | None:
    """Paid out, or refused: once. The refund order; None where the hospital has none of this id.

    A settled one stays as it is: the row says how. Raises Overtaken.
    """
    mine = (refund_order.c.hospital_id == hospital_id, refund_order.c.refund_id == refund_id)
    connection.execute(
        refund_order.update()
        .where(*mine, refund_order.c.state == ORDERED)
        .values(state=state, settled_ms=moment.now_ms, ver=refund_order.c.ver + 1)
    )
    return connection.execute(sa.select(refund_order).where(*mine)).one_or_none()


def refunds(connection: sa.Connection, hospital_id: UUID, *where: sa.ColumnElement[bool], limit: int) -> list[Any]:
    """The hospital's refund orders that meet the conditions, the oldest first."""
    query = sa.select(refund_order).where(refund_order.c.hospital_id == hospital_id, *where)
    return list(connection.execute(query.order_by(refund_order.c.made_ms, refund_order.c.refund_id).limit(limit)))


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
