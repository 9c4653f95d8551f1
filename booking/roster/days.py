"""The hospital's days: public holidays, make-up workdays, and moments told in its own clock (rule C10).

The calendar is data that is passed in; which days are holidays is not known here. Time zones come as `tzinfo` values.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from booking.roster.settings import SetTime

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MS = timedelta(milliseconds=1)
_DAY = timedelta(days=1)
_FIRST_WEEKEND_DAY = 5


@dataclass(frozen=True, slots=True)
class Calendar:
    """Public holidays, and the make-up workdays with the weekday that each stands for (0 is Monday).  # rule C10"""

    holidays: frozenset[date] = frozenset()
    make_up_days: Mapping[date, int] = field(default_factory=dict)

    def serves_as(self, day: date) -> int | None:
        """The weekday whose clinics sit on this day; None on a public holiday."""
        if day in self.make_up_days:
            return self.make_up_days[day]
        return None if day in self.holidays else day.weekday()

    def is_working_day(self, day: date) -> bool:
        """Whether offices work: a make-up day, or a weekday that is no holiday."""
        return day in self.make_up_days or (day.weekday() < _FIRST_WEEKEND_DAY and day not in self.holidays)

    def working_days_ahead(self, today: date, day: date) -> int:
        """How many working days lie after today up to and with this day; 0 when it is not after today.  # rule C11"""
        return sum(self.is_working_day(each) for each in days_from(today + _DAY, day))


def days_from(first: date, last: date) -> Iterator[date]:
    """Each day from the first to the last, both with; none when the last is before the first."""
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def month_days(year: int, month: int) -> Iterator[date]:
    """Each day of a month."""
    first = date(year, month, 1)
    after = date(year + month // 12, month % 12 + 1, 1)
    return days_from(first, after - _DAY)


def instant_ms(day: date, at: time, zone: tzinfo) -> int:
    """The instant at which this clock shows this time on this day.

    A time that the clock shows twice is its first showing. One that it skips is as much later as the clock jumps, so a
    clinic never begins before the hour it names.
    """
    return (datetime.combine(day, at, tzinfo=zone) - _EPOCH) // _MS


def moment_ms(moment: SetTime, day: date, zone: tzinfo) -> int:
    """The instant of a moment that is set in days before `day`."""
    return instant_ms(day - timedelta(days=moment.days_before), moment.at, zone)


def local_day(now_ms: int, zone: tzinfo) -> date:
    """The hospital's date at this instant."""
    return (_EPOCH + timedelta(milliseconds=now_ms)).astimezone(zone).date()
