"""Twenty clients at two servers on one PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable

from tests.crowd.random_day import a_random_day
from tests.plugins.postgres import on_postgresql
from tools.crowd.crowd import Crowd

pytestmark = on_postgresql


def test_whatever_twenty_clients_do_on_postgresql_all_adds_up(new_crowd: Callable[..., Crowd]) -> None:
    a_random_day(new_crowd(seed=42))
