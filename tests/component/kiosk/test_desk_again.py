"""Who comes again: checked in already, undone by staff, copies of tickets; and a store that is full."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from booking.decide import Reason
from kiosk.ports.central import NoAnswer
from kiosk.ports.desk import (
    CheckedIn,
    DeskFault,
    FindByCard,
    HoldTicket,
    IsCheckedIn,
    ReprintReady,
    ReprintRefused,
    TicketHeld,
)
from kiosk.ports.printers import JobState
from kiosk.ports.tickets import Mark
from tests.component.kiosk.desk_acts import VISIT, applied, check_in_of, reprint_of


def test_a_second_visit_sees_that_it_is_checked_in(desk: Any, line: Any, patient: Any) -> None:
    line.online = False
    desk.handle(check_in_of(patient))
    found = desk.handle(FindByCard(VISIT, patient.card()))
    assert found.bookings[0].standing == IsCheckedIn("A007", is_confirmed=False)
    assert desk.handle(check_in_of(patient, no=2)).reason is Reason.ALREADY_CHECKED_IN


UNDONE = ("booked", "confirmed", "cancelled", "stopped")


@pytest.mark.parametrize("state", UNDONE)
def test_a_confirmed_check_in_that_staff_undid_is_one_no_more(
    desk: Any, line: Any, ward: Any, store: Any, patient: Any, state: str
) -> None:
    line.on_check_in = applied(ward, patient)
    desk.handle(check_in_of(patient))
    store.mirror(ward.HOSPITAL).take_rows((ward.booking_row(patient, ver=6, state=state),))
    (seen,) = desk.handle(FindByCard(VISIT, patient.card())).bookings
    assert not isinstance(seen.standing, IsCheckedIn)
    assert isinstance(desk.handle(reprint_of(patient, no=9)), ReprintRefused)


def test_a_check_in_that_the_server_has_not_heard_of_counts_whatever_the_mirror_says(
    desk: Any, line: Any, ward: Any, store: Any, patient: Any
) -> None:
    line.online = False
    desk.handle(check_in_of(patient))
    store.mirror(ward.HOSPITAL).take_rows((ward.booking_row(patient, ver=6),))
    (seen,) = desk.handle(FindByCard(VISIT, patient.card())).bookings
    assert seen.standing == IsCheckedIn("A007", is_confirmed=False)


def test_a_word_of_a_newer_server_undoes_nothing(desk: Any, line: Any, ward: Any, store: Any, patient: Any) -> None:
    line.on_check_in = applied(ward, patient)
    desk.handle(check_in_of(patient))
    store.mirror(ward.HOSPITAL).take_rows((ward.booking_row(patient, ver=6, state="in_treatment"),))
    (seen,) = desk.handle(FindByCard(VISIT, patient.card())).bookings
    assert seen.standing == IsCheckedIn("A007")


@pytest.mark.parametrize("online", [True, False])
def test_after_staff_undid_it_the_patient_checks_in_again(
    desk: Any, line: Any, ward: Any, store: Any, patient: Any, online: bool
) -> None:
    line.on_check_in = applied(ward, patient)
    first = desk.handle(check_in_of(patient))
    store.mirror(ward.HOSPITAL).take_rows((ward.booking_row(patient, ver=6),))
    line.online = online
    line.on_check_in = lambda act: NoAnswer("time-out")
    again = desk.handle(check_in_of(patient, no=2))
    assert isinstance(again, CheckedIn)
    assert (again.queue_number, again.is_confirmed) == (first.queue_number, False)
    assert Mark("补打") in again.print_command.ticket.blocks  # the first one is still about
    (waiting,) = store.outbox(ward.HOSPITAL).waiting()
    assert (waiting.operation_id, waiting.event.seq) == (check_in_of(patient, no=2).operation_id, 2)
    assert store.arrivals(ward.HOSPITAL).arrival(patient.booking_id).operation_id == waiting.operation_id


def test_a_copy_says_whether_the_server_knows_of_the_check_in(
    desk: Any, line: Any, ward: Any, store: Any, patient: Any
) -> None:
    line.online = False
    desk.handle(check_in_of(patient))
    assert not desk.handle(reprint_of(patient, 2)).is_confirmed
    result = applied(ward, patient)(store.outbox(ward.HOSPITAL).waiting()[0].event.check_in)
    store.outbox(ward.HOSPITAL).note_result(result, now_ms=ward.NOON_MS)
    assert desk.handle(reprint_of(patient, 3)).is_confirmed


def test_a_ticket_that_nobody_waits_for_is_held_and_may_be_copied(
    desk: Any, line: Any, ward: Any, store: Any, patient: Any
) -> None:
    line.online = False
    job_id = desk.handle(check_in_of(patient)).print_command.job_id
    assert isinstance(desk.handle(HoldTicket(VISIT, job_id)), TicketHeld)
    assert store.spool(ward.HOSPITAL).state(job_id) is JobState.HELD
    copies = [desk.handle(reprint_of(patient, no)) for no in (2, 3, 4)]
    assert [type(copy) for copy in copies] == [ReprintReady, ReprintReady, ReprintReady]


def test_a_ticket_that_is_being_printed_is_not_held(desk: Any, line: Any, ward: Any, store: Any, patient: Any) -> None:
    line.online = False
    job_id = desk.handle(check_in_of(patient)).print_command.job_id
    spool = store.spool(ward.HOSPITAL)
    spool.advance(job_id, JobState.SENDING)
    desk.handle(HoldTicket(VISIT, job_id))
    assert spool.state(job_id) is JobState.SENDING


def test_two_marked_copies_are_the_most(desk: Any, line: Any, patient: Any) -> None:
    line.online = False
    desk.handle(check_in_of(patient))
    copies = [desk.handle(reprint_of(patient, no)) for no in (2, 3, 4)]
    assert [type(copy) for copy in copies] == [ReprintReady, ReprintReady, ReprintRefused]
    assert Mark("补打") in copies[0].print_command.ticket.blocks


def test_a_copy_that_never_reached_the_paper_does_not_count(
    desk: Any, line: Any, store: Any, ward: Any, patient: Any
) -> None:
    line.online = False
    first = desk.handle(check_in_of(patient))
    spool = store.spool(ward.HOSPITAL)
    spool.advance(first.print_command.job_id, JobState.HELD, "no paper")
    copies = [desk.handle(reprint_of(patient, no)) for no in (2, 3, 4, 5)]
    assert [type(copy) for copy in copies] == [ReprintReady, ReprintReady, ReprintReady, ReprintRefused]
    assert spool.state(first.print_command.job_id) is JobState.CANCELLED


def test_no_copy_of_a_booking_that_is_not_checked_in(desk: Any, patient: Any) -> None:
    assert desk.handle(reprint_of(patient, 2)) == ReprintRefused(VISIT)


def test_a_booking_checked_in_elsewhere_gets_a_marked_copy_here(
    desk: Any, line: Any, store: Any, ward: Any, patient: Any
) -> None:
    store.mirror(ward.HOSPITAL).take_rows((ward.booking_row(patient, ver=2, state="checked_in", queue_number="A007"),))
    answer = desk.handle(reprint_of(patient, 2))
    assert isinstance(answer, ReprintReady)
    assert answer.queue_number == "A007"
    assert Mark("补打") in answer.print_command.ticket.blocks


def test_a_full_store_confirms_nothing_and_keeps_no_halves(
    tmp_path: Path, ward: Any, clock: Any, line: Any, caplog: pytest.LogCaptureFixture
) -> None:
    line.online = False
    patients = [ward.Patient(no=no) for no in range(1, 61)]
    store = ward.open_ward(tmp_path / "full", clock)
    store.mirror(ward.HOSPITAL).take_rows((*ward.catalogue(), *map(ward.booking_row, patients)))
    with store.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    store.close()
    store = ward.open_ward(tmp_path / "full", clock, max_pages=pages + 5)
    arrivals, outbox = store.arrivals(ward.HOSPITAL), store.outbox(ward.HOSPITAL)
    desk = ward.core_of(store, line, clock, arrivals=arrivals)
    answers = [desk.handle(check_in_of(patient, no=patient.no)) for patient in patients]
    refused = [answer for answer in answers if isinstance(answer, DeskFault)]
    told = [answer for answer in answers if isinstance(answer, CheckedIn)]
    assert told
    assert {fault.code for fault in refused} == {"store_full"}
    kept = {patient.booking_id for patient in patients if arrivals.arrival(patient.booking_id) is not None}
    assert kept == {answer.booking.booking_id for answer in told}
    assert {waiting.subject_id for waiting in outbox.waiting()} == kept
    assert {one.booking_id for one in patients if arrivals.copies(one.booking_id).used} == kept
    assert line.woken == len(told)
    store.close()
    caplog.clear()
