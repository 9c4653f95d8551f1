"""Wrong, absurd and late words about the time: they cost no patient a booking, and the server no peace."""

from __future__ import annotations

from typing import Any

import pytest

from kiosk.sync.transport import HttpReply, HttpRequest
from lab import outages

DAY_MS = 86_400_000


def _heartbeat(server_ms: int, today: str) -> HttpReply:
    headers = {"content-type": "application/json", "server-time": str(server_ms)}
    return HttpReply(200, headers, f'{{"v": 1, "today": "{today}", "settled": []}}'.encode())


def _hears(terminal: Any, answer: HttpReply, *, times: int = 1) -> None:
    """Heartbeats that are answered so."""
    terminal.doorway.instead["/v1/heartbeat"] = answer
    for _ in range(times):
        terminal.worker.hurry()
        terminal.worker.step(terminal.clock.boot_ms())
    del terminal.doorway.instead["/v1/heartbeat"]


def _steps(terminal: Any, number: int) -> None:
    for _ in range(number):
        next_ms = terminal.worker.step(terminal.clock.boot_ms())
        terminal.clock.pass_ms(max(0, next_ms - terminal.clock.boot_ms()))


@pytest.mark.parametrize("times", [1, 2, 3])
def test_a_wrong_time_takes_nothing_away_on_line(terminal: Any, ward: Any, clock: Any, times: int) -> None:
    booking = terminal.open_booking()
    terminal.check_in(booking)
    held = {one.id for one in terminal.bookings()}
    _hears(terminal, _heartbeat(clock.now_ms() + 6 * DAY_MS, ward.TODAY), times=times)
    _steps(terminal, 30)
    assert {one.id for one in terminal.bookings()} == held
    assert terminal.arrivals.arrival(booking.id) is not None
    assert abs(terminal.contact.now_offset_ms()) < 1_000


def test_a_wrong_time_that_one_answer_told_takes_nothing_away_off_line(
    terminal: Any, ward: Any, clock: Any, network: Any
) -> None:
    held = terminal.bookings()
    _hears(terminal, _heartbeat(clock.now_ms() + 6 * DAY_MS, ward.TODAY))
    network.switch(outages.Refusing())
    _steps(terminal, 30)
    assert terminal.bookings() == held


def test_what_was_dropped_by_a_wrong_time_comes_again_with_a_snapshot(
    terminal: Any, ward: Any, clock: Any, network: Any
) -> None:
    held = {one.id for one in terminal.bookings()}
    _hears(terminal, _heartbeat(clock.now_ms() + 6 * DAY_MS, ward.TODAY), times=2)
    network.switch(outages.Refusing())
    terminal.step_until(lambda: terminal.bookings(day=ward.TODAY) == [])
    terminal.works_with()  # the application was started again
    network.restore()
    terminal.step_until(lambda: {one.id for one in terminal.bookings()} == held)
    _steps(terminal, 10)
    assert terminal.doorway.seen.count("/v1/snapshot") == 2


@pytest.mark.parametrize("nonsense_ms", [0, 999_999_999_999_999, 253_402_300_799_999])
def test_an_absurd_time_is_passed_over(terminal: Any, ward: Any, nonsense_ms: int) -> None:
    known = terminal.contact.now_offset_ms()
    _hears(terminal, _heartbeat(nonsense_ms, ward.TODAY), times=3)
    assert terminal.contact.nonsense_times == 3
    assert terminal.contact.now_offset_ms() == known
    assert terminal.contact.is_online()


def test_an_absurd_day_brings_a_snapshot_and_then_all_is_well(terminal: Any, clock: Any) -> None:
    held = {one.id for one in terminal.bookings()}
    _hears(terminal, _heartbeat(clock.now_ms(), "0"))
    terminal.step_until(lambda: terminal.doorway.seen.count("/v1/snapshot") == 2)
    _steps(terminal, 10)
    assert {one.id for one in terminal.bookings()} == held
    assert terminal.doorway.seen.count("/v1/snapshot") == 2


class SlowWay:
    """Each answer takes six seconds."""

    def __init__(self, inner: Any, clock: Any) -> None:
        self._inner = inner
        self._clock = clock

    def exchange(self, request: HttpRequest) -> HttpReply:
        self._clock.pass_ms(3_000)
        reply: HttpReply = self._inner.exchange(request)
        self._clock.pass_ms(3_000)
        return reply

    def interrupt(self) -> None:
        self._inner.interrupt()

    def close(self) -> None:
        self._inner.close()


def test_on_a_slow_line_a_jump_is_found_and_the_server_is_not_asked_without_end(terminal: Any, clock: Any) -> None:
    terminal.doorway.passes_through(lambda inner: SlowWay(inner, clock))
    clock.boot += 60_000
    began_ms, asked = clock.boot_ms(), terminal.doorway.seen.count("/v1/heartbeat")
    terminal.step_until(lambda: clock.boot_ms() - began_ms > 600_000, most=400)
    assert terminal.doorway.seen.count("/v1/heartbeat") - asked < 60
    assert not terminal.contact.doubts_time()
    assert abs(terminal.contact.now_offset_ms()) < 6_000
