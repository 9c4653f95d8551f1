"""Terminal and server in step: the real server, a network that can be cut, both clocks in the hand."""

from __future__ import annotations

import json
import time
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from booking.people import DocumentKind, Identity
from booking.wire import CheckQuestion
from kiosk.ports.central import ConnectionChanged, WaitingChanged
from kiosk.ports.desk import CheckedIn, CheckInRefused, FindByNumber, IsCheckedIn, PersonFound
from kiosk.store.tables import OUTBOX
from kiosk.sync.server import Unanswered
from lab import outages


def test_enrolment_needs_a_valid_code(terminal: Any) -> None:
    with pytest.raises(Unanswered) as refused:
        terminal.enrol("AAAA-BBBB-CCCC")
    assert refused.value.reason == "wrong_code"


def test_the_first_snapshot_lets_a_card_be_recognised(terminal: Any, central_server: Any, ward: Any) -> None:
    people = json.loads((central_server.data / "sample-people.json").read_text())["people"]
    person = next(
        one for one in people if any(b["date"] == ward.TODAY and b["hospital_code"] == "01" for b in one["bookings"])
    )
    card = Identity(
        kind=DocumentKind.SOCIAL_SECURITY,
        id_number=person["id_number"],
        card_number=person["card_number"],
        name=person["name"],
    )
    answer = terminal.find(card)
    assert isinstance(answer, PersonFound)
    expected = {b["number"][-4:] for b in person["bookings"] if b["date"] == ward.TODAY and b["hospital_code"] == "01"}
    assert {view.number_last_four for view in answer.bookings} == expected
    assert person["name"] not in repr(answer)


def test_a_typed_number_and_the_phone_find_a_booking(terminal: Any, central_server: Any, ward: Any) -> None:
    people = json.loads((central_server.data / "sample-people.json").read_text())["people"]
    person, number = next(
        (one, b["number"])
        for one in people
        for b in one["bookings"]
        if b["date"] == ward.TODAY and b["hospital_code"] == "01"
    )
    answer = terminal.desk.handle(
        FindByNumber(UUID(int=1), number=number, question=CheckQuestion.PHONE, answer=person["phone"][-4:])
    )
    assert isinstance(answer, PersonFound)
    assert answer.bookings[0].number_last_four == number[-4:]


def test_on_line_the_server_knows_at_once(terminal: Any, make_terminal: Any) -> None:
    other = make_terminal("T2")
    other.sync()
    booking = terminal.open_booking()
    answer = terminal.check_in(booking)
    assert isinstance(answer, CheckedIn)
    assert answer.is_confirmed
    other.step_until(lambda: other.arrivals.row("booking", booking.id).booking.state == "checked_in")
    assert other.arrivals.row("booking", booking.id).booking.queue_number == answer.queue_number


def test_what_happened_off_line_arrives_when_the_network_is_back(terminal: Any, network: Any) -> None:
    booking = terminal.open_booking()
    network.switch(outages.Refusing())
    answer = terminal.check_in(booking)
    assert isinstance(answer, CheckedIn)
    assert not answer.is_confirmed
    terminal.step_until(lambda: WaitingChanged(1, 0) in terminal.heard.events or not terminal.contact.is_online())
    network.restore()
    terminal.sync()
    assert terminal.outbox.counts().not_applied == 0
    assert terminal.arrivals.row("booking", booking.id).booking.state == "checked_in"
    assert terminal.arrivals.row("booking", booking.id).booking.queue_number == answer.queue_number
    assert terminal.arrivals.arrival(booking.id).is_confirmed
    assert terminal.heard.events[-1] == WaitingChanged(0, 0)


def test_what_waits_is_told_while_the_network_is_cut(terminal: Any, network: Any) -> None:
    booking = terminal.open_booking()
    network.switch(outages.Refusing())
    terminal.step_until(lambda: not terminal.contact.is_online())
    terminal.check_in(booking)
    terminal.worker.step(terminal.clock.boot_ms())
    assert terminal.heard.events[-1] == WaitingChanged(1, 0)


