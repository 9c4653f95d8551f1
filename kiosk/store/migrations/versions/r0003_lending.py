"""Lent places, what was sold of them, and who was registered here."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Only more: older code reads the rest as before."""
    _create_leases()
    _create_local()
    op.create_table(
        "outbox_after",
        sa.Column("hospital_id", sa.Uuid, primary_key=True),
        sa.Column("operation_id", sa.Uuid, primary_key=True),
        sa.Column("after_id", sa.Uuid, primary_key=True),
    )
    op.create_index("outbox_after_answer", "outbox_after", ["hospital_id", "after_id"])
    op.add_column("outbox", sa.Column("offered_ms", sa.Integer))
    # What an older release has left waiting may have been sent already.
    op.execute("UPDATE outbox SET offered_ms = made_ms")


def downgrade() -> None:
    """What was sold is forgotten but for its acts, which are still sent."""
    op.drop_column("outbox", "offered_ms")
    for table in ("outbox_after", "local_key", "local_booking", "local_person"):
        op.drop_table(table)
    for table in ("lease_ask", "lease_number", "lent_place", "lease"):
        op.drop_table(table)


def _create_leases() -> None:
    op.create_table(
        "lease",
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
    op.create_table(
        "lent_place",
        sa.Column("hospital_id", sa.Uuid, primary_key=True),
        sa.Column("lease_id", sa.Uuid, primary_key=True),
        sa.Column("no", sa.Integer, primary_key=True),
        sa.Column("starts_ms", sa.Integer, nullable=False),
        sa.Column("ends_ms", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("is_listed", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("booking_id", sa.Uuid),
        sa.Column("operation_id", sa.Uuid),
    )
    op.create_table(
        "lease_number",
        sa.Column("hospital_id", sa.Uuid, primary_key=True),
        sa.Column("lease_id", sa.Uuid, primary_key=True),
        sa.Column("number", sa.Text, primary_key=True),
        sa.Column("is_used", sa.Boolean(create_constraint=False), nullable=False),
    )
    op.create_table(
        "lease_ask",
        sa.Column("hospital_id", sa.Uuid, primary_key=True),
        sa.Column("request_id", sa.Uuid, nullable=False),
        sa.Column("boot_id", sa.Text, nullable=False),
        sa.Column("boot_ms", sa.Integer, nullable=False),
        sa.Column("wall_ms", sa.Integer, nullable=False),
    )
    op.create_index("lent_place_booking", "lent_place", ["hospital_id", "booking_id"])


def _create_local() -> None:
    op.create_table(
        "local_person",
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
    op.create_table(
        "local_booking",
        sa.Column("hospital_id", sa.Uuid, primary_key=True),
        sa.Column("booking_id", sa.Uuid, primary_key=True),
        sa.Column("operation_id", sa.Uuid, nullable=False),
        sa.Column("service_date", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("is_seen", sa.Boolean(create_constraint=False), nullable=False),
    )
    op.create_table(
        "local_key",
        sa.Column("hospital_id", sa.Uuid, primary_key=True),
        sa.Column("hash", sa.Text, primary_key=True),
        sa.Column("subject_id", sa.Uuid, primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_index("local_key_subject", "local_key", ["hospital_id", "subject_id"])
