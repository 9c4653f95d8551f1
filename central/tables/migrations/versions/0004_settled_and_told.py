"""Who settled a task, whether terminals were told of a policy, and which entries still wait for all terminals.

Policies that were there have been told. Entries that are provisional wait from the instant they were made.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_WAITS = "provisional_since_ms IS NOT NULL"
_FILL = "UPDATE told_to_group SET provisional_since_ms = made_ms WHERE kind = 'entry' AND "
_IS_PROVISIONAL = {
    "sqlite": "json_extract(body, '$.is_provisional') = 1",
    "postgresql": "body ->> 'is_provisional' = 'true'",
}


def upgrade() -> None:
    op.add_column("staff_task", sa.Column("settled_by", sa.String(64), nullable=True))
    op.create_index("ix_staff_task_operation", "staff_task", ["hospital_id", "operation_id"])
    op.add_column("policy", sa.Column("told_ms", sa.BigInteger(), nullable=True))
    op.execute("UPDATE policy SET told_ms = from_ms")
    op.add_column("told_to_group", sa.Column("provisional_since_ms", sa.BigInteger(), nullable=True))
    op.execute(_FILL + _IS_PROVISIONAL[op.get_bind().dialect.name])
    op.create_index(
        "ix_told_to_group_provisional",
        "told_to_group",
        ["hospital_id", "provisional_since_ms"],
        sqlite_where=sa.text(_WAITS),
        postgresql_where=sa.text(_WAITS),
    )


def downgrade() -> None:
    op.drop_index("ix_told_to_group_provisional", "told_to_group")
    op.drop_column("told_to_group", "provisional_since_ms")
    op.drop_column("policy", "told_ms")
    op.drop_index("ix_staff_task_operation", "staff_task")
    op.drop_column("staff_task", "settled_by")
