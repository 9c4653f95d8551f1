"""Tickets drawn before anybody asked for them: used once, for exactly that ticket, and not kept for long."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from kiosk.devices.printers.drawings import KEPT_MS, RESTS_AFTER_MS, Drawings, NotDrawable
from kiosk.devices.printers.escpos_bytes import JobBytes
from kiosk.ports.tickets import BigNumber, Ticket


def ticket(number: str) -> Ticket:
    return Ticket("queue", 1, "zh-CN", (BigNumber(number),))


FIRST, SECOND = ticket("A001"), ticket("A002")


@dataclass
class Press:
    """Draws nothing, and remembers what it was asked to draw."""

    drawn: list[Ticket] = field(default_factory=list)
    rests: int = 0

    def rest(self) -> None:
        self.rests += 1

    def job(self, drawn: Ticket, fence_id: bytes) -> JobBytes:
        self.drawn.append(drawn)
        return JobBytes(b"<ticket>" + fence_id, 100.0)


@pytest.fixture
def press() -> Press:
    return Press()


@pytest.fixture
def drawings(press: Press) -> Drawings:
    made = Drawings(first_fence=9_998)
    made.use_press(press.job, press.rest)
    return made


def test_what_was_foreseen_is_there_when_it_is_asked_for(drawings: Drawings, press: Press) -> None:
    drawings.foresee(FIRST, 0)
    drawings.draw_ahead(0)
    assert press.drawn == [FIRST]
    taken = drawings.take(FIRST, 100)
    assert (taken.fence_id, taken.data) == (b"9999", b"<ticket>9999")
    assert press.drawn == [FIRST]


def test_a_drawing_is_for_one_job_only(drawings: Drawings) -> None:
    drawings.foresee(FIRST, 0)
    drawings.draw_ahead(0)
    fences = [drawings.take(FIRST, 100).fence_id, drawings.take(FIRST, 100).fence_id]
    assert fences == [b"9999", b"0000"]


def test_a_ticket_that_differs_is_drawn_as_it_is(drawings: Drawings, press: Press) -> None:
    drawings.foresee(FIRST, 0)
    drawings.draw_ahead(0)
    assert drawings.take(SECOND, 100).ticket == SECOND
    drawings.draw_ahead(200)
    assert press.drawn == [FIRST, SECOND]


def test_only_the_latest_guess_is_drawn_and_the_same_one_not_twice(drawings: Drawings, press: Press) -> None:
    drawings.foresee(FIRST, 0)
    drawings.foresee(SECOND, 0)
    drawings.draw_ahead(0)
    drawings.foresee(SECOND, 0)
    drawings.draw_ahead(10)
    assert press.drawn == [SECOND]


def test_a_guess_that_comes_true_at_once_is_not_drawn_again(drawings: Drawings, press: Press) -> None:
    drawings.foresee(FIRST, 0)
    drawings.take(FIRST, 0)
    drawings.draw_ahead(3_000)
    assert press.drawn == [FIRST]


def test_what_nobody_asked_for_is_forgotten(drawings: Drawings, press: Press) -> None:
    drawings.foresee(FIRST, 0)
    drawings.draw_ahead(0)
    drawings.forget_old(KEPT_MS - 1)
    drawings.forget_old(KEPT_MS)
    drawings.take(FIRST, KEPT_MS)
    assert press.drawn == [FIRST, FIRST]


def test_a_guess_that_waits_behind_a_ticket_that_hangs_is_forgotten_too(drawings: Drawings, press: Press) -> None:
    drawings.foresee(FIRST, 0)
    drawings.forget_old(KEPT_MS)
    drawings.draw_ahead(KEPT_MS)
    assert press.drawn == []


def test_a_fresh_guess_waits_for_its_turn(drawings: Drawings, press: Press) -> None:
    drawings.foresee(FIRST, 0)
    drawings.foresee(SECOND, 1_000)
    drawings.forget_old(KEPT_MS)
    drawings.draw_ahead(KEPT_MS)
    assert press.drawn == [SECOND]


def test_a_guess_that_cannot_be_drawn_is_told_to_who_asks_for_it(drawings: Drawings) -> None:
    def refuse(_ticket: Ticket, _fence_id: bytes) -> JobBytes:
        raise NotDrawable("OSError")

    drawings.use_press(refuse)
    drawings.foresee(FIRST, 0)
    drawings.draw_ahead(0)
    with pytest.raises(NotDrawable, match="OSError"):
        drawings.take(FIRST, 100)


def test_before_the_fonts_are_there_nothing_is_drawn(press: Press) -> None:
    drawings = Drawings(first_fence=0)
    drawings.foresee(FIRST, 0)
    drawings.draw_ahead(0)
    drawings.use_press(press.job)
    drawings.draw_ahead(10)
    assert press.drawn == []


def test_the_press_rests_when_nobody_has_printed_for_long_and_once_only(drawings: Drawings, press: Press) -> None:
    drawings.forget_old(0)
    assert press.rests == 1, "what the specimen loaded is not held"
    drawings.take(FIRST, 1_000)
    drawings.forget_old(1_000 + RESTS_AFTER_MS - 1)
    assert press.rests == 1
    drawings.forget_old(1_000 + RESTS_AFTER_MS)
    drawings.forget_old(1_000 + 9 * RESTS_AFTER_MS)
    assert press.rests == 2
    drawings.take(SECOND, 10 * RESTS_AFTER_MS)
    drawings.forget_old(12 * RESTS_AFTER_MS)
    assert press.rests == 3, "each pause is one rest"