def test_a_lost_answer_is_one_check_in(terminal: Any, network: Any, central_server: Any) -> None:
    booking = terminal.open_booking()
    network.switch(outages.LosingAnswers())
    answer = terminal.check_in(booking)
    assert isinstance(answer, CheckedIn)
    assert not answer.is_confirmed
    network.restore()
    terminal.sync()
    assert terminal.outbox.counts().not_applied == 0
    with central_server.store() as connection:
        operations = connection.execute(sa.text("SELECT verdict FROM operation WHERE kind = 'check_in'")).all()
    assert operations == [("applied",)]


def test_two_terminals_off_line_make_one_arrival(terminal: Any, make_terminal: Any, network: Any) -> None:
    other = make_terminal("T2")
    other.sync()
    booking = terminal.open_booking()
    network.switch(outages.Refusing())
    first, second = terminal.check_in(booking), other.check_in(booking)
    assert first.queue_number == second.queue_number
    network.restore()
    terminal.sync()
    other.sync()
    assert terminal.outbox.counts().not_applied == other.outbox.counts().not_applied == 0
    assert other.arrivals.row("booking", booking.id).booking.queue_number == first.queue_number


def test_sending_the_whole_outbox_again_changes_nothing(terminal: Any, network: Any) -> None:
    booking = terminal.open_booking()
    terminal.check_in(booking)
    before = terminal.arrivals.row("booking", booking.id)
    with terminal.store.engine.begin() as connection:
        connection.execute(sa.text("UPDATE outbox SET state = 'waiting'"))
    terminal.sync()
    assert terminal.outbox.counts().not_applied == 0
    assert terminal.arrivals.row("booking", booking.id).booking == before.booking


def _stop_clinic(central_server: Any, booking: Any) -> None:
    with central_server.store() as connection:
        connection.execute(
            sa.text("UPDATE booking SET state = 'stopped', ver = ver + 1 WHERE booking_id = :id"),
            {"id": booking.id.hex},
        )


def test_the_server_may_refuse_what_the_mirror_would_allow(terminal: Any, central_server: Any) -> None:
    booking = terminal.open_booking()
    _stop_clinic(central_server, booking)
    answer = terminal.check_in(booking)
    assert isinstance(answer, CheckInRefused)
    assert answer.reason == "clinic_stopped"
    assert terminal.arrivals.row("booking", booking.id).booking.state == "stopped"


def test_refused_unheard_then_happened_stays_visible(terminal: Any, central_server: Any, network: Any) -> None:
    booking = terminal.open_booking()
    _stop_clinic(central_server, booking)
    network.switch(outages.LosingAnswers())
    answer = terminal.check_in(booking)
    assert isinstance(answer, CheckedIn)
    network.restore()
    terminal.sync()
    counts = terminal.outbox.counts()
    assert (counts.waiting, counts.not_applied) == (0, 1)
    assert WaitingChanged(0, 1) in terminal.heard.events


def _settle(central_server: Any, how: str) -> None:
    with central_server.store() as connection:
        connection.execute(sa.text(f"UPDATE staff_task SET settled_ms = {how}"))


def test_what_staff_have_settled_is_no_longer_shown_as_not_applied(
    terminal: Any, central_server: Any, network: Any, clock: Any
) -> None:
    booking = terminal.open_booking()
    _stop_clinic(central_server, booking)
    network.switch(outages.LosingAnswers())
    terminal.check_in(booking)
    network.restore()
    terminal.sync()
    clock.pass_ms(30_000)
    terminal.worker.step(clock.boot_ms())  # a heartbeat
    assert terminal.outbox.counts().not_applied == 1
    _settle(central_server, "made_ms + 1")
    clock.pass_ms(30_000)
    terminal.step_until(lambda: WaitingChanged(0, 0) in terminal.heard.events[-1:])
    assert terminal.outbox.counts().not_applied == 0


