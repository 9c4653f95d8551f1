"""Bringing a store to the revision that this code needs. Alembic is imported only when there is something to do."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from central.tables.database import Database, Use
from central.tables.faults import Fault, fault_of

REVISION = "0006"
"""The newest revision this code knows."""
BASE = "base"


class StoreTooNew(Exception):
    """The store was written by a newer release and says that this one cannot read it."""


class NoDatabase(Exception):
    """The database does not answer."""


def revision_of(connection: sa.Connection) -> str | None:
    """The store's revision; None for an empty one."""
    if "alembic_version" not in sa.inspect(connection).get_table_names():
        return None
    found = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return None if found is None else str(found)


def is_current(engine: sa.Engine) -> bool:
    """Whether the store needs no migration: it is at our revision, or at a newer one that we may read.

    Raises StoreTooNew when a newer one says that we may not.
    """
    with engine.connect() as connection:
        found = revision_of(connection)
        if found is None or found < REVISION:
            return False
        if found == REVISION:
            return True
        readable_from = connection.execute(
            sa.text("SELECT value FROM store_fact WHERE name = 'readable_from'")
        ).scalar_one()
    if readable_from > REVISION:
        raise StoreTooNew(
            f"the store is at revision {found}, readable from {readable_from}; this release is {REVISION}"
        )
    return True


def bring_up_to_date(engine: sa.Engine) -> None:
    """Migrate if needed. Of two processes that start at once one migrates; the other finds it done."""
    if is_current(engine):
        return
    try:
        migrate(engine, to=REVISION)
    except sa.exc.DBAPIError:
        if not is_current(engine):
            raise


def prepare(database: Database) -> None:
    """Bring a database to this release's revision before it is worked on. Raises NoDatabase, StoreTooNew."""
    engine = database.engine(Use.MIGRATE)
    try:
        bring_up_to_date(engine)
    except sa.exc.DBAPIError as error:
        if fault_of(error) is Fault.LOST:
            raise NoDatabase("the database does not answer") from error
        raise
    finally:
        engine.dispose()


def migrate(engine: sa.Engine, *, to: str) -> None:
    """Migrate up or down to a revision (`base` for an empty store), in one transaction."""
    from alembic import command  # noqa: PLC0415 - 0.3 s that a store at its revision does not pay
    from alembic.config import Config  # noqa: PLC0415 - as above

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        current = revision_of(connection)
        if to == BASE or (current is not None and to < current):
            command.downgrade(config, to)
        else:
            command.upgrade(config, to)
