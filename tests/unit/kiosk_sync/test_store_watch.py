"""When a store that failed the synchronisation is well again."""

from __future__ import annotations

import pytest

from kiosk.ports.store import StoreAnswered, StoreBroken
from kiosk.sync.store_watch import StoreWatch

BROKEN, WELL = StoreAnswered("store_broken"), StoreAnswered()


class Work:
    """Parts of the work, done as a test says."""

    def __init__(self) -> None:
        self.told: list[object] = []
        self.watch = StoreWatch(self.told.append)

    def fails(self, part: str, fault: Exception | None = None) -> None:
        raised = fault or StoreBroken("disk I/O error")
        with pytest.raises(type(raised)), self.watch.part(part):
            raise raised

    def goes_well(self, part: str) -> None:
        with self.watch.part(part):
            pass


def test_each_fault_is_told_and_the_end_of_the_last_once() -> None:
    work = Work()
    work.goes_well("counting")
    assert work.told == []
    work.fails("counting")
    work.fails("counting")
    work.goes_well("counting")
    work.goes_well("counting")
    assert work.told == [BROKEN, BROKEN, WELL]
    assert not work.watch.is_faulty()


def test_what_only_one_part_touches_is_not_well_because_others_are() -> None:
    work = Work()
    work.fails("purging")
    work.goes_well("counting")
    work.fails("counting")
    work.goes_well("counting")
    assert work.told == [BROKEN, BROKEN]
    work.goes_well("purging")
    assert work.told == [BROKEN, BROKEN, WELL]


def test_a_silent_line_says_nothing_about_the_store() -> None:
    work = Work()
    work.fails("synchronising")
    work.fails("synchronising", TimeoutError())
    assert work.told == [BROKEN]
    assert work.watch.is_faulty()
