"""Check-ins that are asked on line: decided by the rules with all facts, and done once."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from booking.roster import SlotState
from central.appointments.tables import ACTIVE_STATES
from central.appointments.tables import booking as booking_table
from central.checkins.tables import check_in, operation
from central.rosters.tables import slot
from central.sync.tables import feed
from tests.plugins.central_desk import MINUTE_MS, Desk, open_for_check_in
from tests.plugins.postgres import on_both_engines
from tests.plugins.signed_terminal import SignedTerminal

pytestmark = on_both_engines


@pytest.fixture
def booking(desk: Desk, terminal: SignedTerminal) -> dict[str, Any]:
    """A booking that may check in now."""
    return open_for_check_in(terminal.bookings(), desk.clock.now_ms)[0]


def arrivals(desk: Desk) -> int:
    return len(desk.rows(sa.select(check_in)))


def set_state(desk: Desk, booking: dict[str, Any], state: str) -> None:
    desk.run(booking_table.update().where(booking_table.c.booking_id == UUID(booking["id"])).values(state=state))


def test_a_patient_in_time_is_checked_in_with_the_slots_number(
    desk: Desk, terminal: SignedTerminal, booking: dict[str, Any]
) -> None:
    answer = terminal.check_in(desk.act(booking)).json()
    expected = f"{desk.letters_of(booking)}{booking['slot_no']:03d}"
    now = answer["booking"]["booking"]
    assert answer["verdict"] == "applied"
    assert (now["state"], now["queue_number"], now["checked_in_ms"]) == ("checked_in", expected, desk.clock.now_ms)
    assert answer["booking"]["ver"] == 2
    after_the_enrolment = sa.select(feed.c.pos, feed.c.ver, feed.c.entity_id).where(feed.c.pos > 1)
    assert desk.rows(after_the_enrolment) == [(2, 2, UUID(booking["id"]))]


def test_a_repeat_gets_the_same_answer_and_does_nothing(
    desk: Desk, terminal: SignedTerminal, booking: dict[str, Any]
) -> None:
    act = desk.act(booking)
    answers = [terminal.check_in(act).json() for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    assert arrivals(desk) == 1
    assert len(desk.rows(sa.select(feed).where(feed.c.entity_id == UUID(booking["id"])))) == 1


def test_a_repeat_with_a_newer_clock_offset_is_the_same_act(
    desk: Desk, terminal: SignedTerminal, booking: dict[str, Any]
) -> None:
    act = desk.act(booking)
    again = act | {"at": act["at"] | {"offset_ms": 250}}
    assert terminal.check_in(act).json() == terminal.check_in(again).json()


def test_another_terminal_hears_that_the_patient_is_here(
    desk: Desk, terminal: SignedTerminal, booking: dict[str, Any]
) -> None:
    terminal.check_in(desk.act(booking))
    second = desk.terminal(label="L2").check_in(desk.act(booking)).json()
    assert (second["verdict"], second["reason"]) == ("duplicate", "already_checked_in")
    assert second["booking"]["booking"]["queue_number"]
    assert arrivals(desk) == 1


def test_ten_acts_told_by_four_terminals_at_once_make_one_arrival(
    desk: Desk, terminal: SignedTerminal, booking: dict[str, Any]
) -> None:
    acts = [desk.act(booking) for _ in range(10)]
    terminals = [desk.terminal(label=f"L{number}") for number in range(4)]

    def ask(number: int) -> str:
        # Every terminal asks the same ten acts, forty requests in all; a terminal's own go one after the other.
        said = [terminals[number].check_in(act).json()["verdict"] for act in acts]
        return ",".join(said)

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(ask, range(4)))
    assert len(set(answers)) == 1
    assert sorted(answers[0].split(",")) == ["applied"] + ["duplicate"] * 9
    assert arrivals(desk) == 1
    assert len(desk.rows(sa.select(operation))) == 10


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ("cancelled", "booking_cancelled"),
        ("stopped", "clinic_stopped"),
        ("moved", "booking_not_active"),
        ("no_show", "too_late"),
    ],
)
def test_a_booking_that_does_not_count_is_refused_with_a_sentence(
    desk: Desk, terminal: SignedTerminal, booking: dict[str, Any], state: str, reason: str
) -> None:
    set_state(desk, booking, state)
    answer = terminal.check_in(desk.act(booking)).json()
    assert (answer["verdict"], answer["reason"]) == ("refused", reason)
    assert set(answer["sentence"]["by_language"]) == {"zh-CN", "en"}
    assert arrivals(desk) == 0


def test_too_early_and_too_late_say_when(desk: Desk, terminal: SignedTerminal, booking: dict[str, Any]) -> None:
    opens_ms = booking["slot_starts_ms"] - 60 * MINUTE_MS
    desk.clock.now_ms = opens_ms - 1
    early = terminal.check_in(desk.act(booking)).json()
    assert (early["verdict"], early["reason"], early["opens_ms"]) == ("refused", "too_early", opens_ms)
    desk.clock.now_ms = booking["slot_starts_ms"] + 15 * MINUTE_MS + 1
    late = terminal.check_in(desk.act(booking)).json()
    assert (late["reason"], late["closed_ms"]) == ("too_late", booking["slot_starts_ms"] + 15 * MINUTE_MS)
    desk.clock.now_ms = opens_ms
    assert terminal.check_in(desk.act(booking)).json()["verdict"] == "applied"


def test_a_booking_of_another_day_is_refused_with_its_day(desk: Desk, terminal: SignedTerminal) -> None:
    tomorrow = next(it for it in terminal.bookings() if it["service_date"] == "2026-03-19" and it["state"] == "booked")
    answer = terminal.check_in(desk.act(tomorrow)).json()
    assert (answer["reason"], answer["service_date"]) == ("other_day", "2026-03-19")


def test_another_hospitals_booking_is_not_there(desk: Desk, terminal: SignedTerminal) -> None:
    other = desk.terminal(hospital="02", label="L2")
    theirs = open_for_check_in(other.bookings(), desk.clock.now_ms)[0]
    answer = terminal.check_in(desk.act(theirs)).json()
    assert (answer["verdict"], answer["reason"], answer["booking"]) == ("refused", "unknown_booking", None)
    assert other.check_in(desk.act(theirs)).json()["verdict"] == "applied"


def test_an_operation_id_serves_one_act(desk: Desk, terminal: SignedTerminal) -> None:
    first, second = open_for_check_in(terminal.bookings(), desk.clock.now_ms)[:2]
    act = desk.act(first)
    terminal.check_in(act)
    answer = terminal.check_in(desk.act(second, operation_id=act["operation_id"]))
    assert (answer.status_code, answer.json()["reason"]) == (422, "key_reused")
    assert arrivals(desk) == 1


def test_the_idempotency_key_is_needed_and_is_the_operation(
    desk: Desk, terminal: SignedTerminal, booking: dict[str, Any]
) -> None:
    act = desk.act(booking)
    body = json.dumps(act).encode()
    for headers in ({}, {"Idempotency-Key": "something else"}):
        answer = terminal.send("POST", "/v1/check-ins", body, **headers)
        assert (answer.status_code, answer.json()["reason"]) == (400, "bad_request")
    quoted = terminal.send("POST", "/v1/check-ins", body, **{"Idempotency-Key": f'"{act["operation_id"]}"'})
    assert quoted.json()["verdict"] == "applied"


def test_the_quota_law_holds_in_the_sample_and_after_check_ins(desk: Desk, terminal: SignedTerminal) -> None:
    for it in open_for_check_in(terminal.bookings(), desk.clock.now_ms):
        assert terminal.check_in(desk.act(it)).json()["verdict"] == "applied"
    busy = {(it.session_id, it.no): it.booking_id for it in desk.rows(sa.select(slot)) if it.state == SlotState.BUSY}
    holding = sa.select(booking_table).where(booking_table.c.state.in_([state.value for state in ACTIVE_STATES]))
    assert busy == {(it.session_id, it.slot_no): it.booking_id for it in desk.rows(holding)}
