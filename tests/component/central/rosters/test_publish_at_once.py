"""Two who publish for one hospital, the second at every point of the first's work."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from booking.roster.plans import SessionPlan
from booking.roster.publish import Trouble
from central.moment import Moment
from central.rosters.laws import breaches
from central.rosters.publish import PublishedDay, RosterDay, publish_day
from central.rosters.tables import session
from central.tables.faults import Fault, fault_of
from tests.plugins.postgres import on_postgresql
from tests.plugins.roster_ward import AREAS, DAY, HOSPITAL, TODAY, Ward, clock_ms, morning

pytestmark = on_postgresql
MOMENT = Moment(clock_ms(TODAY, 6))


def published_meanwhile(
    ward: Ward, first: RosterDay, second: RosterDay, *, after: int
) -> tuple[PublishedDay, PublishedDay] | None:
    """What both were told, the second coming after so many statements of the first; None if there are not so many.

    The second comes again at the end if it found the first in its way.
    """
    told: list[PublishedDay] = []
    statements = itertools.count(1)

    def come(connection: sa.Connection) -> None:
        connection.execute(sa.text("SET LOCAL lock_timeout = '50ms'"))
        told.append(publish_day(connection, HOSPITAL, second, MOMENT))

    def come_between(*_statement: Any) -> None:
        if next(statements) == after:
            try:
                with ward.engine.begin() as connection:
                    come(connection)
            except sa.exc.DBAPIError as error:
                assert fault_of(error) is Fault.IN_THE_WAY

    with ward.engine.begin() as connection:
        sa.event.listen(connection, "after_cursor_execute", come_between)
        answer = publish_day(connection, HOSPITAL, first, MOMENT)
    if next(statements) <= after:
        return None
    if not told:
        with ward.engine.begin() as connection:
            come(connection)
    return answer, told[0]


def at_every_point(ward: Ward, *others: SessionPlan, judge: Callable[[PublishedDay, PublishedDay], None]) -> None:
    """The first publishes two mornings, the second the same roster, or these plans as another; a day for each point."""
    plans = (morning(0), morning(1))
    for after in itertools.count(1):
        first = RosterDay(uuid4(), DAY + timedelta(days=after), plans)
        answers = published_meanwhile(
            ward, first, RosterDay(uuid4(), first.day, others) if others else first, after=after
        )
        if answers is None:
            assert after > 6, "it asks, and it writes"
            break
        judge(*answers)
        of_the_day = sa.select(session.c.session_id).where(session.c.service_date == first.day.isoformat())
        assert len(ward.rows(of_the_day)) == len(plans)
    assert ward.do(breaches, HOSPITAL) == []


def test_a_roster_is_published_once(ward: Ward) -> None:
    def judge(one: PublishedDay, other: PublishedDay) -> None:
        assert sorted((one.was_there, other.was_there)) == [False, True]
        assert one.troubles == other.troubles == ()

    at_every_point(ward, judge=judge)


def test_two_rosters_do_not_seat_doctors_twice_in_two_waiting_areas(ward: Ward) -> None:
    def judge(one: PublishedDay, other: PublishedDay) -> None:
        assert sorted((len(one.sessions), len(other.sessions))) == [0, 2]
        assert [it.trouble for it in (*one.troubles, *other.troubles)] == [Trouble.DOCTOR_SITS_TWICE] * 2

    elsewhere = (replace(morning(at), area_id=AREAS[1 - at]) for at in (0, 1))
    at_every_point(ward, *elsewhere, judge=judge)
