"""Which sessions the sample's hospitals have, as templates give them for each day: numbered and timed by the same rules
as any roster, so that publishing them gives exactly these.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from booking.policy import Policy
from booking.roster.plans import ClinicKind, Draft, SessionPlan
from booking.roster.publish import Session, publish
from booking.roster.settings import DeskPolicy
from central.policies.documents import read_policy
from central.rosters.pools import Divisions
from central.rosters.publish import RosterDay, Terms
from central.sample.kinds import TIME_ZONE, SampleDepartment, SampleDoctor, SampleHospital

SLOT_MIN = 10
DAY_HOURS = ((8, 12), (14, 18))
NIGHT_HOURS = ((0, 8), (8, 16), (16, 24))
_EXAMINATION_HOURS = ((8, 12), (14, 17))
_EXAMINATION_MIN = 15
_DAYS_PUBLISHED = 14


@dataclass(frozen=True, slots=True)
class PlannedSession:
    """A session as it will be published, and the pool that each of its places lies in."""

    published: Session
    department: SampleDepartment
    doctor: SampleDoctor | None
    pools: tuple[str, ...]

    @property
    def session_id(self) -> UUID:
        """Its id."""
        return self.published.session_id

    @property
    def day(self) -> date:
        """The hospital's date."""
        return self.published.service_date

    @property
    def letters(self) -> str:
        """Unique in waiting area and day."""
        return self.published.letters

    @property
    def area_id(self) -> UUID:
        """Its waiting area."""
        return self.published.plan.area_id

    @property
    def capacity(self) -> int:
        """How many places it has."""
        return self.published.capacity

    def slot_starts_ms(self, no: int) -> int:
        """When a place (from 1) begins."""
        return self.published.slot(no).starts_ms


@dataclass(frozen=True, slots=True)
class PlannedDay:
    """One day of one hospital: what is handed over for publication, and what comes of it."""

    roster: RosterDay
    sessions: tuple[PlannedSession, ...]


@dataclass(frozen=True, slots=True)
class Staffing:
    """How many sessions of one department sit beside each other, by kind of day."""

    day_lines: int
    night_lines: int
    every_day: int

    def lines(self, department: SampleDepartment, *, is_busy: bool) -> int:
        """For a department on a day."""
        busy = self.night_lines if department.is_round_the_clock else self.day_lines
        return max(busy, self.every_day) if is_busy else self.every_day

    @property
    def doctors(self) -> int:
        """Two for each line: they take turns, and a doctor sits in one session at a time."""
        return 2 * max(self.day_lines, self.night_lines, self.every_day)


def part_id(hospital_id: UUID, at: SampleDepartment, part: str) -> UUID:
    """The id of a department, of one of its doctors, or of one of its rooms."""
    return uuid5(hospital_id, f"{at.name[1]} {part}")


def area_id(hospital_id: UUID, at: SampleDepartment) -> UUID:
    """The waiting area in front of its rooms; departments on one side of one floor share it."""
    where = at.where
    return uuid5(hospital_id, " ".join((where.building[1], where.floor[1], where.area[1])))


def settings_of(hospital: SampleHospital) -> Policy:
    """The hospital's settings."""
    return read_policy(1, hospital.settings)


def planned_days(
    hospital: SampleHospital,
    hospital_id: UUID,
    doctors: dict[str, tuple[SampleDoctor, ...]],
    staffing: Staffing,
    *,
    ids: Iterator[UUID],
    today: date,
) -> list[PlannedDay]:
    """Two weeks, from yesterday on. `doctors` are by the department's Chinese name."""
    roster_id = uuid5(hospital_id, f"roster {today}")
    policy, zone = settings_of(hospital).roster, ZoneInfo(TIME_ZONE)
    divisions = Divisions(policy, zone)
    days = []
    for shift in range(-1, _DAYS_PUBLISHED - 1):
        day = today + timedelta(days=shift)
        made = {
            plan: (department, doctor)
            for department in hospital.departments
            for plan, doctor in _plans(hospital_id, department, doctors, staffing, is_busy=abs(shift) <= 1)
        }
        terms = {plan: _terms(hospital_id, at, doctor) for plan, (at, doctor) in made.items()}
        roster = RosterDay(roster_id, day, tuple(made), terms)
        publication = publish([Draft(plan, day) for plan in made], policy=policy, zone=zone, ids=ids)
        assert not publication.troubles, "the sample's templates fit"
        sessions = tuple(
            PlannedSession(it, *made[it.plan], pools=divisions.of(it.capacity, day).row) for it in publication.sessions
        )
        days.append(PlannedDay(roster, sessions))
    return days


def _terms(hospital_id: UUID, at: SampleDepartment, doctor: SampleDoctor | None) -> Terms:
    if doctor is not None:
        return Terms(fee_cents=doctor.fee_cents)
    return Terms(service_id=None if at.kind is ClinicKind.BLOOD_DRAW else part_id(hospital_id, at, "service"))


_Plans = Iterator[tuple[SessionPlan, SampleDoctor | None]]


def _plans(
    hospital_id: UUID,
    at: SampleDepartment,
    doctors: dict[str, tuple[SampleDoctor, ...]],
    staffing: Staffing,
    *,
    is_busy: bool,
) -> _Plans:
    if at.kind is ClinicKind.BLOOD_DRAW:
        yield _plan(hospital_id, at, (7, 10), room=0, desk=DeskPolicy()), None
        return
    if at.kind is not None:
        for hours in _EXAMINATION_HOURS:
            for room in (0, 1):
                yield _plan(hospital_id, at, hours, room=room), None
        return
    staff = doctors[at.name[0]]
    for line in range(staffing.lines(at, is_busy=is_busy)):
        for turn, hours in enumerate(NIGHT_HOURS if at.is_round_the_clock else DAY_HOURS):
            for which in (turn % 2,) if at.is_round_the_clock else (0, 1):
                number = 2 * line + which
                yield _plan(hospital_id, at, hours, room=number, doctor=staff[number]), staff[number]


def _plan(
    hospital_id: UUID,
    at: SampleDepartment,
    hours: tuple[int, int],
    *,
    room: int,
    doctor: SampleDoctor | None = None,
    desk: DeskPolicy | None = None,
) -> SessionPlan:
    starts, ends = hours
    return SessionPlan(
        department_id=part_id(hospital_id, at, ""),
        place_id=part_id(hospital_id, at, f"room{room % 2}"),
        area_id=area_id(hospital_id, at),
        kind=doctor.kind if doctor else at.kind or ClinicKind.GENERAL,
        starts=time(starts),
        ends=time(ends % 24),
        doctor_id=part_id(hospital_id, at, f"doctor{room}") if doctor else None,
        slot_min=SLOT_MIN if doctor else _EXAMINATION_MIN,
        desk=desk,
    )
