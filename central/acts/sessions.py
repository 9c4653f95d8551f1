"""Whether there is such a session."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from central.rosters.tables import session


def is_session(connection: sa.Connection, hospital_id: UUID, session_id: UUID) -> bool:
    """Whether the hospital has published it."""
    of_session = (session.c.hospital_id == hospital_id, session.c.session_id == session_id)
    return connection.execute(sa.select(session.c.published_ms).where(*of_session)).scalar() is not None
