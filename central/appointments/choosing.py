"""Places that are kept for a while: the patients of a clinic that was stopped just now choose ahead of everybody else.

# rule H1
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from booking.roster import BookingState
from booking.roster.affected import first_choice_until_ms, open_to_others
from central.appointments.at_hand import Found
from central.appointments.scene import Scene
from central.appointments.tables import booking
from central.rosters.tables import session
from central.tables.many import one_of
from central.tables.prepared import Prepared

_CHOOSING = Prepared(
    sa.select(
        session.c.session_id, session.c.department_id, session.c.service_date, session.c.stopped_ms, booking.c.person_id
    )
    .join(
        booking,
        sa.and_(
            booking.c.hospital_id == session.c.hospital_id,
            booking.c.session_id == session.c.session_id,
            booking.c.service_date == session.c.service_date,
        ),
    )
    .where(
        one_of(session.c.hospital_id, session.c.department_id, "departments"),
        session.c.service_date.between(sa.bindparam("first_day"), sa.bindparam("last_day")),
        session.c.stopped_ms > sa.bindparam("since_ms"),
        booking.c.state == BookingState.STOPPED.value,
        booking.c.later_booking_id.is_(None),
    )
)


_TAKE_SESSIONS = Prepared(
    sa.select(session.c.session_id)
    .where(one_of(session.c.hospital_id, session.c.session_id, "sessions"))
    .order_by(session.c.session_id)
    .with_for_update(key_share=True)
)


@dataclass(frozen=True, slots=True)
class Stop:
    """A clinic that was stopped, and whose patients have not chosen yet."""

    department_id: UUID
    service_date: str
    stopped_ms: int
    people: frozenset[UUID]


def stops_lately(scene: Scene, sessions: Iterable[Found]) -> list[Stop]:
    """Those whose patients may want places of these sessions.

    Where there are any, the sessions are taken until the end: of two who want the last open places, the second sees
    what the first left.
    """
    wanted = list(sessions)
    if not wanted:
        return []
    values = {
        "hospital_id": scene.hospital_id,
        "departments": list({it.department_id for it in wanted}),
        "first_day": scene.today.isoformat(),
        "last_day": max(it.service_date for it in wanted),
        "since_ms": scene.now_ms - first_choice_until_ms(0, scene.policy.roster.changes),
    }
    people: dict[UUID, set[UUID]] = {}
    found: dict[UUID, Found] = {}
    for it in _CHOOSING.rows(scene.connection, values):
        found[it.session_id] = it
        people.setdefault(it.session_id, set()).add(it.person_id)
    stops = [
        Stop(it.department_id, it.service_date, it.stopped_ms, frozenset(people[stopped_id]))
        for stopped_id, it in found.items()
    ]
    concerned = {it.department_id for it in stops}
    if concerned:
        taken = [it.session_id for it in wanted if it.department_id in concerned]
        _TAKE_SESSIONS.rows(scene.connection, {"hospital_id": scene.hospital_id, "sessions": taken})
    return stops


def open_to(scene: Scene, stops: Iterable[Stop], session_row: Found, person_id: UUID, free: int) -> int:
    """How many of the session's free common places this person may book."""
    mine = [
        it
        for it in stops
        if it.department_id == session_row.department_id and it.service_date <= session_row.service_date
    ]
    if any(person_id in it.people for it in mine):
        return free
    for it in mine:
        free = open_to_others(
            free,
            still_choosing=len(it.people),
            changed_ms=it.stopped_ms,
            now_ms=scene.now_ms,
            policy=scene.policy.roster.changes,
        )
    return free
