"""Telling PostgreSQL how large new tables are, before many rows are checked against them.

Until its first ANALYZE (autovacuum comes within a minute) a table counts as tiny, and each foreign key that points to
it is checked by reading far too much: filling an empty store takes ten times as long. SQLite needs nothing of it.
"""

from __future__ import annotations

import sqlalchemy as sa

_NEVER = -1
"""What PostgreSQL says of a table that nobody has counted yet."""


def count_new_tables(connection: sa.Connection, *tables: sa.Table) -> None:
    """Have those of these tables counted that never were."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables:
        rows = connection.execute(
            sa.text("SELECT reltuples FROM pg_class WHERE oid = CAST(:name AS regclass)"), {"name": table.name}
        ).scalar_one()
        if rows == _NEVER:
            connection.execute(sa.text(f"ANALYZE {table.name}"))
