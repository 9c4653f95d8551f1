"""Which sessions there are, and who is booked where: the sample as a whole, before any of it is sealed or stored.

People check in from an hour before their place until a quarter of an hour after it. The round-the-clock clinic has
places from midnight to midnight, so that at any time of the day some are too early, some in time and some too late.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from booking.ids import RANDOM_BYTES, uuid7
from booking.numbers import booking_number
from booking.roster import BookingState
from booking.roster.channels import Channel
from central.moment import local_date
from central.sample.catalogue import HOSPITALS, TIME_ZONE, SampleHospital, doctors_of
from central.sample.kinds import SampleDoctor
from central.sample.names import People, SamplePerson
from central.sample.roster import (
    DAY_HOURS,
    NIGHT_HOURS,
    SLOT_MIN,
    PlannedDay,
    PlannedSession,
    Staffing,
    planned_days,
)

_FULL = 0.75
"""How much of a session's places is booked at most: the rest is for who walks in, and for priority groups."""
_ROUND_THE_CLOCK_SHARE = 0.45
_CITY_LINES = 10
_MISSED_EVERY = 8
_OFFICES_OPEN = 8
CITY_BOOKINGS, SMALL_BOOKINGS = 3_000, 300
SIZES = {"small": SMALL_BOOKINGS, "city": CITY_BOOKINGS}
"""The bookings of the day at the first hospital."""
_KEPT_FOR_OTHERS = ("reserve:", "walk_in")
_CHANNELS = (Channel.WINDOW, Channel.KIOSK, Channel.WEB, Channel.APP, Channel.PHONE, Channel.CONSULTING_ROOM)
_STOPPED = ("眼科", 14)
"""Tomorrow's clinics of this department from this hour on are stopped."""


@dataclass(frozen=True, slots=True)
class PlannedBooking:
    """A booking of a person."""

    booking_id: UUID
    hospital: SampleHospital
    session: PlannedSession
    slot_no: int
    number: str
    state: BookingState
    is_return_visit: bool
    channel: Channel

    @property
    def pool(self) -> str:
        """The pool that its place was published in."""
        return self.session.pools[self.slot_no - 1]


@dataclass(slots=True)
class PlannedPerson:
    """A person with what they booked."""

    person_id: UUID
    person: SamplePerson
    note: str = ""
    bookings: list[PlannedBooking] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class SamplePlan:
    """The whole sample."""

    today: date
    group_id: UUID
    hospital_ids: dict[str, UUID]
    doctors: dict[str, dict[str, tuple[SampleDoctor, ...]]]
    """By hospital code and the department's Chinese name."""
    days: dict[str, list[PlannedDay]]
    """By hospital code."""
    people: list[PlannedPerson]

    @property
    def sessions(self) -> dict[str, list[PlannedSession]]:
        """By hospital code."""
        return {code: [it for day in days for it in day.sessions] for code, days in self.days.items()}

    def is_stopped(self, it: PlannedSession) -> bool:
        """Whether the clinic does not take place."""
        return _is_stopped(it, self.today)


class Ids:
    """Ids that are the same for the same seed."""

    def __init__(self, rng: random.Random, made_ms: int) -> None:
        self._rng = rng
        self._next_ms = made_ms

    def next_id(self) -> UUID:
        """One more, later than the last."""
        self._next_ms += 1
        return uuid7(now_ms=self._next_ms, random=self._rng.randbytes(RANDOM_BYTES))

    def row(self) -> Iterator[UUID]:
        """As many more as anybody wants."""
        while True:
            yield self.next_id()


def instant_ms(day: date, hour: int) -> int:
    """The instant of a full hour (0 to 24) of a day at the sample's hospitals."""
    midnight = datetime.combine(day, time(0), ZoneInfo(TIME_ZONE)) + timedelta(hours=hour)
    return int(midnight.astimezone(UTC).timestamp()) * 1000


def moment_of_sample(today: date, now_ms: int) -> int:
    """When the sample is made: now; for another day than today as the hospitals stand at eight in its morning."""
    if local_date(now_ms, TIME_ZONE) == today:
        return now_ms
    return instant_ms(today, _OFFICES_OPEN)


