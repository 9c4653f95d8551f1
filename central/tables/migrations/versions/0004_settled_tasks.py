"""Who settled a task, and finding the tasks of an operation."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("staff_task", sa.Column("settled_by", sa.String(64), nullable=True))
    op.create_index("ix_staff_task_operation", "staff_task", ["hospital_id", "operation_id"])


def downgrade() -> None:
    op.drop_index("ix_staff_task_operation", "staff_task")
    op.drop_column("staff_task", "settled_by")
