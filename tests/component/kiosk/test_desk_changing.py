"""Giving a booking up, another place instead, and waiting for one: done, or asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from booking.decide import Assumption, Reason
from booking.wire_booking import WaitingView
from kiosk.ports.central import NoAnswer, RefusedThere
from kiosk.ports.desk import CannotCheckIn
from kiosk.ports.desk_acts import ActRefused, Booked, BookingCancelled, BookingChanged, WaitingListJoined
from kiosk.ports.tickets import QrCode, Text

HOSPITAL, MORNING = UUID(int=0x100), UUID(int=0x5E55)


def first_words(ticket: Any) -> str:
    return next(block.text for block in ticket.blocks if isinstance(block, Text))


def code(ticket: Any) -> str:
    return next(block.data for block in ticket.blocks if isinstance(block, QrCode))


def state_of(bench: Any, booking_id: UUID) -> str:
    row = bench.store.arrivals(HOSPITAL).row("booking", booking_id)
    return str(row.booking.state)


def booked_here(bench: Any, line: Any, patient: Any, **changes: Any) -> Any:
    person = bench.person(patient)
    line.online = False
    booked = bench.handle(bench.book(person, **changes))
    assert isinstance(booked, Booked)
    return booked


# Cancelling
def test_on_line_the_server_gives_it_up(bench: Any, line: Any, patient: Any) -> None:
    command = bench.cancel(patient.booking_id)
    seen = bench.given(bench.book(bench.person(patient)), booking_id=patient.booking_id, state="cancelled", ver=2)
    line.on_act = lambda what, ask: seen
    done = bench.handle(command)
    assert isinstance(done, BookingCancelled)
    assert (done.is_confirmed, done.is_request) == (True, False)
    assert line.acts[0][:2] == (f"cancel {patient.booking_id}", command.operation_id)
    assert state_of(bench, patient.booking_id) == "cancelled"
    assert bench.waits() == []
    assert bench.spool.ticket(command.job_id) is not None


def test_the_servers_no_leaves_it_as_it_was(bench: Any, line: Any, patient: Any) -> None:
    line.on_act = lambda what, ask: RefusedThere("cost_not_shown", {"count": "2"})
    refused = bench.handle(bench.cancel(patient.booking_id, is_warned=False))
    assert isinstance(refused, ActRefused)
    assert (refused.reason, refused.facts.count) == (Reason.COST_NOT_SHOWN, 2)
    assert refused.booking is not None
    assert state_of(bench, patient.booking_id) == "booked"


@pytest.mark.parametrize("has_line", [True, False])
def test_without_an_answer_giving_up_is_a_request(bench: Any, line: Any, patient: Any, has_line: bool) -> None:
    line.online = has_line
    line.on_act = lambda what, ask: NoAnswer("slow")
    command = bench.cancel(patient.booking_id)
    asked = bench.handle(command)
    assert isinstance(asked, BookingCancelled)
    assert (asked.is_confirmed, asked.is_request) == (False, True)
    act = bench.event("cancel")
    assert (act.operation_id, act.is_request, act.booking_ver, act.is_warned) == (command.operation_id, True, 1, True)
    assert Assumption.BOOKING_STATE.value in act.assumed
    assert state_of(bench, patient.booking_id) == "booked"
    assert first_words(asked.print_command.ticket) == "request"


def test_settings_that_ask_the_server_have_the_request_judged_there(make_bench: Any, line: Any, patient: Any) -> None:
    bench = make_bench(settings='preset = "general"\n')
    line.online = False
    asked = bench.handle(bench.cancel(patient.booking_id))
    assert isinstance(asked, BookingCancelled)
    assert asked.is_request


def test_settings_that_refuse_where_it_is_not_known_refuse(make_bench: Any, line: Any, patient: Any) -> None:
    bench = make_bench(settings='preset = "general"\n[unknown]\nbooking_state = "refuse"\n')
    line.online = False
    refused = bench.handle(bench.cancel(patient.booking_id))
    assert isinstance(refused, ActRefused)
    assert refused.reason is Reason.CANNOT_KNOW
    assert bench.waits() == []


def test_what_only_this_terminal_has_is_given_up_at_once(bench: Any, line: Any, patient: Any) -> None:
    booked = booked_here(bench, line, patient)
    assert bench.counter.sellable() == [21, 22, 2, 3]
    line.online = True  # and nobody has to be asked
    done = bench.handle(bench.cancel(booked.booking.booking_id))
    assert isinstance(done, BookingCancelled)
    assert (done.is_request, done.is_confirmed) == (False, False)
    assert done.booking.standing == CannotCheckIn(Reason.BOOKING_CANCELLED, done.booking.standing.facts)
    assert bench.counter.sellable() == [21, 22, 2, 3]  # the freed place is sold when the server agrees
    assert bench.waits() == ["book", "cancel"]
    assert line.acts == []


def test_what_costs_is_told_before(bench: Any, line: Any, patient: Any) -> None:
    # "general" counts what is cancelled less than a day before
    line.online = False
    refused = bench.handle(bench.cancel(patient.booking_id, is_warned=False))
    if isinstance(refused, BookingCancelled):  # nothing is lost by it under these settings
        assert refused.is_request
    else:
        assert refused.reason is Reason.COST_NOT_SHOWN


def test_giving_up_again_says_the_same(bench: Any, line: Any, patient: Any) -> None:
    booked = booked_here(bench, line, patient)
    command = bench.cancel(booked.booking.booking_id)
    first, again = bench.handle(command), bench.handle(command)
    assert isinstance(again, BookingCancelled)
    assert again.print_command == first.print_command
    assert bench.waits() == ["book", "cancel"]


# Changing
def test_on_line_the_server_changes(bench: Any, line: Any, patient: Any) -> None:
    command = bench.change(patient.booking_id, bench.person(patient))
    given = replace(bench.given(bench.book(command.person)), booking_id=command.new_booking_id)
    line.on_act = lambda what, ask: given
    changed = bench.handle(command)
    assert isinstance(changed, BookingChanged)
    assert (changed.is_confirmed, changed.is_request, changed.number) == (True, False, "010000000019")
    assert line.acts[0][2].new_booking_id == command.new_booking_id
    assert bench.waits() == []


def test_without_an_answer_a_change_is_a_request_that_keeps_both_places(bench: Any, line: Any, patient: Any) -> None:
    command = bench.change(patient.booking_id, bench.person(patient))
    line.on_act = lambda what, ask: NoAnswer("slow")
    asked = bench.handle(command)
    assert isinstance(asked, BookingChanged)
    assert (asked.is_confirmed, asked.is_request) == (False, True)
    act = bench.event("change")
    assert (act.operation_id, act.new_booking_id, act.is_request) == (
        command.operation_id,
        command.new_booking_id,
        True,
    )
    assert (act.place.slot_no, act.place.lease_id) == (1, UUID(int=0x1EA5E))
    assert bench.counter.state(1) == "kept_for_change"
    assert state_of(bench, patient.booking_id) == "booked"
    ticket = asked.print_command.ticket
    assert first_words(ticket) == "request"
    assert code(ticket) == ""


def test_what_only_this_terminal_has_is_changed_at_once(bench: Any, line: Any, patient: Any) -> None:
    booked = booked_here(bench, line, patient)
    person = bench.person(patient)
    changed = bench.handle(bench.change(booked.booking.booking_id, person, slot_no=3))
    assert isinstance(changed, BookingChanged)
    assert (changed.is_request, changed.is_confirmed) == (False, False)
    assert bench.counter.sellable() == [21, 22, 2]  # as above
    assert state_of(bench, booked.booking.booking_id) == "moved"
    assert bench.event("change").is_request is False
    assert code(changed.print_command.ticket) != ""


def test_a_change_without_a_lent_place_has_to_be_asked_for(make_bench: Any, line: Any, patient: Any) -> None:
    bench = make_bench()
    person = bench.person(patient)
    line.online = False
    refused = bench.handle(bench.change(patient.booking_id, person))
    assert isinstance(refused, ActRefused)
    assert (refused.reason, refused.facts.missing) == (Reason.NEEDS_SERVER, (Assumption.FREE_PLACES,))


# Waiting
def test_on_line_the_server_puts_them_on_the_list(bench: Any, line: Any, patient: Any) -> None:
    command = bench.wait(bench.person(patient))
    line.on_act = lambda what, ask: WaitingView(
        entry_id=ask.entry_id,
        session_id=MORNING,
        person_id=ask.person_id,
        state="waiting",
        joined_ms=1,
        ahead=4,
    )
    joined = bench.handle(command)
    assert isinstance(joined, WaitingListJoined)
    assert (joined.ahead, joined.is_request, joined.is_confirmed) == (4, False, True)
    assert bench.waits() == []


def test_off_line_joining_the_list_is_a_request(make_bench: Any, line: Any, patient: Any) -> None:
    bench = make_bench()
    command = bench.wait(bench.person(patient))
    line.online = False
    joined = bench.handle(command)
    assert isinstance(joined, WaitingListJoined)
    assert (joined.ahead, joined.is_request) == (None, True)
    act = bench.event("join_list")
    assert (act.entry_id, act.session_id) == (command.entry_id, MORNING)
    assert first_words(joined.print_command.ticket) == "request"


def test_nobody_waits_where_a_lent_place_is_free(bench: Any, line: Any, patient: Any) -> None:
    command = bench.wait(bench.person(patient))
    line.online = False
    refused = bench.handle(command)
    assert isinstance(refused, ActRefused)
    assert refused.reason is Reason.PLACES_ARE_FREE
    assert bench.waits() == []
