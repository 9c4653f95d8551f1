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
from central.sample.catalogue import HOSPITALS, TIME_ZONE, SampleDepartment, SampleHospital
from central.sample.names import People, SamplePerson

_MINUTE_MS = 60_000
_SLOT_MIN = 10
_FULL = 0.8
"""How much of a session's places is booked at most."""
_DAY_SESSIONS = ((8, 12), (14, 18))
_NIGHT_SESSIONS = ((0, 8), (8, 16), (16, 24))
_ROUND_THE_CLOCK_SHARE = 0.45
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_DAYS_PUBLISHED = 14


@dataclass(frozen=True, slots=True)
class PlannedSession:
    """A session and the minutes of a place."""

    session_id: UUID
    department: SampleDepartment
    doctor: int
    """Which of the department's two doctors, in which of its two rooms."""
    day: date
    starts_ms: int
    ends_ms: int
    letters: str
    slot_min: int

    @property
    def capacity(self) -> int:
        """How many places it has."""
        return (self.ends_ms - self.starts_ms) // (self.slot_min * _MINUTE_MS)

    def slot_starts_ms(self, no: int) -> int:
        """When a place (from 1) begins."""
        return self.starts_ms + (no - 1) * self.slot_min * _MINUTE_MS


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

    group_id: UUID
    hospital_ids: dict[str, UUID]
    sessions: dict[str, list[PlannedSession]]
    """By hospital code."""
    people: list[PlannedPerson]


class Ids:
    """Ids that are the same for the same seed."""

    def __init__(self, rng: random.Random, made_ms: int) -> None:
        self._rng = rng
        self._next_ms = made_ms

    def next_id(self) -> UUID:
        """One more, later than the last."""
        self._next_ms += 1
        return uuid7(now_ms=self._next_ms, random=self._rng.randbytes(RANDOM_BYTES))


def instant_ms(day: date, hour: int) -> int:
    """The instant of a full hour (0 to 24) of a day at the sample's hospitals."""
    midnight = datetime.combine(day, time(0), ZoneInfo(TIME_ZONE)) + timedelta(hours=hour)
    return int(midnight.astimezone(UTC).timestamp()) * 1000


def plan_sample(*, seed: int, today: date, bookings_today: int) -> SamplePlan:
    """Invent everything. `bookings_today` is for the first hospital; the second has a tenth of it."""
    rng = random.Random(f"{seed} {today}")  # noqa: S311 - a sample, not a secret
    ids = Ids(rng, instant_ms(today - timedelta(days=30), 9))
    group_id = ids.next_id()
    hospital_ids = {hospital.code: ids.next_id() for hospital in HOSPITALS}
    sessions = {
        hospital.code: list(_sessions(hospital, ids, today, load=max(1, bookings_today // (1 + 9 * at))))
        for at, hospital in enumerate(HOSPITALS)
    }
    booker = _Booker(rng, ids, sessions, today)
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
    return SamplePlan(group_id, hospital_ids, sessions, planned)


def _sessions(hospital: SampleHospital, ids: Ids, today: date, *, load: int) -> Iterator[PlannedSession]:
    """Two weeks of sessions; as many beside each other as the day's load needs."""
    night_places = sum((end - start) * 60 // _SLOT_MIN for start, end in _NIGHT_SESSIONS)
    day_places = 4 * 2 * 2 * 4 * 60 // _SLOT_MIN
    night_lines = _lines(load * _ROUND_THE_CLOCK_SHARE, night_places)
    day_lines = _lines(load * (1 - _ROUND_THE_CLOCK_SHARE), day_places)
    for shift in range(-1, _DAYS_PUBLISHED - 1):
        day = today + timedelta(days=shift)
        letters = _letter_pairs()
        is_busy_day = abs(shift) <= 1
        for department in hospital.departments:
            night = department.is_round_the_clock
            hours = _NIGHT_SESSIONS if night else _DAY_SESSIONS
            doctors = (0,) if night else (0, 1)
            for line in range((night_lines if night else day_lines) if is_busy_day else 1):
                for start, end in hours:
                    for doctor in doctors:
                        yield PlannedSession(
                            session_id=ids.next_id(),
                            department=department,
                            doctor=(doctor + line + (start // 8 if night else 0)) % 2,
                            day=day,
                            starts_ms=instant_ms(day, start),
                            ends_ms=instant_ms(day, end),
                            letters=next(letters),
                            slot_min=_SLOT_MIN,
                        )


def _lines(load: float, places: int) -> int:
    return max(1, -int(-load // (places * _FULL)))


def _letter_pairs() -> Iterator[str]:
    """A, B, ... Z, AA, AB, ...: letters that are not taken for digits."""
    yield from _LETTERS
    for first in _LETTERS:
        for second in _LETTERS:
            yield first + second
    for first in _LETTERS:
        for second in _LETTERS:
            for third in _LETTERS:
                yield first + second + third


class _Booker:
    """Gives places away, each once."""

    def __init__(self, rng: random.Random, ids: Ids, sessions: dict[str, list[PlannedSession]], today: date) -> None:
        self._rng = rng
        self._ids = ids
        self._today = today
        self._numbers: set[str] = set()
        self._free: dict[tuple[str, date, bool], list[tuple[PlannedSession, int]]] = {}
        for code, planned in sessions.items():
            for one in planned:
                pool = self._free.setdefault((code, one.day, one.department.is_round_the_clock), [])
                pool.extend((one, no) for no in range(1, one.capacity + 1))
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
                state=state or self._state(),
                is_return_visit=self._rng.random() < 0.4,
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

    def _state(self) -> BookingState:
        chance = self._rng.random()
        if chance < 0.02:
            return BookingState.CANCELLED
        return BookingState.CONFIRMED if chance < 0.3 else BookingState.BOOKED

    def _number(self, hospital: SampleHospital) -> str:
        while True:
            number = booking_number(hospital_code=hospital.code, drawn=self._rng.randrange(10**9))
            if number not in self._numbers:
                self._numbers.add(number)
                return number
