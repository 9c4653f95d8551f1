"""The store's few single values, by name, within the caller's transaction."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from kiosk.store.tables import META


def get(connection: sa.Connection, name: str) -> str | None:
    """The value, or None."""
    return connection.scalar(sa.select(META.c.value).where(META.c.name == name))


def put(connection: sa.Connection, name: str, value: str) -> None:
    """Set the value."""
    connection.execute(
        insert(META)
        .values(name=name, value=value)
        .on_conflict_do_update(index_elements=["name"], set_={"value": value})
    )


def drop(connection: sa.Connection, name: str) -> None:
    """Forget the value."""
    connection.execute(sa.delete(META).where(META.c.name == name))


def number(connection: sa.Connection, name: str) -> int:
    """A whole number; 0 before it was ever set."""
    return int(get(connection, name) or 0)


def raise_number(connection: sa.Connection, name: str) -> int:
    """One more; the new number."""
    raised = number(connection, name) + 1
    put(connection, name, str(raised))
    return raised
