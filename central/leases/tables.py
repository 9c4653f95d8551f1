"""What was lent to which terminal, with the booking numbers that went along."""

from __future__ import annotations

import sqlalchemy as sa

from central.tables.base import flag, hashed, instant, key, metadata, reference, same_tenant, sealed, text

lease = sa.Table(
    "lease",
    metadata,
    key("hospital_id"),
    key("lease_id"),
    reference("terminal_id"),
    reference("session_id"),
    reference("request_id"),
    text("state", 16),
    flag("is_for_walk_ins", default=False),
    instant("granted_ms"),
    instant("good_for_ms"),
    instant("last_sale_ms"),
    instant("settled_ms", is_optional=True),
    instant("release_asked_ms", is_optional=True),
    text("release_asked_by", 64, is_optional=True),
    sealed("release_reason_sealed", is_optional=True),
    instant("released_ms", is_optional=True),
    text("released_by", 64, is_optional=True),
    sa.Index(
        "uq_lease_request",
        "hospital_id",
        "terminal_id",
        "request_id",
        "session_id",
        "is_for_walk_ins",
        unique=True,
    ),
    sa.Index(
        "ix_lease_active",
        "hospital_id",
        "terminal_id",
        sqlite_where=sa.text("state = 'active'"),
        postgresql_where=sa.text("state = 'active'"),
    ),
    sa.Index("ix_lease_session", "hospital_id", "session_id"),
    same_tenant("hospital_id", "session_id", "session", "session_id"),
    same_tenant("hospital_id", "terminal_id", "terminal", "terminal_id"),
    sa.CheckConstraint("state in ('active', 'settled', 'released')", name="ck_lease_state"),
)
"""Places of one session that one request was granted: none is added later. `settled` while none of them is lent: all
are sold or given back. `good_for_ms` is what was told with the grant; a later answer tells it anew. `release_...` and
`released_by` name the two of the staff.  # sync C4"""

lease_place = sa.Table(
    "lease_place",
    metadata,
    key("hospital_id"),
    key("lease_id"),
    sa.Column("no", sa.Integer, primary_key=True, autoincrement=False),
    text("state", 16),
    reference("booking_id", is_optional=True),
    instant("changed_ms"),
    same_tenant("hospital_id", "lease_id", "lease", "lease_id"),
    sa.CheckConstraint("state in ('lent', 'sold', 'returned', 'released')", name="ck_lease_place_state"),
)
"""Each place that a lease ever had, and what became of it: a late sale of a released one is known by this. `booking_id`
is whose it is where it was sold."""

lease_number = sa.Table(
    "lease_number",
    metadata,
    key("hospital_id"),
    key("number_id"),
    reference("lease_id"),
    sealed("number_sealed"),
    hashed("number_hash"),
    reference("booking_id", is_optional=True),
    instant("used_ms", is_optional=True),
    sa.UniqueConstraint("hospital_id", "number_hash"),
    sa.Index(None, "hospital_id", "lease_id"),
    same_tenant("hospital_id", "lease_id", "lease", "lease_id"),
)
"""Booking numbers that only this lease's sales may use, each once. They are drawn where no other booking's are
(`appointments.numbers`)."""
