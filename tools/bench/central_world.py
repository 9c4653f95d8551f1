"""The hospital that the bench books at: persons against whom nothing is known, and sessions full of free places.

The rows are written as they stand after publishing and registering; how they come there is not what is measured.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import psycopg
import sqlalchemy as sa

from booking.people import DocumentKind
from booking.roster import SlotState
from booking.roster.channels import Channel
from central.channels.service import NewClient, add_client
from central.keys import KEY_FILE, Keys, new_keys, write_keys
from central.moment import Moment, local_date, system_clock
from central.people.facts import Answers
from central.people.tables import patient
from central.policies.documents import to_document
from central.policies.tables import policy
from central.rosters.tables import department, doctor, hospital, place, session, session_pool, slot
from central.sample.kinds import TIME_ZONE
from central.sample.plan import instant_ms
from central.sync.tables import feed_epoch
from central.tables.database import Database, Use
from central.tables.migrate import prepare

GROUP, HOSPITAL = UUID(int=100), UUID(int=101)
DEPARTMENTS = tuple(UUID(int=200 + at) for at in range(20))
DOCTORS = tuple(UUID(int=300 + at) for at in range(20))
PLACE = UUID(int=21)
DAYS = 6
RULES = """
preset = "general"
[roster.release]
opens = { days_before = 14, at = "00:00" }
[channels.web]
opens = "00:00"
closes = "24:00"
"""
"""Open at every hour, so that the bench may run at any."""
_NAME = {"zh-CN": "内科", "en": "Internal medicine"}
_MINUTES_MS = 5 * 60_000
_CHUNK = 2_000


@dataclass(frozen=True, slots=True)
class World:
    """Who may book, what, and as whom one asks."""

    hospital_id: UUID
    people: tuple[UUID, ...]
    sessions: tuple[UUID, ...]
    places: int
    """Of each session."""
    token: str


def build(data: Path, database: Database, *, people: int, sessions: int, places: int) -> World:
    """Make the server's directory and fill its database. Everybody is new here: nobody has a booking."""
    rng = Random(1)
    keys = new_keys(GROUP)
    data.mkdir(parents=True, exist_ok=True)
    write_keys(data / KEY_FILE, keys)
    prepare(database)
    now_ms = system_clock()
    everybody = tuple(UUID(int=rng.getrandbits(128)) for _ in range(people))
    all_sessions = tuple(UUID(int=rng.getrandbits(128)) for _ in range(sessions))
    engine = database.engine(Use.WRITE)
    with engine.begin() as connection:
        _catalogue(connection)
        for rows in _chunks(_copy(keys, person_id) for person_id in everybody):
            connection.execute(patient.insert(), rows)
        today = local_date(now_ms, TIME_ZONE)
        for at, session_id in enumerate(all_sessions):
            _session(connection, session_id, at, today, places)
        new = NewClient(Channel.WEB, "bench", None, frozenset())
        token = add_client(connection, keys, Moment(now_ms), GROUP, new)
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
    engine.dispose()
    return World(HOSPITAL, everybody, all_sessions, places, token)


def count_rows(address: str) -> None:
    """What autovacuum does within a minute, and a bench does not wait for: until then PostgreSQL takes the tables for
    empty, and reads all of them for each key that is checked.
    """
    if address:
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("ANALYZE")


def _catalogue(connection: sa.Connection) -> None:
    of = {"hospital_id": HOSPITAL, "ver": 1}
    connection.execute(hospital.insert().values(**of, group_id=GROUP, code="01", name=_NAME, time_zone=TIME_ZONE))
    connection.execute(feed_epoch.insert().values(tenant_id=HOSPITAL, epoch="e1", began_ms=0))
    document = to_document(RULES, version=1)
    connection.execute(policy.insert().values(hospital_id=HOSPITAL, version=1, document=document, from_ms=0))
    where = dict.fromkeys(("building", "floor", "area", "room"), _NAME)
    connection.execute(place.insert().values(**of, place_id=PLACE, area_id=PLACE, **where))
    for department_id, doctor_id in zip(DEPARTMENTS, DOCTORS, strict=True):
        connection.execute(
            department.insert().values(**of, department_id=department_id, name=_NAME, is_sensitive=False)
        )
        connection.execute(doctor.insert().values(**of, doctor_id=doctor_id, name=_NAME, title=_NAME))


def _copy(keys: Keys, person_id: UUID) -> dict[str, Any]:
    seal = keys.seal.seal
    return {
        "hospital_id": HOSPITAL,
        "person_id": person_id,
        "person_ver": 1,
        "masked_name": "张*丰",
        "sex": "male",
        "birth_year": 1980,
        "credential_hashes": [base64.b64encode(secrets.token_bytes(17)).decode()],
        "document_kinds": [DocumentKind.RESIDENT_ID.value],
        "birth_sealed": seal("1980-03-17", table="patient", column="birth_sealed", row=person_id),
        "answers_sealed": seal(Answers("5678", "0317").text, table="patient", column="answers_sealed", row=person_id),
    }


def _session(connection: sa.Connection, session_id: UUID, at: int, today: date, places: int) -> None:
    day = today + timedelta(days=1 + at % DAYS)
    starts_ms = instant_ms(day, 8)
    of = {"hospital_id": HOSPITAL, "session_id": session_id}
    connection.execute(
        session.insert().values(
            **of,
            department_id=DEPARTMENTS[at % len(DEPARTMENTS)],
            doctor_id=DOCTORS[at % len(DOCTORS)],
            place_id=PLACE,
            service_date=day.isoformat(),
            starts_ms=starts_ms,
            ends_ms=starts_ms + places * _MINUTES_MS,
            letters=f"{at:X}",
            capacity=places,
            kind="general",
            published_ms=1,
            area_id=PLACE,
            fee_cents=1_000,
            ver=1,
        )
    )
    row = {**of, "state": SlotState.FREE.value, "pool": "common", "home_pool": "common", "ver": 1}
    times = [starts_ms + no * _MINUTES_MS for no in range(places + 1)]
    connection.execute(
        slot.insert(),
        [{**row, "no": no, "starts_ms": times[no - 1], "ends_ms": times[no]} for no in range(1, places + 1)],
    )
    pool = {"pool": "common", "capacity": places, "opens_ms": 1, "opened_ms": 1}
    connection.execute(session_pool.insert().values(**of, **pool))


def _chunks(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    chunk: list[dict[str, Any]] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == _CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
