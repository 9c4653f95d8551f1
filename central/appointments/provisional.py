"""Whether every terminal has told what it took, and what waits for that.  # rule G9"""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from central.appointments.scene import NoSuchThing, Scene
from central.credit.tables import told_to_group
from central.credit.tell import AllDelivered, tell_group
from central.terminals.tables import terminal

SEEN_WITHIN_MS = 120_000
"""A terminal that has not been heard of for longer is off line, and may hold a check-in.  # rule G9"""
_GIVEN_UP_MS = 48 * 3_600_000
"""What has waited for longer waits for something else than the line, and holds nobody up."""
_BATCH = 200
_WAITS = terminal.c.health["waiting"].as_integer() > 0
_OLDEST_MS = sa.cast(terminal.c.health["oldest_ms"].as_string(), sa.BigInteger)


def all_have_delivered(connection: sa.Connection, hospital_id: UUID, now_ms: int) -> bool:
    """No terminal is off line, and none that came back is still sending what it took meanwhile."""
    query = sa.select(terminal.c.terminal_id).where(
        terminal.c.hospital_id == hospital_id,
        terminal.c.revoked_ms.is_(None),
        sa.or_(
            sa.func.coalesce(terminal.c.seen_ms, 0) < now_ms - SEEN_WITHIN_MS,
            sa.and_(_WAITS, now_ms - _GIVEN_UP_MS < _OLDEST_MS),
        ),
    )
    return connection.execute(query.limit(1)).first() is None


def delivered_since(connection: sa.Connection, *, hospital_id: UUID, now_ms: int, days: tuple[str, ...]) -> list[UUID]:
    """Provisional entries since which every terminal has told all that it took before."""
    del now_ms, days
    since_ms = told_to_group.c.provisional_since_ms
    keeps_it_open = sa.exists().where(
        terminal.c.hospital_id == told_to_group.c.hospital_id,
        terminal.c.revoked_ms.is_(None),
        sa.or_(sa.func.coalesce(terminal.c.seen_ms, 0) <= since_ms, sa.and_(_WAITS, since_ms >= _OLDEST_MS)),
    )
    query = sa.select(told_to_group.c.message_id).where(
        told_to_group.c.hospital_id == hospital_id, since_ms.is_not(None), ~keeps_it_open
    )
    return list(connection.execute(query.order_by(since_ms).limit(_BATCH)).scalars())


def make_final(scene: Scene, message_id: UUID) -> None:
    """The group hears that the entry stands, unless it was voided meanwhile. Raises NoSuchThing."""
    mine = (told_to_group.c.hospital_id == scene.hospital_id, told_to_group.c.message_id == message_id)
    row = scene.connection.execute(
        sa.select(told_to_group).where(*mine, told_to_group.c.provisional_since_ms.is_not(None))
    ).one_or_none()
    if row is None:
        raise NoSuchThing
    scene.connection.execute(told_to_group.update().where(*mine).values(provisional_since_ms=None))
    news = AllDelivered(person_id=row.person_id, day=scene.today, booking_id=UUID(row.body["booking_id"]))
    tell_group(scene.connection, scene.hospital_id, news, scene.moment)
