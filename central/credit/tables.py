"""The ledger, and what hospitals have to tell the group. Records are only ever added.

The ledger belongs to the group, an act to a hospital, and no transaction spans tenants: a hospital writes what the
group must hear into `told_to_group`, and a relay delivers it, once, by its id.
"""

from __future__ import annotations

import sqlalchemy as sa

from central.tables.base import document, flag, instant, key, metadata, reference, same_tenant, sealed, text

credit_record = sa.Table(
    "credit_record",
    metadata,
    key("group_id"),
    key("record_id"),
    reference("person_id"),
    text("kind", 16),
    text("act", 16, is_optional=True),
    text("cause", 16, is_optional=True),
    text("day", 10),
    instant("at_ms"),
    reference("hospital_id", is_optional=True),
    reference("booking_id", is_optional=True),
    reference("about_id", is_optional=True),
    flag("is_provisional", default=False),
    sealed("reason_sealed", is_optional=True),
    text("actor", 64, is_optional=True),
    instant("recorded_ms"),
    sa.Index(None, "group_id", "person_id", "day"),
    sa.Index("ix_credit_record_booking", "group_id", "booking_id"),
    same_tenant("group_id", "person_id", "person", "person_id"),
)
"""One `booking.credit` record: `kind` names its class, `about_id` the entry or record that it speaks of.  # rule F3"""

told_to_group = sa.Table(
    "told_to_group",
    metadata,
    key("hospital_id"),
    key("message_id"),
    reference("person_id"),
    text("kind", 32),
    document("body"),
    instant("made_ms"),
    instant("delivered_ms", is_optional=True),
    instant("provisional_since_ms", is_optional=True),
    sa.Index(None, "hospital_id", "delivered_ms", "made_ms"),
    sa.Index("ix_told_to_group_person", "hospital_id", "person_id"),
    sa.Index(
        "ix_told_to_group_provisional",
        "hospital_id",
        "provisional_since_ms",
        sqlite_where=sa.text("provisional_since_ms IS NOT NULL"),
        postgresql_where=sa.text("provisional_since_ms IS NOT NULL"),
    ),
)
"""What a hospital tells its group, until it was delivered. `body` holds ids, days and codes, nothing personal.
`provisional_since_ms` stands until every terminal has told what it took before.  # rule G9"""
