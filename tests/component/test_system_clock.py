"""The machine's own clocks."""

from __future__ import annotations

import uuid

from kiosk.devices.clock import CorrectedClock, SystemClock


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


class WrongClock(SystemClock):
    """An hour behind."""

    def now_ms(self) -> int:
        return super().now_ms() - 3_600_000


def test_a_corrected_clock_shows_the_best_known_time_and_keeps_the_rest() -> None:
    wrong, right = WrongClock(), SystemClock()
    known: list[int | None] = [None]
    clock = CorrectedClock(wrong, offset_ms=lambda: known[0])
    assert right.now_ms() - clock.now_ms() >= 3_600_000
    known[0] = 3_600_000
    before = right.now_ms()
    assert before <= clock.now_ms() <= right.now_ms()
    assert clock.boot_id() == wrong.boot_id()
    before = wrong.boot_ms()
    assert before <= clock.boot_ms() <= wrong.boot_ms()
    assert clock.new_id() != clock.new_id()
