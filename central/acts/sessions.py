"""Whether there is such a session."""

from __future__ import annotations

from uuid import UUID

import sqlalchemy as sa

from central.rosters.tables import session
from central.tables.prepared import Prepared

_SESSION = Prepared(
    sa.select(session.c.published_ms).where(
        session.c.hospital_id == sa.bindparam("hospital_id"), session.c.session_id == sa.bindparam("session_id")
    )
)


def is_session(connection: sa.Connection, hospital_id: UUID, session_id: UUID) -> bool:
    """Whether the hospital has published it."""
    found = _SESSION.row(connection, {"hospital_id": hospital_id, "session_id": session_id})
    return found is not None and found.published_ms is not None
