"""Who waits, and every call. The order is never stored: `booking.queue` says it."""

from __future__ import annotations

import sqlalchemy as sa

from central.tables.base import flag, instant, key, metadata, number, reference, same_tenant, text

queue_entry = sa.Table(
    "queue_entry",
    metadata,
    key("hospital_id"),
    key("entry_id"),
    reference("session_id"),
    reference("booking_id", is_optional=True),
    reference("person_id"),
    text("band", 16),
    text("number", 16),
    text("state", 16),
    instant("joined_ms"),
    instant("arrived_ms"),
    flag("is_late", default=False),
    flag("is_returning", default=False),
    instant("ended_ms", is_optional=True),
    number("ver"),
    sa.Index(None, "hospital_id", "session_id", "state"),
    sa.Index("ix_queue_entry_booking", "hospital_id", "booking_id"),
    same_tenant("hospital_id", "session_id", "session", "session_id"),
)
"""`band` is a `decide.effects.Band`; `state` is `waiting`, `called`, `passed`, `in_consultation`, `finished` or
`left`."""

call = sa.Table(
    "call",
    metadata,
    key("hospital_id"),
    key("call_id"),
    reference("entry_id"),
    text("kind", 16),
    text("station", 64),
    text("actor", 64),
    instant("at_ms"),
    sa.Index(None, "hospital_id", "entry_id", "at_ms"),
    same_tenant("hospital_id", "entry_id", "queue_entry", "entry_id"),
)
"""`kind` is `call`, `recall`, `pass`, `return`, `transfer`, `start`, `finish` or `undo`."""
