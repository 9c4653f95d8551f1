"""From the orders that a hospital's system told to the fact that `booking.decide` asks for.  # rule D11

What one session needs of an order are the items of its service; of a session without a service, and of an order that
names none, all items.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from booking.decide.given import Order
from central.orders.tables import doctor_order, order_item

OPEN = "open"


def order_fact(
    connection: sa.Connection, hospital_id: UUID, order_id: UUID, person_id: UUID, service_id: UUID | None = None
) -> Order | None:
    """This person's open order as it concerns a session of this service; None where there is none."""
    head = connection.execute(_open_orders(hospital_id, person_id).where(doctor_order.c.order_id == order_id)).first()
    return None if head is None else _fact(head, _needed(items_of(connection, hospital_id, order_id), service_id))


def order_for(connection: sa.Connection, hospital_id: UUID, person_id: UUID, service_id: UUID) -> UUID | None:
    """The person's open order for this service, where there is exactly one: nobody guesses between two."""
    query = (
        _open_orders(hospital_id, person_id)
        .with_only_columns(doctor_order.c.order_id)
        .join(
            order_item,
            sa.and_(
                order_item.c.hospital_id == doctor_order.c.hospital_id,
                order_item.c.order_id == doctor_order.c.order_id,
            ),
        )
        .where(order_item.c.service_id == service_id)
        .distinct()
    )
    found = list(connection.execute(query).scalars())
    return found[0] if len(found) == 1 else None


def items_of(connection: sa.Connection, hospital_id: UUID, order_id: UUID) -> list[sa.Row[Any]]:
    """An order's items, in their order."""
    query = sa.select(order_item).where(order_item.c.hospital_id == hospital_id, order_item.c.order_id == order_id)
    return list(connection.execute(query.order_by(order_item.c.item_no)))


def is_differing(item: sa.Row[Any]) -> bool:
    """Whether something else was paid than ordered."""
    return bool(item.is_paid and item.paid_code not in (None, item.code))


def _open_orders(hospital_id: UUID, person_id: UUID) -> sa.Select[Any]:
    return sa.select(doctor_order).where(
        doctor_order.c.hospital_id == hospital_id,
        doctor_order.c.person_id == person_id,
        doctor_order.c.state == OPEN,
    )


def _needed(items: list[sa.Row[Any]], service_id: UUID | None) -> list[sa.Row[Any]]:
    own = [it for it in items if service_id is not None and it.service_id == service_id]
    return own or items


def _fact(head: sa.Row[Any], items: Iterable[sa.Row[Any]]) -> Order:
    items = list(items)
    return Order(
        items=tuple(it.code for it in items),
        unpaid=tuple(it.code for it in items if not it.is_paid),
        differing=tuple(it.code for it in items if is_differing(it)),
        is_urgent=head.is_urgent,
        id=str(head.order_id),
        is_fasting=any(it.is_fasting for it in items),
        is_series=any(it.series_minutes for it in items),
        preparation_days=max((it.preparation_days for it in items), default=0),
    )
