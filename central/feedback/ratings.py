"""Ratings: one for a kept visit, by the patient or who may act for them; comments show when staff say so.

# rules D13, I4
"""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa

from booking.decide.given import Acting
from booking.decide.states import is_kept
from booking.roster import BookingState
from booking.wire_feedback import RateVisit, RatingMade
from central.appointments.scene import NoSuchThing, Scene
from central.appointments.tables import booking
from central.feedback.not_done import NotDone, Why
from central.feedback.tables import rating
from central.people.facts import acting_for, copy_of
from central.staff.service import Deed, write_audit

WAITING, SHOWN, HIDDEN, NO_COMMENT = "waiting", "shown", "hidden", "no_comment"
_MOST = 200


@dataclass(frozen=True, slots=True)
class WaitingComment:
    """A comment that staff have not seen yet."""

    booking_id: UUID
    stars: int
    comment: str = field(repr=False)
    made_ms: int


def rate(scene: Scene, booking_id: UUID, ask: RateVisit) -> RatingMade:
    """Take the rating. Raises NoSuchThing, NotDone."""
    visit = scene.connection.execute(
        sa.select(booking.c.person_id, booking.c.state).where(
            booking.c.hospital_id == scene.hospital_id, booking.c.booking_id == booking_id
        )
    ).one_or_none()
    if visit is None:
        raise NoSuchThing
    patient = copy_of(scene.connection, scene.hospital_id, visit.person_id)
    if patient is None or acting_for(patient, ask.acting_id) is Acting.STRANGER:
        raise NotDone(Why.NOT_THEIR_VISIT)
    if not is_kept(BookingState(visit.state)):
        raise NotDone(Why.NOT_VISITED)
    mine = (rating.c.hospital_id == scene.hospital_id, rating.c.booking_id == booking_id)
    if scene.connection.execute(sa.select(rating.c.booking_id).where(*mine)).first() is not None:
        raise NotDone(Why.ALREADY_RATED)
    seal = scene.keys.seal.seal
    comment = seal(ask.comment, table="rating", column="comment_sealed", row=booking_id) if ask.comment else None
    scene.connection.execute(
        rating.insert().values(
            hospital_id=scene.hospital_id,
            booking_id=booking_id,
            stars=ask.stars,
            comment_sealed=comment,
            moderation=WAITING if ask.comment else NO_COMMENT,
            channel=scene.asker.channel.value,
            made_ms=scene.now_ms,
        )
    )
    scene.trail("rated", "rating", booking_id)
    return RatingMade(booking_id=booking_id, stars=ask.stars, made_ms=scene.now_ms)


def waiting_comments(scene: Scene) -> list[WaitingComment]:
    """Comments that wait for staff, the oldest first."""
    rows = scene.connection.execute(
        sa.select(rating)
        .where(rating.c.hospital_id == scene.hospital_id, rating.c.moderation == WAITING)
        .order_by(rating.c.made_ms, rating.c.booking_id)
        .limit(_MOST)
    ).all()
    for it in rows:
        scene.trail("comment read", "rating", it.booking_id)
    opened = scene.keys.seal.open
    return [
        WaitingComment(
            booking_id=it.booking_id,
            stars=it.stars,
            comment=opened(it.comment_sealed, table="rating", column="comment_sealed", row=it.booking_id),
            made_ms=it.made_ms,
        )
        for it in rows
    ]


def moderate(scene: Scene, booking_id: UUID, *, is_shown: bool) -> None:
    """Staff let a comment show, or not. Raises NoSuchThing."""
    state = SHOWN if is_shown else HIDDEN
    changed = scene.connection.execute(
        rating.update()
        .where(
            rating.c.hospital_id == scene.hospital_id,
            rating.c.booking_id == booking_id,
            rating.c.comment_sealed.is_not(None),
        )
        .values(moderation=state)
    )
    if changed.rowcount != 1:
        raise NoSuchThing
    deed = Deed(scene.asker.actor, f"comment {state}", "rating", booking_id)
    write_audit(scene.connection, scene.hospital_id, deed, scene.moment)
