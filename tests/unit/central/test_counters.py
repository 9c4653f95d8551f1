"""Request numbers: each is accepted at most once, whatever the order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booking.signing import COUNTER_WINDOW
from central.terminals.counters import Freshness, Window, judge

FRESH, NEW, STALE, REPLAYED = Freshness.FRESH, Freshness.NEW_BOOT, Freshness.STALE, Freshness.REPLAYED


def answers(counts: list[int]) -> list[Freshness]:
    window = Window(boot=1)
    said = []
    for count in counts:
        freshness, window = window.take(count)
        said.append(freshness)
    return said


@pytest.mark.parametrize(
    ("counts", "last"),
    [
        ([1], FRESH),
        ([1, 1], REPLAYED),
        ([2, 1], FRESH),
        ([2, 1, 1], REPLAYED),
        ([COUNTER_WINDOW, 1], FRESH),
        ([COUNTER_WINDOW + 1, 1], STALE),
        ([1, 10**15, 1], STALE),
        ([5, 5 + COUNTER_WINDOW - 1, 5], REPLAYED),
        ([5, 5 + COUNTER_WINDOW, 5], STALE),
    ],
)
def test_the_window(counts: list[int], last: Freshness) -> None:
    assert answers(counts)[-1] is last


@given(st.lists(st.integers(1, 3 * COUNTER_WINDOW), max_size=300))
def test_no_number_passes_twice_and_what_is_new_and_near_passes(counts: list[int]) -> None:
    passed: set[int] = set()
    highest = 0
    for count, said in zip(counts, answers(counts), strict=True):
        is_near = count > highest - COUNTER_WINDOW
        assert (said is FRESH) == (is_near and count not in passed)
        if said is FRESH:
            passed.add(count)
            highest = max(highest, count)


@pytest.mark.parametrize(
    ("window", "stored", "boot", "said"),
    [
        (None, 0, 1, NEW),
        (None, 1, 1, STALE),  # the server has started again: what was used before is not known
        (None, 5, 4, STALE),
        (Window(3, 9, 1), 3, 3, FRESH),
        (Window(3, 9, 1), 3, 4, NEW),
        (Window(3, 9, 1), 3, 2, STALE),
        (Window(3, 9, 1), 4, 3, STALE),  # the store knows a higher boot than this window
        (Window(4, 9, 1), 3, 4, FRESH),  # the row was read before the boot number was raised
    ],
)
def test_boot_numbers(window: Window | None, stored: int, boot: int, said: Freshness) -> None:
    assert judge(window, stored_boot=stored, boot=boot, count=10)[0] is said


def test_the_first_number_of_a_new_boot_is_used_up() -> None:
    _, window = judge(None, stored_boot=0, boot=1, count=10)
    assert judge(window, stored_boot=1, boot=1, count=10)[0] is REPLAYED
