"""Referrals: a family doctor or community centre sends a patient here, or this hospital sends one there.  # rule D8

An open one gives its patient priority in booking and queue (`decide` is told by `is_referred`); the booking made with
it is written down, and the referral office sees both directions until they are closed.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from booking.decide.effects import Work
from central.appointments.requests import check_department
from central.appointments.scene import NoSuchThing, Scene
from central.appointments.tables import booking, referral
from central.people.facts import copy_of
from central.staff.service import Deed, Task, open_task, write_audit
from central.writer import Overtaken


class Direction(StrEnum):
    """Seen from this hospital."""

    IN = "in"
    OUT = "out"


class ReferralState(StrEnum):
    """What a referral is."""

    OPEN = "open"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class NewReferral:
    """A patient is sent. `referred_by` names the practice or department, not a person."""

    referral_id: UUID
    person_id: UUID
    direction: Direction
    referred_by: str
    valid_until_ms: int
    department_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class StoredReferral:
    """A referral as it is."""

    referral_id: UUID
    person_id: UUID
    direction: Direction
    referred_by: str
    department_id: UUID | None
    booking_id: UUID | None
    state: ReferralState
    made_ms: int
    valid_until_ms: int
    ver: int


def refer(scene: Scene, wanted: NewReferral) -> StoredReferral:
    """The patient is referred from now on. The same referral twice is one. Raises NoSuchThing."""
    earlier = _row(scene, wanted.referral_id)
    if earlier is not None:
        return _stored(earlier)
    if copy_of(scene.connection, scene.hospital_id, wanted.person_id) is None:
        raise NoSuchThing
    check_department(scene, wanted.department_id)
    scene.connection.execute(
        referral.insert().values(
            hospital_id=scene.hospital_id,
            referral_id=wanted.referral_id,
            person_id=wanted.person_id,
            direction=wanted.direction.value,
            referred_by=wanted.referred_by,
            department_id=wanted.department_id,
            state=ReferralState.OPEN.value,
            made_ms=scene.now_ms,
            valid_until_ms=wanted.valid_until_ms,
            ver=1,
        )
    )
    task = Task(kind=Work.REFERRAL_OFFICE.value, reason=wanted.direction.value, operation_id=wanted.referral_id)
    open_task(scene.connection, scene.hospital_id, task, scene.moment)
    deed = Deed(scene.asker.actor, "referred", "referral", wanted.referral_id)
    write_audit(scene.connection, scene.hospital_id, deed, scene.moment)
    return referral_of(scene, wanted.referral_id)


def is_referred(scene: Scene, person_id: UUID) -> bool:
    """Whether somebody has sent this patient here, and it still holds."""
    query = sa.select(referral.c.referral_id).where(
        referral.c.hospital_id == scene.hospital_id,
        referral.c.person_id == person_id,
        referral.c.direction == Direction.IN.value,
        referral.c.state == ReferralState.OPEN.value,
        referral.c.valid_until_ms >= scene.now_ms,
    )
    return scene.connection.execute(query.limit(1)).one_or_none() is not None


def follow(scene: Scene, referral_id: UUID, booking_id: UUID) -> StoredReferral:
    """This booking was made with the referral. Raises NoSuchThing, Overtaken."""
    row = _known(scene, referral_id)
    owner = scene.connection.execute(
        sa.select(booking.c.person_id).where(
            booking.c.hospital_id == scene.hospital_id, booking.c.booking_id == booking_id
        )
    ).scalar_one_or_none()
    if owner != row.person_id:
        raise NoSuchThing
    deed = Deed(scene.asker.actor, "booked with the referral", "referral", referral_id)
    write_audit(scene.connection, scene.hospital_id, deed, scene.moment)
    return _write(scene, row, {"booking_id": booking_id})


def end_referral(scene: Scene, referral_id: UUID, state: ReferralState) -> StoredReferral:
    """Closed when the patient was seen, or withdrawn by who sent them. Raises NoSuchThing, Overtaken."""
    row = _known(scene, referral_id)
    deed = Deed(scene.asker.actor, f"referral {state.value}", "referral", referral_id)
    write_audit(scene.connection, scene.hospital_id, deed, scene.moment)
    return _write(scene, row, {"state": state.value})


def referral_of(scene: Scene, referral_id: UUID) -> StoredReferral:
    """One referral. Raises NoSuchThing."""
    return _stored(_known(scene, referral_id))


def open_referrals(scene: Scene, *, limit: int) -> list[StoredReferral]:
    """The referral office's list: both directions, the one that ends first at the head."""
    query = (
        sa.select(referral)
        .where(referral.c.hospital_id == scene.hospital_id, referral.c.state == ReferralState.OPEN.value)
        .order_by(referral.c.valid_until_ms, referral.c.referral_id)
        .limit(limit)
    )
    return [_stored(row) for row in scene.connection.execute(query)]


def _known(scene: Scene, referral_id: UUID) -> sa.Row[Any]:
    row = _row(scene, referral_id)
    if row is None:
        raise NoSuchThing
    return row


def _row(scene: Scene, referral_id: UUID) -> sa.Row[Any] | None:
    query = sa.select(referral).where(
        referral.c.hospital_id == scene.hospital_id, referral.c.referral_id == referral_id
    )
    return scene.connection.execute(query).one_or_none()


def _write(scene: Scene, row: sa.Row[Any], values: dict[str, Any]) -> StoredReferral:
    written = scene.connection.execute(
        referral.update()
        .where(
            referral.c.hospital_id == scene.hospital_id,
            referral.c.referral_id == row.referral_id,
            referral.c.ver == row.ver,
        )
        .values(**values, ver=referral.c.ver + 1)
    )
    if written.rowcount != 1:
        raise Overtaken
    return referral_of(scene, row.referral_id)


def _stored(row: sa.Row[Any]) -> StoredReferral:
    return StoredReferral(
        referral_id=row.referral_id,
        person_id=row.person_id,
        direction=Direction(row.direction),
        referred_by=row.referred_by,
        department_id=row.department_id,
        booking_id=row.booking_id,
        state=ReferralState(row.state),
        made_ms=row.made_ms,
        valid_until_ms=row.valid_until_ms,
        ver=row.ver,
    )
