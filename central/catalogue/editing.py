"""Editing the catalogue and the hospital's calendar: each change with its version, its trail and its row of the feed,
so that terminals follow at their next sync.  # rules C4, C10, C12, C13, D10, I2

Two editors at once: the later one is done again on what the earlier one left.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

import sqlalchemy as sa

from booking.wire import RowKind
from central.catalogue.tables import notice, service
from central.keys import ColumnSeal
from central.moment import Moment
from central.rosters.tables import calendar_day, department, doctor, session, sitting
from central.staff.service import BeforeAndAfter, Deed, write_audit
from central.sync.service import Change, write_change
from central.writer import Overtaken

Values = dict[str, Any]


class NotHere(Exception):
    """The hospital has no such thing."""


@dataclass(frozen=True, slots=True)
class Editor:
    """Who edits what hospital, when."""

    connection: sa.Connection
    hospital_id: UUID
    actor: str
    seal: ColumnSeal
    moment: Moment

    def trail(self, action: str, entity: str, entity_id: UUID, *, before: Values | None, after: Values) -> None:
        """Add to the trail: who, when, before and after.  # rule I2"""
        change = BeforeAndAfter(self.seal, _written(before), _written(after))
        write_audit(self.connection, self.hospital_id, Deed(self.actor, action, entity, entity_id), self.moment, change)

    def tell(self, kind: RowKind, entity_id: UUID, ver: int, day: str | None = None) -> None:
        """Terminals hear of it."""
        write_change(self.connection, self.hospital_id, Change(kind, entity_id, ver, day), self.moment)


@dataclass(frozen=True, slots=True)
class _Kind:
    """One kind of thing that is edited."""

    table: sa.Table
    id_name: str
    row_kind: RowKind


_DEPARTMENT = _Kind(department, "department_id", RowKind.DEPARTMENT)
_DOCTOR = _Kind(doctor, "doctor_id", RowKind.DOCTOR)
_SERVICE = _Kind(service, "service_id", RowKind.SERVICE)
_NOTICE = _Kind(notice, "notice_id", RowKind.NOTICE)


def order_departments(editor: Editor, ids: Sequence[UUID]) -> None:
    """Show the departments in this order; those that are not named come behind.  # rule C12

    Raises NotHere, Overtaken.
    """
    rows = editor.connection.execute(
        sa.select(department.c.department_id, department.c.position)
        .where(department.c.hospital_id == editor.hospital_id)
        .order_by(department.c.position, department.c.department_id)
    ).all()
    there = {it.department_id: it.position for it in rows}
    if len(set(ids)) != len(ids) or not set(ids) <= set(there):
        raise NotHere
    for position, department_id in enumerate([*ids, *(it for it in there if it not in set(ids))], 1):
        if there[department_id] != position:
            _edit(editor, _DEPARTMENT, department_id, {"position": position})


def edit_department(editor: Editor, department_id: UUID, values: Values) -> int:
    """Mark, bookable switch, introduction; the version. Raises NotHere, Overtaken.  # rules C12, C13"""
    return _edit(editor, _DEPARTMENT, department_id, values)


def edit_doctor(editor: Editor, doctor_id: UUID, values: Values) -> int:
    """Bookable switch, speciality, introduction; the version. Raises NotHere, Overtaken.  # rules C12, C13"""
    return _edit(editor, _DOCTOR, doctor_id, values)


def put_service(editor: Editor, service_id: UUID, values: Values) -> int:
    """The service is this now; the version. Raises NotHere (its department), Overtaken.  # rule D10"""
    department_id = values.get("department_id")
    if department_id is not None:
        _row(editor, _DEPARTMENT, department_id)
    return _put(editor, _SERVICE, service_id, values)


def put_notice(editor: Editor, notice_id: UUID, values: Values) -> int:
    """The notice is this now; the version. Raises Overtaken.  # rule C13"""
    return _put(editor, _NOTICE, notice_id, values)


