"""The feed: which thing changed, in the order of the commits. A hospital has one, and the group has one of its own."""

from __future__ import annotations

import sqlalchemy as sa

from central.tables.base import instant, key, metadata, number, reference, text

feed = sa.Table(
    "feed",
    metadata,
    key("tenant_id"),
    key("change_id"),
    sa.Column("pos", sa.BigInteger, nullable=True),
    text("entity", 32),
    reference("entity_id"),
    number("ver"),
    text("service_date", 10, is_optional=True),
    sa.UniqueConstraint("tenant_id", "pos"),
)
"""Positions have no gap. A store with one writer fills `pos` in the transaction itself; elsewhere it stays null until a
sequencer numbers what was committed. The last row of a tenant is never deleted: the next position follows it.
`service_date` is null for what every terminal needs whatever its days."""

feed_epoch = sa.Table(
    "feed_epoch",
    metadata,
    key("tenant_id"),
    text("epoch", 32),
    instant("began_ms"),
)
"""A new epoch after a restore: cursors of the old one are gone."""
