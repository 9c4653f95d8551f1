"""Positions in the feed where several write at once: no reader ever skips a change, whoever is slow, fenced or gone."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa

from booking.wire import RowKind
from central.moment import Moment, system_clock
from central.rosters.tables import hospital
from central.sync.numbering import Fenced, Lead, feeds, number_changes, take_lead
from central.sync.sequencer import GONE_AFTER_S, Numbering, Sequencer
from central.sync.service import Change, write_change
from central.sync.tables import feed
from central.tables.database import Database, Use
from central.web.app import open_parts
from central.web.parts import Parts
from tests.plugins.central_desk import DAY, settle
from tests.plugins.postgres import on_postgresql

pytestmark = on_postgresql
_PATIENCE_S = 30.0


@pytest.fixture
def engine(database: Database) -> Iterator[sa.Engine]:
    one = database.engine(Use.NUMBER)
    yield one
    one.dispose()


@pytest.fixture
def here(engine: sa.Engine) -> UUID:
    with engine.begin() as connection:
        return connection.execute(sa.select(hospital.c.hospital_id).where(hospital.c.code == "01")).scalar_one()


def change(connection: sa.Connection, hospital_id: UUID) -> UUID:
    """Write one change; the id of what changed."""
    entity_id = uuid4()
    write_change(
        connection, hospital_id, Change(RowKind.BOOKING, entity_id, 1, DAY.isoformat()), Moment(system_clock())
    )
    return entity_id


def commit_changes(engine: sa.Engine, hospital_id: UUID, count: int) -> None:
    with engine.begin() as connection:
        for _ in range(count):
            change(connection, hospital_id)


def positions(engine: sa.Engine, hospital_id: UUID) -> list[int | None]:
    query = sa.select(feed.c.pos).where(feed.c.tenant_id == hospital_id).order_by(feed.c.pos.nulls_last())
    with engine.begin() as connection:
        return list(connection.scalars(query))


class Follower:
    """Reads a numbered stream from its cursor on, again and again, as terminals do."""

    def __init__(self, engine: sa.Engine, query: Callable[[int], sa.Select[tuple[int, UUID]]]) -> None:
        self._engine = engine
        self._query = query
        self._moved = threading.Condition()
        self.cursor = 0
        self.seen: list[UUID] = []

    def read(self) -> None:
        with self._engine.begin() as connection:
            found = connection.execute(self._query(self.cursor)).all()
        with self._moved:
            self.seen += [it[1] for it in found]
            self.cursor = found[-1][0] if found else self.cursor
            self._moved.notify_all()

    def close(self) -> None:
        self._engine.dispose()

    def wait_until_beyond(self, number: int) -> None:
        with self._moved:
            assert self._moved.wait_for(lambda: self.cursor > number, _PATIENCE_S)


def test_a_reader_of_positions_loses_nothing_where_a_reader_of_a_sequence_does(
    database: Database, engine: sa.Engine, here: UUID
) -> None:
    """Three of six writers commit only after a later number was read: what a slow disk or a long pause does."""
    naive = sa.Table(
        "naive",
        sa.MetaData(),
        sa.Column("n", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("entity_id", sa.Uuid, nullable=False),
    )
    naive.create(engine)
    of_positions = Follower(
        database.engine(Use.READ),
        lambda cursor: (
            sa.select(feed.c.pos, feed.c.entity_id)
            .where(feed.c.tenant_id == here, feed.c.pos > cursor)
            .order_by(feed.c.pos)
        ),
    )
    of_sequence = Follower(
        database.engine(Use.READ),
        lambda cursor: sa.select(naive.c.n, naive.c.entity_id).where(naive.c.n > cursor).order_by(naive.c.n),
    )
    slow_ones_done = threading.Semaphore(0)
    is_over = threading.Event()
    sequencer = Sequencer(database.engine(Use.NUMBER), leader_id=uuid4(), clock=system_clock, on_growth=lambda _: None)

    def write(connection: sa.Connection) -> tuple[int, UUID]:
        entity_id = change(connection, here)
        (n,) = connection.execute(naive.insert().values(entity_id=entity_id).returning(naive.c.n)).one()
        return n, entity_id

    def write_slowly() -> list[UUID]:
        mine, written = database.engine(Use.NUMBER), []
        for _ in range(5):
            with mine.begin() as connection:
                n, entity_id = write(connection)
                of_sequence.wait_until_beyond(n)
            sequencer.wake(frozenset({here}))
            written.append(entity_id)
        mine.dispose()
        slow_ones_done.release()
        return written

    def write_fast() -> list[UUID]:
        mine, written = database.engine(Use.NUMBER), []
        while not is_over.is_set():
            with mine.begin() as connection:
                written.append(write(connection)[1])
            sequencer.wake(frozenset({here}))
        mine.dispose()
        return written

    def follow(follower: Follower) -> None:
        while not is_over.is_set():
            follower.read()

    with ThreadPoolExecutor(8) as pool:
        following = [pool.submit(follow, one) for one in (of_positions, of_sequence)]
        slow = [pool.submit(write_slowly) for _ in range(3)]
        fast = [pool.submit(write_fast) for _ in range(3)]
        for _ in slow:
            assert slow_ones_done.acquire(timeout=_PATIENCE_S)
        is_over.set()
        written = {entity_id for one in (*slow, *fast) for entity_id in one.result(_PATIENCE_S)}
        late = {entity_id for one in slow for entity_id in one.result()}
        for one in following:
            one.result(_PATIENCE_S)
    sequencer.close()
    of_positions.read()
    of_sequence.read()
    of_positions.close()
    of_sequence.close()
    assert late <= written - set(of_sequence.seen), "the sequence's reader was to lose what was committed late"
    assert len(late) == 15
    assert set(of_positions.seen) == written
    assert len(of_positions.seen) == len(written)
    assert positions(engine, here) == list(range(1, len(written) + 1))


def test_a_leader_that_does_nothing_is_replaced_and_then_fenced_off(engine: sa.Engine, here: UUID) -> None:
    first, second = (Numbering(engine, leader_id=uuid4(), clock=system_clock) for _ in range(2))
    commit_changes(engine, here, 2)
    assert here in first.step(0)
    assert here in second.step(0)  # it sees that the feed grew, whoever numbered it
    commit_changes(engine, here, 1)
    assert second.step(10) == frozenset()
    assert second.step(10 + GONE_AFTER_S - 0.1) == frozenset()
    assert positions(engine, here) == [1, 2, None]
    assert second.step(10 + GONE_AFTER_S) == {here}
    commit_changes(engine, here, 1)
    first.step(20)
    assert positions(engine, here) == [1, 2, 3, None]
    assert second.step(21) == {here}
    assert positions(engine, here) == [1, 2, 3, 4]


def test_who_resigns_is_followed_at_once(engine: sa.Engine, here: UUID) -> None:
    first, second = (Numbering(engine, leader_id=uuid4(), clock=system_clock) for _ in range(2))
    commit_changes(engine, here, 1)
    first.step(0)
    first.resign()
    commit_changes(engine, here, 1)
    assert here in second.step(0)
    assert positions(engine, here) == [1, 2]


def test_a_fenced_leader_that_wakes_up_in_the_middle_numbers_nothing(
    database: Database, engine: sa.Engine, here: UUID
) -> None:
    """It has its right in the hand and was only slow: the other one waits for its step, or fences the next."""
    other = database.engine(Use.NUMBER)
    with engine.begin() as connection:
        (state,) = feeds(connection, [here])
        old = take_lead(connection, state, uuid4(), now_ms=0)
    commit_changes(engine, here, 3)
    with ThreadPoolExecutor(1) as pool:
        with engine.begin() as connection:
            assert number_changes(connection, old) == 3

            def take_and_number() -> tuple[Lead, int]:
                with other.begin() as theirs:
                    (now,) = feeds(theirs, [here])
                    new = take_lead(theirs, now, uuid4(), now_ms=1)
                    return new, number_changes(theirs, new)

            taking = pool.submit(take_and_number)
        new, count = taking.result(_PATIENCE_S)
    assert (new.epoch, count) == (old.epoch + 1, 0)
    commit_changes(engine, here, 1)
    with pytest.raises(Fenced), engine.begin() as connection:
        number_changes(connection, old)
    with engine.begin() as connection:
        assert number_changes(connection, new) == 1
    with pytest.raises(Fenced), engine.begin() as connection:
        take_lead(connection, state, uuid4(), now_ms=2)
    assert positions(engine, here) == [1, 2, 3, 4]
    other.dispose()


@contextmanager
def servers(data: Path, database: Database, count: int) -> Iterator[list[Parts]]:
    opened = [open_parts(data, database=database) for _ in range(count)]
    try:
        yield opened
    finally:
        for parts in opened:
            parts.close()


def test_two_servers_on_one_database_give_no_gap_and_no_double(
    data: Path, database: Database, engine: sa.Engine, here: UUID
) -> None:
    with servers(data, database, 2) as both:
        done = [parts.writer.submit(lambda it: change(it, here), key=at) for at in range(150) for parts in both]
        assert len({one.result(_PATIENCE_S) for one in done}) == 300
        for parts in both:
            settle(parts)
    with open_last(data, database):
        assert positions(engine, here) == list(range(1, 301))


@contextmanager
def open_last(data: Path, database: Database) -> Iterator[None]:
    """One more server, which numbers what the others left."""
    with servers(data, database, 1) as (parts,):
        settle(parts)
        yield


def test_who_waits_at_one_server_hears_what_another_committed(data: Path, database: Database, here: UUID) -> None:
    grown = threading.Event()
    armed = threading.Event()

    def hear(tenants: frozenset[UUID]) -> None:
        if armed.is_set() and here in tenants:
            grown.set()

    other = Sequencer(database.engine(Use.NUMBER), leader_id=uuid4(), clock=system_clock, on_growth=hear)
    try:
        with servers(data, database, 1) as (parts,):
            parts.writer.submit(lambda it: change(it, here)).result(_PATIENCE_S)
            settle(parts)
            assert other.wait_until_at_rest(_PATIENCE_S)
            armed.set()
            parts.writer.submit(lambda it: change(it, here)).result(_PATIENCE_S)
            assert grown.wait(_PATIENCE_S)
    finally:
        other.close()
