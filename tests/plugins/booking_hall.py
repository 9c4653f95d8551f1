"""A server in this process with two small hospitals to book at: sessions as a test wants them, persons, and clients of
channels. Every test may ask whether all places add up.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import sqlalchemy as sa

from booking.ids import RANDOM_BYTES, uuid7
from booking.people import DocumentKind
from booking.roster import SlotState
from booking.roster.channels import Channel
from central.channels.caller import Right
from central.channels.service import NewClient, add_client
from central.keys import KEY_FILE, ColumnSeal, Keys, write_keys
from central.moment import Moment
from central.people.facts import Answers
from central.people.tables import patient
from central.policies.documents import to_document
from central.policies.tables import policy
from central.rosters.laws import breaches
from central.rosters.tables import department, doctor, hospital, place, session, session_pool, slot
from central.sample.plan import instant_ms
from central.sync.tables import feed_epoch
from central.tables.database import Database, Use
from central.tables.migrate import prepare
from central.web.parts import Parts
from tests.plugins.central_desk import SetClock

TODAY = date(2026, 3, 18)
TOMORROW = TODAY + timedelta(days=1)
NEXT_WEEK = TODAY + timedelta(days=6)
NOW_MS = instant_ms(TODAY, 10)
MINUTE_MS = 60_000
GROUP, FIRST, SECOND, ELSEWHERE = UUID(int=100), UUID(int=101), UUID(int=102), UUID(int=103)
"""`ELSEWHERE` belongs to another group."""
MEDICINE, SURGERY, LABORATORY = UUID(int=11), UUID(int=12), UUID(int=13)
DEPARTMENTS = (MEDICINE, SURGERY, LABORATORY)
PLACE, DOCTOR = UUID(int=21), UUID(int=31)
KEYS = Keys(
    seal=ColumnSeal(key_id=1, by_id={1: b"s" * 32}),
    code_key=b"c" * 32,
    lookup_keys={GROUP: b"l" * 32, UUID(int=200): b"m" * 32},
)
NAME = {"zh-CN": "内科", "en": "Internal medicine"}
PHONE, BIRTHDAY = "5678", "0317"


def fill(database: Database) -> None:
    """The hospitals, without sessions and persons."""
    prepare(database)
    engine = database.engine(Use.WRITE)
    with engine.begin() as connection:
        for code, hospital_id, group_id in (
            ("01", FIRST, GROUP),
            ("02", SECOND, GROUP),
            ("03", ELSEWHERE, UUID(int=200)),
        ):
            _hospital(connection, hospital_id, code, group_id)
    engine.dispose()


def new_id(now_ms: int = NOW_MS) -> UUID:
    return uuid7(now_ms=now_ms, random=secrets.token_bytes(RANDOM_BYTES))


@dataclass
class Client:
    """A channel's client."""

    http: httpx.Client
    token: str
    hospital_id: UUID = FIRST

    def post(self, path: str, body: Mapping[str, Any] | None = None, *, key: str | None = None, **headers: str) -> Any:
        """A write below the hospital, with a fresh key unless said otherwise."""
        sent = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": key or f'"{uuid4()}"', **headers}
        return self.http.post(f"/v1/hospitals/{self.hospital_id}/{path}", json=dict(body or {}), headers=sent)

    def get(self, path: str) -> Any:
        sent = {"Authorization": f"Bearer {self.token}"}
        return self.http.get(f"/v1/hospitals/{self.hospital_id}/{path}", headers=sent)

    def book(self, person_id: UUID, session_id: UUID, **changes: Any) -> Any:
        return self.post("bookings", wish(person_id, session_id, **changes))


def wish(person_id: UUID, session_id: UUID, **changes: Any) -> dict[str, Any]:
    """What is sent to book a place."""
    body = {"booking_id": new_id(), "person_id": person_id, "session_id": session_id, "notice_shown": True, **changes}
    return {name: str(value) if isinstance(value, UUID) else value for name, value in body.items()}


