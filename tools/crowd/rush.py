"""The hour of release: many connections, each asking for a place of one session, over real sockets."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from datetime import time as clock_time
from uuid import UUID, uuid4

import sqlalchemy as sa

from booking.roster.channels import Channel
from booking.roster.plans import ClinicKind, SessionPlan
from central.channels.service import NewClient, add_client
from central.moment import local_date, system_clock
from central.people.tables import patient
from central.rosters.publish import RosterDay, publish_day
from central.web.parts import Parts
from tools.crowd.stage import (
    DEPARTMENTS,
    DOCTORS,
    GROUP,
    HOSPITAL,
    KEYS,
    PER_DAY,
    PER_DEPARTMENT,
    PLACES,
    do,
    fill,
    release,
)

PLACES_OF_SESSION = 100
RULES = f"""
preset = "general"
[window]
earliest_days = 0
[channels.web]
opens = "00:00"
closes = "24:00"
[channels.app]
opens = "00:00"
closes = "24:00"
[channels.window]
opens = "00:00"
closes = "24:00"
[limits]
per_day = {PER_DAY}
per_department_and_day = {PER_DEPARTMENT}
[changing]
most = 50
"""
"""At any hour of the day."""


@dataclass(frozen=True, slots=True)
class Rushed:
    """What came of it. `waited_s` is of each request, from its sending to its whole answer."""

    answers: Counter[str]
    waited_s: list[float] = field(repr=False)
    took_s: float


def session_of_places(parts: Parts, *, ahead: int = 2, department: int = 0, places: int = PLACES_OF_SESSION) -> UUID:
    """Publish a session of so many places, five minutes each, all of them common and open."""
    day = today() + timedelta(days=ahead)
    plan = SessionPlan(
        DEPARTMENTS[department],
        PLACES[department],
        PLACES[department],
        ClinicKind.GENERAL,
        clock_time(8),
        clock_time(20),
        DOCTORS[department],
        5,
        capacity=places,
    )
    published = do(parts, publish_day, HOSPITAL, RosterDay(uuid4(), day, (plan,)), parts.moment())
    release(parts, parts.clock())
    return published.sessions[0].session_id


def today() -> date:
    """The hospital's date by the computer's clock."""
    return local_date(system_clock(), "Asia/Shanghai")


def many_people(parts: Parts, count: int) -> list[UUID]:
    """So many patients of the hospital, all like one who was registered."""
    (like,) = fill(parts, people=1, seed=1, now_ms=parts.clock())
    everybody = [uuid4() for _ in range(count)]

    def copy(connection: sa.Connection) -> None:
        row = connection.execute(sa.select(patient).where(patient.c.person_id == like)).one()
        values = row._asdict() | {"answers_sealed": None, "birth_sealed": None}
        connection.execute(patient.insert(), [values | {"person_id": it} for it in everybody])

    do(parts, copy)
    return everybody


def client_token(parts: Parts, channel: Channel = Channel.WEB) -> str:
    """A new client of the group."""
    new = NewClient(channel, f"{channel.value} {uuid4()}")
    return do(parts, add_client, KEYS, parts.moment(), GROUP, new)


def booking_request(token: str, person_id: UUID, session_id: UUID) -> bytes:
    """One `POST bookings`, whole."""
    wish = {"booking_id": str(uuid4()), "person_id": str(person_id), "session_id": str(session_id)}
    body = json.dumps(wish | {"notice_shown": True}).encode()
    head = (
        f"POST /v1/hospitals/{HOSPITAL}/bookings HTTP/1.1\r\nHost: central\r\nAuthorization: Bearer {token}\r\n"
        f"Idempotency-Key: {uuid4()}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def rush(port: int, requests: Sequence[bytes], *, connections: int) -> Rushed:
    """Send them all over so many connections, each connection one after the other."""
    return asyncio.run(_rush(port, requests, connections))


async def _rush(port: int, requests: Sequence[bytes], connections: int) -> Rushed:
    lines = [await asyncio.open_connection("127.0.0.1", port) for _ in range(connections)]
    answers: Counter[str] = Counter()
    waited_s: list[float] = []

    async def stand_in_line(at: int) -> None:
        reader, writer = lines[at]
        for request in requests[at::connections]:
            began = time.monotonic()
            writer.write(request)
            status, body = await _answer(reader)
            waited_s.append(time.monotonic() - began)
            answers[str(status) if status < 400 else f"{status} {body.get('reason')}"] += 1
        writer.close()

    began = time.monotonic()
    await asyncio.gather(*(stand_in_line(at) for at in range(connections)))
    return Rushed(answers, waited_s, time.monotonic() - began)


async def _answer(reader: asyncio.StreamReader) -> tuple[int, dict[str, object]]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("ascii").lower()
    length = int(head.split("content-length:")[1].split("\r\n")[0])
    body: dict[str, object] = json.loads(await reader.readexactly(length))
    return int(head.split(" ", 2)[1]), body
