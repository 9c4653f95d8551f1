"""Taking lent places away from a terminal that is lost: one of the staff asks with a reason, and is shown what is at
risk; another confirms within the set time. Neither alone, and no clock, releases anything.  # sync C4

Should the terminal have sold a released place, its patient gets a place above capacity when the sale arrives: an
overflow, which is counted apart.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from booking.decide.clock import MINUTE_MS
from central.appointments.scene import Scene
from central.keys import ColumnSeal
from central.leases.ending import end_place, states_of
from central.leases.places import LeaseState, PlaceState, lock_lease
from central.leases.tables import lease
from central.staff.service import BeforeAndAfter, Deed, write_audit

REASON_SEALED_AS = {"table": "lease", "column": "release_reason_sealed"}
ASKED, RELEASED = "lease release asked", "lease released"


class WhyNot(StrEnum):
    """Why nothing is released."""

    NOTHING_LENT = "nothing_lent"
    """All of it is sold, given back or released."""
    NOBODY_ASKED = "nobody_asked"
    """Or too long ago: ask anew."""
    SAME_PERSON = "same_person"


@dataclass(frozen=True, slots=True)
class Asking:
    """Who of the staff asks, by name, and why."""

    agent: str
    reason: str = field(repr=False)


def ask_release(scene: Scene, lease_id: UUID, asking: Asking) -> WhyNot | None:
    """The first step: nothing is released yet. Whoever asks again starts anew. The lease must be there."""
    of = _locked(scene, lease_id)
    if of.state != LeaseState.ACTIVE:
        return WhyNot.NOTHING_LENT
    _write(
        scene,
        lease_id,
        release_asked_ms=scene.now_ms,
        release_asked_by=asking.agent,
        release_reason_sealed=scene.keys.seal.seal(asking.reason, **REASON_SEALED_AS, row=lease_id),
    )
    _trail(scene, lease_id, asking.agent, ASKED, asking.reason)
    return None


def confirm_release(scene: Scene, lease_id: UUID, agent: str) -> WhyNot | None:
    """The second step, by another: whatever is still lent is free. The lease must be there. Raises Overtaken."""
    of = _locked(scene, lease_id)
    if of.state == LeaseState.RELEASED and of.released_by == agent:
        return None
    if of.state != LeaseState.ACTIVE:
        return WhyNot.NOTHING_LENT
    since_ms = scene.now_ms - scene.policy.lending.release_within_min * MINUTE_MS
    if of.release_asked_ms is None or of.release_asked_ms < since_ms:
        return WhyNot.NOBODY_ASKED
    if _same(of.release_asked_by, agent):
        return WhyNot.SAME_PERSON
    for no, state in states_of(scene, lease_id).items():
        if state is PlaceState.LENT:
            end_place(scene, lease_id, of.session_id, no=no, state=PlaceState.RELEASED)
    _write(scene, lease_id, state=LeaseState.RELEASED.value, released_ms=scene.now_ms, released_by=agent)
    _trail(scene, lease_id, agent, RELEASED, open_reason(scene.keys.seal, lease_id, of.release_reason_sealed))
    return None


def open_reason(seal: ColumnSeal, lease_id: UUID, sealed: bytes | None) -> str:
    """Why the first of the two asked; empty where nobody has."""
    return "" if sealed is None else seal.open(sealed, **REASON_SEALED_AS, row=lease_id)


def _locked(scene: Scene, lease_id: UUID) -> sa.Row[Any]:
    of = lock_lease(scene.connection, scene.hospital_id, lease_id)
    assert of is not None, "who asks has looked"
    return of


def _write(scene: Scene, lease_id: UUID, **values: object) -> None:
    scene.connection.execute(
        lease.update().where(lease.c.hospital_id == scene.hospital_id, lease.c.lease_id == lease_id).values(**values)
    )


def _trail(scene: Scene, lease_id: UUID, agent: str, action: str, reason: str) -> None:
    change = BeforeAndAfter(scene.keys.seal, after=reason)
    write_audit(scene.connection, scene.hospital_id, Deed(agent, action, "lease", lease_id), scene.moment, change)


def _same(one: str, other: str) -> bool:
    """The same name, however it is written."""
    return "".join(one.split()).casefold() == "".join(other.split()).casefold()