@dataclass
class Hall:
    """The server, and what stands behind it."""

    parts: Parts
    clock: SetClock
    http: httpx.Client
    versions: dict[UUID, int] = field(default_factory=dict)

    def client(
        self, channel: Channel = Channel.WEB, *rights: Right, hospital_id: UUID | None = None, **changes: Any
    ) -> Client:
        """A new client of a channel; it speaks to the first hospital unless it belongs to another."""
        label = changes.pop("label", f"{channel.value} {uuid4()}")
        new = NewClient(channel, label, hospital_id, frozenset(rights), **changes)
        token = self.do(lambda connection: add_client(connection, KEYS, Moment(self.clock.now_ms), GROUP, new))
        return Client(self.http, token, hospital_id or FIRST)

    def person(self, hospital_id: UUID = FIRST, **changes: Any) -> UUID:
        """A hospital's copy of a person against whom nothing stands."""
        person_id = changes.pop("person_id", None) or uuid4()
        birth = changes.pop("birth", "1980-03-17")
        seal = KEYS.seal.seal
        values = {
            "hospital_id": hospital_id,
            "person_id": person_id,
            "person_ver": 1,
            "masked_name": "张*丰",
            "sex": "male",
            "birth_year": int(birth[:4]),
            "credential_hashes": [base64.b64encode(secrets.token_bytes(17)).decode()],
            "document_kinds": [DocumentKind.RESIDENT_ID.value],
            "birth_sealed": seal(birth, table="patient", column="birth_sealed", row=person_id),
            "answers_sealed": seal(
                Answers(PHONE, BIRTHDAY).text, table="patient", column="answers_sealed", row=person_id
            ),
            **changes,
        }
        self.run(patient.insert().values(**values))
        return UUID(int=person_id.int)

    def session(
        self,
        day: date = TOMORROW,
        *,
        hospital_id: UUID = FIRST,
        pools: Mapping[str, int] | None = None,
        hour: int = 14,
        department_id: UUID = MEDICINE,
        **changes: Any,
    ) -> UUID:
        """A published session whose places are ten minutes each; `pools` says how many of each there are."""
        session_id = uuid4()
        row = [pool for pool, places in (pools or {"common": 6}).items() for _ in range(places)]
        starts_ms = instant_ms(day, hour)
        times = [starts_ms + at * 10 * MINUTE_MS for at in range(len(row) + 1)]
        values = {
            "hospital_id": hospital_id,
            "session_id": session_id,
            "department_id": department_id,
            "doctor_id": DOCTOR,
            "place_id": PLACE,
            "service_date": day.isoformat(),
            "starts_ms": starts_ms,
            "ends_ms": times[-1],
            "letters": secrets.token_hex(4).upper(),
            "capacity": len(row),
            "kind": "general",
            "published_ms": 1,
            "area_id": PLACE,
            "ver": 1,
            **changes,
        }
        of_session = {"hospital_id": hospital_id, "session_id": session_id}
        slots = [
            {**of_session, "no": at, "starts_ms": times[at - 1], "ends_ms": times[at], "pool": pool, "home_pool": pool}
            for at, pool in enumerate(row, 1)
        ]
        parts = {pool: row.count(pool) for pool in {"common", *row}}
        self.run(session.insert().values(**values))
        self.run(slot.insert().values([{**it, "state": SlotState.FREE.value, "ver": 1} for it in slots]))
        opened = {"opens_ms": 1, "opened_ms": 1}
        self.run(
            session_pool.insert().values(
                [{**of_session, **opened, "pool": pool, "capacity": places} for pool, places in parts.items()]
            )
        )
        return session_id

    def set_policy(self, toml: str, hospital_id: UUID = FIRST) -> None:
        """The hospital's file from now on."""
        version = self.versions[hospital_id] = self.versions.get(hospital_id, 1) + 1
        document = to_document(toml, version=version)
        self.run(policy.insert().values(hospital_id=hospital_id, version=version, document=document, from_ms=0))

    def do(self, work: Any) -> Any:
        return self.parts.writer.submit(work).result(60)

    def run(self, statement: sa.Update | sa.Insert | sa.Delete) -> None:
        self.do(lambda connection: connection.execute(statement) and None)

    def rows(self, query: sa.Select[Any]) -> list[Any]:
        return list(self.parts.reader.submit(lambda connection: connection.execute(query).all()).result(60))

    def places(self, session_id: UUID) -> dict[str, int]:
        """How many places of a session are in each state."""
        query = (
            sa.select(slot.c.state, sa.func.count().label("places"))
            .where(slot.c.session_id == session_id)
            .group_by(slot.c.state)
        )
        return {it.state: it.places for it in self.rows(query)}

    def breaches(self, hospital_id: UUID = FIRST) -> list[Any]:
        """What does not add up."""
        found: list[Any] = self.parts.snapshot_reader.submit(
            lambda connection: breaches(connection, hospital_id)
        ).result(60)
        return found


def keys_in(data: Path) -> None:
    data.mkdir(parents=True, exist_ok=True)
    if not (data / KEY_FILE).exists():
        write_keys(data / KEY_FILE, KEYS)


def _hospital(connection: sa.Connection, hospital_id: UUID, code: str, group_id: UUID) -> None:
    of = {"hospital_id": hospital_id, "ver": 1}
    name = {"zh-CN": f"{code} 医院", "en": f"Hospital {code}"}
    connection.execute(
        hospital.insert().values(**of, group_id=group_id, code=code, name=name, time_zone="Asia/Shanghai")
    )
    connection.execute(feed_epoch.insert().values(tenant_id=hospital_id, epoch="e1", began_ms=0))
    document = to_document("", version=1)
    connection.execute(policy.insert().values(hospital_id=hospital_id, version=1, document=document, from_ms=0))
    for department_id in DEPARTMENTS:
        connection.execute(department.insert().values(**of, department_id=department_id, name=NAME, is_sensitive=False))
    connection.execute(doctor.insert().values(**of, doctor_id=DOCTOR, name=NAME, title=NAME))
    where = dict.fromkeys(("building", "floor", "area", "room"), NAME)
    connection.execute(place.insert().values(**of, place_id=PLACE, area_id=PLACE, **where))
