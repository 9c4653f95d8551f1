"""What several writers note within their transactions: a line of the audit trail, a check-in made here."""

from __future__ import annotations

import secrets
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from booking.ids import RANDOM_BYTES, uuid7
from kiosk.ports.store import Arrival
from kiosk.store.tables import AUDIT, CHECK_IN


def note(
    connection: sa.Connection, hospital_id: UUID, what: str, *, at_ms: int, subject_id: UUID | None = None
) -> None:
    """A line of the audit trail: what happened to which subject, and nothing of the person."""
    connection.execute(
        insert(AUDIT).values(
            hospital_id=hospital_id,
            id=uuid7(now_ms=at_ms, random=secrets.token_bytes(RANDOM_BYTES)),
            at_ms=at_ms,
            what=what,
            subject_id=subject_id,
        )
    )


def put_arrival(connection: sa.Connection, hospital_id: UUID, arrival: Arrival) -> None:
    """A check-in made here. One that was confirmed and undone since makes room."""
    connection.execute(
        sa.delete(CHECK_IN).where(
            CHECK_IN.c.hospital_id == hospital_id, CHECK_IN.c.booking_id == arrival.booking_id, CHECK_IN.c.is_confirmed
        )
    )
    connection.execute(
        insert(CHECK_IN).values(
            hospital_id=hospital_id,
            booking_id=arrival.booking_id,
            operation_id=arrival.operation_id,
            service_date=arrival.service_date,
            queue_number=arrival.queue_number,
            checked_in_ms=arrival.checked_in_ms,
            is_confirmed=arrival.is_confirmed,
        )
    )
