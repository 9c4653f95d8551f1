"""The terminal's clock jumps (it slept, stood still, or was set): with a server, the time is right again in seconds."""

from __future__ import annotations

import pytest

from tests.journeys.visit import Visitor

SECONDS = 6.0


@pytest.mark.parametrize("jump_s", [40.0, 6 * 3600.0])
def test_after_a_jump_the_time_is_right_again_within_seconds(visitor: Visitor, jump_s: float) -> None:
    visitor.hospital.clock.put_forward(jump_s)
    assert not visitor.knows_the_time()
    visitor.until(visitor.knows_the_time, "the server's time", within_s=SECONDS)


def test_after_a_small_jump_it_is_when_staff_ask(visitor: Visitor) -> None:
    visitor.hospital.clock.put_forward(2.5)
    visitor.terminal.terminal.sync_now()
    visitor.until(visitor.knows_the_time, "the server's time", within_s=SECONDS)


def test_the_screen_shows_the_servers_time_whatever_the_terminals_own_clock_says(visitor: Visitor) -> None:
    shown = visitor.page.frame.time
    visitor.hospital.clock.set_right(visitor.hospital.server.ahead_ms - 5 * 3600 * 1000)
    assert _minutes(visitor.page.frame.time) - _minutes(shown) in (0, 1)


def _minutes(time_of_day: str) -> int:
    hours, minutes = time_of_day.split(":")
    return int(hours) * 60 + int(minutes)
