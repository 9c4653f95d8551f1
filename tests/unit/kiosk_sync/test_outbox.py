"""What goes out next, and when again."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from booking.wire import Event
from kiosk.ports.store import Waiting
from kiosk.sync.outbox import MOST_BYTES, back_off_s, next_batch, wait_s


def waiting(booking: int, *, seq: int = 1, made_ms: int = 0, size: int = 200) -> Waiting:
    return Waiting(
        event=Event(kind="check_in", seq=seq),
        operation_id=UUID(int=booking << 8 | seq),
        subject_id=UUID(int=booking),
        made_ms=made_ms,
        attempts=0,
        size=size,
    )


def test_the_oldest_go_first() -> None:
    batch = next_batch([waiting(1, made_ms=30), waiting(2, made_ms=10), waiting(3, made_ms=20)], held_back=())
    assert [one.made_ms for one in batch] == [10, 20, 30]


def test_a_bookings_events_go_in_their_order_one_at_a_time() -> None:
    second, first = waiting(1, seq=2, made_ms=5), waiting(1, seq=1, made_ms=9)
    assert next_batch([second, first, waiting(2, made_ms=7)], held_back=()) == (first, waiting(2, made_ms=7))


def test_a_deferred_event_holds_back_its_own_booking_only() -> None:
    batch = next_batch([waiting(1), waiting(2), waiting(1, seq=2)], held_back={UUID(int=1)})
    assert [one.subject_id.int for one in batch] == [2]


def test_at_most_a_hundred_events_travel_together() -> None:
    assert len(next_batch([waiting(no) for no in range(1, 250)], held_back=())) == 100


def test_a_batch_stays_below_its_size() -> None:
    events = [waiting(no, size=100_000) for no in range(1, 9)]
    batch = next_batch(events, held_back=())
    assert len(batch) == 2
    assert sum(one.size for one in batch) <= MOST_BYTES


def test_an_event_larger_than_a_batch_still_goes_alone() -> None:
    huge = replace(waiting(1), size=MOST_BYTES * 2)
    assert next_batch([huge, waiting(2, made_ms=1)], held_back=()) == (huge,)


@pytest.mark.parametrize("failures", [1, 2, 5, 60, 10_000])
def test_the_pause_stays_between_one_second_and_a_minute(failures: int) -> None:
    assert back_off_s(failures, chance=0.0) == 1.0
    assert 1.0 < back_off_s(failures, chance=1.0) <= 60.0


def test_the_pause_grows() -> None:
    pauses = [back_off_s(failures, chance=1.0) for failures in range(1, 8)]
    assert pauses == [2.0, 4.0, 8.0, 16.0, 32.0, 55.0, 55.0]


def test_the_server_may_ask_for_a_longer_pause_but_not_for_any() -> None:
    assert wait_s(1, chance=0.0, retry_after_s=30.0) == 30.0
    assert wait_s(1, chance=0.0, retry_after_s=90_000.0) == 60.0
    assert wait_s(5, chance=1.0, retry_after_s=3.0) == 32.0


def test_what_the_server_asks_of_all_does_not_bring_all_back_at_once() -> None:
    assert [wait_s(1, chance=chance / 4, retry_after_s=20.0) for chance in range(5)] == [20.0, 25.0, 30.0, 35.0, 40.0]
