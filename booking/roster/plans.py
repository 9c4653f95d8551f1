"""Templates: which session is meant to sit on which days (rules C2, C4, C10). Publishing makes it a session."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import IntEnum, StrEnum
from uuid import UUID

from booking.roster.days import Calendar
from booking.roster.settings import DeskPolicy


class ClinicKind(StrEnum):
    """What a session is for.  # rule C2"""

    EXPERT = "expert"
    SPECIAL_DISEASE = "special_disease"
    GENERAL = "general"
    LABORATORY = "laboratory"
    RADIOLOGY = "radiology"
    ULTRASOUND = "ultrasound"
    ECG = "ecg"
    BLOOD_DRAW = "blood_draw"
    TREATMENT = "treatment"
    CHECK_UP = "check_up"
    BED_OR_OPERATION = "bed_or_operation"
    FAMILY_DOCTOR = "family_doctor"
    CONSULTATION = "consultation"
    SERVICE_MATTER = "service_matter"


class Rank(IntEnum):
    """A doctor's title (住院医师, 主治医师, 副主任医师, 主任医师); a higher one may stand in for a lower."""

    RESIDENT = 1
    ATTENDING = 2
    ASSOCIATE_CHIEF = 3
    CHIEF = 4


@dataclass(frozen=True, slots=True)
class SessionPlan:
    """A doctor's or department's session without its date. One that does not end after it begins ends the next day."""

    department_id: UUID
    place_id: UUID
    area_id: UUID
    """The waiting area: letters are unique in it on one day."""
    kind: ClinicKind
    starts: time
    ends: time
    doctor_id: UUID | None = None
    slot_min: int | None = None
    """Minutes of one place; None takes the hospital's setting."""
    capacity: int | None = None
    """At most so many places; None takes all that fit."""
    desk: DeskPolicy | None = None
    """Set for desks with windows and a rate of their own: these give the capacity instead.  # rule C3"""
    is_desk: bool = False
    """A desk as the hospital's `roster.desk` says.  # rule C3"""


@dataclass(frozen=True, slots=True)
class Weekly:
    """On these weekdays (0 is Monday), every so many weeks counted from the week of `counted_from`."""

    weekdays: frozenset[int]
    every_weeks: int = 1
    counted_from: date = date(2024, 1, 1)

    def sits_on(self, day: date, serves_as: int | None) -> bool:
        """Whether this day, which serves as this weekday, is meant."""
        if serves_as not in self.weekdays:
            return False
        return (_monday(day) - _monday(self.counted_from)).days // 7 % self.every_weeks == 0


@dataclass(frozen=True, slots=True)
class MonthDays:
    """On these days of the month; -1 is the last. A month without the day has no session."""

    days: frozenset[int]

    def sits_on(self, day: date, _serves_as: int | None) -> bool:
        """Whether this day is meant."""
        next_month = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
        return day.day in self.days or (day - next_month).days in self.days


@dataclass(frozen=True, slots=True)
class MonthWeekday:
    """On the nth such weekday of the month; -1 is the last. A fifth Monday may not exist."""

    nth: int
    weekday: int

    def sits_on(self, day: date, _serves_as: int | None) -> bool:
        """Whether this day is meant."""
        if day.weekday() != self.weekday:
            return False
        if self.nth < 0:
            weeks_left = ((day.replace(day=28) + timedelta(days=4)).replace(day=1) - day).days - 1
            return -(weeks_left // 7) - 1 == self.nth
        return (day.day - 1) // 7 + 1 == self.nth


@dataclass(frozen=True, slots=True)
class OneDay:
    """On a single day: an extra session for a peak or a holiday.  # rule C10"""

    day: date

    def sits_on(self, day: date, _serves_as: int | None) -> bool:
        """Whether this day is meant."""
        return day == self.day


When = Weekly | MonthDays | MonthWeekday | OneDay


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A plan and its days. On public holidays only what says so sits; a single day is always meant as it stands."""

    plan: SessionPlan
    when: When
    sits_on_holidays: bool = False
    from_day: date = date.min
    until_day: date = date.max


@dataclass(frozen=True, slots=True)
class Draft:
    """A session that a department has drafted for a day.  # rule C4"""

    plan: SessionPlan
    service_date: date


def drafts(templates: Iterable[Template], days: Iterable[date], calendar: Calendar) -> Iterator[Draft]:
    """The sessions that these templates give for these days, in the order of days and templates.  # rule C4"""
    by_weekday, others = _sorted_out(templates)
    for day in days:
        serves_as = calendar.serves_as(day)
        candidates = others if serves_as is None else _merged(by_weekday[serves_as], others)
        for _, template in candidates:
            if _sits(template, day, serves_as):
                yield Draft(template.plan, day)


def _sits(template: Template, day: date, serves_as: int | None) -> bool:
    if not template.from_day <= day <= template.until_day:
        return False
    if serves_as is None:
        if not template.sits_on_holidays and not isinstance(template.when, OneDay):
            return False
        serves_as = day.weekday()
    return template.when.sits_on(day, serves_as)


_Placed = list[tuple[int, Template]]


def _sorted_out(templates: Iterable[Template]) -> tuple[dict[int, _Placed], _Placed]:
    """Templates by weekday, and those that every day must be asked about, each with its place in the order given."""
    by_weekday: dict[int, _Placed] = defaultdict(list)
    others: _Placed = []
    for at, template in enumerate(templates):
        if isinstance(template.when, Weekly) and not template.sits_on_holidays:
            for weekday in template.when.weekdays:
                by_weekday[weekday].append((at, template))
        else:
            others.append((at, template))
    return by_weekday, others


def _merged(some: _Placed, others: _Placed) -> _Placed:
    return sorted([*some, *others], key=lambda placed: placed[0]) if others else some


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
