"""The store: encrypted, owned by one process, whole after `kill -9`, migrated, and without any name or number."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import alembic.autogenerate
import alembic.migration
import pytest
import sqlalchemy as sa

from booking.wire import CheckQuestion, EventResult, Row
from kiosk.ports.desk import CheckInBooking, FindByCard, FindByNumber, PersonFound
from kiosk.ports.printers import JobState
from kiosk.ports.store import StoreKeyLost, StoreQuarantined, StoreTaken, StoreTooNew
from kiosk.store.revisions import HEAD, migrate
from kiosk.store.tables import METADATA

HERE = Path(__file__).parent
VISIT = UUID(int=1)


def command_for(patient: Any) -> CheckInBooking:
    return CheckInBooking(
        visit_id=VISIT, operation_id=UUID(int=2), job_id=UUID(int=3), booking_id=patient.booking_id, language="zh-CN"
    )


@pytest.mark.parametrize(
    ("point", "is_kept"),
    [
        ("ticket", False),
        ("write2", False),
        ("write4", False),
        ("before_commit", False),
        ("after_commit", True),
        ("after_answer", True),
    ],
)
def test_kill_9_leaves_all_of_a_check_in_or_nothing(
    tmp_path: Path, ward: Any, clock: Any, point: str, is_kept: bool
) -> None:
    patient = ward.Patient(no=7)
    store = ward.open_ward(tmp_path, clock)
    store.mirror(ward.HOSPITAL).take_rows((*ward.catalogue(), ward.booking_row(patient)))
    store.close()
    child = subprocess.run(
        [sys.executable, str(HERE / "killed_desk.py"), str(tmp_path), point],
        stdout=subprocess.PIPE,
        timeout=60,
        check=False,
    )
    assert child.returncode == -signal.SIGKILL
    assert (b"told" in child.stdout) == (point == "after_answer")
    store = ward.open_ward(tmp_path, clock)
    arrivals, outbox = store.arrivals(ward.HOSPITAL), store.outbox(ward.HOSPITAL)
    assert (arrivals.arrival(patient.booking_id) is not None) == is_kept
    assert len(outbox.waiting()) == int(is_kept)
    assert arrivals.copies(patient.booking_id).used == int(is_kept)
    if is_kept:
        spool = store.spool(ward.HOSPITAL)
        assert spool.recover() == 1
        assert spool.state(UUID(int=3)) is JobState.HELD
    store.close()


def test_the_killed_processs_lock_is_free_and_a_living_ones_is_not(tmp_path: Path, ward: Any, clock: Any) -> None:
    store = ward.open_ward(tmp_path, clock)
    with pytest.raises(StoreTaken):
        ward.open_ward(tmp_path, clock)
    store.close()
    ward.open_ward(tmp_path, clock).close()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (JobState.QUEUED, JobState.HELD),
        (JobState.SENDING, JobState.UNKNOWN),
        (JobState.SENT, JobState.UNKNOWN),
        (JobState.PRINTED, JobState.PRINTED),
        (JobState.CANCELLED, JobState.CANCELLED),
    ],
)
def test_after_a_start_no_ticket_comes_out_unasked(
    store: Any, desk: Any, line: Any, patient: Any, ward: Any, before: JobState, after: JobState
) -> None:
    line.online = False
    answer = desk.handle(command_for(patient))
    spool = store.spool(ward.HOSPITAL)
    spool.advance(answer.print_command.job_id, before)
    spool.recover()
    assert spool.state(answer.print_command.job_id) is after


def test_a_step_of_an_unknown_job_is_an_error(store: Any, ward: Any) -> None:
    with pytest.raises(KeyError):
        store.spool(ward.HOSPITAL).advance(UUID(int=9), JobState.SENT)


def test_the_newer_version_wins_whatever_the_order(store: Any, ward: Any, patient: Any) -> None:
    mirror, arrivals = store.mirror(ward.HOSPITAL), store.arrivals(ward.HOSPITAL)
    newer, older = ward.booking_row(patient, ver=5, state="cancelled"), ward.booking_row(patient, ver=4)
    assert mirror.take_rows((newer,)) == 1
    assert mirror.take_rows((older,)) == 0
    assert mirror.take_feed((newer, older), cursor="e.9") == 0
    assert arrivals.row("booking", patient.booking_id).booking.state == "cancelled"
    assert mirror.cursor() == "e.9"


def test_a_deleted_row_is_found_no_more_and_an_old_version_does_not_bring_it_back(
    store: Any, ward: Any, patient: Any, desk: Any, line: Any
) -> None:
    line.online = False
    mirror = store.mirror(ward.HOSPITAL)
    mirror.take_rows((Row(kind="booking", id=str(patient.booking_id), ver=7, is_deleted=True),))
    mirror.take_rows((ward.booking_row(patient, ver=6),))
    assert not isinstance(desk.handle(FindByCard(VISIT, patient.card())), PersonFound)


def test_a_snapshot_drops_what_it_does_not_have(store: Any, ward: Any, patient: Any) -> None:
    intake = store.intake(ward.HOSPITAL)
    other = ward.Patient(no=8)
    taking = intake.begin()
    intake.take_portion((*ward.catalogue(), ward.booking_row(other)), taking)
    intake.finish_whole(taking)
    arrivals = store.arrivals(ward.HOSPITAL)
    assert arrivals.row("booking", patient.booking_id) is None
    assert arrivals.row("booking", other.booking_id) is not None
    assert arrivals.row("session", ward.SESSION) is not None


def test_what_was_not_applied_stays_until_staff_have_settled_it_while_answered_acts_go_after_seven_days(
    store: Any, ward: Any, clock: Any, line: Any, desk: Any
) -> None:
    line.online = False
    fine, refused, waiting = (ward.Patient(no=no) for no in (7, 8, 9))
    store.mirror(ward.HOSPITAL).take_rows((*ward.catalogue(), *map(ward.booking_row, (fine, refused, waiting))))
    for no, patient in enumerate((fine, refused, waiting), start=1):
        desk.handle(replace(command_for(patient), operation_id=UUID(int=0xE0 + no), job_id=UUID(int=0xD0 + no)))
    outbox, mirror = store.outbox(ward.HOSPITAL), store.mirror(ward.HOSPITAL)
    outbox.note_result(EventResult(operation_id=UUID(int=0xE1), verdict="applied"), now_ms=clock.now_ms())
    outbox.note_result(EventResult(operation_id=UUID(int=0xE2), verdict="conflict"), now_ms=clock.now_ms())

    def kept() -> int:
        with store.engine.connect() as connection:
            return connection.execute(sa.text("SELECT count(*) FROM outbox")).scalar_one()

    week_ms = 7 * 24 * ward.HOUR_MS
    mirror.purge(keep_from="2026-03-01", now_ms=clock.now_ms() + week_ms)
    assert kept() == 3
    mirror.purge(keep_from="2026-03-08", now_ms=clock.now_ms() + week_ms + 1)
    assert kept() == 2
    assert (outbox.counts().waiting, outbox.counts().not_applied) == (1, 1)
    mirror.purge(keep_from="2027-03-08", now_ms=clock.now_ms() + 52 * week_ms)
    assert kept() == 2  # a year later: staff have not settled it
    assert outbox.not_applied(most=5) == (UUID(int=0xE2),)
    settled_ms = clock.now_ms() + 52 * week_ms
    outbox.note_settled((UUID(int=0xE2), UUID(int=0xE3), UUID(int=0xFF)), now_ms=settled_ms)
    assert (outbox.counts().waiting, outbox.counts().not_applied) == (1, 0)
    mirror.purge(keep_from="2027-03-15", now_ms=settled_ms + week_ms)
    assert kept() == 2
    mirror.purge(keep_from="2027-03-15", now_ms=settled_ms + week_ms + 1)
    assert kept() == 1  # what waits to be sent is never purged


def test_no_name_and_no_number_is_on_the_disk_in_the_clear_or_under_the_key(
    tmp_path: Path, ward: Any, clock: Any, line: Any
) -> None:
    line.online = False
    patient = ward.Patient(no=7)
    store = ward.open_ward(tmp_path, clock)
    store.mirror(ward.HOSPITAL).take_rows((*ward.catalogue(), ward.booking_row(patient)))
    desk = ward.core_of(store, line, clock)
    desk.handle(FindByCard(VISIT, patient.card()))
    desk.handle(FindByNumber(VISIT, number=patient.number, question=CheckQuestion.PHONE, answer="9999"))
    desk.handle(command_for(patient))
    personal = (patient.name, patient.id_number, patient.card_number, patient.number)
    masked = "欧*试"
    with store.engine.connect() as connection:
        tables = connection.scalars(sa.text("SELECT name FROM sqlite_master WHERE type = 'table'")).all()
        unlocked = "".join(
            repr(list(map(tuple, connection.execute(sa.text(f"SELECT * FROM {name}"))))) for name in tables
        )
    assert masked in unlocked
    assert not [text for text in personal if text in unlocked]
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {"store.db", "store.db-wal", "store.key"} <= {path.name for path in files}
    for path in files:
        content = path.read_bytes()
        assert not [text for text in (*personal, masked, "心内科", "CREATE TABLE") if text.encode() in content]
    store.close()


def test_the_key_is_for_the_terminals_user_only(store: Any, tmp_path: Path) -> None:
    assert (tmp_path / "store" / "store.key").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "store").stat().st_mode & 0o777 == 0o700


def test_a_store_without_its_key_says_so_and_is_left_alone(tmp_path: Path, ward: Any, clock: Any) -> None:
    ward.open_ward(tmp_path, clock).close()
    (tmp_path / "store.key").unlink()
    before = (tmp_path / "store.db").read_bytes()
    with pytest.raises(StoreKeyLost):
        ward.open_ward(tmp_path, clock)
    assert (tmp_path / "store.db").read_bytes() == before


def test_a_damaged_store_is_put_aside_and_a_new_one_begins(tmp_path: Path, ward: Any, clock: Any) -> None:
    ward.open_ward(tmp_path, clock).close()
    file = tmp_path / "store.db"
    content = bytearray(file.read_bytes())
    content[2000] ^= 0xFF
    file.write_bytes(content)
    with pytest.raises(StoreQuarantined):
        ward.open_ward(tmp_path, clock)
    (aside,) = (tmp_path / "quarantine").iterdir()
    assert (aside / "store.db").read_bytes() == bytes(content)
    store = ward.open_ward(tmp_path, clock)
    assert store.mirror(ward.HOSPITAL).cursor() is None
    store.close()


def damage_the_mirror(directory: Path) -> None:
    """Pages that opening the store does not read."""
    file = directory / "store.db"
    content = bytearray(file.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 3 * 4096] = bytes(3 * 4096)
    file.write_bytes(content)


@pytest.mark.parametrize("is_damaged", [True, False])
def test_a_store_that_was_suspected_is_read_through_once_before_it_is_used_again(
    tmp_path: Path, ward: Any, clock: Any, is_damaged: bool
) -> None:
    store = ward.open_ward(tmp_path, clock)
    patients = [ward.booking_row(ward.Patient(no=no)) for no in range(1, 300)]
    store.mirror(ward.HOSPITAL).take_rows((*ward.catalogue(), *patients))
    store.close()
    if is_damaged:
        damage_the_mirror(tmp_path)
    store = ward.open_ward(tmp_path, clock)
    store.suspect()
    store.close()
    if is_damaged:
        with pytest.raises(StoreQuarantined):
            ward.open_ward(tmp_path, clock)
    store = ward.open_ward(tmp_path, clock)
    assert len(store.mirror(ward.HOSPITAL).bookings_with(patients[0].booking.credential_hashes)) == int(not is_damaged)
    assert not (tmp_path / "store.suspect").exists()
    store.close()


def test_migrations_go_down_and_up_again_on_a_filled_store(
    store: Any, desk: Any, line: Any, patient: Any, ward: Any
) -> None:
    line.online = False
    desk.handle(command_for(patient))
    migrate(store.engine, "base")
    assert set(sa.inspect(store.engine).get_table_names()) == {"alembic_version"}
    migrate(store.engine, HEAD)
    with store.engine.connect() as connection:
        differences = alembic.autogenerate.compare_metadata(
            alembic.migration.MigrationContext.configure(connection), METADATA
        )
    assert differences == []


def test_a_newer_store_is_opened_only_when_it_says_so(tmp_path: Path, ward: Any, clock: Any) -> None:
    store = ward.open_ward(tmp_path, clock)
    with store.engine.begin() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0099'"))
    store.close()
    store = ward.open_ward(tmp_path, clock)
    assert store.site.site() == ward.SITE
    with store.engine.begin() as connection:
        connection.execute(sa.text("UPDATE meta SET value = '0050' WHERE name = 'readable_from'"))
    store.close()
    with pytest.raises(StoreTooNew):
        ward.open_ward(tmp_path, clock)


def test_an_up_to_date_store_is_opened_without_alembic(tmp_path: Path, ward: Any, clock: Any) -> None:
    ward.open_ward(tmp_path, clock).close()
    script = (
        "import sys, ward\nfrom pathlib import Path\n"
        f"ward.open_ward(Path({str(tmp_path)!r}), ward.HandClock()).close()\n"
        "sys.exit('alembic' in sys.modules)"
    )
    environment = {**os.environ, "PYTHONPATH": str(HERE)}
    opened = subprocess.run([sys.executable, "-c", script], env=environment, timeout=60, check=False)
    assert opened.returncode == 0


def test_a_newly_enrolled_terminal_forgets_the_other_hospitals_people(store: Any, patient: Any, ward: Any) -> None:
    store.site.keep_site(replace(ward.SITE, hospital_id=UUID(int=0x999)))
    with store.engine.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM mirror")).scalar_one() == 0
        assert connection.execute(sa.text("SELECT count(*) FROM mirror_key")).scalar_one() == 0


def test_a_store_of_the_release_before_keeps_what_waits_and_counts_it_as_told(
    tmp_path: Path, ward: Any, clock: Any, line: Any
) -> None:
    """Nobody knows whether it was sent: what may have been sent cannot be undone here alone."""
    line.online = False
    patient = ward.Patient(no=7)
    store = ward.open_ward(tmp_path, clock)
    store.mirror(ward.HOSPITAL).take_rows((*ward.catalogue(), ward.booking_row(patient)))
    ward.core_of(store, line, clock).handle(command_for(patient))
    migrate(store.engine, "0002")
    with store.engine.begin() as connection:
        assert "offered_ms" not in {column["name"] for column in sa.inspect(connection).get_columns("outbox")}
    store.close()
    store = ward.open_ward(tmp_path, clock)
    with store.engine.connect() as connection:
        assert connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar_one() == HEAD
        assert connection.execute(sa.text("SELECT value FROM meta WHERE name = 'readable_from'")).scalar_one() == "0001"
        assert connection.execute(sa.text("SELECT offered_ms IS NOT NULL FROM outbox")).scalar_one()
    (waiting,) = store.outbox(ward.HOSPITAL).waiting()
    assert waiting.event.check_in.booking_id == patient.booking_id
    assert store.leases(ward.HOSPITAL).leases() == ()
    store.close()
