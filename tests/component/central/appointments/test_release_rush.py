"""The waiting room of a release rush: a lot decides whose turn comes when, and speed wins nothing.  # rule C7"""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from central.policies.documents import read_policy
from central.sample.plan import instant_ms
from tests.plugins.booking_hall import MINUTE_MS, TODAY, Client, Hall
from tests.plugins.postgres import on_both_engines

RUSHED = 'preset = "general"\n[window]\nrush_min = 10\n[channels.web]\nopens = "00:00"\n'
PEOPLE = 40


@pytest.fixture
def opened(hall: Hall) -> UUID:
    """A session with places for all, at the instant when its day opens."""
    hall.set_policy(RUSHED)
    opens = read_policy(1, RUSHED).roster.release.opens
    hall.clock.now_ms = instant_ms(TODAY, opens.at.hour) + opens.at.minute * MINUTE_MS
    return hall.session(TODAY + timedelta(days=opens.days_before), pools={"common": PEOPLE})


def reason(answer: Any) -> str:
    said: str = "booked" if answer.status_code == 201 else answer.json()["reason"]
    return said


def asked(client: Client, people: list[UUID], session_id: UUID) -> dict[str, list[UUID]]:
    found: dict[str, list[UUID]] = {}
    for one in people:
        found.setdefault(reason(client.book(one, session_id)), []).append(one)
    return found


@on_both_engines
def test_turns_come_one_after_the_other_and_all_within_the_rush(hall: Hall, opened: UUID) -> None:
    client, people = hall.client(), [hall.person() for _ in range(PEOPLE)]
    at_once = asked(client, people, opened)
    assert set(at_once) <= {"wait_for_turn", "booked"}
    assert len(at_once["wait_for_turn"]) > PEOPLE * 3 // 4, "being there first wins nothing"
    waiting = at_once["wait_for_turn"]
    assert asked(client, waiting, opened) == {"wait_for_turn": waiting}, "nor does asking again"
    assert asked(hall.client(), waiting, opened) == {"wait_for_turn": waiting}, "nor from elsewhere"
    hall.clock.now_ms += 5 * MINUTE_MS
    halfway = asked(client, waiting, opened)
    assert halfway["booked"]
    assert halfway["wait_for_turn"]
    hall.clock.now_ms += 5 * MINUTE_MS
    assert set(asked(client, halfway["wait_for_turn"], opened)) == {"booked"}


def test_who_comes_after_their_turn_goes_straight_through(hall: Hall, opened: UUID) -> None:
    hall.clock.now_ms += 10 * MINUTE_MS - 1
    assert set(asked(hall.client(), [hall.person() for _ in range(10)], opened)) == {"booked"}
