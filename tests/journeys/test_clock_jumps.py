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
