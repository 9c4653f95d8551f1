"""Taking a doctor's order over from the hospital's system.  # rule D11"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from central.appointments.scene import Scene
from central.catalogue.tables import service
from central.hospital_systems.told import NotTaken, ToldItem, ToldOrder, Verdict, Why
from central.orders.paid import mark_paid_items
from central.orders.references import hash_of, plain_reference, sealed_reference
from central.orders.tables import doctor_order, order_item
from central.rosters.tables import department, doctor
from central.staff.service import Deed, write_audit
from central.writer import Overtaken

Values = dict[str, Any]
_HEAD = ("person_id", "doctor_id", "department_id", "state", "is_urgent", "ordered_ms")
_ITEM = (
    "item_no",
    "code",
    "name",
    "service_id",
    "is_fasting",
    "series_minutes",
    "preparation_days",
    "tubes",
)


def take_order(scene: Scene, row: ToldOrder, person_id: UUID) -> Verdict:
    """Store the order as it was at `as_of_ms`, unless something newer is known. Raises NotTaken, Overtaken."""
    reference = plain_reference(row.reference)
    assert reference is not None, "flaws were looked for"
    number_hash = hash_of(scene.lookup, reference)
    head = _head(row, person_id)
    items = [_item(it) for it in sorted(row.items, key=lambda it: it.item_no)]
    before = _stored(scene, number_hash)
    if before is not None and before.as_of_ms > row.as_of_ms:
        return Verdict.OLDER
    if before is not None and before.as_of_ms == row.as_of_ms:
        if {name: getattr(before, name) for name in _HEAD} == head and _items(scene, before.order_id) == items:
            return Verdict.UNCHANGED
        raise NotTaken(Why.AS_OF_USED)
    _check_known(scene, row)
    if before is None:
        order_id = scene.moment.new_id()
        _insert(scene, order_id, {**head, "reference_hash": number_hash, "as_of_ms": row.as_of_ms}, reference)
    else:
        order_id = before.order_id
        _replace(scene, before, {**head, "as_of_ms": row.as_of_ms})
    _put_items(scene, order_id, items)
    mark_paid_items(scene.connection, scene.hospital_id, order_id)
    deed = Deed(scene.asker.actor, "order told", "order", order_id)
    write_audit(scene.connection, scene.hospital_id, deed, scene.moment)
    return Verdict.STORED


def _head(row: ToldOrder, person_id: UUID) -> Values:
    return {
        "person_id": person_id,
        "doctor_id": row.doctor_id,
        "department_id": row.department_id,
        "state": row.state,
        "is_urgent": row.is_urgent,
        "ordered_ms": row.ordered_ms,
    }


def _item(told: ToldItem) -> Values:
    return {
        "item_no": told.item_no,
        "code": told.code,
        "name": {"zh-CN": told.name, **({"en": told.name_en} if told.name_en else {})},
        "service_id": told.service_id,
        "is_fasting": told.is_fasting,
        "series_minutes": ",".join(map(str, told.series_minutes)) or None,
        "preparation_days": told.preparation_days,
        "tubes": told.tubes or None,
    }


def _stored(scene: Scene, number_hash: bytes) -> sa.Row[Any] | None:
    query = sa.select(doctor_order).where(
        doctor_order.c.hospital_id == scene.hospital_id, doctor_order.c.reference_hash == number_hash
    )
    return scene.connection.execute(query).one_or_none()


def _items(scene: Scene, order_id: UUID) -> list[Values]:
    query = (
        sa.select(*(order_item.c[name] for name in _ITEM))
        .where(order_item.c.hospital_id == scene.hospital_id, order_item.c.order_id == order_id)
        .order_by(order_item.c.item_no)
    )
    return [dict(it._mapping) for it in scene.connection.execute(query)]  # noqa: SLF001 - SQLAlchemy's public name for it


def _insert(scene: Scene, order_id: UUID, values: Values, reference: str) -> None:
    """Another writer may insert the same one: then this piece is done again and finds it."""
    scene.connection.execute(
        doctor_order.insert().values(
            hospital_id=scene.hospital_id,
            order_id=order_id,
            reference_sealed=sealed_reference(scene.keys, order_id, reference),
            ver=1,
            **values,
        )
    )


def _replace(scene: Scene, before: sa.Row[Any], values: Values) -> None:
    changed = scene.connection.execute(
        doctor_order.update()
        .where(
            doctor_order.c.hospital_id == scene.hospital_id,
            doctor_order.c.order_id == before.order_id,
            doctor_order.c.ver == before.ver,
        )
        .values(ver=before.ver + 1, **values)
    )
    if changed.rowcount != 1:
        raise Overtaken


def _put_items(scene: Scene, order_id: UUID, items: list[Values]) -> None:
    """The items are these; what of them was paid is marked afterwards."""
    of = {"hospital_id": scene.hospital_id, "order_id": order_id}
    scene.connection.execute(
        order_item.delete().where(order_item.c.hospital_id == scene.hospital_id, order_item.c.order_id == order_id)
    )
    scene.connection.execute(order_item.insert(), [{**of, **it} for it in items])


def _check_known(scene: Scene, row: ToldOrder) -> None:
    """What it points to is this hospital's. Raises NotTaken."""
    named = (
        (doctor.c.doctor_id, {row.doctor_id}, Why.UNKNOWN_DOCTOR),
        (department.c.department_id, {row.department_id}, Why.UNKNOWN_DEPARTMENT),
        (service.c.service_id, {it.service_id for it in row.items}, Why.UNKNOWN_SERVICE),
    )
    for column, wanted, why in named:
        ids = wanted - {None}
        if not ids:
            continue
        query = sa.select(sa.func.count()).where(column.table.c.hospital_id == scene.hospital_id, column.in_(ids))
        if scene.connection.execute(query).scalar_one() != len(ids):
            raise NotTaken(why)
