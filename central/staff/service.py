"""Making work for staff, and writing the trail."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa

from central.keys import ColumnSeal
from central.moment import Moment
from central.staff.tables import audit, staff_task


@dataclass(frozen=True, slots=True)
class Task:
    """Something that a person must settle. `facts` hold ids, times and codes, nothing personal."""

    kind: str
    reason: str
    terminal_id: UUID | None = None
    operation_id: UUID | None = None
    booking_id: UUID | None = None
    task_id: UUID | None = None
    """Its id, where that follows from what it is about; None: a new one."""
    facts: dict[str, str] = field(default_factory=dict)


def open_task(connection: sa.Connection, hospital_id: UUID, task: Task, moment: Moment) -> UUID:
    """Put a task on the list; its id."""
    task_id = task.task_id or moment.new_id()
    connection.execute(
        staff_task.insert().values(
            hospital_id=hospital_id,
            task_id=task_id,
            kind=task.kind,
            reason=task.reason,
            terminal_id=task.terminal_id,
            operation_id=task.operation_id,
            booking_id=task.booking_id,
            facts=task.facts,
            made_ms=moment.now_ms,
        )
    )
    return task_id


def settled_among(connection: sa.Connection, hospital_id: UUID, operation_ids: Iterable[UUID]) -> tuple[UUID, ...]:
    """Those operations that had tasks, all of which are settled. A terminal that was enrolled anew has the operations
    of the one that it was, so it does not matter whose they were.
    """
    its = staff_task.c.operation_id
    query = (
        sa.select(its)
        .where(staff_task.c.hospital_id == hospital_id, its.in_(tuple(operation_ids)))
        .group_by(its)
        .having(sa.func.count() == sa.func.count(staff_task.c.settled_ms))
    )
    return tuple(connection.scalars(query))


def settle_tasks(connection: sa.Connection, hospital_id: UUID, booking_id: UUID, kind: str, moment: Moment) -> None:
    """An act has done what these tasks of a booking asked for."""
    connection.execute(
        staff_task.update()
        .where(
            staff_task.c.hospital_id == hospital_id,
            staff_task.c.booking_id == booking_id,
            staff_task.c.kind == kind,
            staff_task.c.settled_ms.is_(None),
        )
        .values(settled_ms=moment.now_ms)
    )


@dataclass(frozen=True, slots=True)
class Deed:
    """Who did what to which thing."""

    actor: str
    action: str
    entity: str
    entity_id: UUID


@dataclass(frozen=True, slots=True)
class BeforeAndAfter:
    """What a deed changed, or why it was done; sealed, for it may be personal. An empty side is not kept."""

    seal: ColumnSeal
    before: str = field(default="", repr=False)
    after: str = field(default="", repr=False)

    def columns(self, audit_id: UUID) -> dict[str, bytes | None]:
        """For one row of the trail."""
        sides = {"before_sealed": self.before, "after_sealed": self.after}
        return {
            column: self.seal.seal(text, table="audit", column=column, row=audit_id) if text else None
            for column, text in sides.items()
        }


def write_audit(
    connection: sa.Connection, tenant_id: UUID, deed: Deed, moment: Moment, change: BeforeAndAfter | None = None
) -> None:
    """Add to the trail."""
    audit_id = moment.new_id()
    connection.execute(
        audit.insert().values(
            tenant_id=tenant_id,
            audit_id=audit_id,
            at_ms=moment.now_ms,
            actor=deed.actor,
            action=deed.action,
            entity=deed.entity,
            entity_id=deed.entity_id,
            **(change.columns(audit_id) if change is not None else {}),
        )
    )
