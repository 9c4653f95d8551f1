"""The writer: each piece gets its own verdict, and only what is in the store for good is called done."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from central.tables.database import Database, SqliteFile, Use
from central.writer import Busy, GroupCommitWriter, Overtaken, Reader, Unavailable, touch
from tests.plugins.postgres import on_both_engines, on_postgresql

HOSPITAL = UUID(int=1)
Work = Callable[[sa.Connection], Any]
metadata = sa.MetaData()
number = sa.Table(
    "number", metadata, sa.Column("n", sa.Integer, primary_key=True), sa.Column("body", sa.LargeBinary, nullable=True)
)


@pytest.fixture
def store(empty_database: Database) -> Database:
    engine = empty_database.engine(Use.MIGRATE)
    metadata.create_all(engine)
    engine.dispose()
    return empty_database


@pytest.fixture
def writer(store: Database) -> Iterator[GroupCommitWriter]:
    one = GroupCommitWriter(store.engine(Use.WRITE), on_commit=lambda _tenants: None, lanes=store.writers)
    yield one
    one.close()


def add(n: int, *, size: int = 1) -> Work:
    def work(connection: sa.Connection) -> int:
        connection.execute(number.insert().values(n=n, body=bytes(size)))
        return n

    return work


def together(writer: GroupCommitWriter, *pieces: Work) -> list[Future[Any]]:
    """Hand pieces over so that they are committed in one group."""
    is_busy, may_go_on = threading.Event(), threading.Event()

    def hold(_connection: sa.Connection) -> None:
        is_busy.set()
        assert may_go_on.wait(60)

    writer.submit(hold, key="one lane")
    assert is_busy.wait(60)
    futures = [writer.submit(piece, key="one lane") for piece in pieces]
    may_go_on.set()
    return futures


def kept(store: Database) -> list[int]:
    engine = store.engine(Use.READ)
    try:
        with engine.begin() as connection:
            return list(connection.scalars(sa.select(number.c.n).order_by(number.c.n)))
    finally:
        engine.dispose()


@on_both_engines
def test_one_pieces_fault_is_its_own(writer: GroupCommitWriter, store: Database) -> None:
    before, faulty, after = together(writer, add(1), add(1), add(2))
    assert before.result(60) == 1
    assert isinstance(faulty.exception(10), sa.exc.IntegrityError)
    assert after.result(60) == 2
    assert kept(store) == [1, 2]


@on_both_engines
def test_a_piece_that_was_overtaken_is_done_again_and_nothing_with_its_key_overtakes_it(
    writer: GroupCommitWriter, store: Database
) -> None:
    order: list[str] = []

    def overtaken_twice(connection: sa.Connection) -> str:
        add(1)(connection)
        order.append("first")
        if len(order) < 3:
            raise Overtaken
        return "done"

    def later(_connection: sa.Connection) -> None:
        order.append("later")

    first, second = together(writer, overtaken_twice, later)
    assert first.result(60) == "done"
    assert second.result(60) is None
    assert order == ["first", "first", "first", "later"]
    assert kept(store) == [1]


@on_both_engines
def test_who_is_overtaken_for_ever_is_told_so(writer: GroupCommitWriter, store: Database) -> None:
    def always(connection: sa.Connection) -> None:
        add(1)(connection)
        raise Overtaken

    assert isinstance(writer.submit(always).exception(10), Overtaken)
    assert writer.submit(add(2)).result(60) == 2
    assert kept(store) == [2]


@on_both_engines
def test_a_long_piece_has_a_transaction_of_its_own(writer: GroupCommitWriter, store: Database) -> None:
    seen: list[list[int]] = []
    is_busy, may_go_on = threading.Event(), threading.Event()

    def hold(_connection: sa.Connection) -> None:
        is_busy.set()
        assert may_go_on.wait(60)

    writer.submit(hold, key="x")
    assert is_busy.wait(60)
    futures: list[Future[Any]] = [
        writer.submit(add(1), key="x"),
        writer.submit(lambda _connection: seen.append(kept(store)), key="x", is_alone=True),
        writer.submit(add(2), key="x"),
        writer.submit(lambda _connection: seen.append(kept(store)), key="x"),
    ]
    may_go_on.set()
    for future in futures:
        future.result(60)
    assert seen == [[1], [1]]


@on_postgresql
def test_two_who_wait_for_each_other_are_both_done(writer: GroupCommitWriter, store: Database) -> None:
    for n in (1, 2):
        writer.submit(add(n)).result(60)
    both_hold = threading.Barrier(2)
    tries = [0, 0]

    def change(mine: int, theirs: int) -> Work:
        def work(connection: sa.Connection) -> None:
            tries[mine - 1] += 1
            connection.execute(number.update().where(number.c.n == mine).values(body=b"mine"))
            if tries[mine - 1] == 1:
                both_hold.wait(60)
            connection.execute(number.update().where(number.c.n == theirs).values(body=b"theirs"))

        return work

    futures = [writer.submit(change(1, 2), key=0), writer.submit(change(2, 1), key=1)]
    assert [future.result(60) for future in futures] == [None, None]
    assert sorted(tries) == [1, 2]


@on_postgresql
def test_who_finds_the_key_taken_meanwhile_looks_again(writer: GroupCommitWriter, store: Database) -> None:
    """Two lanes look, find nothing, and insert: the second finds on its second look what the first has done."""
    both_looked = threading.Barrier(2)
    tries = [0, 0]

    def look_and_add(lane: int) -> Work:
        def work(connection: sa.Connection) -> str:
            tries[lane] += 1
            found = connection.scalar(sa.select(number.c.n).where(number.c.n == 7))
            if tries[lane] == 1:
                both_looked.wait(60)
            if found is None:
                add(7)(connection)
            return "added" if found is None else "found"

        return work

    futures = [writer.submit(look_and_add(lane), key=lane) for lane in (0, 1)]
    assert sorted(future.result(60) for future in futures) == ["added", "found"]


@on_postgresql
def test_a_line_that_breaks_in_the_middle_of_a_group_costs_nobody_their_answer(
    writer: GroupCommitWriter, store: Database
) -> None:
    tries = 0

    def cut_off_once(connection: sa.Connection) -> str:
        nonlocal tries
        tries += 1
        if tries == 1:
            connection.execute(sa.select(sa.func.pg_terminate_backend(sa.func.pg_backend_pid())))
        return "done"

    futures = together(writer, add(1), cut_off_once, add(2))
    assert [future.result(60) for future in futures] == [1, "done", 2]
    assert kept(store) == [1, 2]


@on_postgresql
def test_a_line_that_breaks_again_and_again_is_told(writer: GroupCommitWriter, store: Database) -> None:
    def cut_off(connection: sa.Connection) -> None:
        connection.execute(sa.select(sa.func.pg_terminate_backend(sa.func.pg_backend_pid())))

    before, cut, after = together(writer, add(1), cut_off, add(2))
    assert [type(future.exception(10)) for future in (before, cut, after)] == [Unavailable] * 3
    assert writer.submit(add(3)).result(60) == 3
    assert kept(store) == [3]


@on_postgresql
def test_a_question_whose_line_broke_is_asked_again(store: Database) -> None:
    tries = 0

    def ask(connection: sa.Connection) -> int:
        nonlocal tries
        tries += 1
        if tries == 1:
            connection.execute(sa.select(sa.func.pg_terminate_backend(sa.func.pg_backend_pid())))
        return tries

    reader = Reader(store.engine(Use.READ), threads=1)
    assert reader.submit(ask).result(60) == 2
    reader.close()


@on_both_engines
def test_what_has_one_key_is_done_in_the_order_it_came(writer: GroupCommitWriter) -> None:
    done: dict[int, list[int]] = {key: [] for key in range(8)}

    def note(key: int, at: int) -> Work:
        return lambda _connection: done[key].append(at)

    for future in [writer.submit(note(key, at), key=key) for at in range(50) for key in done]:
        future.result(60)
    assert done == {key: list(range(50)) for key in done}


def test_a_disk_that_fills_in_the_middle_of_a_group_makes_nobody_believe_in_a_commit(
    writer: GroupCommitWriter, store: Database
) -> None:
    """SQLite then gives the whole transaction up by itself, and would take what follows piece by piece."""

    def too_much(connection: sa.Connection) -> None:
        connection.exec_driver_sql("PRAGMA max_page_count = 4")
        try:
            add(2, size=1_000_000)(connection)
        finally:
            connection.exec_driver_sql("PRAGMA max_page_count = 1000000")

    futures = together(writer, add(1), too_much, add(3))
    for future in futures:
        assert isinstance(future.exception(10), sa.exc.OperationalError)
    assert kept(store) == []
    assert writer.submit(add(4)).result(60) == 4
    assert kept(store) == [4]


def test_a_store_that_somebody_else_holds_is_waited_for(tmp_path: Path) -> None:
    store = SqliteFile(tmp_path / "held.db")
    engine = store.engine(Use.MIGRATE)
    metadata.create_all(engine)
    writer = GroupCommitWriter(store.engine(Use.WRITE), on_commit=lambda _tenants: None)
    try:
        with engine.begin() as connection:
            add(1)(connection)
            waiting = writer.submit(add(2))
        assert waiting.result(60) == 2
        assert kept(store) == [1, 2]
    finally:
        writer.close()
        engine.dispose()


@on_both_engines
def test_the_writer_outlives_a_bell_that_cannot_be_rung(store: Database) -> None:
    def broken(_tenants: frozenset[UUID]) -> None:
        raise RuntimeError("Event loop is closed")

    writer = GroupCommitWriter(store.engine(Use.WRITE), on_commit=broken, lanes=store.writers)
    try:
        assert writer.submit(lambda connection: touch(connection, HOSPITAL)).result(60) is None
        assert writer.submit(add(5)).result(60) == 5
    finally:
        writer.close()


@on_both_engines
def test_readers_cannot_write_and_see_one_state(store: Database, writer: GroupCommitWriter) -> None:
    def look_twice(connection: sa.Connection) -> tuple[int, int]:
        count = sa.select(sa.func.count()).select_from(number)
        before = connection.scalar(count)
        writer.submit(add(1)).result(60)
        return before or 0, connection.scalar(count) or 0

    reader = Reader(store.engine(Use.READ), threads=1)
    try:
        assert reader.submit(look_twice).result(60) == (0, 0)
        assert isinstance(reader.submit(add(2)).exception(10), sa.exc.DBAPIError)
    finally:
        reader.close()
    assert kept(store) == [1]


def test_too_many_questions_at_once_are_turned_away(store: Database) -> None:
    may_go_on = threading.Event()
    reader = Reader(store.engine(Use.READ), threads=1, most_waiting=2)
    try:
        asked = [reader.submit(lambda _connection: may_go_on.wait(60)) for _ in range(2)]
        with pytest.raises(Busy):
            reader.submit(lambda _connection: True)
        may_go_on.set()
        assert [one.result(60) for one in asked] == [True, True]
        assert reader.submit(lambda _connection: "again").result(60) == "again"
    finally:
        may_go_on.set()
        reader.close()
