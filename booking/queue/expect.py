"""When it will be somebody's turn: a range, and how often the turn falls into it (rules G3, G8).

Consultations take as long as gamma-distributed times do, with the mean and spread seen so far; the range is that of
their sum, by the approximation of Wilson and Hilferty (1931). What is not known yet, the mean itself and who of those
still expected will come, widens it. It is never before now.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

_DEVIATES = {50: 0.6745, 80: 1.2816, 90: 1.6449, 95: 1.9600}
"""Coverage in percent -> standard deviations on each side of a normal distribution."""
COVERAGES = tuple(_DEVIATES)


@dataclass(frozen=True, slots=True)
class Pace:
    """How long one patient takes, and on how many that rests."""

    mean_ms: int
    spread_ms: int
    """The standard deviation."""
    seen: int


@dataclass(frozen=True, slots=True)
class Ahead:
    """Who goes before."""

    here: int
    """Waiting at better places."""
    to_come: int = 0
    """Expected, not here yet, and with a better claim."""
    coming_percent: int = 90
    """How many of a hundred of those come."""


@dataclass(frozen=True, slots=True)
class Expected:
    """The turn comes within this range so often."""

    from_ms: int
    until_ms: int
    coverage_percent: int


def pace_of(durations_ms: Sequence[int], usual: Pace) -> Pace:
    """Today's consultations together with what is usual, which weighs as much as it rests on."""
    seen = usual.seen + len(durations_ms)
    if not seen:
        return usual
    mean = (usual.mean_ms * usual.seen + sum(durations_ms)) / seen
    usual_squares = usual.seen * (usual.spread_ms**2 + (usual.mean_ms - mean) ** 2)
    squares = usual_squares + sum((it - mean) ** 2 for it in durations_ms)
    return Pace(round(mean), round(sqrt(squares / seen)), seen)


def expected(
    ahead: Ahead,
    pace: Pace,
    *,
    now_ms: int,
    starts_ms: int = 0,
    since_ms: int | None = None,
    rooms: int = 1,
    coverage_percent: int = 80,
) -> Expected:
    """When the turn will come. `since_ms`: the one in the room went in then; None: the room is free.

    A desk with several rooms or windows serves so many at a time. The coverage is one of `COVERAGES`.
    """
    begins_ms = max(now_ms, starts_ms)
    mean, variance = _ahead(ahead, pace)
    if since_ms is not None:
        left = max(pace.mean_ms - (now_ms - since_ms), pace.spread_ms)
        mean, variance = mean + left, variance + min(left, pace.spread_ms) ** 2
    mean, variance = mean / rooms, variance / rooms**2
    deviates = _DEVIATES[coverage_percent]
    first, last = _quantile(mean, variance, -deviates), _quantile(mean, variance, deviates)
    return Expected(begins_ms + round(first), begins_ms + round(last), coverage_percent)


def _ahead(ahead: Ahead, pace: Pace) -> tuple[float, float]:
    """Mean and variance of the time that those ahead take."""
    share = ahead.coming_percent / 100
    people = ahead.here + ahead.to_come * share
    mean, square = float(pace.mean_ms), float(pace.spread_ms**2)
    of_each = people * square + ahead.to_come * share * (1 - share) * mean**2
    of_the_mean = people**2 * square / max(pace.seen, 1)
    return people * mean, of_each + of_the_mean


def _quantile(mean: float, variance: float, deviates: float) -> float:
    """So many standard deviations up or down a gamma distribution."""
    if not mean:
        return 0.0
    ninth = variance / (9 * mean**2)
    return float(mean * max(0.0, 1 - ninth + deviates * sqrt(ninth)) ** 3)
