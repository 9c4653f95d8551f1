"""The rows that bookings which wait together are decided on, each kind with one question for all of them.

What one of them takes is gone for the next: `Together.claim`. Free places that may be taken are locked as the persons
are, where several write at once: what was free when they were looked for and is not now makes its session stale.
Nothing is decided here and nothing is written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from booking.decide.given import Held
from booking.roster import SlotState
from central.appointments.at_hand import FREE, HELD, PATIENTS, SESSIONS, SLOTS, Found, held_from, week_around
from central.appointments.choosing import Stop, stops_lately
from central.appointments.place_facts import Wanted
from central.appointments.scene import NoSuchThing, Scene
from central.appointments.tables import booking
from central.people.tables import patient
from central.rosters.tables import session, slot
from central.tables.many import one_of, one_of_numbered
from central.tables.prepared import Asked, Prepared

_PEOPLE = Prepared(
    PATIENTS.where(one_of(patient.c.hospital_id, patient.c.person_id, "people"))
    # In one order everywhere: two who wait for each other's persons would wait for ever.
    .order_by(patient.c.person_id)
    .with_for_update(of=patient)
)
_SESSIONS = Prepared(SESSIONS.where(one_of(session.c.hospital_id, session.c.session_id, "sessions")))
_OF_SESSIONS = one_of(slot.c.hospital_id, slot.c.session_id, "sessions")
_FREE = Prepared(FREE.where(_OF_SESSIONS))
_RANKED = (
    sa.select(
        slot.c.session_id,
        slot.c.pool,
        slot.c.no,
        sa.func.row_number().over(partition_by=(slot.c.session_id, slot.c.pool), order_by=slot.c.no).label("rank"),
    )
    .where(_OF_SESSIONS, slot.c.state == sa.literal_column(f"'{SlotState.FREE.value}'"))
    .subquery()
)
_FIRST_FREE = Prepared(
    sa.select(_RANKED.c.session_id, _RANKED.c.pool, _RANKED.c.no)
    .where(_RANKED.c.rank <= sa.bindparam("most"))
    .order_by(_RANKED.c.no)
)
_PLACES = Prepared(
    SLOTS.where(one_of_numbered(slot.c.hospital_id, slot.c.session_id, slot.c.no, "places"))
    .order_by(slot.c.session_id, slot.c.no)
    .with_for_update(of=slot, key_share=True)
)
_HELD = Prepared(HELD.where(one_of(booking.c.hospital_id, booking.c.person_id, "people")))
_Place = tuple[UUID, int]


@dataclass(slots=True)
class Together:
    """A `place_facts.Source` for several wishes at one hospital."""

    people: Mapping[UUID, Found]
    sessions: Mapping[UUID, Found]
    """Published ones."""
    _counts: dict[UUID, Counter[str]]
    """How many places of a session are free in each pool."""
    _free: dict[UUID, dict[str, list[int]]]
    """As many of the free numbers as may be asked for, the lowest last."""
    _places: dict[_Place, Found]
    _held: Mapping[UUID, Sequence[Found]] = field(repr=False)
    stale: Collection[UUID]
    """Sessions in which somebody else took a place while they were being read: another look is needed."""
    _stops: Sequence[Stop] = ()

    def person(self, person_id: UUID) -> Found:
        """The hospital's copy, taken until the end. Raises NoSuchThing."""
        return _there(self.people.get(person_id))

    def session(self, session_id: UUID) -> Found:
        """A published session. Raises NoSuchThing."""
        return _there(self.sessions.get(session_id))

    def pools(self, session_id: UUID) -> Mapping[str, tuple[int, int]]:
        """As `place_facts.Source`."""
        counts = self._counts.get(session_id, Counter[str]())
        return {pool: (counts[pool], free[-1]) for pool, free in self._free.get(session_id, {}).items() if free}

    def place(self, session_id: UUID, no: int) -> Found:
        """As `place_facts.Source`."""
        return self._places.get((session_id, no))

    def held(self, person_id: UUID, day: date, *, with_items: bool) -> tuple[Held, ...]:
        """As `place_facts.Source`. Items belong to examinations, which are booked one by one."""
        assert not with_items, "an examination is not booked together with others"
        first, last = week_around(day)
        return tuple(held_from(it) for it in self._held.get(person_id, ()) if first <= it.service_date <= last)

    def stops(self, session: Found) -> Sequence[Stop]:
        """As `place_facts.Source`."""
        return [it for it in self._stops if it.department_id == session.department_id]

    def claim(self, session_id: UUID, no: int) -> None:
        """One of them gets this place."""
        place = self._places[session_id, no]
        self._places[session_id, no] = place._replace(state=SlotState.BUSY.value)
        free = self._free.get(session_id, {}).get(place.pool, [])
        if no in free:
            free.remove(no)
            self._counts[session_id][place.pool] -= 1


