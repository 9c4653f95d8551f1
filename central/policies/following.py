"""Putting new settings into force: a version is never changed, only followed by the next."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from booking.policy import Policy
from booking.wire import RowKind
from central.moment import Moment
from central.policies.documents import from_document, to_document
from central.policies.tables import policy
from central.staff.service import Deed, write_audit
from central.sync.service import Change, write_change


def follow_policy(connection: sa.Connection, hospital_id: UUID, toml: str, moment: Moment, *, actor: str) -> Policy:
    """Put the hospital's file into force from now on, as the version after the last. Raises WrongPolicy.

    Two who do so at once get the same version: the key lets one of them through, the other is done again.
    """
    last = sa.select(sa.func.coalesce(sa.func.max(policy.c.version), 0)).where(policy.c.hospital_id == hospital_id)
    version = int(connection.execute(last).scalar_one()) + 1
    document = to_document(toml, version=version)
    connection.execute(
        policy.insert().values(hospital_id=hospital_id, version=version, document=document, from_ms=moment.now_ms)
    )
    write_audit(connection, hospital_id, Deed(actor, "followed", "policy", hospital_id), moment)
    write_change(connection, hospital_id, Change(RowKind.POLICY, hospital_id, version), moment)
    return from_document(document)
