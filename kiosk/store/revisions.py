"""Which revision a store has, and whether this code may open, must migrate, or must leave it alone.

A release only adds to a store. A newer store says from which revision on it can be read; code at or beyond that opens
it and migrates nothing. Alembic is slow to import, so only a store that must change pays for it.
"""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from kiosk.ports.store import StoreTooNew
from kiosk.store.engine import reading, writing

REVISIONS = ("0001", "0002", "0003", "0004")
"""All that this code knows, oldest first."""
HEAD = REVISIONS[-1]


def bring_up_to_date(engine: sa.Engine) -> None:
    """Make or migrate the tables where needed. Raises StoreTooNew or StoreFault."""
    with reading(engine) as connection:
        found, readable_from = _found(connection)
    if found == HEAD:
        return
    if found is not None and found not in REVISIONS:
        if readable_from is None or readable_from > HEAD:
            raise StoreTooNew(f"the store has revision {found}, this release reads {HEAD}")
        return
    migrate(engine, HEAD)


def migrate(engine: sa.Engine, revision: str) -> None:
    """Bring the store to this revision, up or down (`base` is nothing), in one transaction."""
    from alembic import command  # noqa: PLC0415 - slow to import, needed only when a store must change
    from alembic.config import Config  # noqa: PLC0415 - as above

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    with writing(engine) as connection:
        found, _ = _found(connection)
        config.attributes["connection"] = connection
        is_down = revision == "base" or (found is not None and revision < found)
        if is_down:
            command.downgrade(config, revision)
        else:
            command.upgrade(config, revision)


def _found(connection: sa.Connection) -> tuple[str | None, str | None]:
    """The store's revision and from which one on it can be read; None where there is none."""
    names = set(connection.scalars(sa.text("SELECT name FROM sqlite_master WHERE type = 'table'")))
    if "alembic_version" not in names:
        return None, None
    revision = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    if "meta" not in names:
        return revision, None
    return revision, connection.scalar(sa.text("SELECT value FROM meta WHERE name = 'readable_from'"))
