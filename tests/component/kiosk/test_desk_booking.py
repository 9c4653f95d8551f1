"""Booking and registering on the spot: through the server first, from a lease where it does not answer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from booking.decide import Assumption, Reason
from booking.signed_ticket import SignedTicket, read_ticket
from kiosk.ports.central import NoAnswer, RefusedThere
from kiosk.ports.desk import CheckedIn, CheckInBooking, DeskFault, FindByCard, IsCheckedIn, NothingToday, PersonFound
from kiosk.ports.desk_acts import ActRefused, Booked, OfferPlaces, OfferSessions
from kiosk.ports.tickets import KeyValue, Mark, QrCode, Text

VISIT = UUID(int=0x51)
ALL = (Assumption.PROFILE, Assumption.SESSION, Assumption.STANDING, Assumption.BOOKINGS)


def on(ticket: Any, kind: type) -> list[Any]:
    return [block for block in ticket.blocks if isinstance(block, kind)]


def said(ticket: Any, key: str) -> str:
    return next(block.value for block in on(ticket, KeyValue) if block.key == key)


def test_on_line_the_server_gives_the_place_and_no_lent_one_is_used(bench: Any, line: Any, patient: Any) -> None:
    command = bench.book(bench.person(patient))
    line.on_act = lambda what, ask: bench.given(command)
    booked = bench.handle(command)
    assert isinstance(booked, Booked)
    assert booked.is_confirmed
    assert not booked.assumed
    assert booked.number == "010000000019"
    assert booked.queue_number == "B009"
    ((what, key, ask),) = line.acts
    assert (what, key, ask.booking_id) == ("book", command.operation_id, command.booking_id)
    assert bench.counter.sellable() == [21, 22, 1, 2, 3]
    assert bench.waits() == []
    assert bench.spool.ticket(command.job_id) == booked.print_command.ticket
    assert said(booked.print_command.ticket, "state") == "confirmed"


def test_the_servers_no_is_the_answer_and_nothing_is_sold(bench: Any, line: Any, patient: Any) -> None:
    no = RefusedThere("too_many_that_day", {"limit": "1", "count": "1", "service_date": "2026-03-03"})
    line.on_act = lambda what, ask: no
    refused = bench.handle(bench.book(bench.person(patient)))
    assert isinstance(refused, ActRefused)
    assert refused.reason is Reason.TOO_MANY_THAT_DAY
    assert (refused.facts.limit, refused.facts.service_date) == (1, "2026-03-03")
    assert bench.waits() == []
    assert bench.counter.sellable() == [21, 22, 1, 2, 3]


def test_a_reason_of_a_newer_server_is_told_by_its_sentence(bench: Any, line: Any, patient: Any, ward: Any) -> None:
    line.on_act = lambda what, ask: RefusedThere("moon_is_full", {}, ward.zh("今天不行。"))
    refused = bench.handle(bench.book(bench.person(patient)))
    assert (refused.reason, refused.sentence) == (None, ward.zh("今天不行。"))


def test_without_an_answer_the_same_act_goes_on_from_the_lease(bench: Any, line: Any, patient: Any) -> None:
    command = bench.book(bench.person(patient))
    line.on_act = lambda what, ask: NoAnswer("slow")
    booked = bench.handle(command)
    assert isinstance(booked, Booked)
    assert not booked.is_confirmed
    act = bench.event("book")
    assert [key for _, key, _ in line.acts] == [act.operation_id]
    assert act.operation_id == command.operation_id
    assert act.booking_id == command.booking_id
    assert act.place.lease_id == UUID(int=0x1EA5E)
    assert act.place.number == booked.number
    assert line.woken == 1


def test_off_line_nobody_is_asked_and_the_place_is_the_first_one(bench: Any, line: Any, patient: Any) -> None:
    person = bench.person(patient)
    line.online = False
    command = bench.book(person)
    booked = bench.handle(command)
    assert isinstance(booked, Booked)
    assert line.acts == []
    assert set(booked.assumed) == set(ALL)
    assert booked.is_pending
    assert booked.queue_number == "B001"
    assert bench.counter.sellable() == [21, 22, 2, 3]
    act = bench.event("book")
    assert set(act.assumed) == {it.value for it in ALL}
    assert (act.place.slot_no, act.policy_version, act.person_id) == (1, 4, person.person_id)
    ticket = booked.print_command.ticket
    assert on(ticket, Text)[0].text == "subject to confirmation"
    assert said(ticket, "number") == booked.number
    code = read_ticket(on(ticket, QrCode)[0].data)
    assert isinstance(code, SignedTicket)
    assert code.place is not None
    assert (code.place.lease_id, code.place.slot_no, code.place.is_checked_in) == (UUID(int=0x1EA5E), 1, False)


def test_what_was_booked_off_line_is_found_again_by_the_same_card(bench: Any, line: Any, patient: Any) -> None:
    person = bench.person(patient)
    line.online = False
    booked = bench.handle(bench.book(person))
    assert isinstance(booked, Booked)
    rows = bench.store.arrivals(UUID(int=0x100)).bookings_of(person.keys)
    assert booked.booking.booking_id in {row.booking.id for row in rows}


def test_the_wanted_place_or_none(bench: Any, line: Any, patient: Any) -> None:
    person = bench.person(patient)
    line.online = False
    third = bench.handle(bench.book(person, slot_no=3))
    assert isinstance(third, Booked)
    assert third.queue_number == "B003"
    other = bench.handle(bench.book(replace(person, keys=()), slot_no=3))
    assert isinstance(other, ActRefused)
    assert other.reason is Reason.NEEDS_SERVER
    assert other.facts.missing == (Assumption.FREE_PLACES,)


def test_places_for_walk_ins_are_not_booked_ahead(bench: Any, line: Any, patient: Any, ward: Any) -> None:
    person = bench.person(patient)
    line.online = False
    refused = bench.handle(bench.book(person, session_id=ward.SESSION))
    assert isinstance(refused, ActRefused)
    assert bench.counter.sellable() == [21, 22, 1, 2, 3]


def test_a_booking_that_the_mirror_knows_stands_in_the_way(bench: Any, line: Any, patient: Any) -> None:
    person = bench.person(patient)
    line.online = False
    first = bench.handle(bench.book(person))
    assert isinstance(first, Booked)
    again = bench.handle(bench.book(person))
    assert isinstance(again, ActRefused)
    assert again.reason is Reason.SAME_DEPARTMENT_AND_DAY
    assert again.facts.collides == str(first.booking.booking_id)
    assert bench.waits() == ["book"]


def test_settings_that_ask_the_server_sell_nothing_without_it(make_bench: Any, line: Any, patient: Any) -> None:
    bench = make_bench(settings='preset = "general"\n')
    bench.lend()
    person = bench.person(patient)
    line.online = False
    refused = bench.handle(bench.book(person))
    assert isinstance(refused, ActRefused)
    assert refused.reason is Reason.NEEDS_SERVER
    assert Assumption.PROFILE in refused.facts.missing
    assert bench.waits() == []


def test_nobody_is_told_no_when_the_server_may_have_booked(make_bench: Any, line: Any, patient: Any) -> None:
    bench = make_bench(settings='preset = "general"\n')
    bench.lend()
    person = bench.person(patient)
    line.on_act = lambda what, ask: NoAnswer("slow")
    unknown = bench.handle(bench.book(person))
    assert unknown == DeskFault(VISIT, "no_answer", is_outcome_unknown=True)
    line.on_act = lambda what, ask: NoAnswer("not_found", may_have_happened=False)
    assert isinstance(bench.handle(bench.book(person)), ActRefused)


@pytest.mark.parametrize("settings", ["", 'preset = "of_the_year_2040"\n'])
def test_settings_that_are_not_understood_are_not_lenient(
    make_bench: Any, line: Any, patient: Any, settings: str
) -> None:
    bench = make_bench(settings=settings)
    bench.lend()
    person = bench.person(patient)
    line.online = False
    refused = bench.handle(bench.book(person))
    assert (refused.reason, bench.waits()) == (Reason.CANNOT_KNOW, [])


def test_nothing_is_sold_after_the_last_sale(bench: Any, line: Any, patient: Any, clock: Any) -> None:
    person = bench.person(patient)
    line.online = False
    clock.pass_ms(5 * 3_600_000 - 1)  # 16:59:59.999: walk-ins of today ended at 16:00, the terminal closes at 17:00
    assert isinstance(bench.handle(bench.book(person)), Booked)
    clock.pass_ms(3_600_001 + 1)
    late = bench.handle(bench.book(replace(person, keys=())))
    assert isinstance(late, ActRefused)


def test_an_examination_needs_an_order_that_nobody_here_has(bench: Any, line: Any, patient: Any, ward: Any) -> None:
    person = bench.person(patient)
    line.online = False
    session = bench.store.arrivals(ward.HOSPITAL).row("session", UUID(int=0x5E55))
    for ver, kind in ((7, "ultrasound"), (8, "of_another_century")):
        bench.mirror.take_rows((replace(session, ver=ver, session=replace(session.session, kind=kind)),))
        refused = bench.handle(bench.book(person))
        assert (refused.reason, refused.facts.missing) == (Reason.CANNOT_KNOW, (Assumption.ORDER,))


@pytest.mark.parametrize("change", [{"is_offered": False}, {"is_stopped": True}, {"sits": False}])
def test_what_the_mirror_knows_to_be_off_is_refused(
    bench: Any, line: Any, patient: Any, ward: Any, change: dict[str, bool]
) -> None:
    person = bench.person(patient)
    line.online = False
    session = bench.store.arrivals(ward.HOSPITAL).row("session", UUID(int=0x5E55))
    bench.mirror.take_rows((replace(session, ver=7, session=replace(session.session, **change)),))
    refused = bench.handle(bench.book(person))
    assert refused.reason is (Reason.NOT_OFFERED if "is_offered" in change else Reason.CLINIC_STOPPED)


def test_who_walks_in_off_line_has_a_queue_ticket_and_waits(bench: Any, line: Any, patient: Any) -> None:
    stranger = replace(bench.person(patient), keys=())
    line.online = False
    command = bench.walk_in(stranger)
    booked = bench.handle(command)
    assert isinstance(booked, Booked)
    assert booked.is_walk_in
    assert booked.queue_number == "A021"
    assert booked.booking.standing == IsCheckedIn("A021", is_confirmed=False)
    act = bench.event("book")
    assert (act.is_walk_in, act.queue_number) == (True, "A021")
    arrival = bench.store.arrivals(UUID(int=0x100)).arrival(command.booking_id)
    assert (arrival.queue_number, arrival.is_confirmed) == ("A021", False)
    ticket = booked.print_command.ticket
    assert Mark("现场挂号") in on(ticket, Mark)
    code = read_ticket(on(ticket, QrCode)[0].data)
    assert isinstance(code, SignedTicket)
    assert code.place is not None
    assert (code.place.is_checked_in, code.place.queue_number) == (True, "A021")


def test_on_line_a_walk_in_waits_at_once(bench: Any, line: Any, patient: Any, ward: Any) -> None:
    command = bench.walk_in(replace(bench.person(patient), keys=()))
    given = bench.given(command, service_date=ward.TODAY, state="checked_in", queue_number="A009", slot_no=9)
    line.on_act = lambda what, ask: given
    booked = bench.handle(command)
    assert booked.booking.standing == IsCheckedIn("A009")
    assert line.acts[0][0] == "walk_in"
    arrival = bench.store.arrivals(ward.HOSPITAL).arrival(command.booking_id)
    assert arrival.is_confirmed


def test_the_same_command_again_books_nothing_twice(bench: Any, line: Any, patient: Any) -> None:
    person = bench.person(patient)
    line.online = False
    command = bench.book(person)
    first, again = bench.handle(command), bench.handle(command)
    assert isinstance(again, Booked)
    assert again.booking == first.booking
    assert again.print_command == first.print_command
    assert bench.waits() == ["book"]
    assert bench.counter.sellable() == [21, 22, 2, 3]


def test_who_is_not_known_books_nothing(bench: Any, line: Any, patient: Any) -> None:
    nobody = replace(bench.person(patient), person_id=None)
    assert bench.handle(bench.book(nobody)).reason is Reason.NAME_NEEDED
    assert line.acts == []


def test_the_next_booking_is_the_one_made_here(bench: Any, line: Any, ward: Any, clock: Any) -> None:
    other = ward.Patient(no=8)
    bench.mirror.take_rows((ward.booking_row(other, state="cancelled", day="2026-03-04", slot_no=8),))
    line.online = False
    person = bench.person(other)
    booked = bench.handle(bench.book(person))
    found = bench.handle(FindByCard(VISIT, other.card()))
    assert isinstance(found, NothingToday)
    assert found.next_booking is not None
    assert found.next_booking.booking_id == booked.booking.booking_id
    assert not isinstance(found, PersonFound)


def test_who_booked_off_line_checks_in_off_line(bench: Any, line: Any, clock: Any, ward: Any) -> None:
    other = ward.Patient(no=8)
    bench.mirror.take_rows((ward.booking_row(other, state="cancelled", day="2026-03-04", slot_no=8),))
    person = bench.person(other)
    line.online = False
    booked = bench.handle(bench.book(person))
    assert booked.assumed
    clock.pass_ms(booked.booking.starts_ms - clock.now_ms() - 600_000)
    found = bench.handle(FindByCard(VISIT, other.card()))
    assert isinstance(found, PersonFound)
    assert [it.booking_id for it in found.bookings] == [booked.booking.booking_id]
    command = CheckInBooking(VISIT, UUID(int=0xE1), UUID(int=0xE2), booked.booking.booking_id, "zh-CN")
    here = bench.handle(command)
    assert isinstance(here, CheckedIn)
    assert here.queue_number == booked.queue_number
    assert bench.waits() == ["book", "check_in"]


def test_off_line_what_is_lent_is_offered(bench: Any, line: Any, ward: Any) -> None:
    line.online = False
    ahead = bench.handle(OfferSessions(visit_id=VISIT, first_day=ward.TODAY, last_day="2026-03-09"))
    assert [(it.session_id, it.free) for it in ahead.sessions] == [(UUID(int=0x5E55), 3)]
    assert not ahead.is_current
    spot = bench.handle(OfferSessions(visit_id=VISIT, first_day=ward.TODAY, last_day=ward.TODAY, is_walk_in=True))
    assert [(it.session_id, it.free) for it in spot.sessions] == [(ward.SESSION, 2)]
    places = bench.handle(OfferPlaces(visit_id=VISIT, session_id=UUID(int=0x5E55)))
    assert [it.slot_no for it in places.places] == [1, 2, 3]