def _not_applied(terminal: Any, how_many: int) -> list[UUID]:
    """Acts of this terminal that the server did not apply."""
    made = [UUID(int=0xAC7 << 64 | no) for no in range(how_many)]
    site = terminal.store.site.site()
    row = {"hospital_id": site.hospital_id, "seq": 1, "kind": "check_in", "body": "", "made_ms": 0, "attempts": 1}
    answered = {"state": "not_applied", "verdict": "conflict"}
    with terminal.store.engine.begin() as connection:
        connection.execute(
            sa.insert(OUTBOX), [row | answered | {"operation_id": one, "subject_id": one} for one in made]
        )
    return made


def test_more_than_a_heartbeat_can_name_are_all_asked_for_in_turn(
    terminal: Any, central_server: Any, clock: Any
) -> None:
    """The oldest hundred, which nobody settles, must not hide the others."""

    def tells_three_times() -> None:
        for _ in range(3):
            clock.pass_ms(30_000)
            terminal.worker.step(clock.boot_ms())

    made = _not_applied(terminal, 250)
    tells_three_times()
    with central_server.store() as connection:
        known = connection.execute(sa.text("SELECT operation_id FROM staff_task")).scalars().all()
        assert sorted(UUID(one) for one in known) == made  # the server has a task for each, once
        last = {"last": made[-1].hex}
        connection.execute(sa.text("UPDATE staff_task SET settled_ms = 1 WHERE operation_id = :last"), last)
    assert terminal.outbox.counts().not_applied == 250
    tells_three_times()
    assert terminal.outbox.not_applied(most=300) == tuple(made[:-1])


OUTAGES = (
    outages.Refusing(),
    outages.CAPTIVE_PORTAL,
    outages.SERVER_ERROR,
    outages.BAD_GATEWAY,
    outages.BROKEN_JSON,
    outages.NOT_HTTP,
    outages.EMPTY,
    outages.HalvingBodies(),
    outages.CuttingAnswers(after_bytes=40),
)


def test_whatever_the_network_does_the_visit_goes_on_by_itself(terminal: Any, network: Any) -> None:
    terminal.open_booking()
    open_now = terminal.open_bookings()
    for outage, booking in zip(OUTAGES, open_now, strict=False):
        network.switch(outage)
        started = time.monotonic()
        answer = terminal.check_in(booking)
        assert time.monotonic() - started < 1.9, outage  # it did not wait for the limit
        assert isinstance(answer, CheckedIn), outage
        assert not answer.is_confirmed, outage
        assert not terminal.contact.is_online(), outage
        assert terminal.heard.events[-1] == ConnectionChanged(is_online=False), outage
        network.restore()
        terminal.sync()
    assert len(open_now) >= len(OUTAGES)
    assert terminal.outbox.counts().not_applied == 0


@pytest.mark.parametrize("outage", [outages.BlackHole(), outages.Delaying(delay_ms=4000)])
def test_a_visit_waits_two_seconds_at_most_and_then_no_more(terminal: Any, network: Any, outage: Any) -> None:
    terminal.open_booking()
    first, second, *_ = terminal.open_bookings()
    network.switch(outage)
    started = time.monotonic()
    assert isinstance(terminal.check_in(first), CheckedIn)
    assert 1.9 < time.monotonic() - started < 6
    started = time.monotonic()
    terminal.check_in(second)
    assert time.monotonic() - started < 1.5


