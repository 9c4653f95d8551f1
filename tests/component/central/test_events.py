"""Check-ins that happened while a terminal was off line: never refused, never counted twice.  # sync C5"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from booking.roster import SlotState
from central.appointments.tables import booking as booking_table
from central.checkins.tables import check_in, operation
from central.rosters.tables import slot
from central.staff.tables import staff_task
from tests.plugins.central_desk import MINUTE_MS, Desk, open_for_check_in
from tests.plugins.postgres import on_both_engines
from tests.plugins.signed_terminal import SignedTerminal

pytestmark = on_both_engines

HOUR_MS = 60 * MINUTE_MS
LATE = ("arrivals_came_late", "off_line")


@pytest.fixture
def booking(desk: Desk, terminal: SignedTerminal) -> dict[str, Any]:
    """A booking that may check in now."""
    return open_for_check_in(terminal.bookings(), desk.clock.now_ms)[0]


def is_it(table: sa.Table, booking: dict[str, Any]) -> sa.ColumnElement[bool]:
    return table.c.booking_id == UUID(booking["id"])


def cancel(desk: Desk, booking: dict[str, Any], *, place: SlotState) -> None:
    desk.run(booking_table.update().where(is_it(booking_table, booking)).values(state="cancelled"))
    desk.run(slot.update().where(is_it(slot, booking)).values(state=place.value, booking_id=None))


def tasks(desk: Desk) -> list[tuple[str, str]]:
    return [(it.kind, it.reason) for it in desk.rows(sa.select(staff_task))]


def test_what_happened_hours_ago_is_applied_at_its_own_time(
    desk: Desk, terminal: SignedTerminal, booking: dict[str, Any]
) -> None:
    then_ms = desk.clock.now_ms
    desk.clock.now_ms += 9 * HOUR_MS
    (result,) = terminal.tell(desk.act(booking, at_ms=then_ms))
    assert (result["verdict"], result["reason"]) == ("applied", "")
    assert result["booking"]["booking"]["checked_in_ms"] == then_ms
    assert tasks(desk) == [LATE]


def test_the_true_time_is_the_terminals_clock_put_right(
    desk: Desk, terminal: SignedTerminal, booking: dict[str, Any]
) -> None:
    then_ms = desk.clock.now_ms
    desk.clock.now_ms += HOUR_MS
    act = desk.act(booking, at_ms=then_ms - 86_400_000)
    act["at"]["offset_ms"] = 86_400_000
    (result,) = terminal.tell(act)
    assert (result["verdict"], result["reason"]) == ("applied", "")
    assert result["booking"]["booking"]["checked_in_ms"] == then_ms


def test_the_earliest_of_two_terminals_is_the_arrival_whatever_comes_first(
    desk: Desk, terminal: SignedTerminal, booking: dict[str, Any]
) -> None:
    later, earlier, latest = desk.act(booking), desk.act(booking, at_ms=desk.clock.now_ms - MINUTE_MS), None
    desk.clock.now_ms += HOUR_MS
    latest = desk.act(booking)
    results = [desk.terminal(label=f"L{at}").tell(act)[0] for at, act in enumerate((later, earlier, latest))]
    assert [it["verdict"] for it in results] == ["applied", "duplicate", "duplicate"]
    assert [it["booking"]["ver"] for it in results] == [2, 3, 3]
    (arrival,) = desk.rows(sa.select(check_in.c.arrived_ms))
    assert arrival.arrived_ms == earlier["at"]["wall_ms"] == results[-1]["booking"]["booking"]["checked_in_ms"]


def test_the_whole_outbox_again_changes_nothing(desk: Desk, terminal: SignedTerminal) -> None:
    acts = [desk.act(it) for it in open_for_check_in(terminal.bookings(), desk.clock.now_ms)]
    first = terminal.tell(*acts)
    before = [desk.rows(sa.select(table)) for table in (check_in, operation, booking_table)]
    assert terminal.tell(*acts) == first
    assert [desk.rows(sa.select(table)) for table in (check_in, operation, booking_table)] == before
    assert {it["verdict"] for it in first} == {"applied"}


def test_an_unanswered_question_may_come_again_as_a_fact(
    desk: Desk, terminal: SignedTerminal, booking: dict[str, Any]
) -> None:
    act = desk.act(booking)
    assert terminal.check_in(act).json()["verdict"] == "applied"
    (told,) = terminal.tell(act | {"assumed": ["booking_state"], "booking_ver": 7})
    assert told["verdict"] == "applied"
    assert len(desk.rows(sa.select(check_in))) == 1


def test_a_refusal_does_not_bind_what_happened_all_the_same(
    desk: Desk, terminal: SignedTerminal, booking: dict[str, Any]
) -> None:
    cancel(desk, booking, place=SlotState.FREE)
    act = desk.act(booking)
    assert terminal.check_in(act).json()["verdict"] == "refused"
    (told,) = terminal.tell(act)
    assert (told["verdict"], told["reason"]) == ("applied", "booking_cancelled")
    assert terminal.tell(act)[0]["verdict"] == "applied"
    assert len(tasks(desk)) == 1


def test_cancelled_meanwhile_but_the_place_is_free_so_the_booking_lives_again(
    desk: Desk, terminal: SignedTerminal, booking: dict[str, Any]
) -> None:
    cancel(desk, booking, place=SlotState.FREE)
    (result,) = terminal.tell(desk.act(booking))
    assert (result["verdict"], result["booking"]["booking"]["state"]) == ("applied", "checked_in")
    assert tasks(desk) == [("check_in_flag", "booking_cancelled")]
    (place,) = desk.rows(sa.select(slot.c.state, slot.c.booking_id).where(is_it(slot, booking)))
    assert place.state == "busy"


def test_cancelled_meanwhile_and_the_place_is_gone_so_staff_must_settle_it(
    desk: Desk, terminal: SignedTerminal, booking: dict[str, Any]
) -> None:
    cancel(desk, booking, place=SlotState.BUSY)
    (result,) = terminal.tell(desk.act(booking))
    assert (result["verdict"], result["reason"]) == ("conflict", "booking_cancelled")
    assert result["booking"]["booking"]["state"] == "cancelled"
    (task,) = desk.rows(sa.select(staff_task))
    assert (str(task.task_id), task.kind) == (result["task_id"], "check_in_conflict")


@pytest.mark.parametrize(("shift_min", "reason"), [(-61, "too_early"), (16, "too_late")])
def test_a_wrong_clock_at_the_terminal_harms_no_patient(
    desk: Desk, terminal: SignedTerminal, booking: dict[str, Any], shift_min: int, reason: str
) -> None:
    desk.clock.now_ms = booking["slot_starts_ms"] + 2 * HOUR_MS
    (result,) = terminal.tell(desk.act(booking, at_ms=booking["slot_starts_ms"] + shift_min * MINUTE_MS))
    assert (result["verdict"], result["reason"]) == ("applied", reason)
    (arrival,) = desk.rows(sa.select(check_in.c.is_late))
    assert arrival.is_late == (reason == "too_late")
    assert tasks(desk) == [LATE, ("check_in_flag", reason)]


def test_another_day_is_a_conflict(desk: Desk, terminal: SignedTerminal) -> None:
    tomorrow = next(it for it in terminal.bookings() if it["service_date"] == "2026-03-19" and it["state"] == "booked")
    (result,) = terminal.tell(desk.act(tomorrow))
    assert (result["verdict"], result["reason"]) == ("conflict", "other_day")


def test_a_number_that_was_printed_wrongly_is_shown_to_staff(
    desk: Desk, terminal: SignedTerminal, booking: dict[str, Any]
) -> None:
    (result,) = terminal.tell(desk.act(booking, queue_number="ZZ999"))
    assert result["verdict"] == "applied"
    assert tasks(desk) == [("check_in_flag", "other_number_printed")]


def test_an_unknown_booking_is_awaited_for_a_while_and_then_settled_by_staff(
    desk: Desk, terminal: SignedTerminal, booking: dict[str, Any]
) -> None:
    unknown = booking | {"id": "01890000-0000-7000-8000-000000000001"}
    act = desk.act(unknown)
    assert terminal.tell(act)[0]["verdict"] == "deferred"
    desk.clock.now_ms += 49 * HOUR_MS
    (result,) = terminal.tell(act)
    assert (result["verdict"], result["reason"]) == ("conflict", "unknown_booking")
    assert terminal.tell(act)[0]["task_id"] == result["task_id"]


def test_another_hospitals_booking_stays_untouched(desk: Desk, terminal: SignedTerminal) -> None:
    other = desk.terminal(hospital="02", label="L2")
    theirs = open_for_check_in(other.bookings(), desk.clock.now_ms)[0]
    (result,) = terminal.tell(desk.act(theirs))
    assert (result["verdict"], result["booking"]) == ("deferred", None)
    assert next(it for it in other.bookings() if it["id"] == theirs["id"]) == theirs


def test_poison_holds_nothing_up_and_makes_one_task(desk: Desk, terminal: SignedTerminal) -> None:
    first, second = open_for_check_in(terminal.bookings(), desk.clock.now_ms)[:2]
    good, reused = desk.act(first), desk.act(second)
    bad = {"operation_id": "01890000-0000-7000-8000-00000000000a", "booking_id": "'; DROP TABLE booking; --"}
    events = [
        {"kind": "check_in", "seq": 1, "check_in": bad},
        {"kind": "from_the_future", "seq": 2, "sung": "la la"},
        {"kind": "check_in", "seq": 3, "check_in": good},
        {"kind": "check_in", "seq": 4, "check_in": reused | {"operation_id": good["operation_id"]}},
        {"kind": "check_in", "seq": 5, "check_in": reused},
    ]
    for _ in range(2):
        results = terminal.post("/v1/events", {"events": events}).json()["results"]
        assert [it["verdict"] for it in results] == ["conflict", "deferred", "applied", "conflict", "applied"]
    assert sorted(tasks(desk)) == [("check_in_conflict", "bad_request"), ("check_in_conflict", "key_reused")]
    assert results[0]["operation_id"] == bad["operation_id"]


def test_an_event_that_meets_a_bug_holds_back_only_itself(
    desk: Desk, terminal: SignedTerminal, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = open_for_check_in(terminal.bookings(), desk.clock.now_ms)[:2]
    acts = desk.act(first), desk.act(second)
    is_first = booking_table.c.booking_id == UUID(first["id"])
    desk.run(booking_table.update().where(is_first).values(state="of_a_later_time"))
    results = terminal.tell(*acts)
    assert [it["verdict"] for it in results] == ["deferred", "applied"]
    assert results[0]["operation_id"] == acts[0]["operation_id"]
    caplog.clear()
    desk.run(booking_table.update().where(is_first).values(state="booked"))
    assert [it["verdict"] for it in terminal.tell(*acts)] == ["applied", "applied"]


def test_results_stand_in_the_order_of_the_batch_and_are_done_in_the_order_of_seq(
    desk: Desk, terminal: SignedTerminal, booking: dict[str, Any]
) -> None:
    second, first = desk.act(booking), desk.act(booking)
    events = [{"kind": "check_in", "seq": seq, "check_in": act} for seq, act in ((9, second), (4, first))]
    results = terminal.post("/v1/events", {"events": events}).json()["results"]
    assert [(it["operation_id"], it["verdict"]) for it in results] == [
        (second["operation_id"], "duplicate"),
        (first["operation_id"], "applied"),
    ]


def test_an_act_in_a_later_version_waits_for_a_newer_server(
    desk: Desk, terminal: SignedTerminal, booking: dict[str, Any]
) -> None:
    act = desk.act(booking) | {"v": 2, "meaning": "unknown here"}
    (result,) = terminal.tell(act)
    assert (result["verdict"], result["operation_id"]) == ("deferred", act["operation_id"])
    assert desk.rows(sa.select(check_in).where(is_it(check_in, booking))) == []
    (result,) = terminal.tell(act | {"v": 1})
    assert result["verdict"] == "applied"


def test_a_terminal_that_asks_hears_which_of_its_operations_staff_have_settled(
    desk: Desk, terminal: SignedTerminal, booking: dict[str, Any]
) -> None:
    cancel(desk, booking, place=SlotState.BUSY)
    (result,) = terminal.tell(desk.act(booking))
    assert result["verdict"] == "conflict"
    another = str(UUID(int=0xABC))
    asked = {
        "waiting": 0,
        "oldest_ms": None,
        "not_applied": 2,
        "version": "0.1.0",
        "unsettled": [result["operation_id"], another],
    }
    assert terminal.post("/v1/heartbeat", asked).json()["settled"] == []
    known = staff_task.update().where(staff_task.c.operation_id == UUID(result["operation_id"]))
    desk.run(known.values(settled_ms=desk.clock.now_ms))
    assert terminal.post("/v1/heartbeat", asked).json()["settled"] == [result["operation_id"]]
    desk.run(staff_task.update().values(settled_ms=desk.clock.now_ms))  # also what the first heartbeat told of
    assert sorted(terminal.post("/v1/heartbeat", asked).json()["settled"]) == sorted(asked["unsettled"])
    assert terminal.post("/v1/heartbeat", asked | {"unsettled": [another] * 101}).status_code == 400
