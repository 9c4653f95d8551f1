"""Arrivals, and the operations that terminals sent with what became of them."""

from __future__ import annotations

import sqlalchemy as sa

from central.tables.base import document, instant, key, metadata, reference, same_tenant, text

check_in = sa.Table(
    "check_in",
    metadata,
    key("hospital_id"),
    key("booking_id"),
    reference("operation_id"),
    reference("terminal_id"),
    instant("arrived_ms"),
    text("queue_number", 16),
    sa.Column("is_late", sa.Boolean, nullable=False),
    instant("recorded_ms"),
    same_tenant("hospital_id", "booking_id", "booking", "booking_id"),
)
"""One arrival a booking; `arrived_ms` is the earliest corrected time that any terminal reported."""

operation = sa.Table(
    "operation",
    metadata,
    key("hospital_id"),
    key("operation_id"),
    reference("terminal_id"),
    text("kind", 32),
    text("mode", 16),
    sa.Column("body_hash", sa.LargeBinary(32), nullable=False),
    sa.Column("subject_hash", sa.LargeBinary(32), nullable=False),
    text("verdict", 16),
    document("result"),
    instant("received_ms"),
    instant("true_ms"),
    instant("device_wall_ms"),
    text("device_boot_id", 64),
    instant("device_boot_ms"),
    instant("device_offset_ms", is_optional=True),
    sa.Index(None, "hospital_id", "received_ms"),
)
"""The memory that makes repeats harmless. `mode` is `asked` or `happened`; `subject_hash` covers what the act is about
(kind and booking), `body_hash` all that was said."""