def test_a_cursor_that_the_server_no_longer_knows_brings_a_snapshot(terminal: Any, central_server: Any) -> None:
    outdated = terminal.mirror.cursor()
    gone = terminal.bookings()[0]
    with central_server.store() as connection:
        connection.execute(sa.text("UPDATE feed_epoch SET epoch = 'feed'"))
        connection.execute(sa.text("DELETE FROM booking WHERE booking_id = :id"), {"id": gone.id.hex})
    terminal.step_until(lambda: terminal.mirror.cursor() not in (None, outdated))
    assert terminal.mirror.cursor().startswith("feed.")
    assert gone.id not in {booking.id for booking in terminal.bookings()}
    assert terminal.contact.is_online()


def test_over_midnight_the_new_days_bookings_arrive_and_old_ones_go(
    make_terminal: Any, central_server: Any, clock: Any, ward: Any
) -> None:
    """The bookings of the ward's day are made long before; the terminal is on four days earlier."""
    day_ms = 24 * ward.HOUR_MS
    clock.wall_ms -= 4 * day_ms
    terminal = make_terminal("T1")
    terminal.sync()
    assert terminal.bookings(day=ward.TODAY) == []
    clock.pass_ms(12 * ward.HOUR_MS + 60_000)
    terminal.step_until(lambda: terminal.mirror.scope().held_to == ward.TODAY)
    assert len(terminal.bookings(day=ward.TODAY)) > 100
    network_days = {booking.service_date for booking in terminal.bookings()}
    clock.pass_ms(6 * day_ms)
    terminal.step_until(lambda: terminal.mirror.scope().today > ward.TODAY)
    assert ward.TODAY in network_days
    assert terminal.bookings(day=ward.TODAY) == []


def test_off_line_over_midnight_old_visits_are_purged(terminal: Any, network: Any, clock: Any, ward: Any) -> None:
    booking = terminal.open_booking()
    terminal.check_in(booking)
    network.switch(outages.Refusing())
    clock.pass_ms(24 * ward.HOUR_MS)
    terminal.worker.step(clock.boot_ms())
    assert terminal.bookings(day=ward.TODAY)
    clock.pass_ms(24 * ward.HOUR_MS)
    terminal.worker.step(clock.boot_ms())
    assert terminal.bookings(day=ward.TODAY) == []
    assert terminal.arrivals.arrival(booking.id) is None
    assert terminal.arrivals.copies(booking.id).last_copy_no == 0


def test_a_server_that_was_restarted_gets_a_higher_boot_number(terminal: Any, central_server: Any) -> None:
    booking = terminal.open_booking()
    boot = terminal.store.site.raise_boot()
    central_server.stop()
    central_server.start()
    answer = terminal.check_in(booking)
    assert isinstance(answer, CheckedIn)
    assert answer.is_confirmed
    assert terminal.store.site.raise_boot() > boot + 1


def test_the_wall_clock_may_step_without_spoiling_the_time(terminal: Any, clock: Any, ward: Any) -> None:
    server_now = clock.now_ms() + terminal.contact.now_offset_ms()
    clock.wall_ms += 7 * ward.HOUR_MS
    assert clock.now_ms() + terminal.contact.now_offset_ms() == server_now


def test_waking_ends_a_long_poll_and_stopping_ends_the_thread(make_terminal: Any, network: Any) -> None:
    terminal = make_terminal("T1", longest_poll_s=20)
    terminal.sync_without_poll()
    booking = terminal.open_booking()
    network.switch(outages.Refusing())
    terminal.check_in(booking)
    network.restore()
    terminal.worker.step(terminal.clock.boot_ms())
    terminal.thread.start()
    terminal.heard.wait_for(lambda: WaitingChanged(0, 0) in terminal.heard.events[-3:])
    started = time.monotonic()
    assert terminal.thread.stop()
    assert time.monotonic() - started < 2.0
    assert terminal.bugs == []


def test_checked_in_twice_reads_as_checked_in(terminal: Any) -> None:
    booking = terminal.open_booking()
    terminal.check_in(booking)
    again = terminal.check_in(booking)
    assert isinstance(again, CheckInRefused)
    assert isinstance(again.booking.standing, IsCheckedIn)
