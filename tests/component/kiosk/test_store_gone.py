"""The store's file is taken away under the running terminal: nothing is confirmed that no disk holds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from kiosk.ports.desk import CheckInBooking, DeskFault


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
