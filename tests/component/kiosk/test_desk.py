"""A patient at the desk: recognised, checked in, given a ticket; on line and off line."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from booking.decide import Reason
from booking.localized import LocalizedText
from booking.wire import EventResult, FindReply
from kiosk.ports.central import NoAnswer
from kiosk.ports.desk import (
    CanCheckIn,
    CannotCheckIn,
    CheckedIn,
    CheckInRefused,
    FindByCard,
    IsCheckedIn,
    NobodyFound,
    NotFoundWhy,
    NothingToday,
    PersonFound,
)
from kiosk.ports.printers import JobState
from kiosk.ports.tickets import BigNumber, KeyValue
from tests.component.kiosk.desk_acts import VISIT, applied, by_number, check_in_of


def test_a_card_finds_its_person_and_todays_booking(desk: Any, patient: Any) -> None:
    answer = desk.handle(FindByCard(VISIT, patient.card()))
    assert isinstance(answer, PersonFound)
    assert answer.person.masked_name == "欧*试"
    assert answer.person.document_last_four == patient.card_number[-4:]
    (booking,) = answer.bookings
    assert booking.department.text("zh-CN") == "心内科"
    assert booking.standing == CanCheckIn()


def test_a_card_without_citizens_number_is_known_by_its_own(desk: Any, patient: Any) -> None:
    answer = desk.handle(FindByCard(VISIT, replace(patient.card(), id_number="")))
    assert isinstance(answer, PersonFound)


def test_an_unknown_card_on_line_is_looked_up_at_the_server(desk: Any, line: Any, ward: Any, store: Any) -> None:
    stranger = ward.Patient(no=8)
    rows = (*ward.catalogue(), ward.booking_row(stranger))
    line.on_person = lambda request: FindReply(is_known=True, masked_name="欧*试", sex="female", bookings=rows)
    answer = desk.handle(FindByCard(VISIT, stranger.card()))
    assert isinstance(answer, PersonFound)
    assert answer.bookings[0].booking_id == stranger.booking_id


def test_a_card_the_server_does_not_know_is_not_registered(desk: Any, line: Any, ward: Any) -> None:
    line.on_person = lambda request: FindReply(is_known=False)
    answer = desk.handle(FindByCard(VISIT, ward.Patient(no=8).card()))
    assert answer == NobodyFound(VISIT, NotFoundWhy.NOT_REGISTERED)


@pytest.mark.parametrize("online", [True, False])
def test_without_the_server_an_unknown_card_is_not_called_unregistered(
    desk: Any, line: Any, ward: Any, online: bool
) -> None:
    line.online = online
    answer = desk.handle(FindByCard(VISIT, ward.Patient(no=8).card()))
    assert answer == NobodyFound(VISIT, NotFoundWhy.CANNOT_KNOW)


def test_a_person_with_nothing_today_hears_of_the_next_booking(
    desk: Any, line: Any, ward: Any, store: Any, patient: Any
) -> None:
    line.online = False
    later = ward.booking_row(patient, ver=2, day="2026-03-03", starts_ms=ward.NOON_MS + 24 * ward.HOUR_MS)
    store.mirror(ward.HOSPITAL).take_rows((later,))
    answer = desk.handle(FindByCard(VISIT, patient.card()))
    assert isinstance(answer, NothingToday)
    assert answer.next_booking.service_date == "2026-03-03"


def test_today_is_the_hospitals_day_not_utcs(
    desk: Any, line: Any, clock: Any, ward: Any, store: Any, patient: Any
) -> None:
    """At half past midnight in Shanghai it is still yesterday in UTC."""
    line.online = False
    clock.pass_ms(12 * ward.HOUR_MS + ward.HOUR_MS // 2)
    row = ward.booking_row(patient, ver=2, day="2026-03-03", starts_ms=clock.wall_ms + ward.HOUR_MS // 2)
    store.mirror(ward.HOSPITAL).take_rows((row,))
    answer = desk.handle(FindByCard(VISIT, patient.card()))
    assert isinstance(answer, PersonFound)
    assert answer.bookings[0].standing == CanCheckIn()


def test_the_servers_clock_corrects_the_terminals(desk: Any, line: Any, clock: Any, ward: Any, patient: Any) -> None:
    """The terminal's clock is five hours slow; it would say `too early`."""
    clock.wall_ms -= 5 * ward.HOUR_MS
    line.offset_ms = 5 * ward.HOUR_MS
    answer = desk.handle(FindByCard(VISIT, patient.card()))
    assert answer.bookings[0].standing == CanCheckIn()


