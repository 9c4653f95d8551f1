"""A signed ticket at the desk: whoever printed it, whatever the mirror knows, on line and off line."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from booking.base45 import base45
from booking.decide import Reason
from booking.signed_ticket import TicketPlace, ticket_code
from booking.wire import EventResult, Row
from booking.wire_terminal import TerminalRow
from kiosk.ports.central import NoAnswer
from kiosk.ports.desk import (
    CanCheckIn,
    CannotCheckIn,
    CheckedIn,
    CheckInRefused,
    FindByTicket,
    IsCheckedIn,
    NobodyFound,
    NotFoundWhy,
    PersonFound,
    ReprintReady,
)
from tests.component.kiosk.desk_acts import VISIT, applied, check_in_of, reprint_of

OTHER = UUID(int=0x201)
"""Another terminal of the hospital."""


def terminal_row(terminal_id: UUID = OTHER, *, ver: int = 1, revoked_ms: int = 0) -> Row:
    body = TerminalRow(id=terminal_id, label="门诊楼 2 层 01", public_key="", revoked_ms=revoked_ms)
    return Row(kind="terminal", id=str(terminal_id), ver=ver, terminal=body)


@pytest.fixture
def stranger(store: Any, ward: Any) -> Any:
    """A patient whose booking this terminal has never heard of; of its session and the other terminal it has."""
    store.mirror(ward.HOSPITAL).take_rows((*ward.catalogue(), terminal_row()))
    return ward.Patient(no=7)


def place_of(ward: Any, patient: Any, **changes: Any) -> TicketPlace:
    place = TicketPlace(
        hospital_code="01",
        session_id=ward.SESSION,
        slot_no=patient.no,
        service_date=ward.TODAY,
        starts_ms=ward.NOON_MS + ward.HOUR_MS // 2,
        ends_ms=ward.NOON_MS + ward.HOUR_MS // 2 + 600_000,
        queue_number=f"A{patient.no:03d}",
        booking_ver=1,
        issued_ms=ward.NOON_MS - 60_000,
        is_checked_in=True,
    )
    return replace(place, **changes)


def code_of(ward: Any, patient: Any, signer: UUID = OTHER, **changes: Any) -> str:
    place = place_of(ward, patient, **changes)
    return ticket_code(terminal_id=signer, booking_id=patient.booking_id, place=place, sign=ward.sign)


def first_code(ward: Any, patient: Any) -> str:
    said = OTHER.bytes + patient.booking_id.bytes
    return "T1" + base45(b"\x01" + said + ward.sign(b"kiosk-ticket-v1\n" + said))


def test_a_ticket_of_a_known_booking_shows_it_and_asks_nothing(desk: Any, patient: Any, store: Any, ward: Any) -> None:
    store.mirror(ward.HOSPITAL).take_rows((terminal_row(),))
    for code in (code_of(ward, patient), first_code(ward, patient)):
        answer = desk.handle(FindByTicket(VISIT, code))
        assert isinstance(answer, PersonFound)
        assert answer.person.masked_name == "欧*试"
        (booking,) = answer.bookings
        assert (booking.standing, booking.ticket) == (CanCheckIn(), code)


def test_a_ticket_shows_no_other_booking_of_its_person(desk: Any, patient: Any, store: Any, ward: Any) -> None:
    second = replace(ward.booking_row(patient).booking, id=UUID(int=0xB1), slot_no=9)
    row = Row(kind="booking", id=str(second.id), ver=1, booking=second)
    store.mirror(ward.HOSPITAL).take_rows((terminal_row(), row))
    answer = desk.handle(FindByTicket(VISIT, code_of(ward, patient)))
    assert [booking.booking_id for booking in answer.bookings] == [patient.booking_id]


def test_off_line_the_ticket_alone_checks_in(desk: Any, line: Any, stranger: Any, store: Any, ward: Any) -> None:
    line.online = False
    code = code_of(ward, stranger)
    answer = desk.handle(FindByTicket(VISIT, code))
    assert isinstance(answer, PersonFound)
    assert answer.person.masked_name == ""
    (booking,) = answer.bookings
    assert booking.standing == CanCheckIn()
    assert booking.department.text("zh-CN") == "心内科"
    done = desk.handle(replace(check_in_of(stranger), ticket=code))
    assert isinstance(done, CheckedIn)
    assert (done.queue_number, done.is_confirmed) == ("A007", False)
    (waiting,) = store.outbox(ward.HOSPITAL).waiting()
    act = waiting.event.check_in
    assert (act.booking_id, act.ticket, act.assumed) == (stranger.booking_id, code, ("booking_state",))
    assert line.asked == []


def test_on_line_the_server_is_asked_first_and_its_answer_names_the_patient(
    desk: Any, line: Any, stranger: Any, ward: Any
) -> None:
    line.on_check_in = applied(ward, stranger)
    code = code_of(ward, stranger)
    done = desk.handle(replace(check_in_of(stranger), ticket=code))
    assert isinstance(done, CheckedIn)
    assert done.is_confirmed
    assert [act.ticket for act in line.asked] == [code]
    assert ("name", "欧*试") in [
        (block.key, block.value) for block in done.print_command.ticket.blocks if hasattr(block, "key")
    ]


@pytest.mark.parametrize("says", ["nothing", "deferred"])
def test_where_the_server_does_not_decide_the_visit_goes_on_with_the_same_operation(
    desk: Any, line: Any, stranger: Any, store: Any, ward: Any, says: str
) -> None:
    line.on_check_in = lambda act: (
        NoAnswer("cut") if says == "nothing" else EventResult(operation_id=act.operation_id, verdict="deferred")
    )
    done = desk.handle(replace(check_in_of(stranger), ticket=code_of(ward, stranger)))
    assert isinstance(done, CheckedIn)
    assert not done.is_confirmed
    (waiting,) = store.outbox(ward.HOSPITAL).waiting()
    assert [waiting.operation_id] == [act.operation_id for act in line.asked]


def test_shown_again_it_has_its_number_and_a_copy_can_be_printed(
    desk: Any, line: Any, stranger: Any, ward: Any
) -> None:
    line.online = False
    code = code_of(ward, stranger)
    desk.handle(replace(check_in_of(stranger), ticket=code))
    (booking,) = desk.handle(FindByTicket(VISIT, code)).bookings
    assert booking.standing == IsCheckedIn("A007", is_confirmed=False)
    again = desk.handle(replace(check_in_of(stranger, 2), ticket=code))
    assert isinstance(again, CheckInRefused)
    assert again.reason is Reason.ALREADY_CHECKED_IN
    copy = desk.handle(replace(reprint_of(stranger, 3), ticket=code))
    assert isinstance(copy, ReprintReady)


def test_who_checked_in_elsewhere_in_time_is_not_late_here(
    desk: Any, line: Any, clock: Any, stranger: Any, ward: Any
) -> None:
    line.online = False
    clock.pass_ms(2 * ward.HOUR_MS)
    (booking,) = desk.handle(FindByTicket(VISIT, code_of(ward, stranger))).bookings
    assert booking.standing == IsCheckedIn("A007", is_confirmed=False)
    only_booked = code_of(ward, stranger, is_checked_in=False)
    (booking,) = desk.handle(FindByTicket(VISIT, only_booked)).bookings
    assert isinstance(booking.standing, CannotCheckIn)
    assert booking.standing.reason is Reason.TOO_LATE


@pytest.mark.parametrize(
    ("state", "number", "said"),
    [
        ("cancelled", "", Reason.BOOKING_CANCELLED),
        ("stopped", "", Reason.CLINIC_STOPPED),
        ("checked_in", "A081", "A081"),  # an overflow number, behind the places of the session
    ],
)
def test_what_the_mirror_knows_of_a_used_ticket_is_said(
    desk: Any, stranger: Any, store: Any, ward: Any, *, state: str, number: str, said: object
) -> None:
    row = ward.booking_row(stranger, ver=6, state=state, queue_number=number)
    store.mirror(ward.HOSPITAL).take_rows((row,))
    (booking,) = desk.handle(FindByTicket(VISIT, code_of(ward, stranger))).bookings
    standing = booking.standing
    assert said == (standing.queue_number if isinstance(standing, IsCheckedIn) else standing.reason)


def test_another_days_ticket_is_not_checked_in(desk: Any, line: Any, stranger: Any, ward: Any) -> None:
    code = code_of(
        ward, stranger, service_date="2026-03-01", starts_ms=ward.NOON_MS - 24 * ward.HOUR_MS, ends_ms=ward.NOON_MS
    )
    for line.online in (True, False):
        (booking,) = desk.handle(FindByTicket(VISIT, code)).bookings
        assert booking.standing.reason is Reason.OTHER_DAY
        refused = desk.handle(replace(check_in_of(stranger), ticket=code))
        assert isinstance(refused, CheckInRefused)


@pytest.mark.parametrize("unknown", ["refuse", "ask_server"])
def test_a_policy_that_assumes_nothing_lets_no_unheard_of_booking_in_off_line(
    desk: Any, line: Any, stranger: Any, store: Any, ward: Any, unknown: str
) -> None:
    strict = replace(ward.POLICY, version=4, check_in_state_unknown=unknown)
    store.mirror(ward.HOSPITAL).take_rows((Row(kind="policy", id="policy", ver=2, policy=strict),))
    line.online = False
    code = code_of(ward, stranger)
    (booking,) = desk.handle(FindByTicket(VISIT, code)).bookings
    assert booking.standing.reason is Reason.NEEDS_SERVER
    assert isinstance(desk.handle(replace(check_in_of(stranger), ticket=code)), CheckInRefused)
    assert store.outbox(ward.HOSPITAL).waiting() == ()


def test_what_was_printed_before_its_terminal_was_shut_out_counts_and_nothing_later(
    desk: Any, stranger: Any, store: Any, ward: Any
) -> None:
    store.mirror(ward.HOSPITAL).take_rows((terminal_row(ver=2, revoked_ms=ward.NOON_MS),))
    before, after = (code_of(ward, stranger, issued_ms=ward.NOON_MS + shift) for shift in (-1000, 1000))
    assert isinstance(desk.handle(FindByTicket(VISIT, before)), PersonFound)
    assert desk.handle(FindByTicket(VISIT, after)) == NobodyFound(VISIT, NotFoundWhy.TICKET_NOT_CHECKED)


def test_a_ticket_that_cannot_be_believed_is_refused_with_its_own_reason(
    desk: Any, stranger: Any, ward: Any, store: Any
) -> None:
    good = code_of(ward, stranger)
    forged = ticket_code(
        terminal_id=OTHER, booking_id=stranger.booking_id, place=place_of(ward, stranger), sign=lambda _said: bytes(64)
    )
    why = {
        good[:-1]: NotFoundWhy.TICKET_DAMAGED,
        forged: NotFoundWhy.TICKET_DAMAGED,
        "T1": NotFoundWhy.TICKET_DAMAGED,
        code_of(ward, stranger, hospital_code="02"): NotFoundWhy.TICKET_OF_OTHER_HOSPITAL,
        code_of(ward, stranger, signer=UUID(int=0x999)): NotFoundWhy.TICKET_NOT_CHECKED,
        "T1" + base45(b"\x02" + bytes(120)): NotFoundWhy.TICKET_NOT_CHECKED,
        first_code(ward, stranger): NotFoundWhy.CANNOT_KNOW,  # it names its booking only, and nobody here has that
    }
    assert {code: desk.handle(FindByTicket(VISIT, code)).why for code in why} == why
    assert store.outbox(ward.HOSPITAL).waiting() == ()


def test_a_ticket_of_another_booking_proves_nothing(desk: Any, line: Any, stranger: Any, ward: Any, store: Any) -> None:
    line.online = False
    other = ward.Patient(no=8)
    desk.handle(replace(check_in_of(other), ticket=code_of(ward, stranger)))
    assert store.outbox(ward.HOSPITAL).waiting() == ()


def test_nothing_of_a_code_is_in_what_may_be_logged(ward: Any, stranger: Any) -> None:
    code = code_of(ward, stranger)
    commands = (
        FindByTicket(VISIT, code),
        replace(check_in_of(stranger), ticket=code),
        replace(reprint_of(stranger, 1), ticket=code),
    )
    assert code not in repr(commands)
