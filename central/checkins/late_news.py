"""Telling a department of patients who came while their terminal was off line: they wait, and nobody had seen them.

One open task a department and day, however many come in: a list that fills with the same thing is read by nobody.
"""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from central.acts.operations import Act, Told
from central.checkins.found import FoundBooking
from central.moment import Moment
from central.staff.service import Deed, Task, open_task, write_audit
from central.staff.tables import staff_task

KIND = "arrivals_came_late"
LATE_NEWS_MS = 2 * 60_000
"""Told sooner, the queue has the patient before the desk could have missed them."""
_MOST_NUMBERS = 40


def tell_department(connection: sa.Connection, found: FoundBooking, told: Told[Act], moment: Moment) -> None:
    """The department learns of this arrival, if it happened a while ago."""
    if told.received_ms - told.true_ms < LATE_NEWS_MS:
        return
    number = found.queue_number
    task_id, facts = _open(connection, found)
    if task_id is not None:
        numbers = [*facts["numbers"].split(), number][-_MOST_NUMBERS:]
        more = {
            "count": str(int(facts["count"]) + 1),
            "numbers": " ".join(numbers),
            "first_ms": str(min(int(facts["first_ms"]), told.true_ms)),
            "last_ms": str(max(int(facts["last_ms"]), told.true_ms)),
        }
        connection.execute(
            staff_task.update()
            .where(staff_task.c.hospital_id == found.hospital_id, staff_task.c.task_id == task_id)
            .values(facts={**facts, **more})
        )
        return
    news = {
        "department_id": str(found.department_id),
        "service_date": found.service_date,
        "count": "1",
        "numbers": number,
        "first_ms": str(told.true_ms),
        "last_ms": str(told.true_ms),
    }
    task = Task(kind=KIND, reason="off_line", terminal_id=told.caller.terminal_id, facts=news)
    made = open_task(connection, found.hospital_id, task, moment)
    deed = Deed(str(told.caller.terminal_id), "department told of late arrivals", "staff_task", made)
    write_audit(connection, found.hospital_id, deed, moment)


def _open(connection: sa.Connection, found: FoundBooking) -> tuple[UUID | None, dict[str, str]]:
    """The department's open task of this day. Its row is kept from other writers until it has been counted on."""
    query = sa.select(staff_task.c.task_id, staff_task.c.facts).where(
        staff_task.c.hospital_id == found.hospital_id,
        staff_task.c.settled_ms.is_(None),
        staff_task.c.kind == KIND,
    )
    for task_id, facts in connection.execute(query).all():
        if (facts["department_id"], facts["service_date"]) == (str(found.department_id), found.service_date):
            now = connection.execute(query.where(staff_task.c.task_id == task_id).with_for_update()).one_or_none()
            return (task_id, now.facts) if now is not None else (None, {})
    return None, {}
