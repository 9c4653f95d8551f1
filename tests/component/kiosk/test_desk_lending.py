"""Booked, walked in, registered and changed with the network cut, on places that the real server lent: all of it is on
the server once the line is back, under its own ids, and nothing twice.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from booking.people import DocumentKind, Identity, Sex
from central.appointments.tables import booking
from central.people.tables import person as people
from kiosk.ports.desk import PersonView
from kiosk.ports.desk_acts import (
    Booked,
    BookingCancelled,
    BookingChanged,
    BookPlace,
    CancelBooking,
    ChangeBooking,
    Registered,
    RegisterPerson,
    WalkIn,
)
from lab import outages

VISIT = UUID(int=0x51)
CARD = Identity(
    kind=DocumentKind.SOCIAL_SECURITY,
    id_number="420100196107093376",
    card_number="S90000041",
    name="诸葛测试",
    sex=Sex.MALE,
    birth_date="1961-07-09",
)
KNOWN_HERE = ("profile", "bookings", "standing", "session", "booking_state", "changes")


@pytest.fixture
def lent(make_terminal: Any) -> Any:
    """A terminal that the server has lent places."""
    terminal = make_terminal("T1")
    terminal.sync()
    terminal.step_until(lambda: bool(terminal.sales.sellable_places(now=terminal.time.now())))
    return terminal


def ids(**more: Any) -> dict[str, Any]:
    return {"visit_id": VISIT, "operation_id": uuid4(), "job_id": uuid4(), "language": "zh-CN", **more}


def register(terminal: Any) -> PersonView:
    command = RegisterPerson(
        visit_id=VISIT,
        operation_id=uuid4(),
        person_id=uuid4(),
        identity=CARD,
        is_card_read=True,
        phone="13912347788",
    )
    done = terminal.desk.handle(command)
    assert isinstance(done, Registered), done
    view: PersonView = done.person
    return view


def lent_sessions(terminal: Any, *, is_for_walk_ins: bool = False) -> list[UUID]:
    places = terminal.sales.sellable_places(now=terminal.time.now())
    return list(dict.fromkeys(it.session_id for it in places if it.is_for_walk_ins == is_for_walk_ins))


def wish(person: PersonView, session_id: UUID, **changes: Any) -> dict[str, Any]:
    return ids(booking_id=uuid4(), person=person, session_id=session_id, notice_shown=True, **changes)


def made(server: Any) -> dict[UUID, Any]:
    """What the kiosk's bookings are on the server."""
    with server.store() as connection:
        found = connection.execute(sa.select(booking).where(booking.c.channel == "kiosk")).all()
    return {it.booking_id: it for it in found}


def test_off_line_and_back(lent: Any, central_server: Any, network: Any) -> None:
    before = set(made(central_server))
    network.switch(outages.Refusing())
    lent.contact.note(is_online=False)
    person = register(lent)
    first, second = lent_sessions(lent)[:2]
    book = BookPlace(**wish(person, first))
    booked = lent.desk.handle(book)
    assert isinstance(booked, Booked), booked
    change = ChangeBooking(
        **ids(
            booking_id=book.booking_id,
            new_booking_id=uuid4(),
            person=person,
            session_id=second,
            notice_shown=True,
            is_warned=True,
        )
    )
    changed = lent.desk.handle(change)
    assert isinstance(changed, BookingChanged), changed
    assert not changed.is_request
    (spot, *_) = lent_sessions(lent, is_for_walk_ins=True)
    walk_in = WalkIn(**wish(person, spot))
    here = lent.desk.handle(walk_in)
    assert isinstance(here, Booked), here
    network.restore()
    lent.sync()
    after = {booking_id: row for booking_id, row in made(central_server).items() if booking_id not in before}
    assert {booking_id: row.state for booking_id, row in after.items()} == {
        book.booking_id: "moved",
        change.new_booking_id: after[change.new_booking_id].state,
        walk_in.booking_id: "checked_in",
    }
    assert after[change.new_booking_id].state in ("booked", "pending")
    assert after[change.new_booking_id].session_id == second
    assert lent.outbox.counts().not_applied == 0
    with central_server.store() as connection:
        known = connection.scalars(sa.select(people.c.person_id).where(people.c.person_id == person.person_id)).all()
    assert known == [person.person_id]


def test_an_answer_that_was_lost_leaves_one_booking_in_the_printed_place(
    lent: Any, central_server: Any, network: Any
) -> None:
    person = register(lent)
    before = set(made(central_server))
    (session_id, *_) = lent_sessions(lent)
    command = BookPlace(**wish(person, session_id))
    lost = lent.desk_doorway.loses_the_next_answer()
    booked = lent.desk.handle(command)
    assert isinstance(booked, Booked), booked
    assert lost.is_set()
    assert not booked.is_confirmed
    there = made(central_server)[command.booking_id]
    lent.sync()
    (row,) = (it for booking_id, it in made(central_server).items() if booking_id not in before)
    assert row.booking_id == command.booking_id
    assert f"{row.slot_no:03d}" == booked.queue_number[-3:]
    assert row.slot_no != there.slot_no  # the place on the paper stands, the other is free again
    assert lent.outbox.counts().not_applied == 0
    cancel = CancelBooking(**ids(booking_id=command.booking_id, is_warned=True))
    done = lent.desk.handle(cancel)
    assert isinstance(done, BookingCancelled), done
    assert done.is_confirmed
    assert made(central_server)[command.booking_id].state == "cancelled"
