"""Persons and credentials of the group, and each hospital's own copy of what its terminals may show."""

from __future__ import annotations

import sqlalchemy as sa

from central.tables.base import (
    document,
    flag,
    hashed,
    instant,
    key,
    metadata,
    number,
    optional_document,
    reference,
    same_tenant,
    sealed,
    text,
)

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
    sealed("contact_sealed", is_optional=True),
    text("masked_name", 64),
    text("sex", 16),
    sa.Column("birth_year", sa.Integer, nullable=False),
    flag("is_verified", default=True),
    instant("verified_ms", is_optional=True),
    instant("refused_ms", is_optional=True),
    text("language", 16, is_optional=True),
    reference("merged_into", is_optional=True),
    instant("erased_ms", is_optional=True),
    instant("made_ms", is_optional=True),
    number("ver"),
    sa.Index(None, "group_id", "name_hash"),
    sa.Index(None, "group_id", "phone_hash"),
)
"""Registered without a card read, a person is unverified until one, or a review by staff. A record that was merged
points to the one that stays. `contact_sealed` is another way to reach them than a mobile; `refused_ms` is when a
review refused the registration.  # rules A1, A2"""

copy_due = sa.Table(
    "copy_due",
    metadata,
    key("group_id"),
    key("person_id"),
    number("ver"),
    instant("since_ms"),
    sa.Index(None, "group_id", "since_ms"),
)
"""Persons who changed and whose copies in the hospitals may be older: written with the change, gone once every hospital
has the version. No transaction spans tenants; this is what makes the copies follow all the same."""

credential = sa.Table(
    "credential",
    metadata,
    key("group_id"),
    key("credential_id"),
    reference("person_id"),
    text("kind", 32),
    sealed("number_sealed"),
    hashed("number_hash"),
    flag("was_read", default=True),
    instant("ended_ms", is_optional=True),
    sa.UniqueConstraint("group_id", "kind", "number_hash"),
    sa.Index(None, "group_id", "number_hash"),
    sa.Index(None, "group_id", "person_id"),
    same_tenant("group_id", "person_id", "person", "person_id"),
)
"""`was_read`: from the card itself, not typed."""

guardian = sa.Table(
    "guardian",
    metadata,
    key("group_id"),
    key("guardian_id"),
    key("ward_id"),
    text("relation", 32),
    instant("made_ms"),
    instant("ended_ms", is_optional=True),
    sa.Index(None, "group_id", "ward_id"),
    same_tenant("group_id", "guardian_id", "person", "person_id"),
    same_tenant("group_id", "ward_id", "person", "person_id"),
)
"""Who may act for whom.  # rule A5"""

priority_grant = sa.Table(
    "priority_grant",
    metadata,
    key("group_id"),
    key("grant_id"),
    reference("person_id"),
    text("priority_group", 32),
    text("until_day", 10),
    text("document_seen", 64),
    text("granted_by", 64),
    instant("made_ms"),
    instant("withdrawn_ms", is_optional=True),
    text("withdrawn_why", 200, is_optional=True),
    sa.Index(None, "group_id", "person_id"),
    sa.Index("ix_priority_grant_until", "group_id", "until_day"),
    same_tenant("group_id", "person_id", "person", "person_id"),
)
"""Granted by staff on sight of a document.  # rule C8"""

consent = sa.Table(
    "consent",
    metadata,
    key("group_id"),
    key("consent_id"),
    reference("person_id"),
    text("purpose", 32),
    text("text_version", 32),
    text("channel", 32),
    instant("given_ms"),
    instant("withdrawn_ms", is_optional=True),
    sa.Index(None, "group_id", "person_id"),
    same_tenant("group_id", "person_id", "person", "person_id"),
)

merge = sa.Table(
    "merge",
    metadata,
    key("group_id"),
    key("merge_id"),
    reference("kept_id"),
    reference("merged_id"),
    text("actor", 64),
    text("why", 200),
    instant("made_ms"),
    sa.Index(None, "group_id", "kept_id"),
)
"""Two records of one person, merged by staff, never guessed.  # rule A2"""

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
    optional_document("document_kinds"),
    sealed("birth_sealed", is_optional=True),
    sealed("answers_sealed", is_optional=True),
    flag("is_verified", default=True),
    flag("is_reachable", default=True),
    optional_document("grants"),
    optional_document("guardian_ids"),
    optional_document("standing"),
)
"""The hospital's copy of a person, at a version of the group's row. The hashes are base64, as terminals get them;
`document_kinds` are what they are hashes of.
`grants` are the priority groups with their last day, `guardian_ids` who may act for the person, `standing` what the
credit rules said when the copy was made: limits of the group are decided on the copy at hand. `answers_sealed` are the
phone's last four digits, a slash and the birthday (`MMDD`), for the second question to a booking's number."""

alias = sa.Table(
    "alias",
    metadata,
    key("hospital_id"),
    key("alias_id"),
    reference("person_id"),
    instant("made_ms"),
    sa.Index("ix_alias_person", "hospital_id", "person_id"),
)
"""Ids by which terminals may still name a person who is known here under another: made at a terminal for somebody whom
the group knew already, or of a record that was merged. What comes late finds the person by this.  # rule A2"""

seal_key = sa.Table(
    "seal_key",
    metadata,
    key("hospital_id"),
    key("key_id"),
    sa.Column("public_key", sa.LargeBinary(64), nullable=False),
    sealed("private_sealed"),
    instant("from_ms"),
)
"""The keys that terminals of the hospital seal registrations to; the newest counts, the others still open what was
sealed before."""
