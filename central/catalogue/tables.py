"""Services with their one-time notice, and announcements. Departments, doctors and places stand with the rosters."""

from __future__ import annotations

import sqlalchemy as sa

from central.tables.base import flag, instant, key, metadata, names, number, optional_document, reference, small, text

service = sa.Table(
    "service",
    metadata,
    key("hospital_id"),
    key("service_id"),
    reference("department_id", is_optional=True),
    text("kind", 32),
    names("name"),
    optional_document("bring"),
    optional_document("prepare"),
    small("duration_min", default=0),
    small("fee_cents", default=0),
    flag("is_fasting", default=False),
    flag("needs_order", default=False),
    flag("is_retired", default=False),
    number("ver"),
)
"""`kind` is a `roster.plans.ClinicKind`; `bring` and `prepare` are texts by language: with duration and fee they are
the one-time notice.  # rules C2, D10"""

notice = sa.Table(
    "notice",
    metadata,
    key("hospital_id"),
    key("notice_id"),
    text("kind", 16),
    names("title"),
    names("body"),
    instant("from_ms"),
    instant("until_ms", is_optional=True),
    flag("is_retired", default=False),
    number("ver"),
    sa.Index(None, "hospital_id", "from_ms"),
)
"""Booking notes, steps, complaint phone, announced rule changes.  # rule C13"""
