"""What becomes of a place that is given up: the first fitting person who waits has it for a while, else it is bookable
at once.  # rules D6, E2
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from booking.decide import Accepted, Reason, decide
from booking.decide.clock import MINUTE_MS
from booking.decide.commands import Book
from booking.decide.effects import Message
from booking.roster.channels import Channel
from central.appointments.entered import Subject
from central.appointments.place_facts import Wanted, at_hand
from central.appointments.places import keep_place, unkeep_place, unlend_place, unsell_place
from central.appointments.scene import NoSuchThing, Scene
from central.appointments.tables import hold, waiting_entry
from central.notify.outbox import Outgoing, put_out
from central.writer import Overtaken

OFFER, CHOOSING = "offer", "choosing"
WAITING, OFFERED, TAKEN, LAPSED, LEFT = "waiting", "offered", "taken", "lapsed", "left"


def free_place(scene: Scene, subject: Subject, offer_min: int | None) -> None:
    """The booking's place is free, first for whoever waits, so many minutes. Raises Overtaken.

    Without `offer_min` nobody waited when it was decided. Somebody may have joined since, until the place was opened.
    """
    is_bookable = unsell_place(scene, subject.session_id, subject.slot_no, subject.booking_id)
    waiting_list = scene.policy.waiting_list
    if offer_min is None and waiting_list.on:
        offer_min = waiting_list.offer_min
    if is_bookable and offer_min is not None:
        offer_place(scene, subject.session_id, subject.slot_no, offer_min)


def free_lent_place(scene: Scene, session_id: UUID, no: int, lease_id: UUID) -> None:
    """The lent place is nobody's any more: the next person's who waits, or everybody's. Raises Overtaken."""
    is_bookable = unlend_place(scene, session_id, no, lease_id)
    if is_bookable and scene.policy.waiting_list.on:
        offer_place(scene, session_id, no, scene.policy.waiting_list.offer_min)


def end_hold(scene: Scene, kept: sa.Row[Any], *, entry_state: str = LAPSED) -> None:
    """A hold is over, and its place is the next person's or everybody's. Raises Overtaken."""
    ended = scene.connection.execute(
        hold.update()
        .where(hold.c.hospital_id == scene.hospital_id, hold.c.hold_id == kept.hold_id, hold.c.ended_ms.is_(None))
        .values(ended_ms=scene.now_ms)
    )
    if ended.rowcount != 1:
        raise Overtaken
    if kept.purpose == OFFER:
        settle_entry(scene, kept.hold_id, entry_state)
    is_bookable = unkeep_place(scene, kept.session_id, kept.slot_no, kept.hold_id)
    if is_bookable and scene.policy.waiting_list.on:
        offer_place(scene, kept.session_id, kept.slot_no, scene.policy.waiting_list.offer_min)


def settle_entry(scene: Scene, hold_id: UUID, state: str) -> None:
    """What became of an offer."""
    scene.connection.execute(
        waiting_entry.update()
        .where(
            waiting_entry.c.hospital_id == scene.hospital_id,
            waiting_entry.c.hold_id == hold_id,
            waiting_entry.c.state == OFFERED,
        )
        .values(state=state, ended_ms=scene.now_ms, ver=waiting_entry.c.ver + 1)
    )


def offer_place(scene: Scene, session_id: UUID, no: int, offer_min: int) -> UUID | None:
    """Keep the free place for the first who waits and may have it; the hold's id, or None where nobody fits."""
    for entry in _in_order(scene, session_id):
        if not _fits(scene, entry, no):
            continue
        hold_id, until_ms = scene.moment.new_id(), scene.now_ms + offer_min * MINUTE_MS
        scene.connection.execute(
            hold.insert().values(
                hospital_id=scene.hospital_id,
                hold_id=hold_id,
                session_id=session_id,
                slot_no=no,
                purpose=OFFER,
                holder=f"waiting {entry.entry_id}",
                person_id=entry.person_id,
                made_ms=scene.now_ms,
                until_ms=until_ms,
            )
        )
        keep_place(scene, session_id, no, hold_id)
        offered = scene.connection.execute(
            waiting_entry.update()
            .where(
                waiting_entry.c.hospital_id == scene.hospital_id,
                waiting_entry.c.entry_id == entry.entry_id,
                waiting_entry.c.ver == entry.ver,
            )
            .values(state=OFFERED, hold_id=hold_id, offered_ms=scene.now_ms, ver=entry.ver + 1)
        )
        if offered.rowcount != 1:
            raise Overtaken
        facts = {"hold_id": str(hold_id), "session_id": str(session_id), "until_ms": str(until_ms)}
        told = Outgoing(entry.person_id, Message.PLACE_OFFERED, facts=facts)
        put_out(scene.connection, scene.hospital_id, [told], scene.moment)
        return hold_id
    return None


def _in_order(scene: Scene, session_id: UUID) -> list[sa.Row[Any]]:
    query = (
        sa.select(waiting_entry)
        .where(
            waiting_entry.c.hospital_id == scene.hospital_id,
            waiting_entry.c.session_id == session_id,
            waiting_entry.c.state == WAITING,
        )
        .order_by(waiting_entry.c.has_priority.desc(), waiting_entry.c.joined_ms, waiting_entry.c.entry_id)
    )
    return list(scene.connection.execute(query))


def _fits(scene: Scene, entry: sa.Row[Any], no: int) -> bool:
    """Whether this person may have this place now. That their channel is closed at this hour does not matter yet."""
    channel = Channel(entry.channel)
    wanted = Wanted(person_id=entry.person_id, session_id=entry.session_id, channel=channel, slot_no=no)
    try:
        facts = at_hand(scene, wanted).facts
    except NoSuchThing:
        return False
    decision = decide(scene.policy, facts, Book(channel), scene.now_ms)
    return isinstance(decision, Accepted) or decision.reason is Reason.CHANNEL_CLOSED
