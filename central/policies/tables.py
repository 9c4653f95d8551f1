"""Policies: a version is never changed, only followed by the next."""

from __future__ import annotations

import sqlalchemy as sa

from central.tables.base import document, instant, key, metadata

policy = sa.Table(
    "policy",
    metadata,
    key("hospital_id"),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    document("document"),
    instant("from_ms"),
    instant("told_ms", is_optional=True),
)
"""`told_ms` is when the feed said that it is in force; null until then."""