def plan_sample(*, seed: int, today: date, bookings_today: int, is_city: bool = False) -> SamplePlan:
    """Invent everything. `bookings_today` is for the first hospital; the second has a tenth of it."""
    rng = random.Random(f"{seed} {today}")  # noqa: S311 - a sample, not a secret
    ids = Ids(rng, instant_ms(today - timedelta(days=30), 9))
    group_id = ids.next_id()
    hospital_ids = {hospital.code: ids.next_id() for hospital in HOSPITALS}
    doctors: dict[str, dict[str, tuple[SampleDoctor, ...]]] = {}
    days: dict[str, list[PlannedDay]] = {}
    for at, it in enumerate(HOSPITALS):
        staffing = _staffing(it, load=max(1, bookings_today // (1 + 9 * at)), every_day=_CITY_LINES if is_city else 1)
        staff = {one.name[0]: tuple(doctors_of(it, one, staffing.doctors)) for one in it.departments}
        doctors[it.code] = staff
        days[it.code] = planned_days(it, hospital_ids[it.code], staff, staffing, ids=ids.row(), today=today)
    booker = _Booker(rng, ids, {code: [it for day in of for it in day.sessions] for code, of in days.items()}, today)
    people = People(rng, today)
    planned = booker.showcase(people)
    here, there = HOSPITALS
    shown = [one for it in planned for one in it.bookings if one.hospital is here and one.session.day == today]
    for hospital, day, wanted in (
        (here, today, bookings_today - len(shown)),
        (there, today, bookings_today // 10),
        (here, today + timedelta(days=1), bookings_today // 8),
        (here, today - timedelta(days=1), bookings_today // 8),
    ):
        for _ in range(wanted):
            one = PlannedPerson(ids.next_id(), people.next_person())
            booker.book(one, hospital, day)
            planned.append(one)
    return SamplePlan(today, group_id, hospital_ids, doctors, days, planned)


def _staffing(hospital: SampleHospital, *, load: int, every_day: int) -> Staffing:
    """As many sessions beside each other as the day's load needs."""
    clinics = sum(it.kind is None and not it.is_round_the_clock for it in hospital.departments)
    night_places = sum((end - start) * 60 // SLOT_MIN for start, end in NIGHT_HOURS)
    day_places = clinics * 2 * sum((end - start) * 60 // SLOT_MIN for start, end in DAY_HOURS)
    return Staffing(
        day_lines=_lines(load * (1 - _ROUND_THE_CLOCK_SHARE), day_places),
        night_lines=_lines(load * _ROUND_THE_CLOCK_SHARE, night_places),
        every_day=every_day,
    )


def _lines(load: float, places: int) -> int:
    return max(1, -int(-load // (places * _FULL)))


def _is_stopped(it: PlannedSession, today: date) -> bool:
    department, hour = _STOPPED
    is_meant = it.department.name[0] == department and it.day == today + timedelta(days=1)
    return is_meant and it.published.starts_ms >= instant_ms(it.day, hour)


class _Booker:
    """Gives places away, each once."""

    def __init__(self, rng: random.Random, ids: Ids, sessions: dict[str, list[PlannedSession]], today: date) -> None:
        self._rng = rng
        self._ids = ids
        self._today = today
        self._numbers: set[str] = set()
        self._past = 0
        self._free: dict[tuple[str, date, bool], list[tuple[PlannedSession, int]]] = {}
        for code, planned in sessions.items():
            for one in planned:
                if one.doctor is None:
                    continue
                free = self._free.setdefault((code, one.day, one.department.is_round_the_clock), [])
                free.extend((one, no) for no, pool in enumerate(one.pools, 1) if not pool.startswith(_KEPT_FOR_OTHERS))
        for pool in self._free.values():
            rng.shuffle(pool)

    def book(
        self,
        person: PlannedPerson,
        hospital: SampleHospital,
        day: date,
        *,
        state: BookingState | None = None,
        near_hour: int | None = None,
    ) -> None:
        """One place for this person; at the day clinics or round the clock, or the round-the-clock one at an hour."""
        is_night = near_hour is not None or self._rng.random() < _ROUND_THE_CLOCK_SHARE
        pool = self._free[hospital.code, day, is_night] or self._free[hospital.code, day, not is_night]
        at = len(pool) - 1
        if near_hour is not None:
            wanted_ms = instant_ms(day, near_hour)
            at = min(range(len(pool)), key=lambda it: abs(pool[it][0].slot_starts_ms(pool[it][1]) - wanted_ms))
        session, slot_no = pool.pop(at)
        person.bookings.append(
            PlannedBooking(
                booking_id=self._ids.next_id(),
                hospital=hospital,
                session=session,
                slot_no=slot_no,
                number=self._number(hospital),
                state=state or self._state(session),
                is_return_visit=self._rng.random() < 0.4,
                channel=self._channel(session.pools[slot_no - 1]),
            )
        )

    def showcase(self, people: People) -> list[PlannedPerson]:
        """A handful of people whose bookings show one thing each."""
        here, there = HOSPITALS
        today, tomorrow = self._today, self._today + timedelta(days=1)
        booked, cancelled, here_now = BookingState.BOOKED, BookingState.CANCELLED, BookingState.CHECKED_IN
        wanted: tuple[tuple[str, tuple[tuple[SampleHospital, date, BookingState, int], ...]], ...] = (
            ("two bookings today", ((here, today, booked, 10), (here, today, booked, 15))),
            ("two bookings close together", ((here, today, booked, 20), (here, today, booked, 21))),
            ("cancelled booking today", ((here, today, cancelled, 11),)),
            ("already checked in today", ((here, today, here_now, 9),)),
            ("booked at the other hospital only", ((there, today, booked, 10),)),
            ("booked tomorrow only", ((here, tomorrow, booked, 10),)),
            ("no booking", ()),
            ("booked for the last place today", ((here, today, booked, 24),)),
            *((f"booked at {hour:02d}:00 today", ((here, today, booked, hour),)) for hour in range(0, 24, 3)),
        )
        found: list[PlannedPerson] = []
        for note, bookings in wanted:
            one = PlannedPerson(self._ids.next_id(), people.next_person(age=34), note)
            for hospital, day, state, hour in bookings:
                self.book(one, hospital, day, state=state, near_hour=hour)
            found.append(one)
        return found

    def _state(self, session: PlannedSession) -> BookingState:
        chance = self._rng.random()
        if chance < 0.02:
            return BookingState.CANCELLED
        if _is_stopped(session, self._today):
            return BookingState.STOPPED
        if session.day < self._today:
            self._past += 1
            return BookingState.NO_SHOW if self._past % _MISSED_EVERY == 0 else BookingState.VISITED
        return BookingState.CONFIRMED if chance < 0.3 else BookingState.BOOKED

    def _channel(self, pool: str) -> Channel:
        """A channel's own places were taken through it, the others through any."""
        kind, _, name = pool.partition(":")
        return Channel(name) if kind == "channel" else self._rng.choice(_CHANNELS)

    def _number(self, hospital: SampleHospital) -> str:
        while True:
            number = booking_number(hospital_code=hospital.code, drawn=self._rng.randrange(10**9))
            if number not in self._numbers:
                self._numbers.add(number)
                return number
