"""Who guesses enrolment codes shuts out themselves, and nobody else."""

from __future__ import annotations

import pytest

from central.terminals.attempts import MANY, PER_ADDRESS, WINDOW_MS, Attempts, network_of

NOW_MS = 1_800_000_000_000
IT = "10.0.0.7"


def guessed(attempts: Attempts, address: str, times: int, now_ms: int = NOW_MS) -> int:
    """How many of so many guesses were let through."""
    through = 0
    for _ in range(times):
        if not attempts.wait_s(address, now_ms):
            attempts.note(address, now_ms)
            through += 1
    return through


def test_an_address_has_so_many_tries_in_a_minute() -> None:
    attempts = Attempts()
    assert guessed(attempts, "10.0.0.1", 9) == PER_ADDRESS
    assert attempts.wait_s("10.0.0.1", NOW_MS + WINDOW_MS - 1) == 1
    assert guessed(attempts, "10.0.0.1", 9, NOW_MS + WINDOW_MS) == PER_ADDRESS


def test_nobody_else_waits_for_that() -> None:
    attempts = Attempts()
    guessed(attempts, "10.0.0.1", 99)
    assert guessed(attempts, IT, 9) == PER_ADDRESS


def test_where_many_addresses_guess_each_has_one_and_so_has_it() -> None:
    attempts = Attempts()
    for number in range(MANY):
        guessed(attempts, f"10.0.1.{number}", PER_ADDRESS)
    assert guessed(attempts, "10.0.2.1", 9) == 1
    assert attempts.wait_s(IT, NOW_MS) == 0


def test_a_right_code_leaves_no_trace() -> None:
    attempts = Attempts()
    for _ in range(3 * PER_ADDRESS):
        assert attempts.wait_s(IT, NOW_MS) == 0
        attempts.note(IT, NOW_MS)
        attempts.take_back(IT, NOW_MS)


def test_a_clock_that_was_put_back_shuts_nobody_out() -> None:
    attempts = Attempts()
    guessed(attempts, IT, PER_ADDRESS)
    assert attempts.wait_s(IT, NOW_MS - WINDOW_MS) == 0


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("2001:db8::1", "2001:db8::ffff:2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:10.0.0.7", IT, True),
        ("10.0.0.6", IT, False),
        ("", "", True),
        ("somewhere", "elsewhere", False),
    ],
)
def test_what_counts_as_one_address(one: str, other: str, *, is_same: bool) -> None:
    assert (network_of(one) == network_of(other)) is is_same
