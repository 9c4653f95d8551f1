"""A clock that the server corrects: what its answers say about the time, and when it is asked again."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import pytest

from kiosk.ports.central import TimeCorrected
from kiosk.sync.contact import EARLIEST_MS, LATEST_MS, Contact
from kiosk.sync.pulse import Pulse

SERVER_MS = 1_772_424_000_000


@dataclass
class HandClock:
    wall_ms: int = SERVER_MS - 8_000_000
    boot: int = 5_000

    def now_ms(self) -> int:
        return self.wall_ms

    def boot_ms(self) -> int:
        return self.boot

    def boot_id(self) -> str:
        return "b"

    def new_id(self) -> UUID:
        return UUID(int=1)

    def pass_ms(self, ms: int) -> None:
        self.wall_ms += ms
        self.boot += ms


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def contact(clock: HandClock) -> Contact:
    return Contact(clock, emit=lambda event: None)


def best_known_ms(contact: Contact, clock: HandClock) -> int:
    return clock.now_ms() + (contact.now_offset_ms() or 0)


def test_the_offset_is_learnt_from_quick_answers_and_survives_a_step_of_the_wall_clock(
    contact: Contact, clock: HandClock
) -> None:
    assert contact.now_offset_ms() is None
    contact.note_time(clock.wall_ms + 60_000, sent_boot_ms=4_900, received_boot_ms=5_100)
    assert contact.now_offset_ms() == 60_000
    clock.wall_ms -= 3_600_000
    assert contact.now_offset_ms() == 3_660_000


def test_what_shows_the_time_is_told_when_it_is_learnt_and_when_it_moves(clock: HandClock) -> None:
    told: list[object] = []
    contact = Contact(clock, emit=told.append)
    contact.note_time(SERVER_MS, sent_boot_ms=5_000, received_boot_ms=5_000)
    assert told == [TimeCorrected()]
    contact.note_time(SERVER_MS + 100, sent_boot_ms=5_000, received_boot_ms=5_000)
    assert told == [TimeCorrected()]
    for _ in range(2):
        assert told == [TimeCorrected()]
        contact.note_time(SERVER_MS + 60_000, sent_boot_ms=5_000, received_boot_ms=5_000)
    assert told == [TimeCorrected(), TimeCorrected()]


def test_on_a_slow_line_the_first_answer_tells_the_time_and_a_quick_one_better(
    contact: Contact, clock: HandClock
) -> None:
    contact.note_time(SERVER_MS, sent_boot_ms=3_000, received_boot_ms=5_000)
    assert abs(best_known_ms(contact, clock) - SERVER_MS) <= 1_000
    assert contact.doubts_time(), "it may be a second off: a better answer is wanted soon"
    contact.note_time(SERVER_MS, sent_boot_ms=4_980, received_boot_ms=5_000)
    assert best_known_ms(contact, clock) == SERVER_MS + 10
    assert not contact.doubts_time()


def test_a_long_poll_that_fits_what_is_known_changes_nothing(contact: Contact, clock: HandClock) -> None:
    contact.note_time(SERVER_MS, sent_boot_ms=5_000, received_boot_ms=5_000)
    clock.pass_ms(20_000)
    contact.note_time(SERVER_MS + 20_000 - 30, sent_boot_ms=5_000, received_boot_ms=25_000)
    assert best_known_ms(contact, clock) == SERVER_MS + 20_000
    assert not contact.doubts_time()


def test_an_answer_of_any_length_that_contradicts_what_is_known_is_a_rumour_until_another_says_so(
    contact: Contact, clock: HandClock
) -> None:
    """The machine stood still for ten minutes while it polled: its clocks did, the server's did not."""
    contact.note_time(SERVER_MS, sent_boot_ms=5_000, received_boot_ms=5_000)
    clock.pass_ms(20_000)
    contact.note_time(SERVER_MS + 620_000, sent_boot_ms=5_000, received_boot_ms=25_000)
    assert best_known_ms(contact, clock) == SERVER_MS + 20_000
    assert contact.doubts_time()
    contact.note_time(SERVER_MS + 620_000, sent_boot_ms=25_000, received_boot_ms=25_000)
    assert best_known_ms(contact, clock) == SERVER_MS + 620_000
    assert not contact.doubts_time()


def test_a_time_that_moved_far_is_doubted_until_another_answer_says_the_same(
    contact: Contact, clock: HandClock
) -> None:
    """An answer may have lain in the machine while it slept: it is quick by the machine's clock, and old."""
    contact.note_time(SERVER_MS, sent_boot_ms=5_000, received_boot_ms=5_000)
    assert not contact.doubts_time()
    for rumour_ms in (60_000, 600_000):
        contact.note_time(SERVER_MS + rumour_ms, sent_boot_ms=5_000, received_boot_ms=5_000)
        assert contact.doubts_time()
        assert best_known_ms(contact, clock) == SERVER_MS
    contact.note_time(SERVER_MS + 600_010, sent_boot_ms=5_000, received_boot_ms=5_000)
    assert not contact.doubts_time()
    assert abs(best_known_ms(contact, clock) - SERVER_MS - 600_000) <= 10


