"""Terminals and the one-time codes that let them in."""

from __future__ import annotations

import sqlalchemy as sa

from central.tables.base import instant, key, metadata, number, reference, text

terminal = sa.Table(
    "terminal",
    metadata,
    key("hospital_id"),
    key("terminal_id"),
    sa.Column("public_key", sa.LargeBinary(64), nullable=False),
    text("label", 64),
    instant("enrolled_ms"),
    instant("revoked_ms", is_optional=True),
    number("boot"),
    instant("boot_raised_ms"),
    instant("two_boots_ms", is_optional=True),
    instant("seen_ms", is_optional=True),
    sa.Column("health", sa.JSON, nullable=True),
    sa.Index("ix_terminal_id", "terminal_id"),
)
"""`public_key` is a suite byte and the key. `boot` is the highest boot number that was used; `two_boots_ms` is when an
older one was used beside it, which a copied disk would do. `health` is the last heartbeat."""

enrolment_code = sa.Table(
    "enrolment_code",
    metadata,
    key("hospital_id"),
    key("code_id"),
    sa.Column("code_hash", sa.LargeBinary(17), nullable=False),
    text("label", 64),
    instant("made_ms"),
    instant("expires_ms"),
    instant("used_ms", is_optional=True),
    reference("terminal_id", is_optional=True),
    sa.UniqueConstraint("hospital_id", "code_hash"),
)
