"""Clients of channels, and the memory that makes a repeated write harmless."""

from __future__ import annotations

import sqlalchemy as sa

from central.tables.base import document, instant, key, metadata, reference, text

channel_client = sa.Table(
    "channel_client",
    metadata,
    key("group_id"),
    key("client_id"),
    text("channel", 32),
    text("label", 64),
    reference("hospital_id", is_optional=True),
    sa.Column("token_hash", sa.LargeBinary(17), nullable=False),
    document("rights"),
    instant("made_ms"),
    instant("expires_ms", is_optional=True),
    instant("revoked_ms", is_optional=True),
    sa.UniqueConstraint("group_id", "token_hash"),
    sa.Index("ix_channel_client_token", "token_hash"),
)
"""One program that speaks for a channel, at one hospital or (null) all of the group. `rights` are names of what it may
do besides booking: `hospital_system`, `staff`."""

answer = sa.Table(
    "answer",
    metadata,
    key("tenant_id"),
    key("caller_id"),
    sa.Column("idempotency_key", sa.String(64), primary_key=True),
    sa.Column("body_hash", sa.LargeBinary(32), nullable=False),
    sa.Column("status", sa.Integer, nullable=False),
    document("body"),
    instant("made_ms"),
    sa.Index(None, "tenant_id", "made_ms"),
)
"""What a write was answered, kept in the transaction of its effect, at least 45 days.  # sync A4"""
