"""Times of day on the hospital's clock, as instants.

A time that a change to summer time leaves out counts with the offset before the change, one that happens twice is the
first: every deadline exists exactly once on every day.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo
from functools import lru_cache

MINUTE_MS = 60_000
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_DAY_MS = 86_400_000
_FIRST_DAY, _LAST_DAY = date.min.toordinal(), date.max.toordinal()


@lru_cache(maxsize=4096)
def instant(day: date, minute: int, zone: tzinfo) -> int:
    """Milliseconds UTC of this minute of this day; minute 1440 is the midnight that ends it.

    Remembered, for the same few deadlines are asked for again and again.
    """
    moment = datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(minutes=minute)
    offset = moment.utcoffset() or timedelta(0)
    return (day.toordinal() - _EPOCH_DAY) * _DAY_MS + minute * MINUTE_MS - offset // timedelta(milliseconds=1)


def local(now_ms: int, zone: tzinfo) -> datetime:
    """This instant on the hospital's clock."""
    return datetime.fromtimestamp(now_ms // 1000, zone)


def today(now_ms: int, zone: tzinfo) -> date:
    """The hospital's date at this instant."""
    return local(now_ms, zone).date()


def minute_of_day(now_ms: int, zone: tzinfo) -> int:
    """Whole minutes since midnight on the hospital's clock."""
    moment = local(now_ms, zone)
    return moment.hour * 60 + moment.minute


def days_on(day: date, days: int) -> date:
    """So many days later (or earlier), at most the calendar's end."""
    return date.fromordinal(min(max(day.toordinal() + days, _FIRST_DAY), _LAST_DAY))
