"""Publishing a month's roster of 200 doctors: what an administrator waits for after the approval."""

from __future__ import annotations

import time as clock
from datetime import date, time, timedelta
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa

from booking.roster.plans import ClinicKind, SessionPlan
from central.moment import Moment, local_date, system_clock
from central.rosters.publish import RosterDay, publish_day
from central.rosters.tables import doctor, place
from central.sample.kinds import TIME_ZONE
from central.tables.database import database_at
from central.web.app import open_parts
from tools.bench.central_world import DEPARTMENTS, HOSPITAL, build

_DOCTORS = tuple(UUID(int=10_000 + at) for at in range(200))
_ROOMS = tuple(UUID(int=20_000 + at) for at in range(200))
_WORKDAYS = 22
_SLOT_MIN = 15
_NAME = {"zh-CN": "内科", "en": "Internal medicine"}


def publish_month_s(data: Path, address: str) -> tuple[int, float]:
    """How many places there were, and how long it took until all were committed."""
    database = database_at(address, data)
    build(data, database, people=1, sessions=1, places=1)
    parts = open_parts(data, database=database)
    try:
        parts.writer.submit(_more_doctors).result()
        moment = Moment(system_clock())
        first = local_date(moment.now_ms, TIME_ZONE) + timedelta(days=10)
        days = [_day(first + timedelta(days=ahead)) for ahead in range(_WORKDAYS)]
        began_s, places = clock.perf_counter(), 0
        for one in days:
            done = parts.writer.submit(lambda work, one=one: publish_day(work, HOSPITAL, one, moment)).result()  # type: ignore[misc]  # bound now
            assert not done.troubles, done.troubles[:3]
            places += sum(it.capacity for it in done.sessions)
        return places, clock.perf_counter() - began_s
    finally:
        parts.close()


def _more_doctors(connection: sa.Connection) -> None:
    of = {"hospital_id": HOSPITAL, "ver": 1, "name": _NAME}
    connection.execute(doctor.insert(), [{**of, "doctor_id": it, "title": _NAME} for it in _DOCTORS])
    where = dict.fromkeys(("building", "floor", "area", "room"), _NAME)
    rooms = [{"hospital_id": HOSPITAL, "ver": 1, "place_id": it, "area_id": it, **where} for it in _ROOMS]
    connection.execute(place.insert(), rooms)


def _day(day: date) -> RosterDay:
    """Each doctor in the morning and in the afternoon."""
    plans = tuple(
        SessionPlan(
            DEPARTMENTS[at % len(DEPARTMENTS)],
            room,
            room,
            ClinicKind.GENERAL,
            time(begins),
            time(begins + 3),
            who,
            _SLOT_MIN,
        )
        for at, (who, room) in enumerate(zip(_DOCTORS, _ROOMS, strict=True))
        for begins in (8, 14)
    )
    return RosterDay(UUID(int=1), day, plans)