def read_together(scene: Scene, wishes: Sequence[Wanted]) -> Together:
    """All rows for these wishes of different persons; the persons first."""
    connection, here = scene.connection, {"hospital_id": scene.hospital_id}
    asked = Counter(it.session_id for it in wishes)
    people_ids, session_ids = sorted({it.person_id for it in wishes}), list(asked)
    asked_people = _PEOPLE.ask(connection, here | {"people": people_ids, "now_ms": scene.now_ms})
    asked_sessions = _SESSIONS.ask(connection, here | {"sessions": session_ids})
    asked_free = _FREE.ask(connection, here | {"sessions": session_ids})
    people = {it.person_id: it for it in asked_people.rows()}
    sessions = {it.session_id: it for it in asked_sessions.rows() if it.published_ms is not None}
    stops = stops_lately(scene, sessions.values())
    held = _ask_held(scene, people_ids, sessions.values())
    counts, free = _free_in(scene, asked, asked_free.rows())
    wanted = {(it.session_id, it.slot_no) for it in wishes if it.slot_no is not None}
    found = {(session_id, no) for session_id, pools in free.items() for nos in pools.values() for no in nos}
    rows = _PLACES.rows(connection, here | {"places": list(wanted | found)}) if wanted or found else []
    places = {(it.session_id, it.no): it for it in rows}
    stale = {key[0] for key in found if places[key].state != SlotState.FREE.value}
    by_person: dict[UUID, list[Found]] = {}
    for it in held.rows() if held is not None else ():
        by_person.setdefault(it.person_id, []).append(it)
    return Together(people, sessions, counts, free, places, by_person, stale, stops)


def _free_in(
    scene: Scene, asked: Counter[UUID], first: Iterable[Found]
) -> tuple[dict[UUID, Counter[str]], dict[UUID, dict[str, list[int]]]]:
    """How many places are free in each pool of these sessions; of the lowest numbers as many as are asked for."""
    counts: dict[UUID, Counter[str]] = {}
    free: dict[UUID, dict[str, list[int]]] = {}
    for it in first:
        counts.setdefault(it.session_id, Counter())[it.pool] = it.free
        free.setdefault(it.session_id, {})[it.pool] = [it.first_no]
    crowded = [session_id for session_id, times in asked.items() if times > 1 and session_id in free]
    if crowded:
        for session_id in crowded:
            free[session_id] = {pool: [] for pool in free[session_id]}
        values = {"hospital_id": scene.hospital_id, "sessions": crowded, "most": max(asked.values())}
        for it in reversed(_FIRST_FREE.rows(scene.connection, values)):
            free[it.session_id].setdefault(it.pool, []).append(it.no)
    return counts, free


def _ask_held(scene: Scene, people: Sequence[UUID], sessions: Iterable[Found]) -> Asked | None:
    """What they have in the weeks around these sessions."""
    days = {it.service_date for it in sessions}
    if not days:
        return None
    first, last = week_around(date.fromisoformat(min(days)))[0], week_around(date.fromisoformat(max(days)))[1]
    values = {"hospital_id": scene.hospital_id, "people": people, "first_day": first, "last_day": last}
    return _HELD.ask(scene.connection, values)


def _there(row: Found) -> Found:
    if row is None:
        raise NoSuchThing
    return row
