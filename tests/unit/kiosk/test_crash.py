"""One bug is survived; a second within ten minutes ends the process, once."""

from __future__ import annotations

import logging
from uuid import UUID

import pytest

from kiosk.health.crash import WINDOW_MS, CrashSink


class _Clock:
    def __init__(self) -> None:
        self.at_ms = 0

    def now_ms(self) -> int:
        return self.at_ms

    def boot_ms(self) -> int:
        return self.at_ms

    def boot_id(self) -> str:
        return "boot"

    def new_id(self) -> UUID:
        return UUID(int=self.at_ms)


@pytest.fixture(autouse=True)
def _quiet() -> object:
    logging.getLogger("kiosk.health.crash").disabled = True
    yield None
    logging.getLogger("kiosk.health.crash").disabled = False


def test_the_second_bug_within_ten_minutes_gives_up_once() -> None:
    clock, ends = _Clock(), []
    sink = CrashSink(clock=clock, give_up=lambda: ends.append(clock.at_ms))
    sink.report(ValueError())
    assert ends == []
    clock.at_ms = WINDOW_MS - 1
    sink.report(ValueError())
    sink.report(ValueError())
    assert ends == [WINDOW_MS - 1]


def test_bugs_far_apart_are_survived() -> None:
    clock, ends = _Clock(), []
    sink = CrashSink(clock=clock, give_up=lambda: ends.append(clock.at_ms))
    for at_ms in range(0, 5 * WINDOW_MS, WINDOW_MS):
        clock.at_ms = at_ms
        sink.report(ValueError())
    assert ends == []
