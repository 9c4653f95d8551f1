"""Facts give the same final state in whatever order they arrive.  # sync C5"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from central.appointments.tables import booking
from central.checkins.tables import check_in
from central.moment import Moment
from central.people.followed import known_person
from central.people.sealing import add_seal_key
from central.queues.tables import queue_entry
from central.rosters.tables import extra_place, slot
from tests.plugins.booking_hall import FIRST, KEYS, NOW_MS, TODAY, TOMORROW, Hall
from tests.plugins.lending import Lending, bookings_of, walk_ins_of
from tests.plugins.postgres import POSTGRESQL, on_both_engines
from tests.plugins.terminal_acts import DETAILS, Event, OffLine

pytestmark = on_both_engines

KIOSK = "channel:kiosk"
MINUTE_MS, HOUR_MS = 60_000, 3_600_000
VISIT_MS = NOW_MS + 27 * HOUR_MS + HOUR_MS // 2
ORDERS = {POSTGRESQL: 4}
MOST_ORDERS = 12


@dataclass
class Told:
    """An event with its terminal."""

    by: OffLine
    event: Event


@dataclass
class Story:
    """What four terminals did off line, and what it is called there and here."""

    facts: list[Told]
    bookings: dict[str, str]
    people: dict[str, UUID]
    places: dict[tuple[UUID, int], str]
    numbers: dict[str, str]

    def order(self, facts: list[Told]) -> list[str]:
        """The facts as they were sent, by name."""
        names = {booking_id: name for name, booking_id in self.bookings.items()}
        return [f"{kind} {names.get(body.get('booking_id', ''), '')}" for kind, body in (it.event for it in facts)]

    def place(self, session_id: UUID, no: int) -> str:
        """Whose place it was when it was sold."""
        return self.places.get((session_id, no), "beyond")


@pytest.fixture
def terminals(hall: Hall, lending: Lending) -> list[OffLine]:
    hall.do(partial(add_seal_key, hospital_id=FIRST, keys=KEYS, moment=Moment(NOW_MS)))
    return [OffLine(lending.kiosk()) for _ in range(4)]


def story(hall: Hall, terminals: list[OffLine]) -> Story:
    """A registration, a person with two bookings for one session of which the later is checked in, a booking that is
    checked in at two terminals, one of which has only its ticket, one that is given up and comes all the same, and
    somebody who walks in.
    """
    hall.clock.now_ms = NOW_MS
    today_id, session_id = hall.session(TODAY, pools={"walk_in": 4}), hall.session(TOMORROW, pools={KIOSK: 8})
    for it in terminals:
        it.events.clear()
    grants = [it.kiosk.ask() for it in terminals]
    lent = [next(it for it in bookings_of(grant) if it["session_id"] == str(session_id)) for grant in grants]
    on_the_spot = next(it for it in walk_ins_of(grants[0]) if it["session_id"] == str(today_id))
    one, two, three, four = terminals
    new_one = UUID(one.register(DETAILS)["person_id"])
    people = {"new": new_one, "twice": hall.person(), "gave up": hall.person(), "walked in": hall.person()}
    first = one.book(new_one, lent[0], lent[0]["places"][0]["no"])
    second = two.book(people["twice"], lent[1], lent[1]["places"][0]["no"], ago_ms=2 * HOUR_MS)
    third = three.book(people["twice"], lent[2], lent[2]["places"][0]["no"])
    fourth = four.book(people["gave up"], lent[3], lent[3]["places"][0]["no"])
    walked = one.book(people["walked in"], on_the_spot, on_the_spot["places"][0]["no"], is_walk_in=True)
    four.cancel(fourth["booking_id"])
    tickets = {"first": one.ticket(first), "fourth": four.ticket(fourth)}
    hall.clock.now_ms = VISIT_MS
    one.check_in(first, ago_ms=5 * MINUTE_MS)
    two.check_in(first, ago_ms=9 * MINUTE_MS, ticket=tickets["first"])
    three.check_in(third, ago_ms=7 * MINUTE_MS)
    two.check_in(fourth, ago_ms=3 * MINUTE_MS, ticket=tickets["fourth"])
    made = {"first": first, "second": second, "third": third, "fourth": fourth, "walked": walked}
    return Story(
        facts=[Told(it, event) for it in terminals for event in it.events],
        bookings={name: it["booking_id"] for name, it in made.items()},
        numbers={name: it["place"]["number"] for name, it in made.items()},
        people=people,
        places={(UUID(it["place"]["session_id"]), it["place"]["slot_no"]): name for name, it in made.items()},
    )


def arrive(facts: list[Told], rng: random.Random) -> Counter[str]:
    """Each is sent until it has its final verdict, some of them twice."""
    waiting, verdicts = rng.sample(facts, len(facts)), Counter[str]()
    for _ in range(20 * len(facts)):
        if not waiting:
            break
        it = waiting.pop(0)
        (result,) = it.by.tell(it.event)
        if result["verdict"] == "deferred":
            waiting.append(it)
            continue
        assert result["verdict"] == "applied" or result["task_id"] or result["verdict"] == "duplicate"
        if rng.random() < 0.2:
            (again,) = it.by.tell(it.event)
            assert again["verdict"] == result["verdict"]
        # What a ticket told first its sale tells again.
        verdicts["applied" if result["verdict"] == "duplicate" else result["verdict"]] += 1
    assert not waiting
    return verdicts


def final_state(hall: Hall, told: Story) -> dict[str, Any]:
    """What the tables say, by the story's names."""
    names = {UUID(it): name for name, it in told.bookings.items()}
    who = {}
    for name, person_id in told.people.items():
        who[hall.do(lambda connection, it=person_id: known_person(connection, FIRST, it))] = name
    known = list(names)
    rows = hall.rows(sa.select(booking).where(booking.c.booking_id.in_(known)))
    sold = hall.rows(sa.select(slot).where(sa.tuple_(slot.c.session_id, slot.c.no).in_(list(told.places))))
    beyond = hall.rows(sa.select(extra_place).where(extra_place.c.booking_id.in_(known)))
    arrivals = hall.rows(sa.select(check_in).where(check_in.c.booking_id.in_(known)))
    queue = hall.rows(sa.select(queue_entry).where(queue_entry.c.booking_id.in_(known)))
    numbers = {it.booking_id: it.queue_number for it in rows}
    return {
        "bookings": sorted(
            (
                names[it.booking_id],
                it.state,
                told.place(it.session_id, it.slot_no),
                who.get(it.person_id),
                it.checked_in_ms,
                it.made_ms,
                it.number_last_four == told.numbers[names[it.booking_id]][-4:],
                bool(it.queue_number),
            )
            for it in rows
        ),
        "places": sorted((told.place(it.session_id, it.no), it.state, names.get(it.booking_id)) for it in sold),
        "beyond": sorted((names[it.booking_id], it.kind, it.ended_ms is None) for it in beyond),
        "arrivals": sorted(
            (names[it.booking_id], it.arrived_ms, it.queue_number == numbers[it.booking_id], it.is_late)
            for it in arrivals
        ),
        "queue": sorted(
            (
                names[it.booking_id],
                who.get(it.person_id),
                it.arrived_ms,
                it.number == numbers[it.booking_id],
                it.state,
                it.band,
            )
            for it in queue
        ),
    }


def test_the_same_facts_in_any_order_end_alike(hall: Hall, terminals: list[OffLine], engine_name: str) -> None:
    rng = random.Random(11)
    seen: list[tuple[dict[str, Any], Counter[str]]] = []
    for at in range(ORDERS.get(engine_name, MOST_ORDERS)):
        told = story(hall, terminals)
        facts = told.facts if at == 0 else rng.sample(told.facts, len(told.facts))
        verdicts = arrive(facts, rng)
        seen.append((final_state(hall, told), verdicts))
        differs = {name: (it, seen[0][0][name]) for name, it in seen[-1][0].items() if it != seen[0][0][name]}
        assert (differs, verdicts) == ({}, seen[0][1]), (at, told.order(facts))
    states = {name: state for name, state, *_ in seen[0][0]["bookings"]}
    assert states == {
        "first": "checked_in",
        "second": "cancelled",
        "third": "checked_in",
        "fourth": "checked_in",
        "walked": "checked_in",
    }
    assert hall.breaches() == []
