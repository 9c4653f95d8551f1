"""Numbered places change hands here and nowhere else, each by one conditional change of one row.

Both quota laws hold after every step: a place keeps the pool that it was published in (`home_pool`), and when it
becomes free in a pool whose return has come, it is common.  # rules C5, E2
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from booking.roster import SlotState
from booking.roster.places import BlockedFor
from central.appointments.scene import Scene
from central.rosters.pools import COMMON_TEXT
from central.rosters.tables import extra_place, session, session_pool, slot
from central.tables.many import as_json
from central.tables.prepared import Prepared, Sent, to_driver
from central.writer import Overtaken

_THIS = (
    slot.c.hospital_id == sa.bindparam("at_hospital"),
    slot.c.session_id == sa.bindparam("at_session"),
    slot.c.no == sa.bindparam("at_no"),
)
_SELL = Prepared(
    slot.update()
    .where(*_THIS, slot.c.state == SlotState.FREE.value)
    .values(state=SlotState.BUSY.value, booking_id=sa.bindparam("for_booking"), ver=slot.c.ver + 1)
)
_SELL_HELD = Prepared(
    slot.update()
    .where(*_THIS, slot.c.state == SlotState.HELD.value, slot.c.hold_id == sa.bindparam("of_hold"))
    .values(state=SlotState.BUSY.value, booking_id=sa.bindparam("for_booking"), hold_id=None, ver=slot.c.ver + 1)
)
_SESSION_OF = Prepared(
    sa.select(session.c.stopped_ms)
    .where(session.c.hospital_id == sa.bindparam("at_hospital"), session.c.session_id == sa.bindparam("at_session"))
    .with_for_update(read=True)
)
_POOL_OF = Prepared(
    sa.select(session_pool.c.returned_ms)
    .where(
        session_pool.c.hospital_id == sa.bindparam("at_hospital"),
        session_pool.c.session_id == sa.bindparam("at_session"),
        session_pool.c.pool == sa.select(slot.c.pool).where(*_THIS).scalar_subquery(),
    )
    .with_for_update(read=True)
)
"""The pool that a place is in. None has this name where places were brought in without quotas."""
_SELL_MANY = f"""
UPDATE slot SET state = '{SlotState.BUSY.value}', booking_id = sale.booking_id, ver = slot.ver + 1
FROM json_to_recordset(CAST(%(sales)s AS json)) AS sale (session_id uuid, no int, booking_id uuid)
WHERE slot.hospital_id = %(hospital_id)s AND slot.session_id = sale.session_id AND slot.no = sale.no
AND slot.state = '{SlotState.FREE.value}'
"""  # noqa: S608 - states' own names
"""PostgreSQL's way of selling many places with one statement."""


@dataclass(frozen=True, slots=True)
class Sale:
    """One free place, and whose it is to be."""

    session_id: UUID
    no: int
    booking_id: UUID


def sell_place(scene: Scene, session_id: UUID, no: int, booking_id: UUID, hold_id: UUID | None = None) -> None:
    """The place is the booking's: a free one, or the one that is kept by this hold. Raises Overtaken."""
    values = {"at_hospital": scene.hospital_id, "at_session": session_id, "at_no": no, "for_booking": booking_id}
    if hold_id is None:
        sold = _SELL.run(scene.connection, values)
    else:
        sold = _SELL_HELD.run(scene.connection, values | {"of_hold": hold_id})
    if sold != 1:
        raise Overtaken


def sell_locked_places(connection: sa.Connection, hospital_id: UUID, sales: Sequence[Sale]) -> Sent:
    """Each of these places, which are free and locked, to its booking."""
    if connection.dialect.name == "postgresql":
        rows = [{"session_id": it.session_id, "no": it.no, "booking_id": it.booking_id} for it in sales]
        return Sent(to_driver(connection, _SELL_MANY, {"hospital_id": hospital_id, "sales": as_json(rows)}))
    values = [
        {"at_hospital": hospital_id, "at_session": it.session_id, "at_no": it.no, "for_booking": it.booking_id}
        for it in sales
    ]
    sent = _SELL.run_each(connection, values)
    assert sent is not None, "somebody sells something"
    return sent


def keep_place(scene: Scene, session_id: UUID, no: int, hold_id: UUID) -> None:
    """The free place is kept by this hold. Raises Overtaken."""
    kept = scene.connection.execute(
        slot.update()
        .where(*_here(scene, session_id, no), slot.c.state == SlotState.FREE.value)
        .values(state=SlotState.HELD.value, hold_id=hold_id, ver=slot.c.ver + 1)
    )
    if kept.rowcount != 1:
        raise Overtaken


def pass_on(scene: Scene, session_id: UUID, no: int, *, from_hold: UUID, to_hold: UUID) -> None:
    """The place is kept by another hold now. Raises Overtaken."""
    passed = scene.connection.execute(
        slot.update()
        .where(*_here(scene, session_id, no), slot.c.state == SlotState.HELD.value, slot.c.hold_id == from_hold)
        .values(hold_id=to_hold, ver=slot.c.ver + 1)
    )
    if passed.rowcount != 1:
        raise Overtaken


