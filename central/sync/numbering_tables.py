"""Who numbers a feed, where writers commit out of order."""

from __future__ import annotations

import sqlalchemy as sa

from central.tables.base import instant, key, metadata, number

feed_sequencer = sa.Table(
    "feed_sequencer",
    metadata,
    key("tenant_id"),
    sa.Column("leader_id", sa.Uuid, nullable=True),
    number("epoch"),
    instant("taken_ms"),
)
"""One row a feed that was ever numbered by a sequencer. `leader_id` is null when the last one resigned. `epoch` grows
with each change of hands: whoever holds an older one numbers nothing more. `taken_ms` is for people to look at."""
