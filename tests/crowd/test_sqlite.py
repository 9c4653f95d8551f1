"""Twenty clients at SQLite's one writer."""

from __future__ import annotations

from collections.abc import Callable

from tests.crowd.random_day import a_random_day
from tools.crowd.crowd import Crowd


def test_whatever_twenty_clients_do_on_sqlite_all_adds_up(new_crowd: Callable[..., Crowd]) -> None:
    a_random_day(new_crowd(seed=41))
