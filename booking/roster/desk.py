"""What a desk can serve: open windows times rate, by time of day and season (rule C3)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from fractions import Fraction

from booking.roster.days import instant_ms
from booking.roster.settings import DeskPolicy
from booking.roster.slots import SlotRun

_MINUTE_MS = 60_000


def opens_at(desk: DeskPolicy, day: date) -> time:
    """When the desk opens on this day: the season that began last; before the year's first it is still the last."""
    begun = [season for season in desk.seasons if (season.from_month, season.from_day) <= (day.month, day.day)]
    return (begun or desk.seasons)[-1].opens


def windows_at(desk: DeskPolicy, at: time) -> int:
    """How many windows are open at this time of day by plan; none after the last part of the day."""
    return next((part.windows for part in desk.windows if at < part.until), 0)


def per_period(desk: DeskPolicy, windows: int) -> Fraction:
    """What so many windows serve in one period. A fraction is carried on, so that hours add up exactly."""
    return Fraction(windows * desk.rate_per_hour * desk.period_min, 60)


def periods(desk: DeskPolicy, day: date) -> list[tuple[time, int]]:
    """Each period of the day by its time, with the places that it has."""
    clock = datetime.combine(day, opens_at(desk, day), tzinfo=UTC)
    closes = datetime.combine(day, desk.windows[-1].until, tzinfo=UTC)
    step = timedelta(minutes=desk.period_min)
    found: list[tuple[time, int]] = []
    carried = Fraction()
    while clock + step <= closes:
        carried += per_period(desk, windows_at(desk, clock.time()))
        found.append((clock.time(), int(carried)))
        carried -= int(carried)
        clock += step
    return found


def desk_runs(desk: DeskPolicy, day: date, zone: tzinfo) -> tuple[SlotRun, ...]:
    """The desk's places of one day, numbered on from 1; those of one period share its time.  # rule C3"""
    runs: list[SlotRun] = []
    next_no = 1
    for at, count in periods(desk, day):
        if count:
            step_ms = desk.period_min * _MINUTE_MS
            runs.append(SlotRun(next_no, count, instant_ms(day, at, zone), step_ms, per_step=count))
            next_no += count
    return tuple(runs)
