"""Waiting for a place that may become free.  # rules D6, E2"""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import sqlalchemy as sa

from booking.decide import Refused, decide
from booking.decide.commands import JoinWaitingList
from booking.decide.effects import Tell
from booking.decide.places import has_priority
from booking.wire_booking import JoinList, WaitingView
from central.appointments.at_hand import Found
from central.appointments.booking_acts import wanted_by
from central.appointments.freed import LEFT, OFFERED, WAITING, end_hold
from central.appointments.place_facts import at_hand
from central.appointments.scene import NoSuchThing, Scene
from central.appointments.tables import hold, waiting_entry
from central.notify.outbox import Outgoing, put_out
from central.rosters.tables import session
from central.tables.prepared import Prepared
from central.writer import Overtaken

_TAKE_SESSION = Prepared(
    sa.select(session.c.session_id)
    .where(
        session.c.hospital_id == sa.bindparam("hospital_id"),
        session.c.session_id == sa.bindparam("session_id"),
    )
    # Not its key: bookings, which name the session, need not wait.
    .with_for_update(key_share=True)
)


def join(scene: Scene, ask: JoinList) -> WaitingView | Refused:
    """Put the person on the session's list. Raises NoSuchThing, Overtaken.

    The session's row is taken first: whoever gives a place of it up at this instant did so before, or finds this entry.
    """
    _TAKE_SESSION.rows(scene.connection, {"hospital_id": scene.hospital_id, "session_id": ask.session_id})
    at = at_hand(scene, replace(wanted_by(scene, ask), slot_no=None, hold_id=None, waits=True))
    decision = decide(scene.policy, at.facts, JoinWaitingList(scene.asker.channel), scene.now_ms)
    if isinstance(decision, Refused):
        return decision
    scene.connection.execute(
        waiting_entry.insert().values(
            hospital_id=scene.hospital_id,
            entry_id=ask.entry_id,
            session_id=ask.session_id,
            person_id=ask.person_id,
            channel=scene.asker.channel.value,
            state=WAITING,
            joined_ms=scene.now_ms,
            has_priority=has_priority(scene.policy, at.facts),
            ver=1,
        )
    )
    facts = {"entry_id": str(ask.entry_id), "session_id": str(ask.session_id)}
    told = [Outgoing(ask.person_id, it.message, facts=facts) for it in decision.effects if isinstance(it, Tell)]
    put_out(scene.connection, scene.hospital_id, told, scene.moment)
    scene.trail("put on the waiting list", "waiting_entry", ask.entry_id)
    return waiting_view(scene, ask.entry_id)


def leave(scene: Scene, entry_id: UUID) -> WaitingView:
    """The person waits no longer; a place that was offered goes to the next. Raises NoSuchThing, Overtaken."""
    entry = _entry(scene, entry_id)
    if entry.state == OFFERED:
        kept = scene.connection.execute(
            sa.select(hold).where(hold.c.hospital_id == scene.hospital_id, hold.c.hold_id == entry.hold_id)
        ).one()
        end_hold(scene, kept, entry_state=LEFT)
    elif entry.state == WAITING:
        left = scene.connection.execute(
            waiting_entry.update()
            .where(
                waiting_entry.c.hospital_id == scene.hospital_id,
                waiting_entry.c.entry_id == entry_id,
                waiting_entry.c.ver == entry.ver,
            )
            .values(state=LEFT, ended_ms=scene.now_ms, ver=entry.ver + 1)
        )
        if left.rowcount != 1:
            raise Overtaken
    scene.trail("taken off the waiting list", "waiting_entry", entry_id)
    return waiting_view(scene, entry_id)


def waiting_view(scene: Scene, entry_id: UUID) -> WaitingView:
    """An entry as it is now, with the offer if there is one. Raises NoSuchThing."""
    entry = _entry(scene, entry_id)
    offered = None
    if entry.state == OFFERED:
        offered = scene.connection.execute(
            sa.select(hold).where(hold.c.hospital_id == scene.hospital_id, hold.c.hold_id == entry.hold_id)
        ).one()
    return WaitingView(
        entry_id=entry_id,
        session_id=entry.session_id,
        person_id=entry.person_id,
        state=entry.state,
        joined_ms=entry.joined_ms,
        ahead=_ahead(scene, entry),
        hold_id=offered.hold_id if offered else None,
        slot_no=offered.slot_no if offered else None,
        until_ms=offered.until_ms if offered else None,
    )


def _ahead(scene: Scene, entry: Found) -> int:
    earlier = sa.or_(
        waiting_entry.c.has_priority.is_(True) if not entry.has_priority else sa.false(),
        sa.and_(
            waiting_entry.c.has_priority == entry.has_priority,
            waiting_entry.c.joined_ms < entry.joined_ms,
        ),
    )
    query = sa.select(sa.func.count()).where(
        waiting_entry.c.hospital_id == scene.hospital_id,
        waiting_entry.c.session_id == entry.session_id,
        waiting_entry.c.state == WAITING,
        waiting_entry.c.entry_id != entry.entry_id,
        earlier,
    )
    return int(scene.connection.execute(query).scalar_one()) if entry.state == WAITING else 0


def _entry(scene: Scene, entry_id: UUID) -> Found:
    found = scene.connection.execute(
        sa.select(waiting_entry).where(
            waiting_entry.c.hospital_id == scene.hospital_id, waiting_entry.c.entry_id == entry_id
        )
    ).one_or_none()
    if found is None:
        raise NoSuchThing
    return found