def test_a_number_with_the_right_answer_finds_its_booking(desk: Any, patient: Any) -> None:
    answer = desk.handle(by_number(patient))
    assert isinstance(answer, PersonFound)
    assert answer.person.document is None


def test_a_wrong_answer_and_a_wrong_number_sound_alike(desk: Any, patient: Any, ward: Any) -> None:
    wrong_answer = desk.handle(by_number(patient, answer="9999"))
    wrong_number = desk.handle(by_number(ward.Patient(no=8)))
    assert wrong_answer == wrong_number == NobodyFound(VISIT, NotFoundWhy.NO_SUCH_BOOKING, tries_left=2)


def test_the_third_wrong_try_locks_the_number_for_a_while(desk: Any, patient: Any, clock: Any) -> None:
    whys = [desk.handle(by_number(patient, answer="9999")).why for _ in range(3)]
    assert whys == [NotFoundWhy.NO_SUCH_BOOKING, NotFoundWhy.NO_SUCH_BOOKING, NotFoundWhy.TOO_MANY_TRIES]
    assert desk.handle(by_number(patient)).why is NotFoundWhy.TOO_MANY_TRIES
    clock.pass_ms(15 * 60 * 1000 + 1)
    assert isinstance(desk.handle(by_number(patient)), PersonFound)


def test_tries_are_remembered_over_a_restart(tmp_path: Path, ward: Any, clock: Any, line: Any) -> None:
    patient = ward.Patient(no=7)
    for _ in range(3):
        store = ward.open_ward(tmp_path / "again", clock)
        store.mirror(ward.HOSPITAL).take_rows((*ward.catalogue(), ward.booking_row(patient)))
        ward.core_of(store, line, clock).handle(by_number(patient, answer="9999"))
        store.close()
    store = ward.open_ward(tmp_path / "again", clock)
    answer = ward.core_of(store, line, clock).handle(by_number(patient))
    store.close()
    assert answer == NobodyFound(VISIT, NotFoundWhy.TOO_MANY_TRIES, tries_left=0)


def test_a_clock_that_is_set_back_forgives_no_tries_and_locks_no_longer(desk: Any, patient: Any, clock: Any) -> None:
    minute_ms = 60_000
    desk.handle(by_number(patient, answer="9999"))
    clock.wall_ms -= 60 * minute_ms
    assert desk.handle(by_number(patient, answer="9999")).tries_left == 1
    desk.handle(by_number(patient, answer="9999"))
    clock.wall_ms -= 60 * minute_ms
    assert desk.handle(by_number(patient)).why == NotFoundWhy.TOO_MANY_TRIES
    clock.wall_ms += 16 * minute_ms
    assert not isinstance(desk.handle(by_number(patient)), NobodyFound)


def test_a_right_answer_forgives_earlier_tries(desk: Any, patient: Any) -> None:
    desk.handle(by_number(patient, answer="9999"))
    desk.handle(by_number(patient))
    assert desk.handle(by_number(patient, answer="9999")).tries_left == 2


def test_on_line_the_server_confirms_before_the_patient_is_told(
    desk: Any, line: Any, ward: Any, store: Any, patient: Any
) -> None:
    line.on_check_in = applied(ward, patient)
    answer = desk.handle(check_in_of(patient))
    assert isinstance(answer, CheckedIn)
    assert (answer.is_confirmed, answer.queue_number) == (True, "A007")
    assert answer.booking.standing == IsCheckedIn("A007")
    assert BigNumber("A007") in answer.print_command.ticket.blocks
    assert store.spool(ward.HOSPITAL).state(answer.print_command.job_id) is JobState.QUEUED
    assert store.spool(ward.HOSPITAL).ticket(answer.print_command.job_id) == answer.print_command.ticket
    assert store.outbox(ward.HOSPITAL).counts().waiting == 0
    assert store.arrivals(ward.HOSPITAL).row("booking", patient.booking_id).ver == 5
    assert line.woken == 0


@pytest.mark.parametrize("online", [True, False])
def test_without_an_answer_the_check_in_waits_for_the_server(
    desk: Any, line: Any, ward: Any, store: Any, patient: Any, online: bool
) -> None:
    line.online = online
    line.on_check_in = lambda act: NoAnswer("time-out")
    answer = desk.handle(check_in_of(patient))
    assert isinstance(answer, CheckedIn)
    assert (answer.is_confirmed, answer.queue_number) == (False, "A007")
    assert KeyValue("state", "subject to confirmation") in answer.print_command.ticket.blocks
    (waiting,) = store.outbox(ward.HOSPITAL).waiting()
    assert waiting.event.check_in.operation_id == check_in_of(patient).operation_id
    assert [act.operation_id for act in line.asked] == [waiting.operation_id] * online
    assert line.woken == 1


