"""Every revision up, down and up again on a filled store, and the store is what the code says."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext

from central.rosters.tables import department_doctor, hospital, session, session_pool, slot
from central.settings import DATABASE_VARIABLE
from central.tables import migrate
from central.tables.database import Database, PostgresServer, Use
from central.tables.everything import whole_metadata
from central.web.app import open_parts
from tests.plugins.postgres import on_both_engines, on_postgresql


@pytest.fixture
def engine(database: Database) -> Iterator[sa.Engine]:
    one = database.engine(Use.MIGRATE)
    yield one
    one.dispose()


def differences(engine: sa.Engine) -> list[object]:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, whole_metadata()))


@on_both_engines
def test_up_down_up_on_a_filled_store(engine: sa.Engine) -> None:
    assert differences(engine) == []
    migrate.migrate(engine, to=migrate.BASE)
    assert set(sa.inspect(engine).get_table_names()) == {"alembic_version"}
    migrate.bring_up_to_date(engine)
    assert migrate.is_current(engine)
    assert differences(engine) == []


def kept_of(engine: sa.Engine, columns: dict[str, list[str]]) -> dict[str, list[tuple[Any, ...]]]:
    """What the store has in these columns, in any order."""
    with engine.connect() as connection:
        return {
            table: sorted(
                map(tuple, connection.execute(sa.select(*map(sa.column, names)).select_from(sa.table(table)))), key=repr
            )
            for table, names in columns.items()
        }


@on_both_engines
def test_a_filled_store_of_the_first_release_keeps_everything(engine: sa.Engine) -> None:
    migrate.migrate(engine, to="0001")
    seen = sa.inspect(engine)
    tables = [name for name in seen.get_table_names() if name != "alembic_version"]
    columns = {table: [column["name"] for column in seen.get_columns(table)] for table in tables}
    before = kept_of(engine, columns)
    assert len(before["slot"]) > 1_000
    migrate.bring_up_to_date(engine)
    assert differences(engine) == []
    assert kept_of(engine, columns) == before


@on_both_engines
def test_places_of_the_first_release_are_open_to_everybody(engine: sa.Engine) -> None:
    migrate.migrate(engine, to="0001")
    migrate.bring_up_to_date(engine)
    with engine.connect() as connection:
        pools = connection.execute(sa.select(session_pool)).all()
        assert {(it.pool, it.opened_ms == it.opens_ms, it.returns_ms) for it in pools} == {("common", True, None)}
        places = connection.execute(sa.select(sa.func.count()).select_from(slot)).scalar_one()
        assert sum(it.capacity for it in pools) == places
        apart = sa.select(sa.func.count()).where(session.c.area_id != session.c.place_id)
        assert connection.execute(apart).scalar_one() == 0
        sits = sa.select(session.c.department_id, session.c.doctor_id).where(session.c.doctor_id.is_not(None))
        belongs = sa.select(department_doctor.c.department_id, department_doctor.c.doctor_id)
        assert set(connection.execute(sits)) == set(connection.execute(belongs))


@on_both_engines
def test_a_newer_store_is_opened_as_it_is_when_it_says_so(data: Path, database: Database, engine: sa.Engine) -> None:
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
        connection.execute(sa.text("ALTER TABLE hospital ADD COLUMN motto VARCHAR(64)"))
    parts = open_parts(data, database=database)
    assert (
        len(parts.reader.submit(lambda connection: connection.execute(sa.select(hospital.c.code)).all()).result()) == 2
    )
    parts.close()
    with engine.begin() as connection:
        assert migrate.revision_of(connection) == "9999"
        connection.execute(sa.text("UPDATE store_fact SET value = '9999' WHERE name = 'readable_from'"))
    with pytest.raises(migrate.StoreTooNew):
        open_parts(data, database=database)


@on_postgresql
def test_of_two_servers_that_start_at_once_on_an_empty_store_one_migrates(
    empty_database: PostgresServer, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "central", "migrate", "--data", str(tmp_path)]
    environment = {**os.environ, DATABASE_VARIABLE: empty_database.address}
    both = [subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    assert [one.communicate(timeout=60)[1] for one in both] == ["", ""]
    assert [one.returncode for one in both] == [0, 0]
    engine = empty_database.engine(Use.MIGRATE)
    assert migrate.is_current(engine)
    assert differences(engine) == []
    engine.dispose()


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
