"""Free places, for everybody: counted at most once a second for a hospital and day, and handed out with their age.

Nothing is stored: the count is derived from the places, so it can be old but never wrong for longer than that.
Whether somebody gets a place is decided on the place itself.  # rules C6, H1
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar
from uuid import UUID

import sqlalchemy as sa

from booking.roster import BookingState, SlotState
from booking.roster.affected import first_choice_until_ms, open_to_others
from booking.roster.settings import ChangePolicy
from booking.wire_catalogue import DayAvailability, SessionFree
from central.appointments.tables import booking
from central.moment import Clock
from central.policies.service import policy_in_force
from central.rosters.pools import COMMON_TEXT
from central.rosters.tables import session, slot

Result = TypeVar("Result")

FRESH_MS = 1_000
_DAYS_KEPT = 1_000


class Read(Protocol):
    """Asks the store."""

    def __call__(self, question: Callable[[sa.Connection], Result], /) -> Awaitable[Result]: ...


class Availability:
    """What was counted last, by hospital and day. Lives on the server's event loop."""

    def __init__(self, read: Read, clock: Clock) -> None:
        self._read = read
        self._clock = clock
        self._counts: dict[tuple[UUID, str], asyncio.Task[DayAvailability]] = {}

    async def of(self, hospital_id: UUID, day: str) -> DayAvailability:
        """The free places of a day: as counted within the last second, or counted now."""
        key = (hospital_id, day)
        task = self._counts.get(key)
        if task is None or not self._is_fresh(task):
            if len(self._counts) >= _DAYS_KEPT:
                self._counts.clear()
            task = self._counts[key] = asyncio.create_task(self._count(hospital_id, day))
            task.add_done_callback(_look_at)
        return await asyncio.shield(task)

    async def _count(self, hospital_id: UUID, day: str) -> DayAvailability:
        now_ms = self._clock()
        return await self._read(lambda connection: free_places(connection, hospital_id, day, now_ms))

    def _is_fresh(self, task: asyncio.Task[DayAvailability]) -> bool:
        if not task.done():
            return True
        if task.cancelled() or task.exception() is not None:
            return False
        return 0 <= self._clock() - task.result().as_of_ms < FRESH_MS


def _look_at(done: asyncio.Task[DayAvailability]) -> None:
    """In case that all who asked have hung up."""
    if not done.cancelled():
        done.exception()


def free_places(connection: sa.Connection, hospital_id: UUID, day: str, now_ms: int) -> DayAvailability:
    """The free places of each session of a day that is published and does take place."""
    sessions = connection.execute(
        sa.select(session.c.session_id, session.c.department_id).where(
            session.c.hospital_id == hospital_id,
            session.c.service_date == day,
            session.c.published_ms.is_not(None),
            session.c.stopped_ms.is_(None),
        )
    ).all()
    free = _free_by_pool(connection, hospital_id, day)
    policy = policy_in_force(connection, hospital_id, now_ms).roster.changes
    choosing = _still_choosing(connection, hospital_id, day, now_ms, policy)
    found = []
    for it in sessions:
        by_pool = free.get(it.session_id, {})
        open_places = by_pool.get(COMMON_TEXT, 0)
        for waiting, changed_ms in choosing.get(it.department_id, ()):
            open_places = open_to_others(
                open_places, still_choosing=waiting, changed_ms=changed_ms, now_ms=now_ms, policy=policy
            )
        found.append(SessionFree(it.session_id, by_pool, open_places))
    return DayAvailability(day, now_ms, tuple(found))


def _free_by_pool(connection: sa.Connection, hospital_id: UUID, day: str) -> dict[UUID, dict[str, int]]:
    """Places that have not begun; the day's sessions are few, their places are found by the key."""
    query = (
        sa.select(slot.c.session_id, slot.c.pool, sa.func.count().label("places"))
        .join(session, sa.and_(session.c.hospital_id == slot.c.hospital_id, session.c.session_id == slot.c.session_id))
        .where(
            session.c.hospital_id == hospital_id, session.c.service_date == day, slot.c.state == SlotState.FREE.value
        )
        .group_by(slot.c.session_id, slot.c.pool)
    )
    free: dict[UUID, dict[str, int]] = {}
    for it in connection.execute(query):
        free.setdefault(it.session_id, {})[it.pool] = it.places
    return free


def _still_choosing(
    connection: sa.Connection, hospital_id: UUID, day: str, now_ms: int, policy: ChangePolicy
) -> dict[UUID, list[tuple[int, int]]]:
    """By department: how many patients of a clinic that was stopped just now have not chosen, and when it was stopped.

    They choose from that clinic's day on, ahead of everybody else, for the set time.  # rule H1
    """
    window_ms = first_choice_until_ms(0, policy)
    query = (
        sa.select(session.c.department_id, session.c.stopped_ms, sa.func.count().label("patients"))
        .join(
            booking,
            sa.and_(booking.c.hospital_id == session.c.hospital_id, booking.c.session_id == session.c.session_id),
        )
        .where(
            session.c.hospital_id == hospital_id,
            session.c.service_date <= day,
            session.c.stopped_ms > now_ms - window_ms,
            booking.c.state == BookingState.STOPPED.value,
            booking.c.later_booking_id.is_(None),
        )
        .group_by(session.c.department_id, session.c.session_id, session.c.stopped_ms)
    )
    choosing: dict[UUID, list[tuple[int, int]]] = {}
    for it in connection.execute(query):
        choosing.setdefault(it.department_id, []).append((it.patients, it.stopped_ms))
    return choosing