def test_off_line_the_act_says_what_it_relied_on(desk: Any, line: Any, ward: Any, store: Any, patient: Any) -> None:
    line.online = False
    desk.handle(check_in_of(patient))
    (waiting,) = store.outbox(ward.HOSPITAL).waiting()
    assert waiting.event.check_in.assumed == ("booking_state",)


def test_the_server_refuses_and_nothing_is_kept(desk: Any, line: Any, ward: Any, store: Any, patient: Any) -> None:
    row = ward.booking_row(patient, ver=9, state="cancelled")
    sentence = LocalizedText({"zh-CN": "请到服务台。"})
    line.on_check_in = lambda act: EventResult(
        operation_id=act.operation_id, verdict="refused", reason="booking_cancelled", sentence=sentence, booking=row
    )
    answer = desk.handle(check_in_of(patient))
    assert isinstance(answer, CheckInRefused)
    assert (answer.reason, answer.sentence) == (Reason.BOOKING_CANCELLED, sentence)
    assert isinstance(answer.booking.standing, CannotCheckIn)
    assert store.outbox(ward.HOSPITAL).counts().waiting == 0
    assert store.arrivals(ward.HOSPITAL).arrival(patient.booking_id) is None


def test_a_reason_of_a_newer_server_is_told_by_its_sentence(desk: Any, line: Any, patient: Any) -> None:
    sentence = LocalizedText({"zh-CN": "今日停电。"})
    line.on_check_in = lambda act: EventResult(
        operation_id=act.operation_id, verdict="refused", reason="power_cut", sentence=sentence
    )
    answer = desk.handle(check_in_of(patient))
    assert (answer.reason, answer.sentence) == (None, sentence)


def test_what_the_mirror_is_sure_of_is_refused_without_asking(
    desk: Any, line: Any, ward: Any, store: Any, patient: Any
) -> None:
    early = ward.booking_row(patient, ver=2, starts_ms=ward.NOON_MS + 3 * ward.HOUR_MS)
    store.mirror(ward.HOSPITAL).take_rows((early,))
    answer = desk.handle(check_in_of(patient))
    assert (answer.reason, answer.facts.opens_ms) == (Reason.TOO_EARLY, ward.NOON_MS + 2 * ward.HOUR_MS)
    assert line.asked == []


def test_a_cancelled_booking_may_have_been_made_good_again_at_the_server(
    desk: Any, line: Any, ward: Any, store: Any, patient: Any
) -> None:
    store.mirror(ward.HOSPITAL).take_rows((ward.booking_row(patient, ver=2, state="cancelled"),))
    line.on_check_in = applied(ward, patient)
    assert isinstance(desk.handle(check_in_of(patient)), CheckedIn)


def test_a_cancelled_booking_is_refused_off_line(desk: Any, line: Any, ward: Any, store: Any, patient: Any) -> None:
    store.mirror(ward.HOSPITAL).take_rows((ward.booking_row(patient, ver=2, state="cancelled"),))
    line.online = False
    assert desk.handle(check_in_of(patient)).reason is Reason.BOOKING_CANCELLED


def test_a_policy_that_needs_the_server_refuses_off_line(
    desk: Any, line: Any, ward: Any, store: Any, patient: Any
) -> None:
    strict = replace(ward.POLICY, version=4, check_in_state_unknown="ask_server")
    store.mirror(ward.HOSPITAL).take_rows((replace(ward.catalogue()[0], ver=2, policy=strict),))
    line.online = False
    assert desk.handle(check_in_of(patient)).reason is Reason.NEEDS_SERVER


def test_a_policy_word_of_a_newer_release_is_not_read_leniently(
    desk: Any, line: Any, ward: Any, store: Any, patient: Any
) -> None:
    newer = replace(ward.POLICY, version=4, check_in_state_unknown="ask_the_porter")
    store.mirror(ward.HOSPITAL).take_rows((replace(ward.catalogue()[0], ver=2, policy=newer),))
    line.online = False
    assert desk.handle(check_in_of(patient)).reason is Reason.NEEDS_SERVER


def test_the_same_command_twice_is_one_check_in_and_one_ticket(
    desk: Any, line: Any, store: Any, ward: Any, patient: Any
) -> None:
    line.online = False
    first = desk.handle(check_in_of(patient))
    again = desk.handle(check_in_of(patient))
    assert again.print_command == first.print_command
    assert len(store.outbox(ward.HOSPITAL).waiting()) == 1
    assert store.arrivals(ward.HOSPITAL).copies(patient.booking_id).last_copy_no == 1
