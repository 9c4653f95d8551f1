"""The list of what staff must settle, and settling it. What a terminal did that was not applied leaves the terminal's
own list with it: the terminal asks for its operations with each heartbeat.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa

from central.keys import ColumnSeal
from central.moment import Moment
from central.staff.service import BeforeAndAfter, Deed, Task, open_task, settled_among, write_audit
from central.staff.tables import staff_task
from central.terminals.tables import terminal

NOT_APPLIED = "not_applied"
"""A terminal has an operation that was not applied, and nobody here knows why: the store is older than the answer, or
the request itself was not understood."""
SETTLED = "task settled"
_COLUMNS = (
    staff_task.c.task_id,
    staff_task.c.kind,
    staff_task.c.reason,
    staff_task.c.made_ms,
    staff_task.c.terminal_id,
    terminal.c.label.label("terminal_label"),
    staff_task.c.operation_id,
    staff_task.c.booking_id,
    staff_task.c.facts,
    staff_task.c.settled_ms,
    staff_task.c.settled_by,
)
_ITS_TERMINAL = sa.and_(
    terminal.c.hospital_id == staff_task.c.hospital_id, terminal.c.terminal_id == staff_task.c.terminal_id
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskView:
    """Something that a person must settle, or settled. Nothing in it is personal."""

    task_id: UUID
    kind: str
    reason: str
    made_ms: int
    terminal_id: UUID | None
    terminal_label: str | None
    operation_id: UUID | None
    booking_id: UUID | None
    facts: dict[str, str]
    settled_ms: int | None
    settled_by: str | None
    """Who of the staff; nobody where an act settled it by itself."""


@dataclass(frozen=True, slots=True)
class TaskViews:
    """Some of them, the oldest first; `next` is where to go on, None at the end."""

    tasks: tuple[TaskView, ...]
    next: UUID | None = None


@dataclass(frozen=True, slots=True)
class Settling:
    """Who settles it, and what was done. The note is sealed: it may say more than it should."""

    by: str
    note: str = field(repr=False)


def task_views(
    connection: sa.Connection, hospital_id: UUID, *, is_open: bool | None, after: UUID | None, limit: int
) -> TaskViews:
    """A hospital's tasks: the open ones, the settled ones, or (None) all."""
    where = [staff_task.c.hospital_id == hospital_id]
    if is_open is not None:
        where.append(staff_task.c.settled_ms.is_(None) if is_open else staff_task.c.settled_ms.is_not(None))
    if after is not None:
        where.append(staff_task.c.task_id > after)
    query = sa.select(*_COLUMNS).outerjoin(terminal, _ITS_TERMINAL).where(*where).order_by(staff_task.c.task_id)
    found = tuple(TaskView(**row) for row in connection.execute(query.limit(limit)).mappings())
    return TaskViews(found, next=found[-1].task_id if len(found) == limit else None)


def hospital_of_task(connection: sa.Connection, task_id: UUID) -> UUID | None:
    """Whose task it is; None where there is no such task."""
    query = sa.select(staff_task.c.hospital_id).where(staff_task.c.task_id == task_id)
    return connection.execute(query).scalar_one_or_none()


def settle_task(
    connection: sa.Connection, hospital_id: UUID, task_id: UUID, settling: Settling, *, seal: ColumnSeal, moment: Moment
) -> TaskView | None:
    """The task as it is then; None where there is no such task. One that is settled stays as it is: it says by whom."""
    settled = connection.execute(
        staff_task.update()
        .where(
            staff_task.c.hospital_id == hospital_id,
            staff_task.c.task_id == task_id,
            staff_task.c.settled_ms.is_(None),
        )
        .values(settled_ms=moment.now_ms, settled_by=settling.by)
    )
    if settled.rowcount:
        change = BeforeAndAfter(seal, after=settling.note)
        write_audit(connection, hospital_id, Deed(settling.by, SETTLED, "staff_task", task_id), moment, change)
    query = sa.select(*_COLUMNS).outerjoin(terminal, _ITS_TERMINAL)
    query = query.where(staff_task.c.hospital_id == hospital_id, staff_task.c.task_id == task_id)
    row = connection.execute(query).mappings().one_or_none()
    return None if row is None else TaskView(**row)


def settled_for(
    connection: sa.Connection,
    hospital_id: UUID,
    terminal_id: UUID,
    operation_ids: Collection[UUID],
    moment: Moment,
) -> tuple[UUID, ...]:
    """Those of a terminal's operations that staff have settled. One of which staff were never told gets a task."""
    known = set(
        connection.scalars(
            sa.select(staff_task.c.operation_id).where(
                staff_task.c.hospital_id == hospital_id, staff_task.c.operation_id.in_(tuple(operation_ids))
            )
        )
    )
    for operation_id in dict.fromkeys(operation_ids):
        if operation_id not in known:
            task = Task(kind=NOT_APPLIED, reason="", terminal_id=terminal_id, operation_id=operation_id)
            open_task(connection, hospital_id, task, moment)
    return settled_among(connection, hospital_id, known)
