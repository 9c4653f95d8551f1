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
)