def put_calendar_day(editor: Editor, day: str, values: Values | None) -> int:
    """The day is a holiday or a make-up workday now, or (None) an ordinary one; the version. Raises Overtaken.

    Rosters that are drafted from now on follow; what was published stays.  # rule C10
    """
    here = (calendar_day.c.hospital_id == editor.hospital_id, calendar_day.c.day == day)
    before = editor.connection.execute(sa.select(calendar_day).where(*here)).one_or_none()
    ver = 1 if before is None else before.ver + 1
    if values is None:
        editor.connection.execute(calendar_day.delete().where(*here))
    elif before is None:
        _insert(editor, calendar_day, {"day": day, "ver": ver, **values})
    else:
        changed = calendar_day.update().where(*here, calendar_day.c.ver == before.ver).values(ver=ver, **values)
        _must_change(editor.connection.execute(changed))
    entity_id = uuid5(editor.hospital_id, f"calendar {day}")
    known = None if before is None else {"day": day, "kind": before.kind, "serves_as": before.serves_as}
    editor.trail("calendar edited", "calendar_day", entity_id, before=known, after={"day": day, **(values or {})})
    return ver


def confirm_sitting(editor: Editor, session_id: UUID, *, sits: bool, confirmed_by: str) -> int:
    """The department says whether the session really sits; the session's version. Raises NotHere, Overtaken.

    # rule C4
    """
    mine = (session.c.hospital_id == editor.hospital_id, session.c.session_id == session_id)
    found = editor.connection.execute(
        sa.select(session).where(*mine, session.c.published_ms.is_not(None))
    ).one_or_none()
    if found is None:
        raise NotHere
    said = {
        "sits": sits,
        "confirmed_ms": editor.moment.now_ms,
        "confirmed_by": confirmed_by,
        "as_of_ms": editor.moment.now_ms,
    }
    _must_change(
        editor.connection.execute(
            session.update().where(*mine, session.c.ver == found.ver).values(ver=session.c.ver + 1)
        )
    )
    here = (sitting.c.hospital_id == editor.hospital_id, sitting.c.session_id == session_id)
    before = editor.connection.execute(sa.select(sitting).where(*here)).one_or_none()
    if before is None:
        _insert(editor, sitting, {"session_id": session_id, **said})
    else:
        editor.connection.execute(sitting.update().where(*here).values(**said))
    known = None if before is None else {"sits": before.sits, "confirmed_by": before.confirmed_by}
    editor.trail("sitting confirmed", "session", session_id, before=known, after=said)
    editor.tell(RowKind.SESSION, session_id, found.ver + 1, found.service_date)
    return int(found.ver) + 1


def _edit(editor: Editor, kind: _Kind, entity_id: UUID, values: Values) -> int:
    before = _row(editor, kind, entity_id)
    if not values:
        return int(before.ver)
    return _change(editor, kind, before, values)


def _put(editor: Editor, kind: _Kind, entity_id: UUID, values: Values) -> int:
    try:
        return _change(editor, kind, _row(editor, kind, entity_id), values)
    except NotHere:
        _insert(editor, kind.table, {kind.id_name: entity_id, "ver": 1, **values})
        editor.trail("made", kind.table.name, entity_id, before=None, after=values)
        editor.tell(kind.row_kind, entity_id, 1)
        return 1


def _row(editor: Editor, kind: _Kind, entity_id: UUID) -> sa.Row[Any]:
    table = kind.table
    here = (table.c.hospital_id == editor.hospital_id, table.c[kind.id_name] == entity_id)
    row = editor.connection.execute(sa.select(table).where(*here)).one_or_none()
    if row is None:
        raise NotHere
    return row


def _change(editor: Editor, kind: _Kind, before: sa.Row[Any], values: Values) -> int:
    table, entity_id = kind.table, getattr(before, kind.id_name)
    ver = int(before.ver) + 1
    here = (table.c.hospital_id == editor.hospital_id, table.c[kind.id_name] == entity_id, table.c.ver == before.ver)
    _must_change(editor.connection.execute(table.update().where(*here).values(ver=ver, **values)))
    known = {name: getattr(before, name) for name in values}
    editor.trail("edited", table.name, entity_id, before=known, after=values)
    editor.tell(kind.row_kind, entity_id, ver)
    return ver


def _insert(editor: Editor, table: sa.Table, values: Values) -> None:
    """Should another have made it this instant, the key refuses: the piece is done again and finds it."""
    editor.connection.execute(table.insert().values(hospital_id=editor.hospital_id, **values))


def _must_change(done: sa.CursorResult[Any]) -> None:
    if done.rowcount != 1:
        raise Overtaken


def _written(values: Values | None) -> str:
    return "" if values is None else json.dumps(values, ensure_ascii=False, sort_keys=True, default=str)
