"""Which settings are in force, and how they look on the wire."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from booking.policy import Policy
from booking.wire import PolicyRow
from central.policies.documents import Document, from_document
from central.policies.tables import policy


def policy_in_force(connection: sa.Connection, hospital_id: UUID, now_ms: int) -> Policy:
    """The newest version whose time has come. A hospital without one is ruled by the defaults."""
    document = _document_in_force(connection, hospital_id, now_ms)
    return Policy() if document is None else from_document(document)


def policy_of_version(connection: sa.Connection, hospital_id: UUID, version: int, now_ms: int) -> Policy:
    """The version that an act was decided under, if it was ever in force; else the one in force now."""
    document = connection.execute(
        sa.select(policy.c.document).where(
            policy.c.hospital_id == hospital_id, policy.c.version == version, policy.c.from_ms <= now_ms
        )
    ).scalar_one_or_none()
    return policy_in_force(connection, hospital_id, now_ms) if document is None else from_document(document)


def policy_row(connection: sa.Connection, hospital_id: UUID, now_ms: int) -> PolicyRow:
    """The settings in force as terminals get them."""
    document = _document_in_force(connection, hospital_id, now_ms)
    return to_row(Policy()) if document is None else to_row(from_document(document), str(document.get("toml", "")))


def to_row(settings: Policy, toml: str = "") -> PolicyRow:
    """Settings, and the file that they were read from if there is one, as terminals get them."""
    check_in = settings.check_in
    return PolicyRow(
        version=settings.version,
        check_in_opens_before_min=check_in.opens_before_min,
        check_in_grace_min=check_in.grace_min,
        check_in_late=check_in.late.value,
        check_in_state_unknown=check_in.booking_state_unknown.value,
        settings=toml,
    )


def _document_in_force(connection: sa.Connection, hospital_id: UUID, now_ms: int) -> Document | None:
    found: Any = connection.execute(
        sa.select(policy.c.document)
        .where(policy.c.hospital_id == hospital_id, policy.c.from_ms <= now_ms)
        .order_by(policy.c.version.desc())
        .limit(1)
    ).scalar_one_or_none()
    return found if found is None else dict(found)
