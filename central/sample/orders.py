"""Doctors' orders of the sample: paid, unpaid, paid for something else, urgent, in a series.  # rule D11"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import uuid5

import sqlalchemy as sa

from central.moment import Moment
from central.orders.references import order_message
from central.orders.tables import doctor_order, order_item, payment
from central.people.personal import GroupKeys
from central.sample.catalogue import HOSPITALS, two
from central.sample.plan import PlannedPerson, SamplePlan
from central.sample.rows import Values
from central.sample.services import SERVICES

_BY_CODE = {it.code: it for it in SERVICES}
_CASHIER = "cashier"


@dataclass(frozen=True, slots=True)
class SampleOrder:
    """What was ordered. `paid` says item by item what the cashier's system calls paid; empty is unpaid."""

    codes: tuple[str, ...]
    paid: tuple[str, ...]
    is_urgent: bool = False
    is_done: bool = False


ORDERS = (
    SampleOrder(("CBC",), ("CBC",)),
    SampleOrder(("GLU", "CBC"), ("GLU", "CBC")),
    SampleOrder(("US-ABD",), ("US-ABD",)),
    SampleOrder(("CT-CHEST",), ("",)),
    SampleOrder(("GLU", "US-HEART"), ("GLU", "")),
    SampleOrder(("US-HEART",), ("US-ABD",)),
    SampleOrder(("OGTT",), ("OGTT",)),
    SampleOrder(("CBC",), ("CBC",), is_urgent=True),
    SampleOrder(("CT-CHEST",), ("CT-CHEST",), is_done=True),
)
_SERIES = {"OGTT": "0,60,120"}
_TUBES = {"GLU": "灰管 1", "CBC": "紫管 1", "OGTT": "灰管 3"}


def load_orders(connection: sa.Connection, plan: SamplePlan, keys: GroupKeys, moment: Moment) -> None:
    """One order for each of the first people with a booking today at the first hospital."""
    here = HOSPITALS[0]
    patients = [it for it in plan.people if not it.note and any(one.session.day == plan.today for one in it.bookings)]
    patients = [it for it in patients if it.bookings[0].hospital is here]
    for number, (wanted, it) in enumerate(zip(ORDERS, patients, strict=False), 1):
        _load(connection, plan, keys, (number, wanted, it), moment)


def _load(
    connection: sa.Connection,
    plan: SamplePlan,
    keys: GroupKeys,
    made: tuple[int, SampleOrder, PlannedPerson],
    moment: Moment,
) -> None:
    number, wanted, it = made
    hospital_id = plan.hospital_ids[HOSPITALS[0].code]
    order_id = uuid5(it.person_id, f"order {number}")
    reference = f"L{plan.today:%y%m%d}{number:04d}"
    connection.execute(
        doctor_order.insert().values(
            hospital_id=hospital_id,
            order_id=order_id,
            person_id=it.person_id,
            reference_sealed=keys.keys.seal.seal(
                reference, table="doctor_order", column="reference_sealed", row=order_id
            ),
            reference_hash=keys.lookup.of(order_message(reference)),
            state="done" if wanted.is_done else "open",
            is_urgent=wanted.is_urgent,
            ordered_ms=moment.now_ms - 86_400_000,
            as_of_ms=moment.now_ms,
            ver=1,
        )
    )
    items: list[Values] = []
    for at, (code, paid) in enumerate(zip(wanted.codes, wanted.paid, strict=True), 1):
        items.append(
            {
                "hospital_id": hospital_id,
                "order_id": order_id,
                "item_no": at,
                "code": code,
                "name": two(_BY_CODE[code].name),
                "service_id": uuid5(hospital_id, f"service {code}"),
                "paid_code": paid or None,
                "is_paid": bool(paid),
                "is_fasting": _BY_CODE[code].is_fasting,
                "series_minutes": _SERIES.get(code),
                "tubes": _TUBES.get(code),
            }
        )
    connection.execute(order_item.insert(), items)
    cents = sum(_BY_CODE[code].fee_cents for code in wanted.paid if code)
    if cents:
        connection.execute(
            payment.insert().values(
                hospital_id=hospital_id,
                payment_id=uuid5(order_id, "payment"),
                order_id=order_id,
                amount_cents=cents,
                state="paid",
                source=_CASHIER,
                reference=f"P{reference}",
                paid_ms=moment.now_ms - 3_600_000,
                paid_items=[{"no": at, "code": code} for at, code in enumerate(wanted.paid, 1) if code],
                as_of_ms=moment.now_ms,
            )
        )
