"""Staff tasks and the audit trail."""

from __future__ import annotations

import sqlalchemy as sa

from central.tables.base import document, instant, key, metadata, reference, sealed, text

staff_task = sa.Table(
    "staff_task",
    metadata,
    key("hospital_id"),
    key("task_id"),
    text("kind", 32),
    text("reason", 64),
    reference("terminal_id", is_optional=True),
    reference("operation_id", is_optional=True),
    reference("booking_id", is_optional=True),
    document("facts"),
    instant("made_ms"),
    instant("settled_ms", is_optional=True),
    text("settled_by", 64, is_optional=True),
    sa.Index(None, "hospital_id", "settled_ms", "made_ms"),
    sa.Index("ix_staff_task_operation", "hospital_id", "operation_id"),
)
"""`settled_by` is null where an act settled it by itself."""

audit = sa.Table(
    "audit",
    metadata,
    key("tenant_id"),
    key("audit_id"),
    instant("at_ms"),
    text("actor", 64),
    text("action", 64),
    text("entity", 32),
    reference("entity_id"),
    sealed("before_sealed", is_optional=True),
    sealed("after_sealed", is_optional=True),
    sa.Index(None, "tenant_id", "at_ms"),
)
