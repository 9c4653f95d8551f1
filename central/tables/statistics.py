"""Telling PostgreSQL how large new tables are, before many rows are checked against them.

Until its first ANALYZE (autovacuum comes within a minute) a table counts as tiny, and each foreign key that points to
it is checked by reading far too much: filling an empty store takes ten times as long. SQLite needs nothing of it.
"""

from __future__ import annotations

import sqlalchemy as sa

_TINY = 1_000
"""Below it counting costs little, and the next day that is published may make the table many times as large. Of a
table that nobody has counted yet PostgreSQL says -1.
"""


def count_new_tables(connection: sa.Connection, *tables: sa.Table) -> None:
    """Have those of these tables counted that never were, or were tiny then."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables:
        rows = connection.execute(
            sa.text("SELECT reltuples FROM pg_class WHERE oid = CAST(:name AS regclass)"), {"name": table.name}
        ).scalar_one()
        if rows < _TINY:
            connection.execute(sa.text(f"ANALYZE {table.name}"))
