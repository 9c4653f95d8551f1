"""What falls due by the clock: help calls that nobody took, complaints whose deadline will be missed.  # rules B4, I4

Each goes to staff once: the row says so in the transaction that makes the task. `step(now)` may be called by several
servers side by side.
"""

from __future__ import annotations

from functools import partial
from uuid import UUID

import sqlalchemy as sa

from central.clockwork import IsEnding, never_ending
from central.feedback.complaints import LATE, OPEN
from central.feedback.tables import complaint, help_call
from central.hospital_systems.whose import Submit
from central.moment import Moment
from central.rosters.tables import hospital
from central.staff.service import Task, open_task

TAKEN_WITHIN_MS = 3 * 60_000
"""A help call that nobody took for so long goes to the duty leader."""
AHEAD_MS = 2 * 3_600_000
"""So long before a complaint's deadline the complainant is told that it will be missed; at most half of its time."""
PAUSE_MS = 5_000
_BATCH = 200
HELP_CALL_RAISED, COMPLAINT_LATE = "help_call_raised", "complaint_late"


class FeedbackDue:
    """Raises what was left lying."""

    def __init__(self, *, ask: Submit, write: Submit, is_ending: IsEnding = never_ending) -> None:
        self._ask = ask
        self._write = write
        self._is_ending = is_ending

    def step(self, now_ms: int) -> int:
        """Do it; when to be called again. Raises what the store raises: try again later."""
        moment = Moment(now_ms)
        for hospital_id in self._ask(_hospitals).result():
            for question, piece in ((_untaken, raise_call), (_nearly_due, warn_of_delay)):
                for thing_id in self._ask(partial(question, hospital_id=hospital_id, now_ms=now_ms)).result():
                    if self._is_ending():
                        return now_ms
                    self._write(partial(piece, hospital_id=hospital_id, thing_id=thing_id, moment=moment)).result()
        return now_ms + PAUSE_MS


def raise_call(connection: sa.Connection, hospital_id: UUID, thing_id: UUID, moment: Moment) -> None:
    """The duty leader hears of it, if still nobody took it."""
    mine = (help_call.c.hospital_id == hospital_id, help_call.c.call_id == thing_id)
    raised = connection.execute(
        help_call.update()
        .where(*mine, help_call.c.taken_ms.is_(None), help_call.c.raised_ms.is_(None), help_call.c.solved_ms.is_(None))
        .values(raised_ms=moment.now_ms, ver=help_call.c.ver + 1)
    )
    if raised.rowcount:
        row = connection.execute(sa.select(help_call).where(*mine)).one()
        facts = {"call_id": str(thing_id)}
        task = Task(kind=HELP_CALL_RAISED, reason=row.kind, terminal_id=row.terminal_id, facts=facts)
        open_task(connection, hospital_id, task, moment)


def warn_of_delay(connection: sa.Connection, hospital_id: UUID, thing_id: UUID, moment: Moment) -> None:
    """Staff tell the complainant that it takes longer."""
    late = connection.execute(
        complaint.update()
        .where(
            complaint.c.hospital_id == hospital_id,
            complaint.c.complaint_id == thing_id,
            complaint.c.state == OPEN,
        )
        .values(state=LATE, ver=complaint.c.ver + 1)
    )
    if late.rowcount:
        task = Task(kind=COMPLAINT_LATE, reason="", facts={"complaint_id": str(thing_id)})
        open_task(connection, hospital_id, task, moment)


def _hospitals(connection: sa.Connection) -> list[UUID]:
    return list(connection.execute(sa.select(hospital.c.hospital_id)).scalars())


def _untaken(connection: sa.Connection, *, hospital_id: UUID, now_ms: int) -> list[UUID]:
    query = sa.select(help_call.c.call_id).where(
        help_call.c.hospital_id == hospital_id,
        help_call.c.solved_ms.is_(None),
        help_call.c.taken_ms.is_(None),
        help_call.c.raised_ms.is_(None),
        help_call.c.made_ms <= now_ms - TAKEN_WITHIN_MS,
    )
    return list(connection.execute(query.order_by(help_call.c.made_ms).limit(_BATCH)).scalars())


def _nearly_due(connection: sa.Connection, *, hospital_id: UUID, now_ms: int) -> list[UUID]:
    half = (complaint.c.made_ms + complaint.c.due_ms) / 2
    query = sa.select(complaint.c.complaint_id).where(
        complaint.c.hospital_id == hospital_id,
        complaint.c.state == OPEN,
        complaint.c.due_ms <= now_ms + AHEAD_MS,
        half <= now_ms,
    )
    return list(connection.execute(query.order_by(complaint.c.due_ms).limit(_BATCH)).scalars())