def unkeep_place(scene: Scene, session_id: UUID, no: int, hold_id: UUID) -> bool:
    """The hold has ended: whether the place is bookable again (not in a stopped session). Raises Overtaken."""
    return _open(scene, session_id, no, (slot.c.state == SlotState.HELD.value, slot.c.hold_id == hold_id))


def unlend_place(scene: Scene, session_id: UUID, no: int, lease_id: UUID) -> bool:
    """The terminal has given the place back, or two of the staff have released it: whether it is bookable now. One that
    was lent before its release waits for it again. Raises Overtaken.  # sync C4
    """
    is_open = _open(scene, session_id, no, (slot.c.state == SlotState.LEASED.value, slot.c.lease_id == lease_id))
    if not is_open:
        return False
    waiting = scene.connection.execute(
        slot.update()
        .where(*_here(scene, session_id, no), slot.c.state == SlotState.FREE.value, _not_released())
        .values(state=SlotState.BLOCKED.value, blocked_for=BlockedFor.NOT_RELEASED.value)
    )
    return waiting.rowcount == 0


def unsell_place(scene: Scene, session_id: UUID, no: int, booking_id: UUID) -> bool:
    """The booking gives its place up: whether there is a bookable place now. One above capacity is gone for good.

    Raises Overtaken.
    """
    ended = scene.connection.execute(
        extra_place.update()
        .where(
            extra_place.c.hospital_id == scene.hospital_id,
            extra_place.c.session_id == session_id,
            extra_place.c.no == no,
            extra_place.c.booking_id == booking_id,
            extra_place.c.ended_ms.is_(None),
        )
        .values(ended_ms=scene.now_ms)
    )
    if ended.rowcount:
        return False
    return _open(scene, session_id, no, (slot.c.state == SlotState.BUSY.value, slot.c.booking_id == booking_id))


def add_overflow(scene: Scene, session_id: UUID, booking_id: UUID, why: str) -> tuple[int, int, int]:
    """A place for who holds a ticket for one that has gone: its number, beyond capacity, and its times.  # sync C5"""
    no = next_extra_no(scene, session_id)
    scene.connection.execute(
        extra_place.insert().values(
            hospital_id=scene.hospital_id,
            session_id=session_id,
            no=no,
            kind="overflow",
            booking_id=booking_id,
            allowed_by=scene.asker.actor,
            why=why,
            made_ms=scene.now_ms,
        )
    )
    here = (slot.c.hospital_id == scene.hospital_id, slot.c.session_id == session_id)
    last = scene.connection.execute(
        sa.select(slot.c.starts_ms, slot.c.ends_ms).where(*here).order_by(slot.c.no.desc()).limit(1)
    ).one()
    return no, last.starts_ms, last.ends_ms


def next_extra_no(scene: Scene, session_id: UUID) -> int:
    """A number above capacity that was never given.  # rule C14"""
    last = [
        scene.connection.execute(
            sa.select(sa.func.max(table.c.no)).where(
                table.c.hospital_id == scene.hospital_id, table.c.session_id == session_id
            )
        ).scalar()
        for table in (slot, extra_place)
    ]
    return max(no or 0 for no in last) + 1


def _open(scene: Scene, session_id: UUID, no: int, holder: tuple[sa.ColumnElement[bool], ...]) -> bool:
    """Nobody's again: blocked in a stopped session, common where its pool has returned.

    Session and pool stay as they are until the end: a stop, the hour of return, or somebody who joins the waiting list
    at this instant, comes before this place is looked at or finds it free.
    """
    of_place = {"at_hospital": scene.hospital_id, "at_session": session_id, "at_no": no}
    is_stopped = _SESSION_OF.row(scene.connection, of_place).stopped_ms is not None
    pool_row = _POOL_OF.row(scene.connection, of_place)
    has_returned = pool_row is not None and pool_row.returned_ms is not None
    opened = scene.connection.execute(
        slot.update()
        .where(*_here(scene, session_id, no), *holder)
        .values(
            state=(SlotState.BLOCKED if is_stopped else SlotState.FREE).value,
            blocked_for=BlockedFor.STOPPED.value if is_stopped else None,
            booking_id=None,
            hold_id=None,
            lease_id=None,
            pool=COMMON_TEXT if has_returned else slot.c.pool,
            ver=slot.c.ver + 1,
        )
    )
    if opened.rowcount != 1:
        raise Overtaken
    return not is_stopped


def _here(scene: Scene, session_id: UUID, no: int) -> tuple[sa.ColumnElement[bool], ...]:
    return (slot.c.hospital_id == scene.hospital_id, slot.c.session_id == session_id, slot.c.no == no)


def _not_released() -> sa.ColumnElement[bool]:
    """Whether the place's pool waits for its hour."""
    its = sa.select(session_pool.c.pool).where(
        session_pool.c.hospital_id == slot.c.hospital_id,
        session_pool.c.session_id == slot.c.session_id,
        session_pool.c.pool == slot.c.pool,
        session_pool.c.opened_ms.is_(None),
    )
    return its.exists()
