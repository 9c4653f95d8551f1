"""Hospitals with their catalogue; sessions and slots."""

from __future__ import annotations

import sqlalchemy as sa

from central.tables.base import instant, key, metadata, names, number, reference, same_tenant, text

hospital = sa.Table(
    "hospital",
    metadata,
    key("hospital_id"),
    reference("group_id"),
    text("code", 2),
    names("name"),
    text("time_zone", 64),
    sa.UniqueConstraint("group_id", "code"),
)

department = sa.Table(
    "department",
    metadata,
    key("hospital_id"),
    key("department_id"),
    names("name"),
    sa.Column("is_sensitive", sa.Boolean, nullable=False),
    number("ver"),
)

doctor = sa.Table(
    "doctor",
    metadata,
    key("hospital_id"),
    key("doctor_id"),
    names("name"),
    names("title"),
    number("ver"),
)

place = sa.Table(
    "place",
    metadata,
    key("hospital_id"),
    key("place_id"),
    names("building"),
    names("floor"),
    names("area"),
    names("room"),
    number("ver"),
)

session = sa.Table(
    "session",
    metadata,
    key("hospital_id"),
    key("session_id"),
    reference("department_id"),
    reference("doctor_id", is_optional=True),
    reference("place_id"),
    text("service_date", 10),
    instant("starts_ms"),
    instant("ends_ms"),
    text("letters", 8),
    sa.Column("capacity", sa.Integer, nullable=False),
    text("kind", 32),
    instant("published_ms", is_optional=True),
    number("ver"),
    sa.Index(None, "hospital_id", "service_date"),
    same_tenant("hospital_id", "department_id", "department", "department_id"),
    same_tenant("hospital_id", "doctor_id", "doctor", "doctor_id"),
    same_tenant("hospital_id", "place_id", "place", "place_id"),
)

slot = sa.Table(
    "slot",
    metadata,
    key("hospital_id"),
    key("session_id"),
    sa.Column("no", sa.Integer, primary_key=True, autoincrement=False),
    instant("starts_ms"),
    instant("ends_ms"),
    text("state", 16),
    reference("lease_id", is_optional=True),
    reference("booking_id", is_optional=True),
    number("ver"),
    same_tenant("hospital_id", "session_id", "session", "session_id"),
    sa.CheckConstraint("state in ('free', 'held', 'leased', 'busy', 'blocked')", name="ck_slot_state"),
)
