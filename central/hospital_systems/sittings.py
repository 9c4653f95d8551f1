"""Who really sits: what each department says of its sessions on the day.  # rule C4"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from booking.wire import RowKind
from central.appointments.scene import Scene
from central.hospital_systems.told import NotTaken, ToldSitting, Verdict, Why
from central.rosters.tables import session, sitting
from central.staff.service import Deed, Task, open_task, write_audit
from central.sync.service import Change, write_change
from central.writer import Overtaken

DOES_NOT_SIT = "session_does_not_sit"


def take_sitting(scene: Scene, row: ToldSitting) -> Verdict:
    """Store what is said, unless something newer is known; the office hears of a no. Raises NotTaken, Overtaken."""
    here = (sitting.c.hospital_id == scene.hospital_id, sitting.c.session_id == row.session_id)
    of = scene.connection.execute(
        sa.select(session).where(
            session.c.hospital_id == scene.hospital_id,
            session.c.session_id == row.session_id,
            session.c.published_ms.is_not(None),
        )
    ).one_or_none()
    if of is None:
        raise NotTaken(Why.UNKNOWN_SESSION)
    before = scene.connection.execute(sa.select(sitting).where(*here)).one_or_none()
    said = {"sits": row.sits, "confirmed_by": row.confirmed_by or None, "opened_ms": row.opened_ms}
    if before is not None and before.as_of_ms > row.as_of_ms:
        return Verdict.OLDER
    if before is not None and before.as_of_ms == row.as_of_ms:
        if {name: getattr(before, name) for name in said} != said:
            raise NotTaken(Why.AS_OF_USED)
        return Verdict.UNCHANGED
    values = {**said, "confirmed_ms": scene.now_ms, "as_of_ms": row.as_of_ms}
    if before is None:
        named = {"hospital_id": scene.hospital_id, "session_id": row.session_id}
        scene.connection.execute(sitting.insert().values(**named, **values))
    else:
        older = sitting.update().where(*here, sitting.c.as_of_ms == before.as_of_ms)
        if scene.connection.execute(older.values(**values)).rowcount != 1:
            raise Overtaken
    _tell_terminals(scene, row.session_id, of)
    _tell_office(scene, row, was_sitting=before is None or before.sits is not False)
    return Verdict.STORED


def _tell_terminals(scene: Scene, session_id: UUID, of: sa.Row[Any]) -> None:
    """A kiosk says so before it checks anyone in."""
    changed = scene.connection.execute(
        session.update()
        .where(
            session.c.hospital_id == scene.hospital_id,
            session.c.session_id == session_id,
            session.c.ver == of.ver,
        )
        .values(ver=of.ver + 1)
    )
    if changed.rowcount != 1:
        raise Overtaken
    change = Change(RowKind.SESSION, session_id, of.ver + 1, of.service_date)
    write_change(scene.connection, scene.hospital_id, change, scene.moment)


def _tell_office(scene: Scene, row: ToldSitting, *, was_sitting: bool) -> None:
    deed = Deed(scene.asker.actor, "sitting told", "session", row.session_id)
    write_audit(scene.connection, scene.hospital_id, deed, scene.moment)
    if was_sitting and not row.sits:
        task = Task(kind=DOES_NOT_SIT, reason="", facts={"session_id": str(row.session_id)})
        open_task(scene.connection, scene.hospital_id, task, scene.moment)
