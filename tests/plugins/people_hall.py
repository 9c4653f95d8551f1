"""People as tests of the interface register, find and look at them."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa

from booking.credit import Act
from booking.roster.channels import Channel
from central.channels.caller import Right
from central.credit.relay import Relay
from central.credit.tell import ActDone, tell_group
from central.moment import Moment
from central.staff.tables import audit
from tests.plugins.booking_hall import GROUP, KEYS, SECOND, TODAY, Client, Hall
from tests.plugins.two_hospitals import resident_number

NAME, PHONE, BIRTH = "欧阳测试", "13912347788", "1961-07-09"
NUMBER = resident_number("19610709", "337")
POINTS = 'preset = "trust-points"\n'


def document(number: str = NUMBER, kind: str = "resident_id", **more: Any) -> dict[str, Any]:
    return {"kind": kind, "number": number, **more}


def registration(name: str = NAME, number: str = NUMBER, **changes: Any) -> dict[str, Any]:
    return {"name": name, "documents": [document(number)], "phone": PHONE, **changes}


def staff(hall: Hall) -> Client:
    return hall.client(Channel.WINDOW, Right.STAFF)


def registered(client: Client, **changes: Any) -> UUID:
    answer = client.post("people", registration(**changes))
    assert answer.status_code == 201, answer.text
    return UUID(answer.json()["person_id"])


def relay(hall: Hall) -> None:
    worker = Relay(ask=hall.parts.reader.submit, write=hall.parts.writer.submit, keys=KEYS)
    while worker.step(hall.clock.now_ms) <= hall.clock.now_ms:
        pass


def trail(hall: Hall, person_id: UUID) -> list[str]:
    """What the trail says of a person, by the alphabet: all of it happens at one instant."""
    query = sa.select(audit.c.action).where(audit.c.entity_id == person_id, audit.c.tenant_id == GROUP)
    return sorted(it.action for it in hall.rows(query))


def no_shows(hall: Hall, person_id: UUID, count: int, hospital_id: UUID = SECOND) -> None:
    for _ in range(count):
        news = ActDone(person_id=person_id, day=TODAY, act=Act.NO_SHOW, booking_id=uuid4())
        hall.do(lambda connection, news=news: tell_group(connection, hospital_id, news, Moment(hall.clock.now_ms)))
    relay(hall)
