"""Threads that call steps by the clock: as often as they want, in spite of faults, and until they are closed."""

from __future__ import annotations

import queue

from central.clockwork import Clockwork

_WAIT_S = 10


def test_a_step_is_called_again_when_it_wants_to_be() -> None:
    calls: queue.Queue[int] = queue.Queue()
    now_ms = iter(range(1_000_000))

    def step(at_ms: int) -> int:
        calls.put(at_ms)
        return at_ms + 5

    clockwork = Clockwork({"step": step}, clock=lambda: next(now_ms))
    first, second = calls.get(timeout=_WAIT_S), calls.get(timeout=_WAIT_S)
    clockwork.close()
    assert first < second


def test_a_fault_of_one_step_stops_neither_it_nor_the_others() -> None:
    calls: queue.Queue[str] = queue.Queue()
    faults = iter((OSError("the store is away"), None))

    def faulty(now_ms: int) -> int:
        fault = next(faults)
        if fault is not None:
            raise fault
        calls.put("faulty")
        return now_ms + 3_600_000

    def sound(now_ms: int) -> int:
        calls.put("sound")
        return now_ms + 3_600_000

    clockwork = Clockwork({"faulty": faulty, "sound": sound}, clock=lambda: 0, after_a_fault_s=0.01)
    assert {calls.get(timeout=_WAIT_S), calls.get(timeout=_WAIT_S)} == {"faulty", "sound"}
    clockwork.close()


def test_closing_does_not_wait_for_the_next_hour() -> None:
    called: queue.Queue[int] = queue.Queue()

    def step(now_ms: int) -> int:
        called.put(now_ms)
        return now_ms + 3_600_000

    clockwork = Clockwork({"step": step}, clock=lambda: 0)
    called.get(timeout=_WAIT_S)
    clockwork.close()
    assert called.empty()
