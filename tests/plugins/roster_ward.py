"""A hospital with one department, four doctors in two waiting areas, and no session yet, on the test's engine."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import date, time
from typing import Any, TypeVar
from uuid import UUID, uuid4

import sqlalchemy as sa

from booking.roster.plans import ClinicKind, SessionPlan
from central.moment import Moment
from central.policies.documents import to_document
from central.policies.tables import policy
from central.rosters.publish import PublishedDay, RosterDay, publish_day
from central.rosters.release import Release
from central.rosters.tables import department, doctor, hospital, place, session_pool, slot
from central.sample.plan import instant_ms
from central.sync.tables import feed_epoch
from central.tables.database import Database, Use
from central.tables.migrate import prepare

Result = TypeVar("Result")
HOSPITAL, DEPARTMENT = UUID(int=1), UUID(int=2)
DOCTORS = tuple(UUID(int=10 + n) for n in range(4))
PLACES = tuple(UUID(int=20 + n) for n in range(4))
AREAS = (UUID(int=31), UUID(int=32))
DAY = date(2026, 3, 25)
TODAY = date(2026, 3, 18)
FILE = """
[roster.release]
opens = { days_before = 7, at = "07:00" }
share = "80 %"
channels = [ { channel = "web", share = "30 %" } ]
returns = { days_before = 1, at = "11:30" }

[roster.priority]
reserves = [ { group = "elder", places = 2 } ]
"""
NAME = {"zh-CN": "内科", "en": "Internal medicine"}


def fill(database: Database) -> None:
    """The hospital, in an empty database."""
    prepare(database)
    engine = database.engine(Use.WRITE)
    of = {"hospital_id": HOSPITAL, "ver": 1}
    where = dict.fromkeys(("building", "floor", "area", "room"), NAME)
    with engine.begin() as connection:
        group = {"hospital_id": HOSPITAL, "group_id": uuid4(), "code": "01", "name": NAME}
        connection.execute(hospital.insert().values(**group, time_zone="Asia/Shanghai"))
        connection.execute(feed_epoch.insert().values(tenant_id=HOSPITAL, epoch="e1", began_ms=0))
        file = to_document(FILE, version=1)
        connection.execute(policy.insert().values(hospital_id=HOSPITAL, version=1, from_ms=0, document=file))
        connection.execute(department.insert().values(**of, department_id=DEPARTMENT, name=NAME, is_sensitive=False))
        for doctor_id in DOCTORS:
            connection.execute(doctor.insert().values(**of, doctor_id=doctor_id, name=NAME, title=NAME))
        for at, place_id in enumerate(PLACES):
            connection.execute(place.insert().values(**of, place_id=place_id, area_id=AREAS[at % 2], **where))
    engine.dispose()


def morning(at: int, **changes: Any) -> SessionPlan:
    """A doctor's morning: eight to ten, twelve places."""
    values: dict[str, Any] = {"kind": ClinicKind.GENERAL, "starts": time(8), "ends": time(10), "slot_min": 10}
    values |= {"doctor_id": DOCTORS[at]} | changes
    return SessionPlan(DEPARTMENT, PLACES[at], AREAS[at % 2], **values)


def clock_ms(day: date, hour: int, minute: int = 0) -> int:
    """An instant of the hospital's clock."""
    return instant_ms(day, hour) + minute * 60_000


@dataclass
class Ward:
    """The hospital, and its pieces of work done one at a time."""

    engine: sa.Engine

    def do(self, work: Callable[..., Result], *args: Any, **named: Any) -> Result:
        with self.engine.begin() as connection:
            return work(connection, *args, **named)

    def submit(self, work: Callable[[sa.Connection], Result], /) -> Future[Result]:
        """As readers and writers answer."""
        future: Future[Result] = Future()
        future.set_result(self.do(work))
        return future

    def publish(self, *plans: SessionPlan, now_ms: int, day: date = DAY, roster: UUID | None = None) -> PublishedDay:
        wanted = RosterDay(roster or uuid4(), day, plans)
        return self.do(publish_day, HOSPITAL, wanted, Moment(now_ms))

    def release(self, now_ms: int) -> int:
        """What the thread of the server does at this instant."""
        return Release(ask=self.submit, write=self.submit).step(now_ms)

    def rows(self, query: sa.Select[Any]) -> list[Any]:
        return self.do(lambda connection: list(connection.execute(query).all()))

    def change(self, statement: sa.Update | sa.Insert) -> None:
        self.do(lambda connection: connection.execute(statement) and None)

    def places(self) -> dict[tuple[str, str], int]:
        """How many places are in each state and pool."""
        query = sa.select(slot.c.state, slot.c.pool, sa.func.count()).group_by(slot.c.state, slot.c.pool)
        return {(state, pool): count for state, pool, count in self.rows(query)}

    def pools(self) -> dict[str, Any]:
        """The pools of the only session."""
        return {it.pool: it for it in self.rows(sa.select(session_pool))}
