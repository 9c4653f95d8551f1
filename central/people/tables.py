"""Persons and credentials of the group, and each hospital's own copy of what its terminals may show."""

from __future__ import annotations

import sqlalchemy as sa

from central.tables.base import document, hashed, key, metadata, number, reference, same_tenant, sealed, text

person = sa.Table(
    "person",
    metadata,
    key("group_id"),
    key("person_id"),
    sealed("name_sealed"),
    hashed("name_hash"),
    sealed("birth_sealed", is_optional=True),
    sealed("phone_sealed", is_optional=True),
    hashed("phone_hash", is_optional=True),
    text("masked_name", 64),
    text("sex", 16),
    sa.Column("birth_year", sa.Integer, nullable=False),
    number("ver"),
    sa.Index(None, "group_id", "name_hash"),
    sa.Index(None, "group_id", "phone_hash"),
)

credential = sa.Table(
    "credential",
    metadata,
    key("group_id"),
    key("credential_id"),
    reference("person_id"),
    text("kind", 32),
    sealed("number_sealed"),
    hashed("number_hash"),
    sa.UniqueConstraint("group_id", "kind", "number_hash"),
    sa.Index(None, "group_id", "number_hash"),
    sa.Index(None, "group_id", "person_id"),
    same_tenant("group_id", "person_id", "person", "person_id"),
)

patient = sa.Table(
    "patient",
    metadata,
    key("hospital_id"),
    key("person_id"),
    number("person_ver"),
    text("masked_name", 64),
    text("sex", 16),
    sa.Column("birth_year", sa.Integer, nullable=False),
    document("credential_hashes"),
)
"""The hospital's copy of a person, at a version of the group's row. The hashes are base64, as terminals get them."""
