"""The store's file is taken away under the running terminal: nothing is confirmed that no disk holds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from booking.decide import Reason
from booking.wire import EventResult, Verdict
from kiosk.ports.central import NoAnswer
from kiosk.ports.desk import CheckInBooking, CheckInRefused, DeskFault, IsCheckedIn
from kiosk.ports.store import StoreAnswered


def _deleted(file: Path) -> None:
    file.unlink()


def _replaced(file: Path) -> None:
    other = file.with_suffix(".copy")
    other.write_bytes(file.read_bytes())
    other.rename(file)


@pytest.mark.parametrize("taken_away", [_deleted, _replaced])
def test_without_its_file_the_store_confirms_nothing(
    desk: Any, line: Any, patient: Any, tmp_path: Path, taken_away: Callable[[Path], None], caplog: Any
) -> None:
    line.online = False
    taken_away(tmp_path / "store" / "store.db")
    command = CheckInBooking(UUID(int=1), UUID(int=2), UUID(int=3), patient.booking_id, "zh-CN")
    answer = desk.handle(command)
    assert isinstance(answer, DeskFault)
    assert answer.code == "store_broken"
    assert isinstance(desk.handle(command), DeskFault)
    caplog.clear()


def test_what_the_server_has_taken_is_not_denied(
    desk: Any, line: Any, ward: Any, patient: Any, tmp_path: Path, caplog: Any
) -> None:
    line.on_check_in = lambda act: EventResult(operation_id=act.operation_id, verdict=Verdict.APPLIED)
    _deleted(tmp_path / "store" / "store.db")
    answer = desk.handle(CheckInBooking(UUID(int=1), UUID(int=2), UUID(int=3), patient.booking_id, "zh-CN"))
    assert isinstance(answer, CheckInRefused)
    assert answer.reason is Reason.ALREADY_CHECKED_IN
    assert answer.booking.standing == IsCheckedIn("A007")
    caplog.clear()


def test_without_the_servers_answer_nobody_says_that_nothing_happened(
    desk: Any, line: Any, patient: Any, tmp_path: Path, caplog: Any
) -> None:
    line.on_check_in = lambda act: NoAnswer("time-out")
    _deleted(tmp_path / "store" / "store.db")
    answer = desk.handle(CheckInBooking(UUID(int=1), UUID(int=2), UUID(int=3), patient.booking_id, "zh-CN"))
    assert answer == DeskFault(UUID(int=1), "store_broken", is_outcome_unknown=True)
    caplog.clear()


def _garbled(file: Path) -> None:
    """Everything behind the first page says something else; a checkpoint has left nothing in the log beside it."""
    data = bytearray(file.read_bytes())
    for at in range(4096, len(data), 64):
        data[at] ^= 0x5A
    file.write_bytes(data)


def _store_file(terminal: Any) -> Path:
    with terminal.store.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    return Path(terminal.store.engine.url.database)


@pytest.mark.parametrize(("harm", "is_read_anew"), [(_deleted, False), (_garbled, True)])
def test_a_broken_store_that_nobody_but_the_synchronisation_meets_is_told(
    terminal: Any, harm: Callable[[Path], None], is_read_anew: bool, caplog: Any
) -> None:
    file = _store_file(terminal)
    terminal.worker.step(terminal.clock.boot_ms())
    harm(file)
    if is_read_anew:
        terminal.store.engine.dispose()  # what lies in memory is still whole
    told = StoreAnswered("store_broken")
    terminal.step_until(lambda: terminal.heard.events[-3:] == [told, told, told])
    caplog.clear()


def test_a_store_that_is_well_again_is_told_once(terminal: Any, caplog: Any) -> None:
    file = _store_file(terminal)
    terminal.worker.step(terminal.clock.boot_ms())
    aside = file.with_suffix(".aside")
    file.rename(aside)
    told = StoreAnswered("store_broken")
    terminal.step_until(lambda: told in terminal.heard.events)
    aside.rename(file)
    terminal.step_until(lambda: StoreAnswered() in terminal.heard.events)
    terminal.sync()
    assert terminal.heard.events.count(StoreAnswered()) == 1
    caplog.clear()
