"""Which items of an order are paid, and as what: worked out anew from its payments, in whatever order all of it came.

# rule D11
"""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from central.orders.tables import doctor_order, order_item, payment

PAID, REVERSED = "paid", "reversed"


def take_order_row(connection: sa.Connection, hospital_id: UUID, order_id: UUID) -> None:
    """Payments of one order follow one another, whatever the engine: none of them misses what the other did."""
    connection.execute(
        doctor_order.update()
        .where(doctor_order.c.hospital_id == hospital_id, doctor_order.c.order_id == order_id)
        .values(ver=doctor_order.c.ver + 1)
    )


def mark_paid_items(connection: sa.Connection, hospital_id: UUID, order_id: UUID) -> None:
    """Each item says whether it is paid, and which code the cashier named: the ordered one, if any payment did."""
    payments = connection.scalars(
        sa.select(payment.c.paid_items).where(
            payment.c.hospital_id == hospital_id, payment.c.order_id == order_id, payment.c.state == PAID
        )
    )
    codes: dict[int, list[str]] = {}
    for items in payments:
        for it in items or ():
            codes.setdefault(it["no"], []).append(it["code"])
    mine = (order_item.c.hospital_id == hospital_id, order_item.c.order_id == order_id)
    for it in connection.execute(sa.select(order_item).where(*mine)).all():
        named = codes.get(it.item_no, [])
        code = it.code if it.code in named else next(iter(sorted(named)), None)
        if (it.is_paid, it.paid_code) != (code is not None, code):
            connection.execute(
                order_item.update()
                .where(*mine, order_item.c.item_no == it.item_no)
                .values(is_paid=code is not None, paid_code=code)
            )
