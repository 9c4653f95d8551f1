"""The hospital that a crowd books at: a group with registered persons, sessions of some days with quotas, reserves and
places for walk-ins, and rules under which everything can happen.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from random import Random
from time import monotonic
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa

from booking.people import DocumentKind, Sex, resident_check_digit
from booking.roster.plans import ClinicKind, SessionPlan
from central.credit.bring import Brought, bring, read_person, rules_of
from central.keys import ColumnSeal, Keys
from central.moment import Moment
from central.people.personal import GroupKeys
from central.people.register import Registration, Shown, register
from central.policies.documents import to_document
from central.policies.tables import policy
from central.rosters.publish import RosterDay, publish_day
from central.rosters.release import Release
from central.rosters.tables import department, doctor, hospital, place
from central.sample.plan import instant_ms
from central.sync.tables import feed, feed_epoch
from central.tables.database import Database, Use
from central.tables.migrate import prepare
from central.web.parts import Parts

Result = TypeVar("Result")

GROUP, HOSPITAL = UUID(int=100), UUID(int=101)
KEYS = Keys(seal=ColumnSeal(key_id=1, by_id={1: b"s" * 32}), code_key=b"c" * 32, lookup_keys={GROUP: b"l" * 32})
FIRST_DAY = date(2026, 3, 18)
DAYS_AHEAD = 2
"""So far ahead places are bookable."""
PER_DAY, PER_DEPARTMENT = 2, 1
RULES = f"""
preset = "trust-points"
[window]
earliest_days = 0
cut_off_before_min = 0
[roster.release]
opens = {{ days_before = {DAYS_AHEAD}, at = "07:00" }}
share = "80 %"
channels = [ {{ channel = "web", share = "30 %" }}, {{ channel = "app", share = "20 %" }} ]
returns = {{ days_before = 0, at = "09:30" }}
[roster.priority]
reserves = [ {{ group = "elder", places = 2 }} ]
returns = {{ days_before = 0, at = "11:00" }}
[limits]
per_day = {PER_DAY}
per_department_and_day = {PER_DEPARTMENT}
[confirmation]
by = "patient"
within_min = 90
[waiting_list]
longest = 8
offer_min = 20
[changing]
most = 50
[check_in]
opens = "from_opening"
late = "requeue"
[credit.points]
start = 200
no_show = 1
late = 1
cancelled = 1
cancelled_late = 1
lapsed = 1
suspended_days = 2
staff_reactivate = false
"""
DEPARTMENTS = tuple(UUID(int=11 + at) for at in range(4))
DOCTORS = tuple(UUID(int=31 + at) for at in range(4))
PLACES = tuple(UUID(int=51 + at) for at in range(4))
_NAME = {"zh-CN": "内科", "en": "Internal medicine"}
_ONE_IN_OLD = 5


@dataclass(frozen=True, slots=True)
class Open:
    """A session that can be booked."""

    session_id: UUID
    day: date
    letters: str
    starts_ms: int
    ends_ms: int


def build(database: Database, rules: str = RULES) -> None:
    """The hospital in an empty database: its catalogue and rules, nobody and nothing to book yet."""
    prepare(database)
    engine = database.engine(Use.WRITE)
    of = {"hospital_id": HOSPITAL, "ver": 1}
    where = dict.fromkeys(("building", "floor", "area", "room"), _NAME)
    with engine.begin() as connection:
        put = connection.execute
        put(hospital.insert().values(**of, group_id=GROUP, code="01", name=_NAME, time_zone="Asia/Shanghai"))
        put(feed_epoch.insert().values(tenant_id=HOSPITAL, epoch="e1", began_ms=0))
        put(policy.insert().values(hospital_id=HOSPITAL, version=1, document=to_document(rules, version=1), from_ms=0))
        for department_id, doctor_id, place_id in zip(DEPARTMENTS, DOCTORS, PLACES, strict=True):
            put(department.insert().values(**of, department_id=department_id, name=_NAME, is_sensitive=False))
            put(doctor.insert().values(**of, doctor_id=doctor_id, name=_NAME, title=_NAME))
            put(place.insert().values(**of, place_id=place_id, area_id=place_id, **where))
    engine.dispose()


def fill(parts: Parts, *, people: int, seed: int, now_ms: int) -> tuple[UUID, ...]:
    """Register so many persons with the group, and bring each to the hospital."""
    rng, moment, group = Random(seed), Moment(now_ms), GroupKeys(GROUP, KEYS)
    rules = {HOSPITAL: ask(parts, rules_of, HOSPITAL, now_ms)}
    wanted = [_registration(rng, at) for at in range(people)]

    def register_all(connection: sa.Connection) -> list[Brought | None]:
        for one in wanted:
            register(connection, group, one, FIRST_DAY, moment)
        return [read_person(connection, group, one.person_id) for one in wanted]

    def bring_all(connection: sa.Connection, brought: list[Brought | None]) -> None:
        for one in filter(None, brought):
            bring(connection, HOSPITAL, one, rules, keys=KEYS, moment=moment, if_missing=True)

    do(parts, bring_all, do(parts, register_all))
    return tuple(one.person_id for one in wanted)


def open_day(parts: Parts, day: date) -> tuple[Open, ...]:
    """Publish a day: each doctor's morning and afternoon. Its places wait for their hour of release."""
    plans = tuple(
        SessionPlan(department_id, place_id, place_id, ClinicKind.GENERAL, time(hour), time(hour + 3), doctor_id, 10)
        for department_id, place_id, doctor_id in zip(DEPARTMENTS, PLACES, DOCTORS, strict=True)
        for hour in (8, 14)
    )
    moment = Moment(instant_ms(day - timedelta(days=DAYS_AHEAD), 6))
    published = do(parts, publish_day, HOSPITAL, RosterDay(UUID(int=1), day, plans), moment)
    assert not published.troubles, "the plans fit"
    return tuple(Open(it.session_id, day, it.letters, it.starts_ms, it.ends_ms) for it in published.sessions)


