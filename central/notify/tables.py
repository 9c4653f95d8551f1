"""Messages waiting to be sent, and what became of them. Texts and addresses are made when one is sent, never kept."""

from __future__ import annotations

import sqlalchemy as sa

from central.tables.base import document, instant, key, metadata, reference, small, text

message = sa.Table(
    "message",
    metadata,
    key("hospital_id"),
    key("message_id"),
    reference("person_id"),
    reference("booking_id", is_optional=True),
    text("kind", 32),
    text("state", 16),
    document("facts"),
    instant("made_ms"),
    instant("due_ms"),
    instant("sent_ms", is_optional=True),
    small("attempts", default=0),
    text("fault", 64, is_optional=True),
    sa.Index(None, "hospital_id", "state", "due_ms"),
    sa.Index("ix_message_booking", "hospital_id", "booking_id"),
)
"""`kind` is a `decide.effects.Message`; `state` is `waiting`, `sent`, `failed` or `dropped`; `facts` hold ids, instants
and codes."""
