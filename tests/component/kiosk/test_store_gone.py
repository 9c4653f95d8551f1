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
