"""The machine's own clocks."""

from __future__ import annotations

import uuid

from kiosk.devices.clock import SystemClock


def test_the_clocks_go_forward_and_agree_with_the_ids() -> None:
    clock = SystemClock()
    before, boot = clock.now_ms(), clock.boot_ms()
    made = clock.new_id()
    assert before <= made.int >> 80 <= clock.now_ms()
    assert boot <= clock.boot_ms()
    assert made.version == 7
    assert clock.new_id() != made


def test_the_boot_has_one_id() -> None:
    first, second = SystemClock().boot_id(), SystemClock().boot_id()
    assert str(uuid.UUID(first)) == first == second
