"""Telling terminals when the hour of new settings has come: the feed's row stands there from then on, never before.

A row of the feed says that something is different now, and is read as it then is: written too early, it would tell the
settings before, and nobody would ever hear of the new ones. `step(now)` may be called by several servers side by side.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Protocol, TypeVar
from uuid import UUID

import sqlalchemy as sa

from booking.wire import RowKind
from central.moment import Moment
from central.policies.tables import policy
from central.sync.service import Change, write_change

Result = TypeVar("Result")

LONGEST_PAUSE_MS = 5_000
"""Another process may bring new settings at any time."""


class Submit(Protocol):
    """Hands a question or a piece of work over."""

    def __call__(self, work: Callable[[sa.Connection], Result], /) -> Future[Result]: ...


class PolicyStarts:
    """Tells of settings that came into force."""

    def __init__(self, *, ask: Submit, write: Submit) -> None:
        self._ask = ask
        self._write = write

    def step(self, now_ms: int) -> int:
        """Tell what is due; when there may be more. Raises what the store raises: try again later."""
        wake_ms = now_ms + LONGEST_PAUSE_MS
        for hospital_id, from_ms in self._ask(_untold).result():
            if from_ms <= now_ms:
                self._write(partial(tell_start, hospital_id=hospital_id, moment=Moment(now_ms))).result()
            else:
                wake_ms = min(wake_ms, from_ms)
        return wake_ms


def tell_start(connection: sa.Connection, *, hospital_id: UUID, moment: Moment) -> None:
    """The feed says that the newest settings whose time has come are in force, unless somebody else said so."""
    in_time = (policy.c.hospital_id == hospital_id, policy.c.from_ms <= moment.now_ms)
    told = connection.execute(policy.update().where(*in_time, policy.c.told_ms.is_(None)).values(told_ms=moment.now_ms))
    if told.rowcount:
        version = connection.execute(sa.select(sa.func.max(policy.c.version)).where(*in_time)).scalar_one()
        write_change(connection, hospital_id, Change(RowKind.POLICY, hospital_id, version), moment)


def _untold(connection: sa.Connection) -> list[tuple[UUID, int]]:
    """For each hospital that has any: when the first of its untold settings come into force."""
    query = sa.select(policy.c.hospital_id, sa.func.min(policy.c.from_ms)).where(policy.c.told_ms.is_(None))
    return [(hospital_id, from_ms) for hospital_id, from_ms in connection.execute(query.group_by(policy.c.hospital_id))]
