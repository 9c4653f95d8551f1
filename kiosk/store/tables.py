"""The tables as queries see them. The migrations make them; a test keeps both alike. Additive for ever.

Every key begins with the hospital that owns the row. Instants are milliseconds UTC, days are `YYYY-MM-DD`.
`subject_id` is what an act or a ticket is about: a booking, a person, a lease, an entry of a waiting list.
"""

from __future__ import annotations

import sqlalchemy as sa

METADATA = sa.MetaData()

META = sa.Table(
    "meta",
    METADATA,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)

MIRROR = sa.Table(
    "mirror",
    METADATA,
    sa.Column("hospital_id", sa.Uuid, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("ver", sa.Integer, nullable=False),
    sa.Column("service_date", sa.Text, nullable=False),  # empty for what has no day
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("is_deleted", sa.Boolean(create_constraint=False), nullable=False),
    sa.Column("snapshot_no", sa.Integer, nullable=False),
    sa.Column("department_id", sa.Text, nullable=False, server_default=""),  # of sessions and bookings
    sa.Index("mirror_held", "hospital_id", "service_date", "department_id", "kind", "id", "ver", "is_deleted"),
)

MIRROR_KEY = sa.Table(
    "mirror_key",
    METADATA,
    sa.Column("hospital_id", sa.Uuid, primary_key=True),
    sa.Column("hash", sa.Text, primary_key=True),
    sa.Column("booking_id", sa.Text, primary_key=True),
    sa.Index("mirror_key_booking", "hospital_id", "booking_id"),
    sqlite_with_rowid=False,
)

CHECK_IN = sa.Table(
    "check_in",
    METADATA,
    sa.Column("hospital_id", sa.Uuid, primary_key=True),
    sa.Column("booking_id", sa.Uuid, primary_key=True),
    sa.Column("operation_id", sa.Uuid, nullable=False),
    sa.Column("service_date", sa.Text, nullable=False),
    sa.Column("queue_number", sa.Text, nullable=False),
    sa.Column("checked_in_ms", sa.Integer, nullable=False),
    sa.Column("is_confirmed", sa.Boolean(create_constraint=False), nullable=False),
)

OUTBOX = sa.Table(
    "outbox",
    METADATA,
    sa.Column("hospital_id", sa.Uuid, primary_key=True),
    sa.Column("operation_id", sa.Uuid, primary_key=True),
    sa.Column("subject_id", sa.Uuid, nullable=False),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("made_ms", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False),  # waiting | answered | not_applied
    sa.Column("verdict", sa.Text, nullable=False),
    sa.Column("result", sa.Text),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("answered_ms", sa.Integer),
    sa.Column("offered_ms", sa.Integer),  # set before it is sent for the first time
    sa.UniqueConstraint("hospital_id", "subject_id", "seq", name="outbox_order"),
    sa.Index("outbox_state", "hospital_id", "state", "made_ms"),
)

OUTBOX_AFTER = sa.Table(
    "outbox_after",
    METADATA,
    sa.Column("hospital_id", sa.Uuid, primary_key=True),
    sa.Column("operation_id", sa.Uuid, primary_key=True),
    sa.Column("after_id", sa.Uuid, primary_key=True),
    sa.Index("outbox_after_answer", "hospital_id", "after_id"),
)
"""Which acts about other subjects must have their final answer before an act is sent."""

SPOOL = sa.Table(
    "spool",
    METADATA,
    sa.Column("hospital_id", sa.Uuid, primary_key=True),
    sa.Column("job_id", sa.Uuid, primary_key=True),
    sa.Column("subject_id", sa.Uuid, nullable=False),
    sa.Column("copy_no", sa.Integer, nullable=False),
    sa.Column("service_date", sa.Text, nullable=False),
    sa.Column("ticket", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("made_ms", sa.Integer, nullable=False),
    sa.Column("changed_ms", sa.Integer, nullable=False),
    sa.UniqueConstraint("hospital_id", "subject_id", "copy_no", name="spool_copy"),
)

LISTED = sa.Table(
    "listed",
    METADATA,
    sa.Column("hospital_id", sa.Uuid, primary_key=True),
    sa.Column("job_id", sa.Uuid, primary_key=True),
    sa.Column("operation_id", sa.Uuid, primary_key=True),
    sa.Column("service_date", sa.Text, nullable=False),
)
"""Which arrivals stand on which printed list: the act, and the job in the spool."""

NUMBER_TRY = sa.Table(
    "number_try",
    METADATA,
    sa.Column("hospital_id", sa.Uuid, primary_key=True),
    sa.Column("number_hash", sa.Text, primary_key=True),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("until_ms", sa.Integer, nullable=False),
)

AUDIT = sa.Table(
    "audit",
    METADATA,
    sa.Column("hospital_id", sa.Uuid, primary_key=True),
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("at_ms", sa.Integer, nullable=False),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("subject_id", sa.Uuid),
)

LEASE = sa.Table(
    "lease",
    METADATA,
    sa.Column("hospital_id", sa.Uuid, primary_key=True),
    sa.Column("lease_id", sa.Uuid, primary_key=True),
    sa.Column("session_id", sa.Uuid, nullable=False),
    sa.Column("service_date", sa.Text, nullable=False),
    sa.Column("is_for_walk_ins", sa.Boolean(create_constraint=False), nullable=False),
    sa.Column("good_for_ms", sa.Integer, nullable=False),
    sa.Column("last_sale_ms", sa.Integer, nullable=False),
    sa.Column("granted_ms", sa.Integer, nullable=False),
    sa.Column("asked_boot_id", sa.Text, nullable=False),
    sa.Column("asked_boot_ms", sa.Integer, nullable=False),
    sa.Column("asked_wall_ms", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False),  # lent | wanted_back | over
)

LENT_PLACE = sa.Table(
    "lent_place",
    METADATA,
    sa.Column("hospital_id", sa.Uuid, primary_key=True),
    sa.Column("lease_id", sa.Uuid, primary_key=True),
    sa.Column("no", sa.Integer, primary_key=True),
    sa.Column("starts_ms", sa.Integer, nullable=False),
    sa.Column("ends_ms", sa.Integer, nullable=False),
    sa.Column("state", sa.Text, nullable=False),  # a ports.lending.PlaceState
    sa.Column("is_listed", sa.Boolean(create_constraint=False), nullable=False),
    sa.Column("booking_id", sa.Uuid),
    sa.Column("operation_id", sa.Uuid),
    sa.Index("lent_place_booking", "hospital_id", "booking_id"),
)
"""`is_listed`: the last grant counted it as lent. `operation_id`: this terminal's last act that concerns it."""

LEASE_NUMBER = sa.Table(
    "lease_number",
    METADATA,
    sa.Column("hospital_id", sa.Uuid, primary_key=True),
    sa.Column("lease_id", sa.Uuid, primary_key=True),
    sa.Column("number", sa.Text, primary_key=True),
    sa.Column("is_used", sa.Boolean(create_constraint=False), nullable=False),
)

LEASE_ASK = sa.Table(
    "lease_ask",
    METADATA,
    sa.Column("hospital_id", sa.Uuid, primary_key=True),
    sa.Column("request_id", sa.Uuid, nullable=False),
    sa.Column("boot_id", sa.Text, nullable=False),
    sa.Column("boot_ms", sa.Integer, nullable=False),
    sa.Column("wall_ms", sa.Integer, nullable=False),
)
"""The one question for leases that has no answer yet, with the time of its first sending."""

LOCAL_PERSON = sa.Table(
    "local_person",
    METADATA,
    sa.Column("hospital_id", sa.Uuid, primary_key=True),
    sa.Column("person_id", sa.Uuid, primary_key=True),
    sa.Column("operation_id", sa.Uuid, nullable=False),
    sa.Column("made_ms", sa.Integer, nullable=False),
    sa.Column("masked_name", sa.Text, nullable=False),
    sa.Column("sex", sa.Text, nullable=False),
    sa.Column("birth_year", sa.Integer, nullable=False),
    sa.Column("credential_hashes", sa.Text, nullable=False),
    sa.Column("was_card_read", sa.Boolean(create_constraint=False), nullable=False),
)

LOCAL_BOOKING = sa.Table(
    "local_booking",
    METADATA,
    sa.Column("hospital_id", sa.Uuid, primary_key=True),
    sa.Column("booking_id", sa.Uuid, primary_key=True),
    sa.Column("operation_id", sa.Uuid, nullable=False),
    sa.Column("service_date", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Column("is_seen", sa.Boolean(create_constraint=False), nullable=False),
)
"""Bookings made here that the mirror does not have yet. Not seen: a change asked for that nobody has granted."""

LOCAL_KEY = sa.Table(
    "local_key",
    METADATA,
    sa.Column("hospital_id", sa.Uuid, primary_key=True),
    sa.Column("hash", sa.Text, primary_key=True),
    sa.Column("subject_id", sa.Uuid, primary_key=True),
    sa.Index("local_key_subject", "hospital_id", "subject_id"),
    sqlite_with_rowid=False,
)
"""What local bookings and persons are found by."""
