"""While a terminal is off line it may hold a check-in: what is said then, and what once all delivered.  # rule G9"""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from central.appointments.due import Due
from central.credit.tables import told_to_group
from central.staff.tables import staff_task
from central.terminals.tables import terminal
from tests.plugins.booking_hall import FIRST, KEYS, MINUTE_MS, TOMORROW, Hall
from tests.plugins.postgres import on_both_engines

GRACE_OVER_MS = (23 * 60 + 20) * MINUTE_MS
"""Twenty minutes into the session of tomorrow at nine."""
DAY_OVER_MS = 25 * 60 * MINUTE_MS


@pytest.fixture
def terminal_id(hall: Hall) -> UUID:
    """A terminal that was last heard of when the booking was made."""
    one = uuid4()
    hall.run(
        terminal.insert().values(
            hospital_id=FIRST,
            terminal_id=one,
            public_key=b"k",
            label="L1",
            enrolled_ms=1,
            boot=1,
            boot_raised_ms=1,
            seen_ms=hall.clock.now_ms,
            health={"waiting": 0, "oldest_ms": None},
        )
    )
    return one


@pytest.fixture
def booking_id(hall: Hall) -> str:
    """Tomorrow at nine, and nobody comes."""
    hall.set_policy('preset = "trust-points"\n')
    made: str = hall.client().book(hall.person(), hall.session(TOMORROW, hour=9)).json()["booking_id"]
    return made


def is_heard_of(hall: Hall, *, waiting: int = 0, oldest_ms: int | None = None) -> None:
    """The terminal's heartbeat."""
    health = {"waiting": waiting, "oldest_ms": oldest_ms}
    hall.run(terminal.update().values(seen_ms=hall.clock.now_ms, health=health))


def at(hall: Hall, after_ms: int, began_ms: int) -> None:
    hall.clock.now_ms = began_ms + after_ms


def step(hall: Hall) -> None:
    """What is due is done."""
    Due(ask=hall.parts.reader.submit, write=hall.parts.writer.submit, keys=KEYS).step(hall.clock.now_ms)


def tasks(hall: Hall) -> list[tuple[str, bool]]:
    """What staff were told of, and whether it is settled."""
    found = hall.rows(sa.select(staff_task).order_by(staff_task.c.made_ms))
    return [(it.kind, it.settled_ms is not None) for it in found]


def told(hall: Hall) -> list[tuple[str, Any]]:
    rows = hall.rows(sa.select(told_to_group).order_by(told_to_group.c.made_ms))
    return [(it.kind, it.body.get("is_provisional", it.body.get("about_id") is not None)) for it in rows]


@on_both_engines
def test_perhaps_here_becomes_missing_once_the_terminal_has_delivered(
    hall: Hall, terminal_id: UUID, booking_id: str
) -> None:
    began_ms = hall.clock.now_ms
    at(hall, GRACE_OVER_MS, began_ms)
    for _ in range(2):
        step(hall)
    assert tasks(hall) == [("perhaps_here", False)]
    hall.clock.now_ms += MINUTE_MS
    is_heard_of(hall, waiting=3, oldest_ms=began_ms)  # it is back, and still sends what it took
    step(hall)
    assert tasks(hall) == [("perhaps_here", False)]
    is_heard_of(hall)
    for _ in range(2):
        step(hall)
    assert tasks(hall) == [("perhaps_here", True), ("missing_patient", False)]


def test_what_a_terminal_can_never_deliver_holds_nobody_up_for_ever(
    hall: Hall, terminal_id: UUID, booking_id: str
) -> None:
    at(hall, GRACE_OVER_MS, hall.clock.now_ms)
    is_heard_of(hall, waiting=1, oldest_ms=hall.clock.now_ms - 48 * 60 * MINUTE_MS)
    step(hall)
    assert tasks(hall) == [("missing_patient", False)]


@on_both_engines
def test_a_provisional_no_show_is_final_once_every_terminal_has_delivered(
    hall: Hall, terminal_id: UUID, booking_id: str
) -> None:
    began_ms = hall.clock.now_ms
    at(hall, DAY_OVER_MS, began_ms)
    step(hall)
    assert told(hall) == [("entry", True)]
    hall.clock.now_ms += MINUTE_MS
    is_heard_of(hall, waiting=1, oldest_ms=began_ms)
    step(hall)
    assert told(hall) == [("entry", True)]
    is_heard_of(hall, waiting=1, oldest_ms=hall.clock.now_ms)  # what it took since does not matter
    for _ in range(2):
        step(hall)
    assert told(hall) == [("entry", True), ("confirmed", True)]


def test_a_terminal_that_was_shut_out_is_not_waited_for(hall: Hall, terminal_id: UUID, booking_id: str) -> None:
    at(hall, DAY_OVER_MS, hall.clock.now_ms)
    step(hall)
    hall.clock.now_ms += 1
    hall.run(terminal.update().values(revoked_ms=hall.clock.now_ms))
    step(hall)
    assert told(hall) == [("entry", True), ("confirmed", True)]


def test_where_all_terminals_are_on_line_it_is_final_at_once(hall: Hall, terminal_id: UUID, booking_id: str) -> None:
    at(hall, DAY_OVER_MS, hall.clock.now_ms)
    is_heard_of(hall)
    for _ in range(2):
        step(hall)
    assert told(hall) == [("entry", False)]
