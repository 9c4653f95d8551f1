"""What all tables share: one MetaData, the names of constraints, and the column types.

Every key begins with the tenant that owns the row (a hospital, or the group), ids are made by whoever creates the
thing, and no foreign key leaves its tenant. So the same tables fit a PostgreSQL that is split by hospital.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def key(name: str) -> sa.Column[UUID]:
    """A part of the primary key: the tenant, or the thing's own id."""
    return sa.Column(name, sa.Uuid, primary_key=True, autoincrement=False)


def reference(name: str, *, is_optional: bool = False) -> sa.Column[UUID]:
    """The id of another thing."""
    return sa.Column(name, sa.Uuid, nullable=is_optional)


def instant(name: str, *, is_optional: bool = False) -> sa.Column[int]:
    """Milliseconds UTC. The column's name ends with `_ms`."""
    return sa.Column(name, sa.BigInteger, nullable=is_optional)


def number(name: str, *, default: int | None = None) -> sa.Column[int]:
    """A whole number that may grow large: a version, a position, a count."""
    return sa.Column(name, sa.BigInteger, nullable=False, server_default=_written(default))


def small(name: str, *, default: int | None = None) -> sa.Column[int]:
    """A whole number that stays small: a rank, an order, a capacity, cents of a fee."""
    return sa.Column(name, sa.Integer, nullable=False, server_default=_written(default))


def flag(name: str, *, default: bool) -> sa.Column[bool]:
    """A yes or no, with what it is where nobody has said."""
    return sa.Column(name, sa.Boolean, nullable=False, server_default=sa.true() if default else sa.false())


def text(name: str, length: int, *, is_optional: bool = False, default: str | None = None) -> sa.Column[str]:
    """A short text that is not personal."""
    return sa.Column(name, sa.String(length), nullable=is_optional, server_default=default)


def names(name: str) -> sa.Column[dict[str, str]]:
    """A `LocalizedText`: the text by language."""
    return sa.Column(name, sa.JSON, nullable=False)


def document(name: str) -> sa.Column[Any]:
    """Settings or facts that are read whole. Never personal."""
    return sa.Column(name, sa.JSON, nullable=False)


def optional_document(name: str) -> sa.Column[Any]:
    """As `document`, or a text by language, where there may be none."""
    return sa.Column(name, sa.JSON(none_as_null=True), nullable=True)


def sealed(name: str, *, is_optional: bool = False) -> sa.Column[bytes]:
    """A personal value that only the key file opens (`keys.ColumnSeal`). The column's name ends with `_sealed`."""
    return sa.Column(name, sa.LargeBinary, nullable=is_optional)


def hashed(name: str, *, is_optional: bool = False) -> sa.Column[bytes]:
    """A keyed hash: a suite byte and sixteen bytes (`keys.LookupHash`)."""
    return sa.Column(name, sa.LargeBinary(17), nullable=is_optional)


def same_tenant(tenant: str, column: str, target: str, target_id: str) -> sa.ForeignKeyConstraint:
    """A foreign key that stays within its tenant."""
    return sa.ForeignKeyConstraint([tenant, column], [f"{target}.{tenant}", f"{target}.{target_id}"])


def _written(default: int | None) -> str | None:
    return None if default is None else str(default)


store_fact = sa.Table(
    "store_fact",
    metadata,
    sa.Column("name", sa.String(32), primary_key=True),
    sa.Column("value", sa.String(64), nullable=False),
)
"""What the store says of itself; it belongs to no tenant. `readable_from` is the oldest revision
whose code may read it."""
