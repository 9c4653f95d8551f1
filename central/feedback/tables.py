"""Ratings of kept visits, complaints, and help calls from terminals."""

from __future__ import annotations

import sqlalchemy as sa

from central.tables.base import flag, instant, key, metadata, number, reference, same_tenant, sealed, small, text

rating = sa.Table(
    "rating",
    metadata,
    key("hospital_id"),
    key("booking_id"),
    small("stars"),
    sealed("comment_sealed", is_optional=True),
    text("moderation", 16),
    text("channel", 32),
    instant("made_ms"),
    same_tenant("hospital_id", "booking_id", "booking", "booking_id"),
    sa.CheckConstraint("stars between 1 and 5", name="ck_rating_stars"),
)
"""One for a kept visit; a comment shows when `moderation` is `shown`.  # rules D13, I4"""

complaint = sa.Table(
    "complaint",
    metadata,
    key("hospital_id"),
    key("complaint_id"),
    text("way", 16),
    sealed("complainant_sealed", is_optional=True),
    sealed("text_sealed"),
    reference("department_id", is_optional=True),
    reference("doctor_id", is_optional=True),
    text("state", 16),
    flag("is_upheld", default=False),
    instant("made_ms"),
    instant("due_ms"),
    instant("closed_ms", is_optional=True),
    number("ver"),
    sa.Index(None, "hospital_id", "state", "due_ms"),
)
"""The complainant is secret from the person concerned.  # rule I4"""

help_call = sa.Table(
    "help_call",
    metadata,
    key("hospital_id"),
    key("call_id"),
    reference("terminal_id"),
    text("kind", 16),
    text("owner", 64, is_optional=True),
    instant("made_ms"),
    instant("taken_ms", is_optional=True),
    instant("raised_ms", is_optional=True),
    instant("solved_ms", is_optional=True),
    number("ver"),
    sa.Index(None, "hospital_id", "solved_ms", "made_ms"),
)
"""`kind` is `help`, `wheelchair` or `guide`; who takes it first owns it.  # rule B4"""
