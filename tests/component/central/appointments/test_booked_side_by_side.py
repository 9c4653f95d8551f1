"""Two servers in front of one session: who comes second waits for the first to commit and sees what is left."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from booking.roster.channels import Channel
from booking.wire_booking import BookPlace
from central.appointments.together import Outcome, Wish, book_together
from central.channels.caller import Asker
from central.moment import Moment
from central.rosters.tables import slot
from central.tables.database import Database, Use
from central.tables.prepared import Prepared, flowing
from central.web.once import Answer, Repeatable
from tests.plugins.booking_hall import FIRST, KEYS, NOW_MS, Hall, new_id
from tests.plugins.postgres import on_both_engines, on_postgresql

_PATIENCE_S = 30.0
_WAITING = sa.text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


@pytest.fixture
def engine(hall_database: Database) -> Iterator[sa.Engine]:
    one = hall_database.engine(Use.WRITE)
    yield one
    one.dispose()


def wish(person_id: UUID, session_id: UUID, **changes: Any) -> Wish:
    asker = Asker(uuid4(), FIRST, Channel.WEB)
    ask = BookPlace(booking_id=new_id(), person_id=person_id, session_id=session_id, notice_shown=True, **changes)
    return Wish(Repeatable(FIRST, asker.caller_id, str(uuid4()), b"x" * 32), asker, ask, is_admitted=True)


def book(engine: sa.Engine, wishes: list[Wish]) -> list[Outcome]:
    with engine.begin() as connection:
        return book_together(connection, wishes, KEYS, Moment(NOW_MS))


def said(outcomes: list[Outcome]) -> list[Any]:
    """The number of the place, or why there is none."""
    answers = [it for it in outcomes if isinstance(it, Answer)]
    assert len(answers) == len(outcomes)
    return [it.body.get("slot_no") or it.body["reason"] for it in answers]


def await_somebody_waiting(hall: Hall) -> None:
    ends = time.monotonic() + _PATIENCE_S
    look_again = threading.Event()
    while hall.parts.reader.submit(lambda connection: connection.execute(_WAITING).scalar_one()).result(60) == 0:
        assert time.monotonic() < ends, "nobody waits"
        look_again.wait(0.01)


@on_postgresql
@pytest.mark.parametrize(
    ("places", "second"), [(5, [4, 5]), (4, ["full", 4]), (3, ["full", "full"])], ids=["enough", "one", "none"]
)
def test_who_comes_second_gets_what_the_first_left(
    hall: Hall, engine: sa.Engine, places: int, second: list[Any]
) -> None:
    session_id = hall.session(pools={"common": places})
    ours = [wish(hall.person(), session_id) for _ in range(3)]
    theirs = [wish(hall.person(), session_id) for _ in range(2)]
    with ThreadPoolExecutor(1) as pool:
        with engine.begin() as connection:
            assert said(book_together(connection, ours, KEYS, Moment(NOW_MS))) == [1, 2, 3]
            waiting = pool.submit(book, engine, theirs)
            await_somebody_waiting(hall)
        assert sorted(said(waiting.result(_PATIENCE_S)), key=str) == sorted(second, key=str)
    assert hall.places(session_id) == {"busy": places}
    assert hall.breaches() == []


@on_postgresql
def test_a_named_place_that_is_being_sold_is_refused_when_it_is_sold(hall: Hall, engine: sa.Engine) -> None:
    session_id = hall.session(pools={"common": 3})
    ours, theirs = (wish(hall.person(), session_id, slot_no=2) for _ in range(2))
    with ThreadPoolExecutor(1) as pool:
        with engine.begin() as connection:
            assert said(book_together(connection, [ours], KEYS, Moment(NOW_MS))) == [2]
            waiting = pool.submit(book, engine, [theirs])
            await_somebody_waiting(hall)
        assert said(waiting.result(_PATIENCE_S)) == ["full"]
    assert hall.breaches() == []


@on_both_engines
def test_what_fails_among_flowing_statements_leaves_nothing_of_them(hall: Hall, engine: sa.Engine) -> None:
    session_id = hall.session(pools={"common": 2})
    columns = ("hospital_id", "session_id", "no", "starts_ms", "ends_ms", "state", "pool", "home_pool", "ver")
    insert = Prepared(slot.insert(), columns)
    row = dict.fromkeys(columns, 1) | {"hospital_id": FIRST, "session_id": session_id, "state": "free"}
    row |= {"pool": "common", "home_pool": "common"}
    with (
        pytest.raises(sa.exc.IntegrityError),
        engine.begin() as connection,
        flowing(connection),
    ):
        insert.run_each(connection, [row | {"no": 3}])
        insert.run_each(connection, [row | {"no": 1}])  # there is one
        insert.run_each(connection, [row | {"no": 4}])
    assert hall.places(session_id) == {"free": 2}
