"""A ticket printed at one terminal is shown at another that never heard of its booking; the network can be cut."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from booking.signed_ticket import SignedTicket, read_ticket
from booking.wire import BookingRow
from central.moment import Moment
from central.terminals.service import revoke
from kiosk.ports.desk import CanCheckIn, CheckedIn, CheckInBooking, FindByTicket, NobodyFound, NotFoundWhy, PersonFound
from kiosk.ports.tickets import QrCode
from lab import outages

VISIT = UUID(int=0x51)


def code_on(answer: CheckedIn) -> str:
    (code,) = (block.data for block in answer.print_command.ticket.blocks if isinstance(block, QrCode))
    return code


def forget_booking(terminal: Any, booking: BookingRow) -> None:
    """The terminal never synced it."""
    with terminal.store.engine.begin() as connection:
        gone = {"id": str(booking.id)}
        assert connection.execute(sa.text("DELETE FROM mirror WHERE kind = 'booking' AND id = :id"), gone).rowcount
        connection.execute(sa.text("DELETE FROM mirror_key WHERE booking_id = :id"), gone)


def check_in_with(terminal: Any, code: str, no: int = 1) -> Any:
    found = terminal.desk.handle(FindByTicket(VISIT, code))
    assert isinstance(found, PersonFound)
    (view,) = found.bookings
    assert view.standing == CanCheckIn()
    return terminal.desk.handle(
        CheckInBooking(VISIT, UUID(int=0xE0 + no), UUID(int=0xD0 + no), view.booking_id, "zh-CN", ticket=view.ticket)
    )


def arrivals(central_server: Any, booking: BookingRow) -> list[tuple[str, int]]:
    with central_server.store() as connection:
        query = sa.text("SELECT queue_number, arrived_ms FROM check_in WHERE booking_id = :id")
        return [tuple(row) for row in connection.execute(query, {"id": booking.id.hex})]


@pytest.fixture
def other(terminal: Any, make_terminal: Any) -> Any:
    """A second terminal, that knows the first."""
    second = make_terminal("T2")
    second.sync()
    assert terminal.bookings()
    return second


@pytest.mark.parametrize("first_is_online", [True, False])
def test_off_line_it_checks_in_and_back_on_line_there_is_one_arrival(
    terminal: Any, other: Any, network: Any, central_server: Any, *, first_is_online: bool
) -> None:
    booking = terminal.open_booking()
    first_ms = terminal.clock.now_ms()
    if not first_is_online:
        network.switch(outages.Refusing())
    first = terminal.check_in(booking)
    assert isinstance(first, CheckedIn)
    assert first.is_confirmed is first_is_online
    network.switch(outages.Refusing())
    forget_booking(other, booking)
    other.clock.pass_ms(60_000)
    second = check_in_with(other, code_on(first))
    assert isinstance(second, CheckedIn)
    assert (second.queue_number, second.is_confirmed) == (first.queue_number, False)
    assert code_on(second) != code_on(first)
    network.restore()
    for one in (other, terminal):
        one.clock.pass_ms(60_000)
        one.sync()
    assert arrivals(central_server, booking) == [(first.queue_number, first_ms)]
    assert [one.outbox.counts().waiting for one in (terminal, other)] == [0, 0]


def test_on_line_the_server_is_asked_and_knows_of_it_already(terminal: Any, other: Any, central_server: Any) -> None:
    booking = terminal.open_booking()
    first = terminal.check_in(booking)
    assert isinstance(first, CheckedIn)
    forget_booking(other, booking)
    second = check_in_with(other, code_on(first))
    assert isinstance(second, CheckedIn)
    assert (second.queue_number, second.is_confirmed) == (first.queue_number, True)
    assert len(arrivals(central_server, booking)) == 1
    assert other.arrivals.row("booking", booking.id).booking.state == "checked_in"


def test_what_a_terminal_prints_after_it_was_revoked_is_not_believed(
    terminal: Any, other: Any, central_server: Any
) -> None:
    first = terminal.check_in(terminal.open_booking())
    with central_server.store() as connection:
        revoke(connection, Moment(central_server.clock.now_ms() - 1_000), label="T1")
    other.sync()
    late = other.desk.handle(FindByTicket(VISIT, code_on(first)))
    assert late == NobodyFound(VISIT, NotFoundWhy.TICKET_NOT_CHECKED)


def test_a_store_of_a_release_that_knew_fewer_kinds_is_filled_anew(ward: Any, clock: Any, tmp_path: Path) -> None:
    directory = tmp_path / "older"
    older = ward.open_ward(directory, clock)
    older.mirror(ward.HOSPITAL).take_feed(ward.catalogue(), cursor="epoch.7")
    older.close()
    same = ward.open_ward(directory, clock)
    assert same.mirror(ward.HOSPITAL).cursor() == "epoch.7"
    with same.engine.begin() as connection:
        connection.execute(sa.text("UPDATE meta SET value = 'booking policy' WHERE name = 'row_kinds'"))
    same.close()
    newer = ward.open_ward(directory, clock)
    assert newer.mirror(ward.HOSPITAL).cursor() is None
    newer.close()


def test_the_code_names_nobody(terminal: Any) -> None:
    booking = terminal.open_booking()
    first = terminal.check_in(booking)
    assert isinstance(first, CheckedIn)
    read = read_ticket(code_on(first))
    assert isinstance(read, SignedTicket)
    said = {read.terminal_id, read.booking_id, read.place.session_id} if read.place else set()
    assert said == {terminal.store.site.site().terminal_id, booking.id, booking.session_id}
    assert booking.person_id.bytes not in read.signed
    assert code_on(first) not in repr(first.booking)
