"""Taking a payment, or its reversal, over from a cashier's system.  # rules D9, D11

Money is never turned away because of what it was for: a payment for a booking that is over becomes a refund order.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from central.appointments.scene import Scene
from central.hospital_systems.bookings import booking_meant
from central.hospital_systems.told import NotTaken, ToldPayment, Verdict, Why
from central.orders.booking_paid import settle_booking
from central.orders.paid import mark_paid_items, take_order_row
from central.orders.references import hash_of, plain_reference
from central.orders.tables import doctor_order, order_item, payment
from central.staff.service import Deed, write_audit
from central.writer import Overtaken

Values = dict[str, Any]


def take_payment(scene: Scene, row: ToldPayment) -> Verdict:
    """Store the payment as it was at `as_of_ms`, unless something newer is known. Raises NotTaken, Overtaken."""
    order_id = _order_meant(scene, row) if row.order_reference else None
    booking_id = None if order_id else booking_meant(scene, row.booking_number, row.booking_id)
    if order_id is not None:
        take_order_row(scene.connection, scene.hospital_id, order_id)
    values: Values = {
        "booking_id": booking_id,
        "order_id": order_id,
        "amount_cents": row.amount_cents,
        "state": row.state,
        "paid_ms": row.paid_ms,
    }
    before = _stored(scene, row)
    if before is not None and before.as_of_ms > row.as_of_ms:
        return Verdict.OLDER
    if before is not None and before.as_of_ms == row.as_of_ms:
        return _same_again(row, before, values)
    values |= {"as_of_ms": row.as_of_ms, "paid_items": _items(scene, row, order_id, before)}
    payment_id = _store(scene, row, before, values)
    deed = Deed(scene.asker.actor, f"payment told: {row.state}", "payment", payment_id)
    write_audit(scene.connection, scene.hospital_id, deed, scene.moment)
    _follow(scene, values, before)
    return Verdict.STORED


def _follow(scene: Scene, values: Values, before: sa.Row[Any] | None) -> None:
    """What it pays now, and what it paid before, is in line with it."""
    said = [values] if before is None else [values, {name: getattr(before, name) for name in values}]
    for order_id in {it["order_id"] for it in said if it["order_id"] is not None}:
        mark_paid_items(scene.connection, scene.hospital_id, order_id)
    for booking_id in {it["booking_id"] for it in said if it["booking_id"] is not None}:
        settle_booking(scene, booking_id)


def _same_again(row: ToldPayment, before: sa.Row[Any], values: Values) -> Verdict:
    said = [{"no": it.item_no, "code": it.code} for it in row.items]
    is_same = all(_same(name, before, values[name]) for name in values)
    if not is_same or (said and said != before.paid_items):
        raise NotTaken(Why.AS_OF_USED)
    return Verdict.UNCHANGED


def _same(name: str, before: sa.Row[Any], value: object) -> bool:
    # What was paid for a booking goes with it when it is changed: then the row names a later one.  # rule E3
    return bool(getattr(before, name) == value) or (name == "booking_id" and value is not None)


def _stored(scene: Scene, row: ToldPayment) -> sa.Row[Any] | None:
    query = sa.select(payment).where(
        payment.c.hospital_id == scene.hospital_id,
        payment.c.source == row.source,
        payment.c.reference == row.reference,
    )
    return scene.connection.execute(query).one_or_none()


def _store(scene: Scene, row: ToldPayment, before: sa.Row[Any] | None, values: Values) -> UUID:
    if before is None:
        payment_id = scene.moment.new_id()
        named = {"payment_id": payment_id, "source": row.source, "reference": row.reference}
        scene.connection.execute(payment.insert().values(hospital_id=scene.hospital_id, **named, **values))
        return payment_id
    if before.booking_id is not None and values["booking_id"] is not None:
        values = values | {"booking_id": before.booking_id}
    changed = scene.connection.execute(
        payment.update()
        .where(
            payment.c.hospital_id == scene.hospital_id,
            payment.c.payment_id == before.payment_id,
            payment.c.as_of_ms == before.as_of_ms,
        )
        .values(**values)
    )
    if changed.rowcount != 1:
        raise Overtaken
    earlier: UUID = before.payment_id
    return earlier


def _items(scene: Scene, row: ToldPayment, order_id: UUID | None, before: sa.Row[Any] | None) -> list[Values] | None:
    """What it pays of an order. One that names nothing pays what the order has now, and not what is added later."""
    if order_id is None:
        return None
    if row.items:
        return [{"no": it.item_no, "code": it.code} for it in row.items]
    if before is not None and before.order_id == order_id:
        kept: list[Values] = before.paid_items
        return kept
    query = (
        sa.select(order_item.c.item_no, order_item.c.code)
        .where(order_item.c.hospital_id == scene.hospital_id, order_item.c.order_id == order_id)
        .order_by(order_item.c.item_no)
    )
    return [{"no": it.item_no, "code": it.code} for it in scene.connection.execute(query)]


def _order_meant(scene: Scene, row: ToldPayment) -> UUID:
    """The order of that number. Raises NotTaken."""
    reference = plain_reference(row.order_reference)
    assert reference is not None, "flaws were looked for"
    order_id: UUID | None = scene.connection.execute(
        sa.select(doctor_order.c.order_id).where(
            doctor_order.c.hospital_id == scene.hospital_id,
            doctor_order.c.reference_hash == hash_of(scene.lookup, reference),
        )
    ).scalar_one_or_none()
    if order_id is None:
        raise NotTaken(Why.UNKNOWN_ORDER)
    return order_id
