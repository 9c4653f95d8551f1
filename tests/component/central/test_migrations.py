"""Every revision up, down and up again on a filled store, and the store is what the code says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from central.rosters.tables import hospital
from central.tables import migrate
from central.tables.engine import writing_engine
from central.tables.everything import whole_metadata
from central.web.app import STORE_FILE, open_parts


def differences(engine: sa.Engine) -> list[object]:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, whole_metadata()))


def test_up_down_up_on_a_filled_store(data: Path) -> None:
    engine = writing_engine(data / STORE_FILE)
    assert differences(engine) == []
    migrate.migrate(engine, to=migrate.BASE)
    assert set(sa.inspect(engine).get_table_names()) == {"alembic_version"}
    migrate.bring_up_to_date(engine)
    assert migrate.is_current(engine)
    assert differences(engine) == []
    engine.dispose()


def test_a_newer_store_is_opened_as_it_is_when_it_says_so(data: Path) -> None:
    engine = writing_engine(data / STORE_FILE)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0002'"))
        connection.execute(sa.text("ALTER TABLE hospital ADD COLUMN motto VARCHAR(64)"))
    parts = open_parts(data)
    assert (
        len(parts.reader.submit(lambda connection: connection.execute(sa.select(hospital.c.code)).all()).result()) == 2
    )
    parts.close()
    with engine.begin() as connection:
        assert migrate.revision_of(connection) == "0002"
        connection.execute(sa.text("UPDATE store_fact SET value = '0002' WHERE name = 'readable_from'"))
    engine.dispose()
    with pytest.raises(migrate.StoreTooNew):
        open_parts(data)


def test_alembic_is_not_loaded_for_a_store_at_its_revision(data: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from central.web.app import open_parts;"
        f"open_parts(Path({str(data)!r})).close(); print('alembic' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert run.stdout.strip() == "False"


def test_migrations_know_no_project_code() -> None:
    folder = Path(migrate.__file__).parent / "migrations"
    for file in folder.rglob("*.py"):
        lines = [line for line in file.read_text(encoding="utf-8").splitlines() if line.startswith(("import", "from"))]
        assert lines
        assert not [line for line in lines if "central" in line or "booking" in line]
