"""The desk's acts with the real booking server over HTTP; and what happens when its answer is lost on the way."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from booking.people import DocumentKind, Identity, Sex
from booking.wire_booking import BookPlace as WireBookPlace
from central.appointments.tables import booking, waiting_entry
from central.policies.documents import to_document
from central.policies.tables import policy
from central.sample.first_hospital import SETTINGS
from kiosk.ports.desk import DeskFault, FindByCard, IsCheckedIn, NothingToday, PersonView
from kiosk.ports.desk_acts import (
    ActRefused,
    Booked,
    BookingCancelled,
    BookingChanged,
    BookPlace,
    CancelBooking,
    ChangeBooking,
    JoinWaitingList,
    OfferPlaces,
    OfferSessions,
    PlacesOffered,
    Registered,
    RegisterPerson,
    RegistrationRefused,
    SessionOffered,
    SessionsOffered,
    WalkIn,
)
from kiosk.sync.transport import HttpReply

VISIT = UUID(int=0x51)
CARD = Identity(
    kind=DocumentKind.SOCIAL_SECURITY,
    id_number="420100196107093376",
    card_number="S90000041",
    name="诸葛测试",
    sex=Sex.MALE,
    birth_date="1961-07-09",
)


def register(**changes: Any) -> RegisterPerson:
    wanted: dict[str, Any] = {"identity": CARD, "is_card_read": True, "phone": "13912347788"}
    return RegisterPerson(visit_id=VISIT, operation_id=uuid4(), person_id=uuid4(), **{**wanted, **changes})


def wish(person: PersonView, session: SessionOffered, **changes: Any) -> dict[str, Any]:
    wanted: dict[str, Any] = {
        "visit_id": VISIT,
        "operation_id": uuid4(),
        "job_id": uuid4(),
        "booking_id": uuid4(),
        "person": person,
        "session_id": session.session_id,
        "language": "zh-CN",
        "notice_shown": True,
    }
    return {**wanted, **changes}


@pytest.fixture(autouse=True)
def lends_nothing(central_server: Any) -> None:
    """So that the terminal has nothing to go on with where the server does not answer."""
    with central_server.store() as connection:
        settings = SETTINGS + "\n[lending]\non = false\n"
        connection.execute(policy.update().values(document=to_document(settings, version=1)))


@pytest.fixture
def person(terminal: Any) -> PersonView:
    """Somebody who has just been registered."""
    done = terminal.desk.handle(register())
    assert isinstance(done, Registered), done
    assert done.is_confirmed
    view: PersonView = done.person
    return view


def sessions(terminal: Any, *, first: str, last: str, is_walk_in: bool = False) -> list[SessionOffered]:
    offered = terminal.desk.handle(OfferSessions(visit_id=VISIT, first_day=first, last_day=last, is_walk_in=is_walk_in))
    assert isinstance(offered, SessionsOffered)
    assert offered.is_current
    return [it for it in offered.sessions if it.free > 0 and it.doctor is not None]


def rows(central_server: Any, query: sa.Select[Any]) -> list[Any]:
    with central_server.store() as connection:
        return list(connection.execute(query))


def state(central_server: Any, booking_id: UUID) -> str:
    (found,) = rows(central_server, sa.select(booking.c.state).where(booking.c.booking_id == booking_id))
    return str(found.state)


def test_registered_booked_changed_and_cancelled(terminal: Any, central_server: Any, person: PersonView) -> None:
    found = terminal.desk.handle(FindByCard(VISIT, CARD))
    assert isinstance(found, NothingToday)
    assert found.person.person_id == person.person_id
    first, other = sessions(terminal, first="2026-03-04", last="2026-03-05")[:2]
    places = terminal.desk.handle(OfferPlaces(visit_id=VISIT, session_id=first.session_id))
    assert isinstance(places, PlacesOffered)
    wanted = places.places[-1]
    command = BookPlace(**wish(found.person, first, slot_no=wanted.slot_no))
    booked = terminal.desk.handle(command)
    assert isinstance(booked, Booked), booked
    assert (booked.is_confirmed, booked.booking.starts_ms) == (True, wanted.starts_ms)
    assert state(central_server, command.booking_id) == "booked"
    change = ChangeBooking(
        visit_id=VISIT,
        operation_id=uuid4(),
        job_id=uuid4(),
        booking_id=command.booking_id,
        new_booking_id=uuid4(),
        person=found.person,
        session_id=other.session_id,
        language="zh-CN",
        notice_shown=True,
        is_warned=True,
    )
    changed = terminal.desk.handle(change)
    assert isinstance(changed, BookingChanged), changed
    assert state(central_server, command.booking_id) == "moved"
    assert state(central_server, change.new_booking_id) == "booked"
    terminal.sync()
    cancel = CancelBooking(
        visit_id=VISIT,
        operation_id=uuid4(),
        job_id=uuid4(),
        booking_id=change.new_booking_id,
        language="zh-CN",
        is_warned=True,
    )
    done = terminal.desk.handle(cancel)
    assert isinstance(done, BookingCancelled), done
    assert (done.is_confirmed, done.is_request) == (True, False)
    assert state(central_server, change.new_booking_id) == "cancelled"


def test_the_servers_rules_say_no(terminal: Any, person: PersonView) -> None:
    (session, *_) = sessions(terminal, first="2026-03-04", last="2026-03-05")
    assert isinstance(terminal.desk.handle(BookPlace(**wish(person, session))), Booked)
    refused = terminal.desk.handle(BookPlace(**wish(person, session)))
    assert isinstance(refused, ActRefused)
    assert refused.reason is not None
    assert refused.reason.value in ("same_department_and_day", "same_time")
    assert refused.sentence.text("zh-CN")
    assert terminal.line.is_online()  # a no is an answer


def test_who_walks_in_is_here(terminal: Any, central_server: Any, person: PersonView) -> None:
    today = sessions(terminal, first="2026-03-02", last="2026-03-02", is_walk_in=True)
    open_ones = [it for it in today if it.ends_ms > terminal.clock.now_ms() + 3_600_000]
    command = WalkIn(**wish(person, open_ones[0]))
    booked = terminal.desk.handle(command)
    assert isinstance(booked, Booked), booked
    assert booked.is_walk_in
    assert booked.booking.standing == IsCheckedIn(booked.queue_number)
    assert state(central_server, command.booking_id) == "checked_in"
    assert terminal.arrivals.arrival(command.booking_id).is_confirmed


def test_nobody_waits_where_places_are_free(terminal: Any, person: PersonView) -> None:
    (session, *_) = sessions(terminal, first="2026-03-04", last="2026-03-05")
    command = JoinWaitingList(
        visit_id=VISIT,
        operation_id=uuid4(),
        job_id=uuid4(),
        entry_id=uuid4(),
        person=person,
        session=session,
        language="zh-CN",
    )
    refused = terminal.desk.handle(command)
    assert isinstance(refused, ActRefused)
    assert refused.reason is not None
    assert refused.reason.value in ("places_are_free", "waiting_list_off")


def test_a_wrong_registration_is_told_in_words(make_terminal: Any, terminal: Any, person: PersonView) -> None:
    other = make_terminal("T2")  # which has not heard of them
    other.sync()
    identity = replace(CARD, card_number="S90000099", name="另一人")
    answer = other.desk.handle(register(identity=identity, is_card_read=False))
    assert isinstance(answer, RegistrationRefused)
    assert answer.flaws == ("other_name",)
    assert answer.sentence.text("zh-CN")
    assert other.line.is_online()
    found = other.desk.handle(FindByCard(VISIT, CARD))
    assert isinstance(found, NothingToday)
    assert found.person.person_id == person.person_id


def test_a_lost_answer_is_asked_for_again_and_is_one_booking(
    terminal: Any, central_server: Any, person: PersonView
) -> None:
    """Nothing may be sold here: the outcome is not known, and the same act later is the booking that was made."""
    (session, *_) = sessions(terminal, first="2026-03-04", last="2026-03-05")
    command = BookPlace(**wish(person, session))
    lost = terminal.desk_doorway.loses_the_next_answer()
    unknown = terminal.desk.handle(command)
    assert unknown == DeskFault(VISIT, "no_answer", is_outcome_unknown=True)
    assert lost.is_set()
    assert state(central_server, command.booking_id) == "booked"
    terminal.sync()
    again = terminal.desk.handle(command)
    assert isinstance(again, Booked)
    assert again.is_confirmed
    made = rows(central_server, sa.select(booking.c.booking_id).where(booking.c.person_id == person.person_id))
    assert len(made) == 1
    assert rows(central_server, sa.select(waiting_entry.c.entry_id)) == []


def test_who_is_not_known_at_the_server_has_booked_nothing(terminal: Any, person: PersonView) -> None:
    (session, *_) = sessions(terminal, first="2026-03-04", last="2026-03-05")
    stranger = replace(person, person_id=uuid4(), keys=())
    refused = terminal.desk.handle(BookPlace(**wish(stranger, session)))
    assert isinstance(refused, ActRefused)  # a plain no: the server has done nothing
    assert terminal.line.is_online()


JSON, PROBLEM = {"content-type": "application/json"}, {"content-type": "application/problem+json"}
NOT_OURS = {
    "a captive portal": HttpReply(200, {"content-type": "text/html"}, b"<html>Welcome</html>"),
    "half an answer": HttpReply(201, JSON, b'{"booking_id": "'),
    "a proxy's fault": HttpReply(502, {"content-type": "text/html"}, b"Bad gateway"),
    "a fault of the server": HttpReply(500, PROBLEM, b'{"type":"x","title":"x","status":500,"reason":"busy"}'),
    "somebody else's no": HttpReply(409, {"content-type": "text/plain"}, b"Conflict"),
    "cut": None,
}


def test_what_is_not_the_servers_answer_is_none(terminal: Any, central_server: Any, person: PersonView) -> None:
    (session, *_) = sessions(terminal, first="2026-03-04", last="2026-03-05")
    path = next(it for it in terminal.desk_doorway.seen if it.endswith("/sessions")).replace("/sessions", "/bookings")
    for name, reply in NOT_OURS.items():
        terminal.desk_doorway.instead[path] = reply
        asked = len(terminal.desk_doorway.seen)
        answer = terminal.desk.handle(BookPlace(**wish(person, session)))
        assert answer == DeskFault(VISIT, "no_answer", is_outcome_unknown=True), name  # nothing may be sold here
        assert terminal.desk_doorway.seen[asked:] == [path], name
        terminal.contact.note(is_online=True)
    made = rows(central_server, sa.select(booking.c.booking_id).where(booking.c.person_id == person.person_id))
    assert made == []


def test_an_answer_about_another_booking_is_none(terminal: Any, central_server: Any, person: PersonView) -> None:
    (session, *_) = sessions(terminal, first="2026-03-04", last="2026-03-05")
    command = BookPlace(**wish(person, session))
    assert isinstance(terminal.desk.handle(command), Booked)
    path = next(it for it in terminal.desk_doorway.seen if it.endswith("/bookings"))
    body = terminal.codec.encode(terminal.line.ask_booking(command.operation_id, _as_asked(command)))
    terminal.desk_doorway.instead[path] = HttpReply(201, JSON, body.encode())
    other = terminal.desk.handle(BookPlace(**wish(person, session)))
    assert other == DeskFault(VISIT, "no_answer", is_outcome_unknown=True)


def _as_asked(command: BookPlace) -> WireBookPlace:
    return WireBookPlace(
        person_id=command.person.person_id,
        session_id=command.session_id,
        document=command.person.document,
        booking_id=command.booking_id,
        notice_shown=True,
    )
