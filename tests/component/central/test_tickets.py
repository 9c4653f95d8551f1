"""Signed tickets at the server: it checks them itself, and whoever shows one is not lost."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from booking.signed_ticket import TicketPlace, ticket_code
from central.checkins.tables import check_in
from central.moment import Moment
from central.staff.tables import staff_task
from central.terminals.service import revoke
from tests.plugins.central_desk import MINUTE_MS, Desk, open_for_check_in
from tests.plugins.postgres import on_both_engines
from tests.plugins.signed_terminal import SignedTerminal

pytestmark = on_both_engines

UNKNOWN = UUID(int=0xB00C)


@pytest.fixture
def booking(desk: Desk, terminal: SignedTerminal) -> dict[str, Any]:
    """A booking that may check in now."""
    return open_for_check_in(terminal.bookings(), desk.clock.now_ms)[0]


@pytest.fixture
def printer(desk: Desk, terminal: SignedTerminal) -> SignedTerminal:
    """The terminal that printed the ticket; `terminal` is the one that reads it."""
    assert terminal.terminal_id
    return desk.terminal(label="L2")


def place_of(desk: Desk, booking: dict[str, Any], **changes: Any) -> TicketPlace:
    place = TicketPlace(
        hospital_code="01",
        session_id=UUID(booking["session_id"]),
        slot_no=booking["slot_no"],
        service_date=booking["service_date"],
        starts_ms=booking["slot_starts_ms"],
        ends_ms=booking["slot_ends_ms"],
        queue_number=f"{desk.letters_of(booking)}{booking['slot_no']:03d}",
        booking_ver=1,
        issued_ms=desk.clock.now_ms - MINUTE_MS,
        is_checked_in=True,
    )
    return replace(place, **changes)


def ticket_of(
    desk: Desk, printer: SignedTerminal, booking: dict[str, Any], *, of: UUID | None = None, **changes: Any
) -> str:
    place = place_of(desk, booking, **changes)
    booking_id = of or UUID(booking["id"])
    return ticket_code(terminal_id=printer.terminal_id, booking_id=booking_id, place=place, sign=printer.key.sign)


def tasks(desk: Desk) -> list[tuple[str, str]]:
    return [(it.kind, it.reason) for it in desk.rows(sa.select(staff_task).order_by(staff_task.c.made_ms))]


def arrivals(desk: Desk) -> int:
    return len(desk.rows(sa.select(check_in)))


def test_the_ticket_of_a_known_booking_is_one_arrival_whoever_tells_first(
    desk: Desk, terminal: SignedTerminal, printer: SignedTerminal, booking: dict[str, Any]
) -> None:
    ticket = ticket_of(desk, printer, booking)
    seen = desk.act(booking, ticket=ticket)
    (result,) = terminal.tell(seen)
    assert (result["verdict"], result["reason"]) == ("applied", "")
    (result,) = printer.tell(desk.act(booking, at_ms=desk.clock.now_ms - MINUTE_MS))
    assert result["verdict"] == "duplicate"
    (again,) = terminal.tell(seen)
    assert again["verdict"] == "applied"
    assert arrivals(desk) == 1
    assert tasks(desk) == []
    assert result["booking"]["booking"]["checked_in_ms"] == desk.clock.now_ms - MINUTE_MS


def test_asked_with_a_ticket_the_server_decides_as_ever(
    desk: Desk, terminal: SignedTerminal, printer: SignedTerminal, booking: dict[str, Any]
) -> None:
    act = desk.act(booking, ticket=ticket_of(desk, printer, booking))
    assert terminal.check_in(act).json()["verdict"] == "applied"
    assert terminal.check_in(act).json()["verdict"] == "applied"
    assert arrivals(desk) == 1


def test_a_ticket_whose_booking_nobody_knows_is_a_task_at_once_and_once(
    desk: Desk, terminal: SignedTerminal, printer: SignedTerminal, booking: dict[str, Any]
) -> None:
    lease = UUID(int=0x1EA5E)
    ticket = ticket_of(desk, printer, booking, of=UNKNOWN, lease_id=lease)
    act = desk.act({**booking, "id": str(UNKNOWN)}, ticket=ticket)
    asked = terminal.check_in(act).json()
    assert asked["verdict"] == "deferred"  # the terminal decides by itself, and tells
    (told,) = terminal.tell(act)
    assert (told["verdict"], told["reason"]) == ("conflict", "ticket_of_unknown_booking")
    (again,) = terminal.tell(act)
    assert (again["verdict"], again["task_id"]) == ("conflict", told["task_id"])
    (elsewhere,) = printer.tell(desk.act({**booking, "id": str(UNKNOWN)}, ticket=ticket))
    assert (elsewhere["verdict"], elsewhere["task_id"]) == ("conflict", told["task_id"])
    assert tasks(desk) == [("check_in_conflict", "ticket_of_unknown_booking")]
    (task,) = desk.rows(sa.select(staff_task))
    facts = {name: task.facts[name] for name in ("signed_by", "session_id", "slot_no", "lease_id")}
    assert facts == {
        "signed_by": str(printer.terminal_id),
        "session_id": booking["session_id"],
        "slot_no": str(booking["slot_no"]),
        "lease_id": str(lease),
    }


@pytest.mark.parametrize("wrong", ["garbage", "forged", "of another booking", "of another hospital", "of a stranger"])
def test_a_ticket_that_does_not_hold_proves_nothing(
    desk: Desk, terminal: SignedTerminal, printer: SignedTerminal, booking: dict[str, Any], wrong: str
) -> None:
    stranger = SignedTerminal(desk.http)
    place = place_of(desk, booking)
    ticket = {
        "garbage": "T1GARBAGE",
        "forged": ticket_code(terminal_id=printer.terminal_id, booking_id=UNKNOWN, place=place, sign=stranger.key.sign),
        "of another booking": ticket_of(desk, printer, booking, of=UUID(int=1)),
        "of another hospital": ticket_of(desk, printer, booking, of=UNKNOWN, hospital_code="02"),
        "of a stranger": ticket_of(desk, stranger, booking, of=UNKNOWN),
    }[wrong]
    unknown = desk.act({**booking, "id": str(UNKNOWN)}, ticket=ticket)
    assert terminal.check_in(unknown).json()["reason"] == "unknown_booking"
    (told,) = terminal.tell(unknown)
    assert told["verdict"] == "deferred"  # as without a ticket: the booking may still come
    (known,) = terminal.tell(desk.act(booking, ticket=ticket))
    assert (known["verdict"], known["reason"]) == ("applied", "ticket_not_valid")
    assert tasks(desk) == [("check_in_flag", "ticket_not_valid")]


def test_what_was_printed_before_a_terminal_was_revoked_stands_and_staff_are_told(
    desk: Desk, terminal: SignedTerminal, printer: SignedTerminal, booking: dict[str, Any]
) -> None:
    before = ticket_of(desk, printer, booking)
    after = ticket_of(desk, printer, booking, issued_ms=desk.clock.now_ms + MINUTE_MS, of=UNKNOWN)
    desk.parts.writer.submit(lambda connection: revoke(connection, Moment(desk.clock.now_ms), label="L2")).result(60)
    (told,) = terminal.tell(desk.act(booking, ticket=before))
    assert (told["verdict"], told["reason"]) == ("applied", "ticket_signer_revoked")
    (late,) = terminal.tell(desk.act({**booking, "id": str(UNKNOWN)}, ticket=after))
    assert late["verdict"] == "deferred"
    assert tasks(desk) == [("check_in_flag", "ticket_signer_revoked")]


def test_every_terminal_hears_of_every_other_and_of_its_end(desk: Desk, terminal: SignedTerminal) -> None:
    cursor = terminal.snapshot()[0]["cursor"]
    second = desk.terminal(label="L2")
    page = terminal.feed(cursor).json()
    (row,) = (row for row in page["rows"] if row["kind"] == "terminal")
    assert (row["ver"], row["terminal"]["public_key"]) == (1, second.public_key)
    revoked_ms = desk.clock.now_ms
    desk.parts.writer.submit(lambda connection: revoke(connection, Moment(revoked_ms), label="L2")).result(60)
    (row,) = (row for row in terminal.feed(page["cursor"]).json()["rows"] if row["kind"] == "terminal")
    assert (row["ver"], row["terminal"]["label"], row["terminal"]["revoked_ms"]) == (2, "L2", revoked_ms)
    rows = [row["terminal"] for row in terminal.snapshot()[1] if row["kind"] == "terminal"]
    assert {row["id"]: row.get("revoked_ms", 0) for row in rows} == {
        str(terminal.terminal_id): 0,
        str(second.terminal_id): revoked_ms,
    }


def test_no_hospital_hears_of_anothers_terminals(desk: Desk, terminal: SignedTerminal) -> None:
    other = desk.terminal(hospital="02", label="elsewhere")
    ids = {row["id"] for row in other.snapshot()[1] if row["kind"] == "terminal"}
    assert ids == {str(other.terminal_id)}
    assert str(terminal.terminal_id) not in ids


def test_a_text_too_long_for_a_ticket_is_malformed(
    desk: Desk, terminal: SignedTerminal, booking: dict[str, Any]
) -> None:
    (told,) = terminal.tell(desk.act(booking, ticket="T1" + "0" * 600))
    assert (told["verdict"], told["reason"]) == ("conflict", "bad_request")