def test_one_wrong_answer_among_right_ones_changes_nothing(contact: Contact, clock: HandClock) -> None:
    for said_ms in (0, 6 * 86_400_000, 0):
        contact.note_time(SERVER_MS + said_ms, sent_boot_ms=5_000, received_boot_ms=5_000)
        assert best_known_ms(contact, clock) == SERVER_MS
    assert not contact.doubts_time()
    contact.note_time(SERVER_MS + 6 * 86_400_000, sent_boot_ms=5_000, received_boot_ms=5_000)
    assert best_known_ms(contact, clock) == SERVER_MS


def test_two_slow_answers_that_say_the_same_end_a_doubt(contact: Contact, clock: HandClock) -> None:
    contact.note_time(SERVER_MS, sent_boot_ms=5_000, received_boot_ms=5_000)
    for _ in range(2):
        asked_ms = clock.boot
        clock.pass_ms(6_000)
        contact.note_time(clock.wall_ms + 8_060_000, sent_boot_ms=asked_ms, received_boot_ms=clock.boot)
    assert not contact.doubts_time()
    assert abs(best_known_ms(contact, clock) - clock.wall_ms - 8_060_000) <= 6_000


def test_the_time_is_sure_when_two_answers_say_it_and_no_other_contradicts_them(
    contact: Contact, clock: HandClock
) -> None:
    sure = []
    for said_ms in (0, 0, 60_000, 60_000, 0):
        contact.note_time(SERVER_MS + said_ms, sent_boot_ms=5_000, received_boot_ms=5_000)
        sure.append(contact.is_time_sure())
    assert sure == [False, True, False, True, False]
    clock.pass_ms(10 * 60_000)  # nobody has said it again
    assert contact.is_time_sure()


@pytest.mark.parametrize("nonsense_ms", [0, 999_999_999_999_999, 253_402_300_799_999, EARLIEST_MS - 1, LATEST_MS])
def test_a_time_that_no_server_can_mean_is_counted_and_not_believed(
    contact: Contact, clock: HandClock, nonsense_ms: int
) -> None:
    for _ in range(2):
        contact.note_time(nonsense_ms, sent_boot_ms=5_000, received_boot_ms=5_000)
    assert (contact.now_offset_ms(), contact.nonsense_times) == (None, 2)
    contact.note_time(SERVER_MS, sent_boot_ms=5_000, received_boot_ms=5_000)
    assert best_known_ms(contact, clock) == SERVER_MS


def pulse() -> Pulse:
    return Pulse(chance=lambda: 0.5)


def test_a_heartbeat_is_due_at_once_and_then_every_quarter_of_a_minute() -> None:
    beat = pulse()
    assert beat.due_ms == 0
    beat.answered(asked_ms=1_000, now_ms=1_020)
    assert beat.due_ms == 16_020


def test_a_heartbeat_that_took_long_is_repeated_soon_and_once() -> None:
    beat = pulse()
    beat.answered(asked_ms=1_000, now_ms=61_000)
    assert beat.due_ms == 62_000
    beat.answered(asked_ms=62_000, now_ms=64_000)
    assert beat.due_ms == 79_000


def test_a_doubted_time_brings_the_heartbeat_forward_and_never_puts_it_off() -> None:
    beat = pulse()
    beat.answered(asked_ms=1_000, now_ms=1_000)
    beat.doubted(now_ms=2_000)
    assert beat.due_ms == 3_000
    beat.doubted(now_ms=2_500)
    assert beat.due_ms == 3_000
    beat.bring_forward()
    assert beat.due_ms == 0


def test_a_doubt_that_answers_do_not_end_is_asked_about_ever_more_rarely() -> None:
    beat, now_ms, waits_s = pulse(), 1_000, []
    beat.answered(asked_ms=now_ms, now_ms=now_ms)
    for _ in range(7):
        beat.doubted(now_ms=now_ms)
        waits_s.append((beat.due_ms - now_ms) // 1000)
        now_ms = beat.due_ms
        beat.answered(asked_ms=now_ms, now_ms=now_ms)
    assert waits_s == [1, 2, 4, 8, 15, 15, 15]
    beat.answered(asked_ms=now_ms, now_ms=now_ms)
    beat.doubted(now_ms=now_ms)
    assert beat.due_ms == now_ms + 1_000


def test_somebody_who_hurries_makes_an_old_doubt_a_new_one() -> None:
    beat, now_ms = pulse(), 1_000
    for _ in range(5):
        beat.answered(asked_ms=now_ms, now_ms=now_ms)
        beat.doubted(now_ms=now_ms)
        now_ms = beat.due_ms
    beat.hurry()
    beat.answered(asked_ms=now_ms, now_ms=now_ms)
    beat.doubted(now_ms=now_ms)
    assert beat.due_ms == now_ms + 1_000
