"""Places lent to terminals. Nothing is lent in a store that was there before."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_IS_ACTIVE = sa.text("state = 'active'")
_IS_SOLD_AT_TERMINAL = sa.text("channel = 'kiosk' AND before IS NULL")
_LENT = sa.text("SELECT count(*) FROM slot WHERE state = 'leased'")


def _id(name: str, *, is_optional: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.Uuid(), nullable=is_optional)


def _instant(name: str, *, is_optional: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=is_optional)


def _text(name: str, length: int, *, is_optional: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length), nullable=is_optional)


def _within(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["hospital_id", column],
        [f"{target}.hospital_id", f"{target}.{column}"],
        name=f"fk_{table}_hospital_id_{column}",
    )


def upgrade() -> None:
    _create_lease()
    op.create_table(
        "lease_place",
        _id("hospital_id"),
        _id("lease_id"),
        sa.Column("no", sa.Integer(), autoincrement=False, nullable=False),
        _text("state", 16),
        _id("booking_id", is_optional=True),
        _instant("changed_ms"),
        sa.PrimaryKeyConstraint("hospital_id", "lease_id", "no", name="pk_lease_place"),
        _within("lease_place", "lease_id", "lease"),
        sa.CheckConstraint("state in ('lent', 'sold', 'returned', 'released')", name="ck_lease_place_state"),
    )
    op.create_table(
        "lease_number",
        _id("hospital_id"),
        _id("number_id"),
        _id("lease_id"),
        sa.Column("number_sealed", sa.LargeBinary(), nullable=False),
        sa.Column("number_hash", sa.LargeBinary(17), nullable=False),
        _id("booking_id", is_optional=True),
        _instant("used_ms", is_optional=True),
        sa.PrimaryKeyConstraint("hospital_id", "number_id", name="pk_lease_number"),
        _within("lease_number", "lease_id", "lease"),
        sa.UniqueConstraint("hospital_id", "number_hash", name="uq_lease_number_hospital_id_number_hash"),
    )
    op.create_index("ix_lease_number_hospital_id_lease_id", "lease_number", ["hospital_id", "lease_id"])
    op.create_index(
        "ix_booking_step_sold_at_terminal",
        "booking_step",
        ["hospital_id", "actor", "at_ms"],
        sqlite_where=_IS_SOLD_AT_TERMINAL,
        postgresql_where=_IS_SOLD_AT_TERMINAL,
    )


def _create_lease() -> None:
    op.create_table(
        "lease",
        _id("hospital_id"),
        _id("lease_id"),
        _id("terminal_id"),
        _id("session_id"),
        _id("request_id"),
        _text("state", 16),
        sa.Column("is_for_walk_ins", sa.Boolean(), nullable=False, server_default=sa.false()),
        _instant("granted_ms"),
        _instant("good_for_ms"),
        _instant("last_sale_ms"),
        _instant("settled_ms", is_optional=True),
        _instant("release_asked_ms", is_optional=True),
        _text("release_asked_by", 64, is_optional=True),
        sa.Column("release_reason_sealed", sa.LargeBinary(), nullable=True),
        _instant("released_ms", is_optional=True),
        _text("released_by", 64, is_optional=True),
        sa.PrimaryKeyConstraint("hospital_id", "lease_id", name="pk_lease"),
        _within("lease", "session_id", "session"),
        _within("lease", "terminal_id", "terminal"),
        sa.CheckConstraint("state in ('active', 'settled', 'released')", name="ck_lease_state"),
    )
    op.create_index(
        "uq_lease_request",
        "lease",
        ["hospital_id", "terminal_id", "request_id", "session_id", "is_for_walk_ins"],
        unique=True,
    )
    op.create_index(
        "ix_lease_active",
        "lease",
        ["hospital_id", "terminal_id"],
        sqlite_where=_IS_ACTIVE,
        postgresql_where=_IS_ACTIVE,
    )
    op.create_index("ix_lease_session", "lease", ["hospital_id", "session_id"])


def downgrade() -> None:
    """Raises RuntimeError while places are lent: who has them would be forgotten, and they could never be sold."""
    if op.get_bind().execute(_LENT).scalar_one():
        raise RuntimeError("places are lent to terminals: have them given back or released first")
    op.drop_index("ix_booking_step_sold_at_terminal", "booking_step")
    for table in ("lease_number", "lease_place", "lease"):
        op.drop_table(table)
