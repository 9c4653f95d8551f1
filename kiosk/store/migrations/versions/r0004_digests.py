"""Of which department a row of the mirror is, and an index with all that digests are made of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Only more: what is here already is written anew with the next whole snapshot."""
    op.add_column("mirror", sa.Column("department_id", sa.Text, nullable=False, server_default=""))
    op.drop_index("mirror_day", "mirror")
    names = ["hospital_id", "service_date", "department_id", "kind", "id", "ver", "is_deleted"]
    op.create_index("mirror_held", "mirror", names)


def downgrade() -> None:
    """Rows are found by their day as before."""
    op.drop_index("mirror_held", "mirror")
    op.create_index("mirror_day", "mirror", ["hospital_id", "service_date"])
    op.drop_column("mirror", "department_id")
