"""Publishing a roster: sessions, letters, places in their pools; once, and never half."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import replace
from datetime import time, timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from booking.roster.publish import Trouble
from central.moment import Moment
from central.rosters.laws import breaches
from central.rosters.publish import PublishedDay, RosterDay, Terms, publish_day
from central.rosters.tables import session, session_pool, slot
from central.sync.tables import feed
from central.tables.database import Database, Use
from central.writer import GroupCommitWriter
from tests.plugins.postgres import on_both_engines
from tests.plugins.roster_ward import AREAS, DAY, DOCTORS, HOSPITAL, TODAY, Ward, clock_ms, morning

pytestmark = on_both_engines
BEFORE_MS = clock_ms(TODAY, 6)


def test_a_session_has_numbered_places_in_the_pools_of_the_policy(ward: Ward) -> None:
    published = ward.publish(morning(0), now_ms=BEFORE_MS)
    (it,) = ward.rows(sa.select(session))
    assert (it.session_id, it.capacity, it.letters) == (published.sessions[0].session_id, 12, "A")
    assert (it.starts_ms, it.ends_ms, it.service_date) == (clock_ms(DAY, 8), clock_ms(DAY, 10), "2026-03-25")
    assert (it.area_id, it.published_ms, it.ver) == (AREAS[0], BEFORE_MS, 1)
    pools = {name: pool.capacity for name, pool in ward.pools().items()}
    assert pools == {"common": 5, "walk_in": 3, "channel:web": 2, "reserve:elder": 2}
    places = ward.rows(sa.select(slot).order_by(slot.c.no))
    assert [place.no for place in places] == list(range(1, 13))
    assert [place.starts_ms for place in places] == [clock_ms(DAY, 8) + n * 600_000 for n in range(12)]
    assert Counter(place.home_pool for place in places) == pools
    assert {(place.state, place.blocked_for) for place in places} == {("blocked", "not_released")}
    assert ward.do(breaches, HOSPITAL) == []


def test_sessions_of_the_same_hours_have_the_same_places(ward: Ward) -> None:
    plans = [morning(0), morning(1), morning(2), replace(morning(3), slot_min=20)]
    ward.publish(*plans, now_ms=BEFORE_MS)
    columns = [column for column in slot.c if column.name not in ("session_id", "hospital_id")]
    of_session = {
        it.doctor_id: [
            tuple(row)
            for row in ward.rows(sa.select(*columns).where(slot.c.session_id == it.session_id).order_by(slot.c.no))
        ]
        for it in ward.rows(sa.select(session))
    }
    assert of_session[DOCTORS[0]] == of_session[DOCTORS[1]] == of_session[DOCTORS[2]]
    assert [len(of_session[doctor_id]) for doctor_id in DOCTORS] == [12, 12, 12, 6]
    assert ward.do(breaches, HOSPITAL) == []


def test_letters_go_on_where_those_of_the_area_and_day_end(ward: Ward) -> None:
    ward.publish(morning(0), morning(1), now_ms=BEFORE_MS)
    ward.publish(morning(2), morning(3), now_ms=BEFORE_MS)
    ward.publish(morning(0), now_ms=BEFORE_MS, day=DAY + timedelta(days=1))
    found = ward.rows(sa.select(session.c.area_id, session.c.service_date, session.c.letters))
    assert sorted(map(tuple, found)) == [
        (AREAS[0], "2026-03-25", "A"),
        (AREAS[0], "2026-03-25", "B"),
        (AREAS[0], "2026-03-26", "A"),
        (AREAS[1], "2026-03-25", "A"),
        (AREAS[1], "2026-03-25", "B"),
    ]


def test_a_day_that_is_there_stays_as_it_is(ward: Ward) -> None:
    roster = uuid4()
    first = ward.publish(morning(0), now_ms=BEFORE_MS, roster=roster)
    again = ward.publish(morning(0), morning(1), now_ms=BEFORE_MS, roster=roster)
    assert again == PublishedDay(was_there=True)
    assert [it.session_id for it in ward.rows(sa.select(session))] == [first.sessions[0].session_id]


def test_who_dies_in_the_midst_publishes_nothing_and_may_do_it_again(ward: Ward) -> None:
    wanted = RosterDay(uuid4(), DAY, (morning(0), morning(1)))
    connection = ward.engine.connect()
    connection.begin()
    publish_day(connection, HOSPITAL, wanted, Moment(BEFORE_MS))
    connection.invalidate()
    connection.close()
    assert [len(ward.rows(sa.select(table))) for table in (session, session_pool, slot, feed)] == [0, 0, 0, 0]
    assert len(ward.do(publish_day, HOSPITAL, wanted, Moment(BEFORE_MS)).sessions) == 2
    assert ward.do(breaches, HOSPITAL) == []


@pytest.mark.parametrize(
    ("starts", "ends", "can"),
    [(time(8), time(10), False), (time(9, 50), time(11), False), (time(10), time(11), True)],
)
def test_a_doctor_sits_in_one_session_at_a_time(ward: Ward, starts: time, ends: time, *, can: bool) -> None:
    ward.publish(morning(0), now_ms=BEFORE_MS)
    other = morning(1, doctor_id=DOCTORS[0], starts=starts, ends=ends)
    published = ward.publish(other, now_ms=BEFORE_MS)
    assert (len(published.sessions) == 1) == can
    assert [it.trouble for it in published.troubles] == ([] if can else [Trouble.DOCTOR_SITS_TWICE])


def test_places_whose_hour_is_past_are_open_at_once(ward: Ward) -> None:
    ward.publish(morning(0), now_ms=clock_ms(DAY, 7))
    assert ward.places() == {("free", "common"): 9, ("free", "walk_in"): 3}
    assert {name: pool.returned_ms for name, pool in ward.pools().items()} == {
        "common": None,
        "walk_in": None,
        "channel:web": clock_ms(DAY, 7),
        "reserve:elder": clock_ms(DAY, 7),
    }
    assert ward.do(breaches, HOSPITAL) == []


def test_terms_are_the_plans_own_and_each_session_is_one_row_of_the_feed(ward: Ward) -> None:
    dear = morning(0)
    service_id = uuid4()
    wanted = RosterDay(uuid4(), DAY, (dear, morning(1)), {dear: Terms(service_id, 5_000, owner_confirms=True)})
    ward.do(publish_day, HOSPITAL, wanted, Moment(BEFORE_MS))
    by_doctor = {it.doctor_id: it for it in ward.rows(sa.select(session))}
    one, other = by_doctor[DOCTORS[0]], by_doctor[DOCTORS[1]]
    assert (one.service_id, one.fee_cents, one.owner_confirms) == (service_id, 5_000, True)
    assert (other.service_id, other.fee_cents, other.owner_confirms) == (None, 0, False)
    rows = ward.rows(sa.select(feed.c.entity, feed.c.entity_id, feed.c.service_date))
    assert {tuple(row) for row in rows} == {("session", it.session_id, "2026-03-25") for it in by_doctor.values()}


def test_two_who_publish_the_same_day_at_once_publish_it_once(ward: Ward, ward_database: Database) -> None:
    wanted = RosterDay(uuid4(), DAY, (morning(0), morning(1)))
    writers = [GroupCommitWriter(ward_database.engine(Use.WRITE), on_commit=lambda _touched: None) for _ in range(2)]
    together = threading.Barrier(2)
    answers: list[PublishedDay] = []

    def publish(writer: GroupCommitWriter) -> None:
        together.wait(60)
        answers.append(
            writer.submit(lambda connection: publish_day(connection, HOSPITAL, wanted, Moment(BEFORE_MS))).result(60)
        )

    threads = [threading.Thread(target=publish, args=(writer,)) for writer in writers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for writer in writers:
        writer.close()
    assert sorted(it.was_there for it in answers) == [False, True]
    assert len(ward.rows(sa.select(session))) == 2
    assert ward.do(breaches, HOSPITAL) == []
