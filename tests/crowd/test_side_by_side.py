"""What another server does between a look and the write that follows it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from booking.wire import CheckInAct, EventResult, Verdict
from booking.wire_booking import BookPlace, CancelBooking
from booking.wire_time import DeviceTime
from central.appointments import booking_acts, later_acts
from central.appointments.new_booking import Made
from central.appointments.scene import scene_at
from central.channels.caller import Asker
from central.checkins.service import record_check_in
from central.moment import Moment
from central.staff.tables import staff_task
from central.tables.database import Database, Use
from central.terminals.caller import Caller
from central.web.parts import Parts
from central.writer import GroupCommitWriter
from tests.plugins.postgres import on_postgresql
from tools.crowd.accounts import findings
from tools.crowd.crowd import Crowd
from tools.crowd.journal import Journal
from tools.crowd.member import CHANNELS
from tools.crowd.stage import HOSPITAL, KEYS, do, wait_until_numbered

pytestmark = on_postgresql


def test_an_event_told_to_two_servers_at_once_is_answered_in_one_way(
    new_crowd: Callable[..., Crowd], servers: tuple[Parts, ...], crowd_database: Database
) -> None:
    crowd, moment = new_crowd(seed=1, people=1), servers[0].moment()
    person_id, session_id = crowd.people[0], crowd.sessions[-1].session_id
    asker = Asker(UUID(int=7), HOSPITAL, CHANNELS[0])

    def book_and_cancel(connection: sa.Connection) -> UUID:
        scene = scene_at(connection, asker, KEYS, moment)
        wish = BookPlace(person_id=person_id, session_id=session_id, booking_id=UUID(int=9), notice_shown=True)
        made = booking_acts.book(scene, wish)
        assert isinstance(made, Made)
        later_acts.cancel(scene, made.subject.booking_id, CancelBooking(is_warned=True))
        return made.subject.booking_id

    act = CheckInAct(UUID(int=8), do(servers[0], book_and_cancel), 1, 1, DeviceTime(moment.now_ms, "boot", 1), "A001")

    def tell(connection: sa.Connection) -> EventResult:
        return record_check_in(connection, act, Caller(UUID(int=6), HOSPITAL), Moment(moment.now_ms), keys=KEYS)

    answers: list[EventResult] = []
    engine = crowd_database.engine(Use.WRITE)
    late = GroupCommitWriter(engine, on_commit=lambda _touched: None)

    def first_the_other(_c: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if "operation" in statement and not statement.startswith("SELECT") and not answers:
            answers.append(servers[0].writer.submit(tell).result(10))

    sa.event.listen(engine, "before_cursor_execute", first_the_other)
    answers.append(late.submit(tell).result(10))
    late.close()
    assert [it.verdict for it in answers] == [Verdict.CONFLICT] * 2
    assert answers[0].task_id == answers[1].task_id == do(servers[0], tell).task_id
    tasks = sa.select(staff_task.c.task_id).where(staff_task.c.operation_id == act.operation_id)
    assert len(do(servers[0], lambda connection: connection.execute(tasks).all())) == 1


def test_what_one_server_commits_and_another_numbers_is_waited_for(
    new_crowd: Callable[..., Crowd], servers: tuple[Parts, ...]
) -> None:
    crowd, leading = new_crowd(seed=1, people=5), servers[0]
    assert wait_until_numbered(servers)
    asker, session_id = Asker(UUID(int=7), HOSPITAL, CHANNELS[0]), crowd.sessions[-1].session_id
    for person_id in crowd.people:
        wish = BookPlace(
            person_id=person_id, session_id=session_id, booking_id=leading.moment().new_id(), notice_shown=True
        )

        def book(connection: sa.Connection, wish: BookPlace = wish) -> object:
            return booking_acts.book(scene_at(connection, asker, KEYS, leading.moment()), wish)

        assert isinstance(do(servers[1], book), Made)
        crowd.settle()
        assert findings(leading, Journal()) == []
