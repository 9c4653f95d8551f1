"""Which settings are in force, and how they look to the rules and on the wire."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from booking.policy import CheckInPolicy, LateArrival, Policy, WhenUnknown
from booking.wire import PolicyRow
from central.policies.tables import policy


def policy_in_force(connection: sa.Connection, hospital_id: UUID, now_ms: int) -> Policy:
    """The newest version whose time has come. A hospital without one is ruled by the defaults."""
    document = connection.execute(
        sa.select(policy.c.document)
        .where(policy.c.hospital_id == hospital_id, policy.c.from_ms <= now_ms)
        .order_by(policy.c.version.desc())
        .limit(1)
    ).scalar_one_or_none()
    return Policy() if document is None else from_document(document)


def policy_of_version(connection: sa.Connection, hospital_id: UUID, version: int, now_ms: int) -> Policy:
    """The version that an act was decided under, if it was ever in force; else the one in force now."""
    document = connection.execute(
        sa.select(policy.c.document).where(
            policy.c.hospital_id == hospital_id, policy.c.version == version, policy.c.from_ms <= now_ms
        )
    ).scalar_one_or_none()
    return policy_in_force(connection, hospital_id, now_ms) if document is None else from_document(document)


def to_document(settings: Policy) -> dict[str, str | int]:
    """The settings as the store keeps them: the fields of the wire's row."""
    check_in = settings.check_in
    return {
        "version": settings.version,
        "check_in_opens_before_min": check_in.opens_before_min,
        "check_in_grace_min": check_in.grace_min,
        "check_in_late": check_in.late.value,
        "check_in_state_unknown": check_in.booking_state_unknown.value,
    }


def from_document(document: dict[str, str | int]) -> Policy:
    """The settings as the rules take them."""
    return Policy(
        version=int(document["version"]),
        check_in=CheckInPolicy(
            opens_before_min=int(document["check_in_opens_before_min"]),
            grace_min=int(document["check_in_grace_min"]),
            late=LateArrival(str(document["check_in_late"])),
            booking_state_unknown=WhenUnknown(str(document["check_in_state_unknown"])),
        ),
    )


def to_row(settings: Policy) -> PolicyRow:
    """The settings as terminals get them."""
    check_in = settings.check_in
    return PolicyRow(
        version=settings.version,
        check_in_opens_before_min=check_in.opens_before_min,
        check_in_grace_min=check_in.grace_min,
        check_in_late=check_in.late.value,
        check_in_state_unknown=check_in.booking_state_unknown.value,
    )
