"""Which arrivals stand on which printed list."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Only more: older code reads the rest as before."""
    op.create_table(
        "listed",
        sa.Column("hospital_id", sa.Uuid, primary_key=True),
        sa.Column("job_id", sa.Uuid, primary_key=True),
        sa.Column("operation_id", sa.Uuid, primary_key=True),
        sa.Column("service_date", sa.Text, nullable=False),
    )


def downgrade() -> None:
    """What was listed is forgotten: it may be printed once more."""
    op.drop_table("listed")
