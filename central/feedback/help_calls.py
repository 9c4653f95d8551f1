"""Help calls from terminals: who takes one first owns it until it is solved or handed over by name.  # rule B4"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from booking.wire_feedback import HelpCallView, HelpKind, HelpState, MakeHelpCall
from central.appointments.scene import NoSuchThing, Scene
from central.feedback.not_done import NotDone, Why
from central.feedback.tables import help_call
from central.staff.service import BeforeAndAfter, Deed, write_audit

_MOST = 200


def call_help(scene: Scene, ask: MakeHelpCall) -> HelpCallView:
    """Somebody at this terminal needs help. Pressed again before it is solved, it is the same call."""
    terminal_id = scene.asker.caller_id
    waiting = scene.connection.execute(
        sa.select(help_call).where(
            help_call.c.hospital_id == scene.hospital_id,
            help_call.c.terminal_id == terminal_id,
            sa.or_(
                help_call.c.call_id == ask.call_id,
                sa.and_(help_call.c.kind == ask.kind.value, help_call.c.solved_ms.is_(None)),
            ),
        )
    ).first()
    if waiting is not None:
        return _view(scene, waiting)
    scene.connection.execute(
        help_call.insert().values(
            hospital_id=scene.hospital_id,
            call_id=ask.call_id,
            terminal_id=terminal_id,
            kind=ask.kind.value,
            made_ms=scene.now_ms,
            ver=1,
        )
    )
    return view(scene, ask.call_id)


def take(scene: Scene, call_id: UUID, agent: str) -> HelpCallView:
    """The first who takes it owns it. Raises NoSuchThing, NotDone."""
    taken = scene.connection.execute(
        help_call.update()
        .where(*_open(scene, call_id), help_call.c.owner.is_(None))
        .values(owner=agent, taken_ms=scene.now_ms, ver=help_call.c.ver + 1)
    )
    row = _row(scene, call_id)
    if taken.rowcount:
        _trail(scene, call_id, "help call taken", after=agent)
    elif row.owner != agent:
        raise NotDone(Why.ALREADY_TAKEN)
    return _view(scene, row)


def hand_over(scene: Scene, call_id: UUID, agent: str, to: str) -> HelpCallView:
    """Its owner gives it to a colleague, by name. Raises NoSuchThing, NotDone."""
    _own(scene, call_id, agent, "help call handed over", after=to, owner=to)
    return view(scene, call_id)


def solve(scene: Scene, call_id: UUID, agent: str) -> HelpCallView:
    """Its owner is done with it. Raises NoSuchThing, NotDone."""
    _own(scene, call_id, agent, "help call solved", solved_ms=scene.now_ms)
    return view(scene, call_id)


def view(scene: Scene, call_id: UUID) -> HelpCallView:
    """The call as it now is; a terminal sees its own only. Raises NoSuchThing."""
    row = _row(scene, call_id)
    if scene.asker.is_terminal and row.terminal_id != scene.asker.caller_id:
        raise NoSuchThing
    return _view(scene, row)


def open_calls(scene: Scene) -> list[HelpCallView]:
    """Those that are not solved, the longest waiting first."""
    query = (
        sa.select(help_call)
        .where(help_call.c.hospital_id == scene.hospital_id, help_call.c.solved_ms.is_(None))
        .order_by(help_call.c.made_ms, help_call.c.call_id)
        .limit(_MOST)
    )
    return [_view(scene, row) for row in scene.connection.execute(query)]


def _own(scene: Scene, call_id: UUID, agent: str, action: str, *, after: str = "", **values: object) -> None:
    changed = scene.connection.execute(
        help_call.update()
        .where(*_open(scene, call_id), help_call.c.owner == agent)
        .values(ver=help_call.c.ver + 1, **values)
    )
    if changed.rowcount:
        _trail(scene, call_id, action, before=agent, after=after)
        return
    row = _row(scene, call_id)
    raise NotDone(Why.NOT_THE_OWNER if row.solved_ms is None else Why.ALREADY_SOLVED)


def _trail(scene: Scene, call_id: UUID, action: str, *, before: str = "", after: str = "") -> None:
    change = BeforeAndAfter(scene.keys.seal, before, after)
    write_audit(
        scene.connection, scene.hospital_id, Deed(scene.asker.actor, action, "help_call", call_id), scene.moment, change
    )


def _open(scene: Scene, call_id: UUID) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        help_call.c.hospital_id == scene.hospital_id,
        help_call.c.call_id == call_id,
        help_call.c.solved_ms.is_(None),
    )


def _row(scene: Scene, call_id: UUID) -> sa.Row[Any]:
    row = scene.connection.execute(
        sa.select(help_call).where(help_call.c.hospital_id == scene.hospital_id, help_call.c.call_id == call_id)
    ).one_or_none()
    if row is None:
        raise NoSuchThing
    return row


def _view(scene: Scene, row: sa.Row[Any]) -> HelpCallView:
    return HelpCallView(
        call_id=row.call_id,
        terminal_id=row.terminal_id,
        kind=HelpKind(row.kind),
        state=_state(row),
        made_ms=row.made_ms,
        taken_ms=row.taken_ms,
        raised_ms=row.raised_ms,
        solved_ms=row.solved_ms,
        owner=(row.owner or "") if scene.asker.is_staff else "",
        ver=row.ver,
    )


def _state(row: sa.Row[Any]) -> HelpState:
    if row.solved_ms is not None:
        return HelpState.SOLVED
    if row.taken_ms is not None:
        return HelpState.TAKEN
    return HelpState.CALLED if row.raised_ms is None else HelpState.RAISED
