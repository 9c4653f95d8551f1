"""The first store: mirror, local check-ins, outbox, spool."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make all tables."""
    op.create_table(
        "meta",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    op.create_table(
        "mirror",
        sa.Column("hospital_id", sa.Uuid, primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("ver", sa.Integer, nullable=False),
        sa.Column("service_date", sa.Text, nullable=False),  # empty for what has no day
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("is_deleted", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("snapshot_no", sa.Integer, nullable=False),
    )
    op.create_table(
        "mirror_key",
        sa.Column("hospital_id", sa.Uuid, primary_key=True),
        sa.Column("hash", sa.Text, primary_key=True),
        sa.Column("booking_id", sa.Text, primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "check_in",
        sa.Column("hospital_id", sa.Uuid, primary_key=True),
        sa.Column("booking_id", sa.Uuid, primary_key=True),
        sa.Column("operation_id", sa.Uuid, nullable=False),
        sa.Column("service_date", sa.Text, nullable=False),
        sa.Column("queue_number", sa.Text, nullable=False),
        sa.Column("checked_in_ms", sa.Integer, nullable=False),
        sa.Column("is_confirmed", sa.Boolean(create_constraint=False), nullable=False),
    )
    op.create_table(
        "outbox",
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
        sa.UniqueConstraint("hospital_id", "subject_id", "seq", name="outbox_order"),
    )
    op.create_table(
        "spool",
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
    op.create_table(
        "number_try",
        sa.Column("hospital_id", sa.Uuid, primary_key=True),
        sa.Column("number_hash", sa.Text, primary_key=True),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("until_ms", sa.Integer, nullable=False),
    )
    op.create_table(
        "audit",
        sa.Column("hospital_id", sa.Uuid, primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("at_ms", sa.Integer, nullable=False),
        sa.Column("what", sa.Text, nullable=False),
        sa.Column("subject_id", sa.Uuid),
    )
    op.create_index("mirror_day", "mirror", ["hospital_id", "service_date"])
    op.create_index("mirror_key_booking", "mirror_key", ["hospital_id", "booking_id"])
    op.create_index("outbox_state", "outbox", ["hospital_id", "state", "made_ms"])
    op.execute("INSERT INTO meta (name, value) VALUES ('readable_from', '0001')")


def downgrade() -> None:
    """Take them away."""
    op.drop_table("audit")
    op.drop_table("number_try")
    op.drop_table("spool")
    op.drop_table("outbox")
    op.drop_table("check_in")
    op.drop_table("mirror_key")
    op.drop_table("mirror")
    op.drop_table("meta")
