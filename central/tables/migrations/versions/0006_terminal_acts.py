"""Keys that terminals seal registrations to, and the ids by which they may still name somebody who is known by another.

Both begin empty: a server makes its first key when it starts.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alias",
        sa.Column("hospital_id", sa.Uuid(), nullable=False),
        sa.Column("alias_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("made_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("hospital_id", "alias_id", name="pk_alias"),
    )
    op.create_index("ix_alias_person", "alias", ["hospital_id", "person_id"])
    op.create_table(
        "seal_key",
        sa.Column("hospital_id", sa.Uuid(), nullable=False),
        sa.Column("key_id", sa.Uuid(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(64), nullable=False),
        sa.Column("private_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("from_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("hospital_id", "key_id", name="pk_seal_key"),
    )


def downgrade() -> None:
    op.drop_table("seal_key")
    op.drop_index("ix_alias_person", "alias")
    op.drop_table("alias")
