"""A terminal gives places back: they go where a freed place goes.  # sync C4; rules C5, E2, H1"""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from central.rosters.tables import session, session_pool, slot
from central.staff.tables import staff_task
from tests.plugins.booking_hall import NOW_MS, TOMORROW, Hall, new_id
from tests.plugins.lending import Lending, bookings_of, sell
from tests.plugins.postgres import on_both_engines

KIOSK = "channel:kiosk"


@on_both_engines
def test_a_returned_place_is_everybodys_and_telling_it_again_changes_nothing(hall: Hall, lending: Lending) -> None:
    session_id = hall.session(TOMORROW, pools={"common": 3})
    kiosk, operation_id = lending.kiosk(), new_id()
    (lent,) = bookings_of(kiosk.ask())
    for _ in range(2):
        assert kiosk.give_back(lent["id"], [3], operation_id).verdict == "applied"
    assert lending.leases() == {UUID(lent["id"]): "settled"}
    client = hall.client()
    assert [client.book(hall.person(), session_id).status_code for _ in range(3)] == [201] * 3
    assert kiosk.give_back(lent["id"], [3]).verdict == "applied"
    assert hall.places(session_id) == {"busy": 3}
    assert hall.rows(sa.select(staff_task)) == []
    assert hall.breaches() == []


@on_both_engines
def test_a_returned_place_is_offered_to_who_waits(hall: Hall, lending: Lending) -> None:
    session_id = hall.session(TOMORROW, pools={"common": 2})
    kiosk, client = lending.kiosk(), hall.client()
    (lent,) = bookings_of(kiosk.ask())
    assert client.book(hall.person(), session_id).status_code == 201
    body = {"entry_id": str(new_id()), "person_id": str(hall.person()), "session_id": str(session_id)}
    entry = client.post("waiting-entries", body).json()
    assert kiosk.ask()["give_back"] == [lent["id"]]
    assert kiosk.give_back(lent["id"], [2]).verdict == "applied"
    assert client.get(f"waiting-entries/{entry['entry_id']}").json()["state"] == "offered"
    assert hall.places(session_id) == {"busy": 1, "held": 1}
    assert hall.breaches() == []


@on_both_engines
def test_a_place_comes_back_common_where_its_pool_returned_meanwhile(hall: Hall, lending: Lending) -> None:
    hall.session(TOMORROW, pools={KIOSK: 1, "common": 1})
    kiosk = lending.kiosk()
    (lent,) = bookings_of(kiosk.ask())
    hall.run(session_pool.update().where(session_pool.c.pool == KIOSK).values(returned_ms=NOW_MS))
    assert kiosk.give_back(lent["id"], [1]).verdict == "applied"
    query = sa.select(slot.c.pool, slot.c.home_pool, slot.c.state).where(slot.c.no == 1)
    assert [tuple(it) for it in hall.rows(query)] == [("common", KIOSK, "free")]
    assert hall.breaches() == []


@on_both_engines
def test_a_place_comes_back_blocked_in_a_session_that_was_stopped_meanwhile(hall: Hall, lending: Lending) -> None:
    session_id = hall.session(TOMORROW, pools={KIOSK: 1})
    kiosk = lending.kiosk()
    (lent,) = bookings_of(kiosk.ask())
    hall.run(session.update().where(session.c.session_id == session_id).values(stopped_ms=NOW_MS))
    assert hall.places(session_id) == {"leased": 1}
    assert kiosk.give_back(lent["id"], [1]).verdict == "applied"
    assert hall.places(session_id) == {"blocked": 1}
    assert hall.breaches() == []


@on_both_engines
def test_some_places_of_a_lease_come_back_and_the_others_stay_lent(hall: Hall, lending: Lending) -> None:
    hall.set_policy("[walk_in]\non = false")
    session_id = hall.session(TOMORROW, pools={KIOSK: 100}, hour=6)
    kiosk = lending.kiosk()
    (one,) = kiosk.ask()["leases"]
    booking_id = new_id()
    sell(hall, one, one["places"][0]["no"], booking_id)
    result = kiosk.give_back(one["id"], [one["places"][0]["no"], 1])
    assert (result.verdict, result.reason) == ("conflict", "given_back_and_sold")
    query = sa.select(slot.c.booking_id).where(slot.c.no == one["places"][0]["no"], slot.c.session_id == session_id)
    assert [it.booking_id for it in hall.rows(query)] == [booking_id]
    (task,) = hall.rows(sa.select(staff_task))
    assert (task.task_id, task.facts["lease_id"]) == (result.task_id, one["id"])


@pytest.mark.parametrize(("whose", "reason"), [("mine", "never_lent"), ("another's", "other_terminals_lease")])
def test_what_a_terminal_was_not_lent_it_cannot_give_back(
    hall: Hall, lending: Lending, whose: str, reason: str
) -> None:
    session_id = hall.session(TOMORROW, pools={KIOSK: 2})
    owner, other = lending.kiosk(), lending.kiosk()
    (lent,) = bookings_of(owner.ask())
    before = hall.places(session_id)
    result = owner.give_back(lent["id"], [7]) if whose == "mine" else other.give_back(lent["id"], [2])
    assert (result.verdict, result.reason) == ("conflict", reason)
    assert hall.places(session_id) == before


def test_a_lease_that_the_store_has_forgotten_leaves_nothing_to_do(hall: Hall, lending: Lending) -> None:
    result = lending.kiosk().give_back(str(uuid4()), [1])
    assert (result.verdict, result.reason) == ("applied", "unknown_lease")
    assert hall.rows(sa.select(staff_task)) == []


def test_what_was_returned_is_lent_again_under_another_lease_only(hall: Hall, lending: Lending) -> None:
    hall.session(TOMORROW, pools={KIOSK: 1})
    kiosk = lending.kiosk()
    (lent,) = bookings_of(kiosk.ask())
    kiosk.give_back(lent["id"], [1])
    (again,) = bookings_of(kiosk.ask())
    assert again["places"] == lent["places"]
    assert again["id"] != lent["id"]
