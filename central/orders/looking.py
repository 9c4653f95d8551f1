"""Seeing orders: by the barcode at a terminal or a desk, and a person's own.  # rules A4, D11"""

from __future__ import annotations

import base64
import binascii
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from booking.decide import Refused, decide
from booking.decide.commands import Look
from booking.decide.given import Acting, LookFacts
from booking.localized import LocalizedText
from booking.wire_orders import FindOrder, OrderItemView, OrderView
from central.appointments.at_hand import COUNTING
from central.appointments.scene import NoSuchThing, Scene
from central.appointments.tables import booking
from central.orders.facts import OPEN, is_differing, items_of
from central.orders.references import hash_of, plain_reference
from central.orders.tables import doctor_order
from central.people.facts import acting_for, copy_of

_HASH_BYTES = 17
_MOST = 100


def by_barcode(scene: Scene, ask: FindOrder) -> OrderView:
    """The order. Raises NoSuchThing, whatever is wrong with what was read."""
    number_hash = _hash(scene, ask)
    row = scene.connection.execute(
        sa.select(doctor_order).where(
            doctor_order.c.hospital_id == scene.hospital_id, doctor_order.c.reference_hash == number_hash
        )
    ).one_or_none()
    if row is None:
        raise NoSuchThing
    return _view(scene, row)


def orders_of(scene: Scene, person_id: UUID, acting_id: UUID | None) -> tuple[OrderView, ...] | Refused:
    """The person's open orders, to themselves, a guardian and staff. Raises NoSuchThing."""
    patient = copy_of(scene.connection, scene.hospital_id, person_id)
    if patient is None:
        raise NoSuchThing
    acting = Acting.STAFF if scene.asker.is_staff and acting_id is None else acting_for(patient, acting_id)
    decision = decide(scene.policy, LookFacts(acting=acting, has_need=True), Look(), scene.now_ms)
    if isinstance(decision, Refused):
        return decision
    rows = scene.connection.execute(
        sa.select(doctor_order)
        .where(
            doctor_order.c.hospital_id == scene.hospital_id,
            doctor_order.c.person_id == person_id,
            doctor_order.c.state == OPEN,
        )
        .order_by(doctor_order.c.ordered_ms.desc(), doctor_order.c.order_id.desc())
        .limit(_MOST)
    ).all()
    return tuple(_view(scene, row) for row in rows)


def _hash(scene: Scene, ask: FindOrder) -> bytes:
    if ask.reference_hash:
        try:
            found = base64.b64decode(ask.reference_hash, validate=True)
        except (binascii.Error, ValueError) as error:
            raise NoSuchThing from error
        if len(found) != _HASH_BYTES:
            raise NoSuchThing
        return found
    reference = plain_reference(ask.reference)
    if reference is None:
        raise NoSuchThing
    return hash_of(scene.lookup, reference)


def _view(scene: Scene, row: sa.Row[Any]) -> OrderView:
    items = items_of(scene.connection, scene.hospital_id, row.order_id)
    patient = copy_of(scene.connection, scene.hospital_id, row.person_id)
    return OrderView(
        order_id=row.order_id,
        person_id=row.person_id,
        masked_name=patient.masked_name if patient is not None else "",
        state=row.state,
        is_urgent=row.is_urgent,
        ordered_ms=row.ordered_ms,
        as_of_ms=row.as_of_ms,
        items=tuple(map(_item, items)),
        unpaid=tuple(it.code for it in items if not it.is_paid),
        differing=tuple(it.code for it in items if is_differing(it)),
        doctor_id=row.doctor_id,
        department_id=row.department_id,
        booking_ids=_bookings(scene, row.order_id),
    )


def _item(it: sa.Row[Any]) -> OrderItemView:
    return OrderItemView(
        item_no=it.item_no,
        code=it.code,
        name=LocalizedText(it.name),
        service_id=it.service_id,
        is_paid=it.is_paid,
        is_differing=is_differing(it),
        is_fasting=it.is_fasting,
        series_minutes=tuple(int(text) for text in (it.series_minutes or "").split(",") if text),
        preparation_days=it.preparation_days,
        tubes=it.tubes or "",
    )


def _bookings(scene: Scene, order_id: UUID) -> tuple[UUID, ...]:
    query = sa.select(booking.c.booking_id).where(
        booking.c.hospital_id == scene.hospital_id,
        booking.c.order_id == order_id,
        booking.c.state.in_(COUNTING),
    )
    return tuple(scene.connection.execute(query.order_by(booking.c.booking_id)).scalars())
