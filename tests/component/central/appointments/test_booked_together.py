"""Bookings that wait for the writer at the same time are done in one go: each has its own verdict all the same."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from central.appointments.tables import booking, booking_step
from central.channels.tables import channel_client
from central.notify.tables import message
from central.sync.tables import feed
from tests.plugins.booking_hall import NEXT_WEEK, Client, Hall, wish
from tests.plugins.postgres import on_both_engines

CROWD = 24


def all_at_once(client: Client, bodies: list[dict[str, Any]]) -> list[Any]:
    with ThreadPoolExecutor(len(bodies)) as pool:
        return list(pool.map(lambda body: client.post("bookings", body), bodies))


@on_both_engines
def test_each_gets_a_place_of_its_own_until_there_are_no_more(hall: Hall) -> None:
    session_id = hall.session(NEXT_WEEK, pools={"common": 10, "channel:web": 4})
    answers = all_at_once(hall.client(), [wish(hall.person(), session_id) for _ in range(CROWD)])
    won = [it.json() for it in answers if it.status_code == 201]
    assert sorted(it["slot_no"] for it in won) == list(range(1, 15))
    assert {it.json()["reason"] for it in answers if it.status_code != 201} == {"full"}
    assert hall.places(session_id) == {"busy": 14}
    assert len(hall.rows(sa.select(booking_step))) == len(hall.rows(sa.select(feed))) == 14
    assert len(hall.rows(sa.select(message))) == 3 * 14
    assert hall.breaches() == []


@on_both_engines
def test_what_is_wrong_with_one_is_no_other_ones_matter(hall: Hall) -> None:
    session_id = hall.session(pools={"common": CROWD})
    bodies = [wish(hall.person(), session_id) for _ in range(8)]
    wrong = [
        wish(uuid4(), session_id),
        wish(hall.person(), uuid4()),
        wish(hall.person(), session_id, slot_no=CROWD + 1),
        wish(hall.person(), session_id, notice_shown="perhaps"),
    ]
    answers = all_at_once(hall.client(), [*wrong, *bodies])
    assert [it.status_code for it in answers[:4]] == [404, 404, 409, 400]
    assert [it.status_code for it in answers[4:]] == [201] * 8
    assert hall.breaches() == []


@on_both_engines
def test_a_named_place_and_the_first_free_one_do_not_collide(hall: Hall) -> None:
    session_id = hall.session(pools={"common": 2})
    bodies = [wish(hall.person(), session_id, slot_no=1), wish(hall.person(), session_id)]
    answers = all_at_once(hall.client(), bodies)
    reasons = {it.json().get("reason") for it in answers if it.status_code != 201}
    assert answers[1].status_code == 201
    assert reasons <= {"full"}  # whoever named it came second
    assert hall.breaches() == []


@on_both_engines
def test_a_token_that_is_shut_out_books_nothing_more_at_once(hall: Hall) -> None:
    client, session_id = hall.client(), hall.session()
    assert client.book(hall.person(), session_id).status_code == 201
    hall.run(channel_client.update().values(revoked_ms=1))
    answer = client.book(hall.person(), session_id)
    assert (answer.status_code, answer.json()["reason"]) == (403, "revoked")
    hall.run(channel_client.update().values(revoked_ms=None, expires_ms=hall.clock.now_ms - 1))
    assert client.book(hall.person(), session_id).status_code == 401
    assert len(hall.rows(sa.select(booking))) == 1
