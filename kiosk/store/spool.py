"""The journal of print jobs: each step of a ticket's way to paper is on disk before the next byte moves."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import sqlalchemy as sa

from kiosk.ports.printers import JobState
from kiosk.ports.tickets import Ticket
from kiosk.store.engine import reading, writing
from kiosk.store.tables import SPOOL
from kiosk.store.ticket_json import ticket_from_json

_AFTER_A_START = {
    JobState.SENDING: (JobState.UNKNOWN, "the terminal stopped while the ticket was being sent"),
    JobState.SENT: (JobState.UNKNOWN, "the terminal stopped before the printer confirmed the ticket"),
    JobState.QUEUED: (JobState.HELD, "the terminal stopped before the ticket was sent"),
}


class SpoolTable:
    """Print jobs of one hospital's terminal."""

    def __init__(self, engine: sa.Engine, hospital_id: UUID, *, now_ms: Callable[[], int]) -> None:
        self._engine = engine
        self._hospital_id = hospital_id
        self._now_ms = now_ms

    def advance(self, job_id: UUID, state: JobState, why: str = "") -> None:
        """Write the job's new state. Raises KeyError when there is no such job, StoreFault when it cannot."""
        with writing(self._engine) as connection:
            changed = connection.execute(
                sa.update(SPOOL)
                .where(SPOOL.c.hospital_id == self._hospital_id, SPOOL.c.job_id == job_id)
                .values(state=state, why=why, changed_ms=self._now_ms())
            )
            if changed.rowcount != 1:
                raise KeyError(job_id)

    def state(self, job_id: UUID) -> JobState:
        """The job's state. Raises KeyError when there is no such job."""
        query = sa.select(SPOOL.c.state).where(SPOOL.c.hospital_id == self._hospital_id, SPOOL.c.job_id == job_id)
        with reading(self._engine) as connection:
            found = connection.scalar(query)
        if found is None:
            raise KeyError(job_id)
        return JobState(found)

    def ticket(self, job_id: UUID) -> Ticket | None:
        """The job's ticket, or None when there is no such job."""
        query = sa.select(SPOOL.c.ticket).where(SPOOL.c.hospital_id == self._hospital_id, SPOOL.c.job_id == job_id)
        with reading(self._engine) as connection:
            found = connection.scalar(query)
        return None if found is None else ticket_from_json(found)

    def recover(self) -> int:
        """After a start: what was being sent may be on paper; what was never sent waits to be asked for."""
        changed = 0
        with writing(self._engine) as connection:
            for before, (after, why) in _AFTER_A_START.items():
                changed += connection.execute(
                    sa.update(SPOOL)
                    .where(SPOOL.c.hospital_id == self._hospital_id, SPOOL.c.state == before)
                    .values(state=after, why=why, changed_ms=self._now_ms())
                ).rowcount
        return changed
