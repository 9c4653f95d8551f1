"""Back on line: who came while the line was cut stands in the queue by the time they came, and the clinic is told."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from booking.decide.effects import Band
from booking.policy.after import QueuePolicy
from booking.policy.choices import QueueOrder
from booking.queue import Entry, line_for, order
from central.checkins.tables import check_in
from central.queues.tables import queue_entry
from central.staff.tables import audit, staff_task
from tests.plugins.central_desk import MINUTE_MS, Desk, open_for_check_in
from tests.plugins.postgres import on_both_engines
from tests.plugins.signed_terminal import SignedTerminal

pytestmark = on_both_engines

HOUR_MS = 60 * MINUTE_MS
POLICY = QueuePolicy(order=QueueOrder.BOOKED_FIRST)


@pytest.fixture
def bookings(desk: Desk, terminal: SignedTerminal) -> list[dict[str, Any]]:
    """Bookings of one session that may check in now, by their number."""
    ready = open_for_check_in(terminal.bookings(), desk.clock.now_ms)
    sessions = [it["session_id"] for it in ready]
    fullest = max(sessions, key=sessions.count)
    found = sorted((it for it in ready if it["session_id"] == fullest), key=lambda it: int(it["slot_no"]))
    assert len(found) >= 2
    return found


def waiting(desk: Desk) -> list[tuple[UUID, str, int]]:
    """The queue as a board would show it: who is next, in which line, and when they came."""
    rows = {it.entry_id: it for it in desk.rows(sa.select(queue_entry).where(queue_entry.c.state == "waiting"))}
    entries = []
    for it in rows.values():
        line, has_priority = line_for(Band(it.band), has_booking=it.booking_id is not None)
        number = int(it.number[-3:])
        entry = Entry(id=it.entry_id, line=line, joined_ms=it.arrived_ms, number=number, has_priority=has_priority)
        entries.append(entry)
    places = order(POLICY, entries)
    return [(rows[p.entry.id].booking_id, p.entry.line.value, rows[p.entry.id].arrived_ms) for p in places]


def news(desk: Desk) -> list[dict[str, str]]:
    return [it.facts for it in desk.rows(sa.select(staff_task).where(staff_task.c.kind == "arrivals_came_late"))]


def test_late_patients_stand_by_when_they_came_not_by_when_the_server_heard(
    desk: Desk, terminal: SignedTerminal, bookings: list[dict[str, Any]]
) -> None:
    """Both are behind their time: the one who came first is first, though the server heard of the other before."""
    first, second = bookings[1], bookings[0]
    late_ms = max(it["slot_starts_ms"] for it in bookings[:2]) + 20 * MINUTE_MS
    earlier, later = desk.act(first, at_ms=late_ms), desk.act(second, at_ms=late_ms + 5 * MINUTE_MS)
    desk.clock.now_ms = late_ms + HOUR_MS
    terminal.tell(later)
    desk.terminal(label="L2").tell(earlier)
    assert waiting(desk) == [
        (UUID(first["id"]), "late", late_ms),
        (UUID(second["id"]), "late", late_ms + 5 * MINUTE_MS),
    ]


def test_who_came_off_line_goes_by_the_number_and_was_not_late(
    desk: Desk, terminal: SignedTerminal, bookings: list[dict[str, Any]]
) -> None:
    first, second = bookings[:2]
    then_ms = desk.clock.now_ms
    desk.clock.now_ms += MINUTE_MS
    terminal.check_in(desk.act(second))
    desk.clock.now_ms += 5 * HOUR_MS
    desk.terminal(label="L2").tell(desk.act(first, at_ms=then_ms))
    assert waiting(desk) == [
        (UUID(first["id"]), "booked", then_ms),
        (UUID(second["id"]), "booked", then_ms + MINUTE_MS),
    ]


def test_seen_by_two_terminals_the_place_in_the_queue_follows_the_earlier_one(
    desk: Desk, terminal: SignedTerminal, bookings: list[dict[str, Any]]
) -> None:
    """Late by the terminal that was heard first; in time by the one whose line was cut."""
    patient = bookings[0]
    in_time_ms, late_ms = patient["slot_starts_ms"] - MINUTE_MS, patient["slot_starts_ms"] + 20 * MINUTE_MS
    desk.clock.now_ms = late_ms + HOUR_MS
    terminal.tell(desk.act(patient, at_ms=late_ms))
    assert waiting(desk) == [(UUID(patient["id"]), "late", late_ms)]
    desk.terminal(label="L2").tell(desk.act(patient, at_ms=in_time_ms))
    assert waiting(desk) == [(UUID(patient["id"]), "booked", in_time_ms)]
    (arrival,) = desk.rows(sa.select(check_in.c.is_late, check_in.c.arrived_ms))
    assert tuple(arrival) == (False, in_time_ms)


def test_the_department_is_told_once_of_all_who_came(
    desk: Desk, terminal: SignedTerminal, bookings: list[dict[str, Any]]
) -> None:
    then_ms = desk.clock.now_ms
    acts = [desk.act(it, at_ms=then_ms + no * 1000) for no, it in enumerate(bookings[:2])]
    desk.clock.now_ms += HOUR_MS
    terminal.tell(acts[1])
    terminal.tell(acts[0])
    terminal.tell(*acts)
    (told,) = news(desk)
    numbers = [it["booking"]["queue_number"] for it in (_booking(terminal, one) for one in bookings[:2])]
    assert told["count"] == "2"
    assert sorted(told["numbers"].split()) == sorted(numbers)
    assert (told["first_ms"], told["last_ms"]) == (str(then_ms), str(then_ms + 1000))
    trail = desk.rows(sa.select(audit.c.action).where(audit.c.entity == "staff_task"))
    assert [it.action for it in trail] == ["department told of late arrivals"]


def test_what_comes_after_the_task_was_settled_makes_a_new_one(
    desk: Desk, terminal: SignedTerminal, bookings: list[dict[str, Any]]
) -> None:
    acts = [desk.act(it) for it in bookings[:2]]
    desk.clock.now_ms += HOUR_MS
    terminal.tell(acts[0])
    desk.run(staff_task.update().values(settled_ms=desk.clock.now_ms))
    terminal.tell(acts[1])
    assert [it["count"] for it in news(desk)] == ["1", "1"]


def test_what_comes_within_seconds_is_no_news(
    desk: Desk, terminal: SignedTerminal, bookings: list[dict[str, Any]]
) -> None:
    act = desk.act(bookings[0])
    desk.clock.now_ms += 3_000
    terminal.tell(act)
    assert news(desk) == []


def _booking(terminal: SignedTerminal, booking: dict[str, Any]) -> dict[str, Any]:
    return {"booking": next(it for it in terminal.bookings() if it["id"] == booking["id"])}
