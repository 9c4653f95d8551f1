"""Doctors' orders with their items, payments, refund orders. What comes from a hospital system carries `as_of_ms`."""

from __future__ import annotations

import sqlalchemy as sa

from central.tables.base import (
    flag,
    hashed,
    instant,
    key,
    metadata,
    names,
    number,
    optional_document,
    reference,
    same_tenant,
    sealed,
    small,
    text,
)

doctor_order = sa.Table(
    "doctor_order",
    metadata,
    key("hospital_id"),
    key("order_id"),
    reference("person_id"),
    sealed("reference_sealed"),
    hashed("reference_hash"),
    reference("doctor_id", is_optional=True),
    reference("department_id", is_optional=True),
    text("state", 16),
    flag("is_urgent", default=False),
    instant("ordered_ms"),
    instant("as_of_ms"),
    number("ver"),
    sa.UniqueConstraint("hospital_id", "reference_hash"),
    sa.Index(None, "hospital_id", "person_id"),
)
"""`reference` is the barcode's text; `state` is `open`, `done` or `withdrawn`.  # rule D11"""

order_item = sa.Table(
    "order_item",
    metadata,
    key("hospital_id"),
    key("order_id"),
    sa.Column("item_no", sa.Integer, primary_key=True, autoincrement=False),
    text("code", 32),
    names("name"),
    reference("service_id", is_optional=True),
    text("paid_code", 32, is_optional=True),
    flag("is_paid", default=False),
    flag("is_fasting", default=False),
    text("series_minutes", 64, is_optional=True),
    small("preparation_days", default=0),
    text("tubes", 64, is_optional=True),
    reference("booking_id", is_optional=True),
    same_tenant("hospital_id", "order_id", "doctor_order", "order_id"),
)
"""`paid_code` is what the cashier's system says was paid; it may differ from `code`.  # rule D11"""

payment = sa.Table(
    "payment",
    metadata,
    key("hospital_id"),
    key("payment_id"),
    reference("booking_id", is_optional=True),
    reference("order_id", is_optional=True),
    small("amount_cents"),
    text("state", 16),
    text("source", 32),
    text("reference", 64),
    instant("paid_ms"),
    optional_document("paid_items"),
    instant("as_of_ms"),
    sa.UniqueConstraint("hospital_id", "source", "reference"),
    sa.Index("ix_payment_booking", "hospital_id", "booking_id"),
    sa.Index("ix_payment_order", "hospital_id", "order_id"),
)
"""`state` is `paid` or `reversed`; `paid_items` are the order's items that it pays, with the cashier's code of each:
`[{"no": 1, "code": "CBC"}]`.  # rules D9, D11"""

refund_order = sa.Table(
    "refund_order",
    metadata,
    key("hospital_id"),
    key("refund_id"),
    reference("booking_id"),
    small("amount_cents"),
    text("state", 16),
    text("why", 32),
    instant("made_ms"),
    instant("settled_ms", is_optional=True),
    number("ver"),
    sa.UniqueConstraint("hospital_id", "booking_id"),
)
"""Exactly one for a booking that was prepaid and is not kept; `state` is `ordered`, `paid_out` or `refused`.
# rule D9"""

owner_answer = sa.Table(
    "owner_answer",
    metadata,
    key("hospital_id"),
    key("booking_id"),
    sa.Column("is_confirmed", sa.Boolean, nullable=False),
    text("reference", 64, is_optional=True),
    instant("as_of_ms"),
    instant("taken_ms"),
    same_tenant("hospital_id", "booking_id", "booking", "booking_id"),
)
"""What the system that owns a session has last said of a booking in it.  # rule D4"""
