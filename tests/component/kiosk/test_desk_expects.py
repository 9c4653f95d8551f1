"""What the desk tells the printer before an answer is there: a ticket to draw, never one to print."""

from __future__ import annotations

from typing import Any

import pytest

from booking.wire import EventResult
from kiosk.ports.central import NoAnswer
from kiosk.ports.desk import CheckedIn, CheckInRefused, ReprintReady
from kiosk.ports.printers import JobState
from kiosk.ports.tickets import BigNumber, Ticket
from tests.component.kiosk.desk_acts import applied, check_in_of, reprint_of


@pytest.fixture
def expected() -> list[Ticket]:
    return []


@pytest.fixture
def desk(store: Any, line: Any, clock: Any, ward: Any, expected: list[Ticket]) -> Any:
    return ward.core_of(store, line, clock, expect_ticket=expected.append)


def test_while_the_server_is_asked_the_ticket_of_its_yes_can_be_drawn(
    desk: Any, line: Any, ward: Any, store: Any, patient: Any, expected: list[Ticket]
) -> None:
    known_when_asked: list[tuple[Ticket, ...]] = []
    yes = applied(ward, patient)

    def answer(act: Any) -> EventResult:
        known_when_asked.append(tuple(expected))
        assert store.arrivals(ward.HOSPITAL).arrival(patient.booking_id) is None
        said: EventResult = yes(act)
        return said

    line.on_check_in = answer
    done = desk.handle(check_in_of(patient))
    assert isinstance(done, CheckedIn)
    assert known_when_asked == [(done.print_command.ticket,)]
    assert set(expected) == {done.print_command.ticket}


def test_another_number_makes_another_ticket(
    desk: Any, line: Any, ward: Any, patient: Any, expected: list[Ticket]
) -> None:
    row = ward.booking_row(patient, ver=5, state="checked_in", queue_number="A099")
    line.on_check_in = lambda act: EventResult(operation_id=act.operation_id, verdict="duplicate", booking=row)
    done = desk.handle(check_in_of(patient))
    assert isinstance(done, CheckedIn)
    assert BigNumber("A099") in done.print_command.ticket.blocks
    assert [done.print_command.ticket == one for one in expected] == [False, True]


@pytest.mark.parametrize("online", [True, False])
def test_without_the_server_the_ticket_says_so(
    desk: Any, line: Any, patient: Any, expected: list[Ticket], online: bool
) -> None:
    line.online = online
    line.on_check_in = lambda act: NoAnswer("time-out")
    done = desk.handle(check_in_of(patient))
    assert isinstance(done, CheckedIn)
    assert expected[-1] == done.print_command.ticket
    assert len(set(expected)) == 1 + online


def test_of_a_refusal_no_ticket_waits_to_be_printed(
    desk: Any, line: Any, ward: Any, store: Any, patient: Any, expected: list[Ticket]
) -> None:
    line.on_check_in = lambda act: EventResult(
        operation_id=act.operation_id, verdict="refused", reason="booking_cancelled"
    )
    assert isinstance(desk.handle(check_in_of(patient)), CheckInRefused)
    assert len(expected) == 1
    assert store.arrivals(ward.HOSPITAL).copies(patient.booking_id).last_copy_no == 0


def test_a_further_copy_is_expected_too(
    desk: Any, line: Any, ward: Any, store: Any, patient: Any, expected: list[Ticket]
) -> None:
    line.on_check_in = applied(ward, patient)
    first = desk.handle(check_in_of(patient))
    store.spool(ward.HOSPITAL).advance(first.print_command.job_id, JobState.PRINTED)
    again = desk.handle(reprint_of(patient, 2))
    assert isinstance(again, ReprintReady)
    assert expected[-1] == again.print_command.ticket != first.print_command.ticket
