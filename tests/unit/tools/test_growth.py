"""Growth is judged after settling, and not from a handful of samples."""

from __future__ import annotations

import pytest

from tools.soak.growth import Sample, growth_percent, is_sound


def test_what_grows_before_settling_does_not_count() -> None:
    samples = [Sample(visits, 100 + min(visits, 1000) / 10) for visits in range(0, 3001, 100)]
    assert growth_percent(samples) == 0


def test_a_leak_shows() -> None:
    samples = [Sample(visits, 200 + visits / 100) for visits in range(0, 11_001, 100)]
    growth = growth_percent(samples)
    assert growth is not None
    assert growth > 40


def test_one_high_sample_is_no_growth() -> None:
    samples = [Sample(visits, 200.0) for visits in range(1000, 3001, 100)]
    assert growth_percent([*samples, Sample(3100, 260.0)]) == 0


@pytest.mark.parametrize("count", [0, 1, 9])
def test_too_few_samples_say_nothing(count: int) -> None:
    assert growth_percent([Sample(1000 + i, 100.0) for i in range(count)]) is None


@pytest.mark.parametrize(
    ("visits", "checked_in", "growth", "expected"),
    [
        (10_000, 9_000, 1.2, True),
        (10_000, 9_000, 3.0, False),
        (10_000, 9_000, None, False),
        (861, 10, None, False),
        (861, 700, None, True),
        (0, 0, None, False),
    ],
)
def test_a_run_that_turned_nearly_everybody_away_proves_nothing(
    visits: int, checked_in: int, growth: float | None, expected: bool
) -> None:
    assert is_sound(visits=visits, checked_in=checked_in, growth=growth, most_growth=3.0) is expected
