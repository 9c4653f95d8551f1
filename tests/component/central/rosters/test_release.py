"""Pools open and return at their hours, each once, whoever else does it and whoever dies."""

from __future__ import annotations

import threading
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from central.moment import Moment
from central.rosters.laws import breaches
from central.rosters.release import BATCH, LONGEST_PAUSE_MS, Release, next_due_ms, release_due
from central.rosters.tables import session, session_pool, slot
from central.tables.database import Database, Use
from central.writer import GroupCommitWriter
from tests.plugins.postgres import on_both_engines
from tests.plugins.roster_ward import DAY, HOSPITAL, TODAY, Ward, clock_ms, morning

pytestmark = on_both_engines
OPENS_MS = clock_ms(TODAY, 7)
RETURNS_MS = clock_ms(TODAY.replace(day=24), 11, 30)
THE_DAY_MS = clock_ms(DAY, 7)
"""When walk-ins are let in, and reserves return."""


@pytest.fixture
def published(ward: Ward) -> Ward:
    """One morning, published an hour before its release."""
    ward.publish(morning(0), now_ms=OPENS_MS - 3_600_000)
    return ward


def test_nothing_opens_before_its_hour_and_the_thread_knows_when_to_come_back(published: Ward) -> None:
    assert published.release(OPENS_MS - 1) == OPENS_MS
    assert published.release(OPENS_MS - 3_600_000) == OPENS_MS - 3_600_000 + LONGEST_PAUSE_MS
    assert {state for state, _pool in published.places()} == {"blocked"}


def test_pools_open_at_the_hour_of_release_and_walk_ins_on_the_day(published: Ward) -> None:
    published.release(OPENS_MS)
    assert published.places() == {
        ("free", "common"): 5,
        ("free", "channel:web"): 2,
        ("free", "reserve:elder"): 2,
        ("blocked", "walk_in"): 3,
    }
    assert published.do(next_due_ms, hospital_id=HOSPITAL) == RETURNS_MS
    published.release(THE_DAY_MS)
    assert published.places() == {("free", "common"): 9, ("free", "walk_in"): 3}
    assert published.do(breaches, HOSPITAL) == []
    assert published.do(next_due_ms, hospital_id=HOSPITAL) is None


def test_what_a_channel_has_not_used_becomes_common(published: Ward) -> None:
    published.release(OPENS_MS)
    published.release(RETURNS_MS - 1)
    assert published.places()["free", "channel:web"] == 2
    published.release(RETURNS_MS)
    assert published.places()["free", "common"] == 7
    assert published.pools()["channel:web"].returned_ms == RETURNS_MS
    assert {it.home_pool for it in published.rows(sa.select(slot.c.home_pool))} == set(published.pools())
    assert published.do(breaches, HOSPITAL) == []


@pytest.mark.parametrize(("state", "holder"), [("leased", "lease_id"), ("held", "hold_id"), ("busy", "booking_id")])
def test_a_place_that_somebody_has_is_left_to_them(published: Ward, state: str, holder: str) -> None:
    published.release(OPENS_MS)
    first = sa.select(sa.func.min(slot.c.no)).where(slot.c.pool == "channel:web").scalar_subquery()
    published.change(slot.update().where(slot.c.no == first).values(state=state, **{holder: uuid4()}))
    published.release(RETURNS_MS)
    assert published.places()[state, "channel:web"] == 1
    assert published.places()["free", "common"] == 6


def test_what_staff_blocked_is_common_too_but_stays_blocked(published: Ward) -> None:
    published.release(OPENS_MS)
    first = sa.select(sa.func.min(slot.c.no)).where(slot.c.pool == "channel:web").scalar_subquery()
    published.change(slot.update().where(slot.c.no == first).values(state="blocked", blocked_for="staff"))
    published.release(RETURNS_MS)
    assert published.places()["blocked", "common"] == 1


def test_a_stopped_session_opens_nothing(published: Ward) -> None:
    published.change(session.update().values(stopped_ms=OPENS_MS - 1))
    published.change(slot.update().values(blocked_for="stopped"))
    published.release(THE_DAY_MS)
    assert {state for state, _pool in published.places()} == {"blocked"}


def test_hours_that_passed_while_nobody_served_are_made_up_for(published: Ward) -> None:
    published.release(THE_DAY_MS + 1)
    assert published.places() == {("free", "common"): 9, ("free", "walk_in"): 3}
    assert published.do(breaches, HOSPITAL) == []


def test_who_dies_in_the_midst_leaves_nothing_but_work_to_do_again(published: Ward) -> None:
    for now_ms in (OPENS_MS, RETURNS_MS, THE_DAY_MS):
        before = published.places()
        connection = published.engine.connect()
        connection.begin()
        assert release_due(connection, hospital_id=HOSPITAL, moment=Moment(now_ms)) > 0
        connection.invalidate()
        connection.close()
        assert published.places() == before
        published.release(now_ms)
        assert published.do(breaches, HOSPITAL) == []
    assert published.places() == {("free", "common"): 9, ("free", "walk_in"): 3}


def test_a_release_is_done_in_pieces_and_two_servers_share_it(ward: Ward, ward_database: Database) -> None:
    days = [DAY.replace(day=24), DAY]
    for day in days:
        hours = range(0, 24, 2)
        plans = [
            morning(
                at % 4,
                doctor_id=None,
                starts=morning(0).starts.replace(hour=hour),
                ends=morning(0).ends.replace(hour=hour + 1),
            )
            for at, hour in enumerate(hours)
        ]
        ward.publish(*plans, now_ms=clock_ms(TODAY.replace(day=10), 6), day=day)
    pools = len(ward.rows(sa.select(session_pool)))
    assert pools > BATCH
    writers = [GroupCommitWriter(ward_database.engine(Use.WRITE), on_commit=lambda _touched: None) for _ in range(2)]
    readers = [Ward(ward_database.engine(Use.WRITE)) for _ in range(2)]
    together = threading.Barrier(2)

    def serve(at: int) -> None:
        together.wait(60)
        Release(ask=readers[at].submit, write=writers[at].submit).step(THE_DAY_MS)

    threads = [threading.Thread(target=serve, args=(at,)) for at in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for writer, reader in zip(writers, readers, strict=True):
        writer.close()
        reader.engine.dispose()
    assert {it.opened_ms for it in ward.rows(sa.select(session_pool.c.opened_ms))} == {THE_DAY_MS}
    states = {(it.state, it.ver, it.home_pool == it.pool) for it in ward.rows(sa.select(slot))}
    assert states == {("free", 2, True), ("free", 3, False)}
    assert ward.do(breaches, HOSPITAL) == []


def test_a_hospital_without_sessions_has_nothing_due(ward: Ward) -> None:
    assert ward.release(OPENS_MS) == OPENS_MS + LONGEST_PAUSE_MS
    assert ward.do(next_due_ms, hospital_id=UUID(int=9)) is None
