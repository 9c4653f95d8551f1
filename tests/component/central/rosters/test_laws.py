"""The quota laws find what does not add up, each breach by its own name."""

from __future__ import annotations

from uuid import uuid4

import pytest
import sqlalchemy as sa

from central.rosters.laws import Law, breaches
from central.rosters.tables import session, session_pool, slot
from tests.plugins.postgres import on_both_engines
from tests.plugins.roster_ward import DAY, HOSPITAL, TODAY, Ward, clock_ms, morning

pytestmark = on_both_engines
ONE = slot.c.no == 1
WRONGS: dict[str, tuple[sa.Update | sa.Delete, set[Law]]] = {
    "a place is lost": (slot.delete().where(ONE), {Law.POOL_CAPACITY, Law.SESSION_CAPACITY}),
    "a pool is larger than its places": (
        session_pool.update().where(session_pool.c.pool == "walk_in").values(capacity=4),
        {Law.POOL_CAPACITY},
    ),
    "a session is said to be smaller": (session.update().values(capacity=11), {Law.SESSION_CAPACITY}),
    "a place is busy for nobody": (
        slot.update().where(ONE).values(state="busy", blocked_for=None),
        {Law.HOLDER, Law.NUMBERS_GIVEN, Law.SOLD_TWICE},
    ),
    "a place is busy for a booking that is not there": (
        slot.update().where(ONE).values(state="busy", booking_id=uuid4(), blocked_for=None),
        {Law.NUMBERS_GIVEN, Law.SOLD_TWICE},
    ),
    "a place is kept by a hold that is not there": (
        slot.update().where(ONE).values(state="held", hold_id=uuid4(), blocked_for=None),
        {Law.HELD},
    ),
    "a place is lent under a lease that is not there": (
        slot.update().where(ONE).values(state="leased", lease_id=uuid4(), blocked_for=None),
        {Law.LENT},
    ),
    "a free place has a holder": (
        slot.update().where(ONE).values(state="free", lease_id=uuid4(), blocked_for=None),
        {Law.HOLDER},
    ),
    "a place is common before its pool has returned": (
        slot.update().where(slot.c.pool == "channel:web").values(pool="common"),
        {Law.WRONG_POOL},
    ),
    "a place is left behind in a pool that has returned": (
        session_pool.update().where(session_pool.c.pool == "channel:web").values(returned_ms=1),
        {Law.WRONG_POOL},
    ),
    "a place waits for a release that is past": (
        session_pool.update().where(session_pool.c.pool == "common").values(opened_ms=1),
        {Law.RELEASE},
    ),
}


@pytest.fixture
def published(ward: Ward) -> Ward:
    ward.publish(morning(0), now_ms=clock_ms(TODAY, 6), day=DAY)
    return ward


@pytest.mark.parametrize("wrong", WRONGS)
def test_what_does_not_add_up_is_found(published: Ward, wrong: str) -> None:
    statement, laws = WRONGS[wrong]
    assert published.do(breaches, HOSPITAL) == []
    published.do(lambda connection: connection.execute(statement) and None)
    found = published.do(breaches, HOSPITAL)
    assert {breach.law for breach in found} == laws


def test_a_breach_says_where_and_how_much(published: Ward) -> None:
    published.do(lambda connection: connection.execute(slot.delete().where(slot.c.home_pool == "walk_in")) and None)
    by_law = {breach.law: breach for breach in published.do(breaches, HOSPITAL)}
    pool, whole = by_law[Law.POOL_CAPACITY], by_law[Law.SESSION_CAPACITY]
    assert (pool.pool, pool.counted, pool.expected) == ("walk_in", 0, 3)
    assert (whole.counted, whole.expected) == (9, 12)
