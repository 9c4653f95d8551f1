"""Places open, and what a pool has not used becomes common, when their hour has come.  # rules C5, C8

Each pool of a session is opened once and returned once: `session_pool` says which, in the same transaction as its
places change, and only if nobody else did it. A place that somebody has, on paper or on loan, is left alone: nobody's
hour takes it away (sync C4); it becomes common when it is given back. So whoever dies between two pieces leaves nothing
but work to do again, and two servers may do it side by side.

`step(now)` does what is due in small pieces, so that bookings get their turn between them, and says when it wants to be
called again. A thread only calls it.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Protocol, TypeVar
from uuid import UUID

import sqlalchemy as sa

from booking.roster.places import BlockedFor
from booking.roster.states import SlotState
from central.clockwork import IsEnding, never_ending
from central.moment import Moment
from central.rosters.pools import COMMON_TEXT
from central.rosters.tables import hospital, session_pool, slot

Result = TypeVar("Result")

BATCH = 50
"""Pools of sessions in one piece: some thousand places."""
LONGEST_PAUSE_MS = 5_000
"""Another process may publish at any time."""


class Submit(Protocol):
    """Hands a question or a piece of work over."""

    def __call__(self, work: Callable[[sa.Connection], Result], /) -> Future[Result]: ...


class Release:
    """Opens and returns pools."""

    def __init__(self, *, ask: Submit, write: Submit, is_ending: IsEnding = never_ending) -> None:
        self._ask = ask
        self._write = write
        self._is_ending = is_ending

    def step(self, now_ms: int) -> int:
        """Do all that is due; when there will be more. Raises what the store raises: try again later."""
        moment = Moment(now_ms)
        wake_ms = now_ms + LONGEST_PAUSE_MS
        for hospital_id in self._ask(_hospitals).result():
            while (due_ms := self._ask(partial(next_due_ms, hospital_id=hospital_id)).result()) is not None:
                if due_ms > now_ms:
                    wake_ms = min(wake_ms, due_ms)
                    break
                if self._is_ending():
                    return now_ms
                self._write(partial(release_due, hospital_id=hospital_id, moment=moment)).result()
        return wake_ms


def next_due_ms(connection: sa.Connection, *, hospital_id: UUID) -> int | None:
    """When the next pool of this hospital opens or returns; None while none will."""
    opens = sa.select(sa.func.min(session_pool.c.opens_ms)).where(*_unopened(hospital_id))
    returns = sa.select(sa.func.min(session_pool.c.returns_ms)).where(*_unreturned(hospital_id))
    found = [connection.execute(query).scalar() for query in (opens, returns)]
    return min((it for it in found if it is not None), default=None)


def release_due(connection: sa.Connection, *, hospital_id: UUID, moment: Moment) -> int:
    """Open, then return, the pools whose hour has come, the first of them; how many that were."""
    opening = _due(connection, session_pool.c.opens_ms, _unopened(hospital_id), moment.now_ms)
    for session_id, pool in opening:
        _open(connection, hospital_id, session_id, pool, moment)
    returning = _due(connection, session_pool.c.returns_ms, _unreturned(hospital_id), moment.now_ms)
    for session_id, pool in returning:
        _return(connection, hospital_id, session_id, pool, moment)
    return len(opening) + len(returning)


def _hospitals(connection: sa.Connection) -> list[UUID]:
    return list(connection.execute(sa.select(hospital.c.hospital_id).order_by(hospital.c.hospital_id)).scalars())


_Conditions = tuple[sa.ColumnElement[bool], ...]


def _unopened(hospital_id: UUID) -> _Conditions:
    return (session_pool.c.hospital_id == hospital_id, session_pool.c.opened_ms.is_(None))


def _unreturned(hospital_id: UUID) -> _Conditions:
    # A pool returns only after it was opened, whatever the settings say.
    return (
        session_pool.c.hospital_id == hospital_id,
        session_pool.c.returned_ms.is_(None),
        session_pool.c.returns_ms.is_not(None),
        session_pool.c.opened_ms.is_not(None),
    )


def _due(
    connection: sa.Connection, hour: sa.Column[int], conditions: _Conditions, now_ms: int
) -> list[tuple[UUID, str]]:
    found = connection.execute(
        sa.select(session_pool.c.session_id, session_pool.c.pool)
        .where(*conditions, hour <= now_ms)
        .order_by(hour)
        .limit(BATCH)
    )
    return [(it.session_id, it.pool) for it in found]


def _open(connection: sa.Connection, hospital_id: UUID, session_id: UUID, pool: str, moment: Moment) -> None:
    """The pool's places that wait for their release are free. In a stopped session none waits."""
    mine = _this(hospital_id, session_id, pool)
    done = connection.execute(
        session_pool.update().where(*mine, session_pool.c.opened_ms.is_(None)).values(opened_ms=moment.now_ms)
    )
    if done.rowcount:
        connection.execute(
            slot.update()
            .where(*_waiting(hospital_id, session_id), slot.c.pool == pool)
            .values(state=SlotState.FREE.value, blocked_for=None, ver=slot.c.ver + 1)
        )


def _return(connection: sa.Connection, hospital_id: UUID, session_id: UUID, pool: str, moment: Moment) -> None:
    """What nobody has is common now."""
    mine = _this(hospital_id, session_id, pool)
    done = connection.execute(
        session_pool.update().where(*mine, session_pool.c.returned_ms.is_(None)).values(returned_ms=moment.now_ms)
    )
    if done.rowcount:
        connection.execute(
            slot.update()
            .where(
                slot.c.hospital_id == hospital_id,
                slot.c.session_id == session_id,
                slot.c.pool == pool,
                slot.c.state.in_((SlotState.FREE.value, SlotState.BLOCKED.value)),
            )
            .values(pool=COMMON_TEXT, ver=slot.c.ver + 1)
        )


def _this(hospital_id: UUID, session_id: UUID, pool: str) -> _Conditions:
    return (
        session_pool.c.hospital_id == hospital_id,
        session_pool.c.session_id == session_id,
        session_pool.c.pool == pool,
    )


def _waiting(hospital_id: UUID, session_id: UUID) -> _Conditions:
    return (
        slot.c.hospital_id == hospital_id,
        slot.c.session_id == session_id,
        slot.c.state == SlotState.BLOCKED.value,
        slot.c.blocked_for == BlockedFor.NOT_RELEASED.value,
    )
