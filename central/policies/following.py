"""Bringing new settings: a version is never changed, only followed by the next."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from booking.policy import Policy
from central.keys import ColumnSeal
from central.moment import Moment
from central.policies.documents import from_document, to_document
from central.policies.tables import policy
from central.staff.service import BeforeAndAfter, Deed, write_audit


def follow_policy(
    connection: sa.Connection,
    hospital_id: UUID,
    toml: str,
    moment: Moment,
    *,
    actor: str,
    seal: ColumnSeal,
    from_ms: int = 0,
) -> Policy:
    """Have the hospital's file in force from an instant on, now at the earliest, as the version after the last. Of
    several versions whose time has come the newest counts. Terminals are told then (`PolicyStarts`).

    Raises WrongPolicy.

    Two who do so at once get the same version: the key lets one of them through, the other is done again.
    """
    latest = sa.select(policy.c.version, policy.c.document).where(policy.c.hospital_id == hospital_id)
    before = connection.execute(latest.order_by(policy.c.version.desc()).limit(1)).one_or_none()
    version = 1 if before is None else before.version + 1
    document = to_document(toml, version=version)
    connection.execute(
        policy.insert().values(
            hospital_id=hospital_id, version=version, document=document, from_ms=max(from_ms, moment.now_ms)
        )
    )
    change = BeforeAndAfter(seal, "" if before is None else str(before.document.get("toml", "")), toml)
    write_audit(connection, hospital_id, Deed(actor, "followed", "policy", hospital_id), moment, change)
    return from_document(document)
