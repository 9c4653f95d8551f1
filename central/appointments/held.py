"""Keeping a place while somebody chooses. Who may not book it may not keep it.  # rules C7, D9"""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from booking.decide import Refused, decide
from booking.decide.clock import MINUTE_MS
from booking.decide.commands import Book
from booking.wire_booking import KeepPlace, PlaceKept
from central.appointments.at_hand import Found
from central.appointments.freed import CHOOSING, LEFT, end_hold
from central.appointments.place_facts import Wanted, at_hand
from central.appointments.places import keep_place
from central.appointments.scene import NoSuchThing, Scene
from central.appointments.tables import hold
from central.writer import Overtaken

CHOOSING_MIN = 5
"""So long somebody may think."""


def keep(scene: Scene, ask: KeepPlace) -> PlaceKept | Refused:
    """Keep a place for this person; an earlier one that was kept for them is free again.

    Raises NoSuchThing, Overtaken.
    """
    wanted = Wanted(
        person_id=ask.person_id,
        session_id=ask.session_id,
        channel=scene.asker.channel,
        slot_no=ask.slot_no,
        acting_id=ask.acting_id,
        order_id=ask.order_id,
        document=ask.document,
        is_follow_up=ask.is_follow_up and scene.asker.is_staff,
    )
    at = at_hand(scene, wanted)
    decision = decide(scene.policy, at.facts, Book(scene.asker.channel), scene.now_ms)
    if isinstance(decision, Refused):
        return decision
    if at.choice is None:
        raise Overtaken
    for earlier in _kept(scene, hold.c.person_id == ask.person_id, hold.c.purpose == CHOOSING):
        end_hold(scene, earlier)
    hold_id, until_ms = scene.moment.new_id(), scene.now_ms + CHOOSING_MIN * MINUTE_MS
    scene.connection.execute(
        hold.insert().values(
            hospital_id=scene.hospital_id,
            hold_id=hold_id,
            session_id=ask.session_id,
            slot_no=at.choice.no,
            purpose=CHOOSING,
            holder=str(scene.asker.caller_id),
            person_id=ask.person_id,
            made_ms=scene.now_ms,
            until_ms=until_ms,
        )
    )
    keep_place(scene, ask.session_id, at.choice.no, hold_id)
    scene.trail("place kept", "hold", hold_id)
    return PlaceKept(
        hold_id=hold_id,
        session_id=ask.session_id,
        slot_no=at.choice.no,
        starts_ms=at.choice.starts_ms,
        ends_ms=at.choice.ends_ms,
        until_ms=until_ms,
    )


def give_up(scene: Scene, hold_id: UUID) -> None:
    """What the caller kept, or was offered, is not wanted. Raises NoSuchThing, Overtaken."""
    found = _kept(scene, hold.c.hold_id == hold_id)
    if not found or not _is_theirs(scene, found[0]):
        raise NoSuchThing
    end_hold(scene, found[0], entry_state=LEFT)
    scene.trail("kept place given up", "hold", hold_id)


def kept_for(scene: Scene, hold_id: UUID, person_id: UUID, session_id: UUID) -> Found:
    """The hold of a place of this session for this person, still in time. Raises NoSuchThing."""
    found = _kept(scene, hold.c.hold_id == hold_id, hold.c.person_id == person_id, hold.c.session_id == session_id)
    if not found or not _is_theirs(scene, found[0]) or found[0].until_ms <= scene.now_ms:
        raise NoSuchThing
    return found[0]


def _is_theirs(scene: Scene, kept: Found) -> bool:
    """A kept place belongs to the caller who kept it; an offer to the person, whatever way they come."""
    return bool(kept.purpose != CHOOSING or kept.holder == str(scene.asker.caller_id))


def _kept(scene: Scene, *where: sa.ColumnElement[bool]) -> list[Found]:
    query = sa.select(hold).where(hold.c.hospital_id == scene.hospital_id, hold.c.ended_ms.is_(None), *where)
    return list(scene.connection.execute(query))