def release(parts: Parts, now_ms: int) -> None:
    """Open and return what is due."""
    Release(ask=parts.reader.submit, write=parts.writer.submit).step(now_ms)


def do(parts: Parts, work: Callable[..., Result], *args: Any, **named: Any) -> Result:  # noqa: ANN401 - any piece
    """One piece, committed."""
    return parts.writer.submit(lambda connection: work(connection, *args, **named)).result(60)


def ask(parts: Parts, question: Callable[..., Result], *args: Any, **named: Any) -> Result:  # noqa: ANN401 - any question
    """One question, answered from one state of the store."""

    def read(connection: sa.Connection) -> Result:
        return question(connection, *args, **named)

    return parts.snapshot_reader.submit(read).result(120)


def wait_until_numbered(servers: Sequence[Parts], seconds: float = 30.0) -> bool:
    """Wait until every committed change of the hospital has its position. A server at rest has seen to its own only:
    the one that leads the feed looks now and then for what others committed, and after a kill somebody must take over.
    """
    ends_s = monotonic() + seconds
    while ask(servers[0], _is_any_unnumbered):
        if monotonic() > ends_s:
            return False
        for server in servers:
            if server.sequencer is not None:
                server.sequencer.wake(frozenset({HOSPITAL}))
                server.sequencer.wait_until_at_rest(seconds)
    return True


def _is_any_unnumbered(connection: sa.Connection) -> bool:
    query = sa.select(feed.c.change_id).where(feed.c.tenant_id == HOSPITAL, feed.c.pos.is_(None)).limit(1)
    return connection.execute(query).first() is not None


def _registration(rng: Random, at: int) -> Registration:
    year = 1940 if at % _ONE_IN_OLD == 0 else 1985
    first = f"420100{year}{1 + at // 28 % 12:02}{1 + at % 28:02}{at * 2 % 1000 + 1:03}"
    number = first + resident_check_digit(first)
    shown = Shown(UUID(int=rng.getrandbits(128)), DocumentKind.RESIDENT_ID, number, was_read=True)
    phone = f"138{at:08}"
    return Registration(UUID(int=rng.getrandbits(128)), "张三丰", (shown,), sex=Sex.MALE, phone=phone)
