"""The one writer: each piece gets its own verdict, and only what is on disk is called done."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from central.tables.engine import reading_engine, writing_engine
from central.writer import Busy, GroupCommitWriter, Reader, touch

HOSPITAL = UUID(int=1)
Work = Callable[[sa.Connection], Any]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "numbers.db"
    engine = writing_engine(path)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE number (n INTEGER PRIMARY KEY, body BLOB)")
    engine.dispose()
    return path


@pytest.fixture
def writer(store: Path) -> Iterator[GroupCommitWriter]:
    one = GroupCommitWriter(writing_engine(store), on_commit=lambda _hospitals: None)
    yield one
    one.close()


def add(number: int, *, size: int = 1) -> Work:
    def work(connection: sa.Connection) -> int:
        connection.exec_driver_sql(f"INSERT INTO number VALUES ({number}, zeroblob({size}))")
        return number

    return work


def together(writer: GroupCommitWriter, *pieces: Work) -> list[Future[Any]]:
    """Hand pieces over so that they are committed in one group."""
    is_busy, may_go_on = threading.Event(), threading.Event()

    def hold(_connection: sa.Connection) -> None:
        is_busy.set()
        assert may_go_on.wait(10)

    writer.submit(hold)
    assert is_busy.wait(10)
    futures = [writer.submit(piece) for piece in pieces]
    may_go_on.set()
    return futures


def kept(store: Path) -> list[int]:
    engine = reading_engine(store)
    try:
        with engine.begin() as connection:
            return list(connection.exec_driver_sql("SELECT n FROM number ORDER BY n").scalars())
    finally:
        engine.dispose()


def test_one_pieces_fault_is_its_own(writer: GroupCommitWriter, store: Path) -> None:
    before, faulty, after = together(writer, add(1), add(1), add(2))
    assert before.result(10) == 1
    assert isinstance(faulty.exception(10), sa.exc.IntegrityError)
    assert after.result(10) == 2
    assert kept(store) == [1, 2]


def test_a_disk_that_fills_in_the_middle_of_a_group_makes_nobody_believe_in_a_commit(
    writer: GroupCommitWriter, store: Path
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
    assert writer.submit(add(4)).result(10) == 4
    assert kept(store) == [4]


def test_the_writer_outlives_a_bell_that_cannot_be_rung(store: Path) -> None:
    def broken(_hospitals: frozenset[UUID]) -> None:
        raise RuntimeError("Event loop is closed")

    writer = GroupCommitWriter(writing_engine(store), on_commit=broken)
    try:
        assert writer.submit(lambda connection: touch(connection, HOSPITAL)).result(10) is None
        assert writer.submit(add(5)).result(10) == 5
    finally:
        writer.close()


def test_too_many_questions_at_once_are_turned_away(store: Path) -> None:
    may_go_on = threading.Event()
    reader = Reader(reading_engine(store), threads=1, most_waiting=2)
    try:
        asked = [reader.submit(lambda _connection: may_go_on.wait(10)) for _ in range(2)]
        with pytest.raises(Busy):
            reader.submit(lambda _connection: True)
        may_go_on.set()
        assert [one.result(10) for one in asked] == [True, True]
        assert reader.submit(lambda _connection: "again").result(10) == "again"
    finally:
        may_go_on.set()
        reader.close()
