"""Complaints: taken in any way, each with a deadline, traced until closed. Who complained is sealed.  # rule I4"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from booking.decide.clock import MINUTE_MS, days_on, instant
from booking.wire_feedback import ComplaintMade, MakeComplaint
from central.appointments.scene import NoSuchThing, Scene
from central.feedback.not_done import NotDone, Why
from central.feedback.tables import complaint
from central.staff.service import BeforeAndAfter, Deed, write_audit

OPEN, LATE, CLOSED = "open", "late", "closed"
AT_ONCE_MIN = 30
END_OF_WORK = 17 * 60
_MOST = 200
_WEEK = 7


class Way(StrEnum):
    """How a complaint came."""

    ORAL = "oral"
    PHONE = "phone"
    PAPER = "paper"
    ON_LINE = "on_line"
    KIOSK = "kiosk"


class Deadline(StrEnum):
    """Until when it is answered."""

    AT_ONCE = "at_once"
    NEXT_DAY = "next_day"
    ONE_WEEK = "one_week"


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplaintLine:
    """A complaint on the list: never who made it."""

    complaint_id: UUID
    way: Way
    state: str
    text: str = field(repr=False)
    department_id: UUID | None
    doctor_id: UUID | None
    is_upheld: bool
    made_ms: int
    due_ms: int
    closed_ms: int | None


def complain(scene: Scene, ask: MakeComplaint, way: Way, deadline: Deadline) -> ComplaintMade:
    """Take a complaint; sent again, it is the same one."""
    known = _find(scene, ask.complaint_id)
    if known is not None:
        return ComplaintMade(complaint_id=ask.complaint_id, due_ms=known.due_ms)
    due = due_ms(scene, deadline)
    seal, row = scene.keys.seal.seal, ask.complaint_id
    who = ask.complainant
    scene.connection.execute(
        complaint.insert().values(
            hospital_id=scene.hospital_id,
            complaint_id=row,
            way=way.value,
            complainant_sealed=seal(who, table="complaint", column="complainant_sealed", row=row) if who else None,
            text_sealed=seal(ask.text, table="complaint", column="text_sealed", row=row),
            department_id=ask.department_id,
            doctor_id=ask.doctor_id,
            state=OPEN,
            made_ms=scene.now_ms,
            due_ms=due,
            ver=1,
        )
    )
    _trail(scene, ask.complaint_id, "complaint made")
    return ComplaintMade(complaint_id=ask.complaint_id, due_ms=due)


def due_ms(scene: Scene, deadline: Deadline) -> int:
    """At once, by the end of work of the next day, or of the same day in a week."""
    match deadline:
        case Deadline.AT_ONCE:
            return scene.now_ms + AT_ONCE_MIN * MINUTE_MS
        case Deadline.NEXT_DAY:
            return instant(days_on(scene.today, 1), END_OF_WORK, scene.zone)
        case Deadline.ONE_WEEK:
            return instant(days_on(scene.today, _WEEK), END_OF_WORK, scene.zone)


def open_complaints(scene: Scene) -> list[ComplaintLine]:
    """Those that are not closed, the most urgent first."""
    rows = scene.connection.execute(
        sa.select(complaint)
        .where(complaint.c.hospital_id == scene.hospital_id, complaint.c.state.in_((OPEN, LATE)))
        .order_by(complaint.c.due_ms, complaint.c.complaint_id)
        .limit(_MOST)
    ).all()
    for row in rows:
        _trail(scene, row.complaint_id, "complaint read")
    return [_line(scene, row) for row in rows]


def complainant_of(scene: Scene, complaint_id: UUID, reason: str) -> str:
    """Who complained, to staff who say why they need it; empty where nobody knows. Raises NoSuchThing."""
    row = _row(scene, complaint_id)
    _trail(scene, complaint_id, "complainant read", after=reason)
    if row.complainant_sealed is None:
        return ""
    return scene.keys.seal.open(
        row.complainant_sealed, table="complaint", column="complainant_sealed", row=complaint_id
    )


def close(scene: Scene, complaint_id: UUID, *, is_upheld: bool) -> ComplaintLine:
    """It was looked into and answered. Raises NoSuchThing, NotDone."""
    changed = scene.connection.execute(
        complaint.update()
        .where(
            complaint.c.hospital_id == scene.hospital_id,
            complaint.c.complaint_id == complaint_id,
            complaint.c.state != CLOSED,
        )
        .values(state=CLOSED, is_upheld=is_upheld, closed_ms=scene.now_ms, ver=complaint.c.ver + 1)
    )
    row = _row(scene, complaint_id)
    if changed.rowcount != 1:
        raise NotDone(Why.ALREADY_CLOSED)
    _trail(scene, complaint_id, "complaint upheld" if is_upheld else "complaint closed")
    return _line(scene, row)


def _line(scene: Scene, row: sa.Row[Any]) -> ComplaintLine:
    text = scene.keys.seal.open(row.text_sealed, table="complaint", column="text_sealed", row=row.complaint_id)
    return ComplaintLine(
        complaint_id=row.complaint_id,
        way=Way(row.way),
        state=row.state,
        text=text,
        department_id=row.department_id,
        doctor_id=row.doctor_id,
        is_upheld=row.is_upheld,
        made_ms=row.made_ms,
        due_ms=row.due_ms,
        closed_ms=row.closed_ms,
    )


def _find(scene: Scene, complaint_id: UUID) -> sa.Row[Any] | None:
    query = sa.select(complaint).where(
        complaint.c.hospital_id == scene.hospital_id, complaint.c.complaint_id == complaint_id
    )
    return scene.connection.execute(query).one_or_none()


def _row(scene: Scene, complaint_id: UUID) -> sa.Row[Any]:
    row = _find(scene, complaint_id)
    if row is None:
        raise NoSuchThing
    return row


def _trail(scene: Scene, complaint_id: UUID, action: str, *, after: str = "") -> None:
    change = BeforeAndAfter(scene.keys.seal, after=after)
    deed = Deed(scene.asker.actor, action, "complaint", complaint_id)
    write_audit(scene.connection, scene.hospital_id, deed, scene.moment, change)
