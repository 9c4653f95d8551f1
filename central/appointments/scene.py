"""What every act at a hospital is done with: the transaction, the instant, who asks, the hospital and its rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, tzinfo
from uuid import UUID
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from booking.decide.clock import today
from booking.policy import Policy
from central.channels.caller import Asker
from central.keys import Keys, LookupHash
from central.moment import Moment
from central.policies.documents import from_document
from central.policies.tables import policy
from central.rosters.tables import hospital
from central.staff.service import Deed, write_audit
from central.tables.prepared import Prepared

_IN_FORCE = (
    sa.select(policy.c.document)
    .where(policy.c.hospital_id == hospital.c.hospital_id, policy.c.from_ms <= sa.bindparam("now_ms"))
    .order_by(policy.c.version.desc())
    .limit(1)
    .scalar_subquery()
    .label("document")
)
_HOSPITAL = Prepared(
    sa.select(hospital.c.group_id, hospital.c.code, hospital.c.time_zone, _IN_FORCE).where(
        hospital.c.hospital_id == sa.bindparam("hospital_id")
    )
)


class NoSuchThing(Exception):
    """The hospital has no person, session, place, booking or entry of this id."""


class IdMeansAnother(Exception):
    """The caller names a new thing by the id of another one."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One act's surroundings. All that it reads and writes belongs to this hospital."""

    connection: sa.Connection = field(repr=False)
    moment: Moment
    asker: Asker
    keys: Keys = field(repr=False)
    group_id: UUID
    hospital_code: str
    zone: tzinfo
    policy: Policy

    @property
    def hospital_id(self) -> UUID:
        """Whose act it is."""
        return self.asker.hospital_id

    def trail(self, action: str, entity: str, entity_id: UUID) -> None:
        """What staff do, and whom they look at, stands in the trail; what others do stands in its own rows. A booking's
        way stands in its steps, whoever goes it.  # rules A4, I2
        """
        if self.asker.is_staff:
            deed = Deed(self.asker.actor, action, entity, entity_id)
            write_audit(self.connection, self.hospital_id, deed, self.moment)

    @property
    def now_ms(self) -> int:
        """When."""
        return self.moment.now_ms

    @property
    def today(self) -> date:
        """The hospital's date."""
        return today(self.moment.now_ms, self.zone)

    @property
    def lookup(self) -> LookupHash:
        """The group's hashes."""
        return self.keys.lookup(self.group_id)


def scene_at(connection: sa.Connection, asker: Asker, keys: Keys, moment: Moment) -> Scene:
    """The surroundings of an act, now. Raises NoSuchThing."""
    it = _HOSPITAL.row(connection, {"hospital_id": asker.hospital_id, "now_ms": moment.now_ms})
    if it is None:
        raise NoSuchThing
    return Scene(
        connection=connection,
        moment=moment,
        asker=asker,
        keys=keys,
        group_id=it.group_id,
        hospital_code=it.code,
        zone=ZoneInfo(it.time_zone),
        policy=Policy() if it.document is None else from_document(it.document),
    )
