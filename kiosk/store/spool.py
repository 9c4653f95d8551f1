"""The journal of print jobs: each step of a ticket's way to paper is on disk before the next byte moves."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from kiosk.ports.printers import JobState
from kiosk.ports.store import QueuedTicket
from kiosk.ports.tickets import Ticket
from kiosk.store.engine import reading, writing
from kiosk.store.tables import SPOOL
from kiosk.store.ticket_json import ticket_from_json, ticket_to_json

_AFTER_A_START = {
    JobState.SENDING: (JobState.UNKNOWN, "the terminal stopped while the ticket was being sent"),
    JobState.SENT: (JobState.UNKNOWN, "the terminal stopped before the printer confirmed the ticket"),
    JobState.QUEUED: (JobState.HELD, "the terminal stopped before the ticket was sent"),
}
_ON_ITS_WAY = (JobState.QUEUED, JobState.SENDING, JobState.SENT)
IS_LIST = SPOOL.c.subject_id == SPOOL.c.job_id
"""A list is about nothing but itself. It names many people: what was on it goes as soon as its job has ended."""
_TEXT_AFTER_THE_END = sa.case((IS_LIST, ""), else_=SPOOL.c.ticket)


def queue_job(connection: sa.Connection, hospital_id: UUID, ticket: QueuedTicket) -> None:
    """A job that waits to be printed, within the caller's transaction."""
    connection.execute(
        insert(SPOOL).values(
            hospital_id=hospital_id,
            job_id=ticket.command.job_id,
            subject_id=ticket.subject_id,
            copy_no=ticket.copy_no,
            service_date=ticket.service_date,
            ticket=ticket_to_json(ticket.command.ticket),
            state=JobState.QUEUED,
            why="",
            made_ms=ticket.made_ms,
            changed_ms=ticket.made_ms,
        )
    )


class SpoolTable:
    """Print jobs of one hospital's terminal."""

    def __init__(self, engine: sa.Engine, hospital_id: UUID, *, now_ms: Callable[[], int]) -> None:
        self._engine = engine
        self._hospital_id = hospital_id
        self._now_ms = now_ms

    def advance(self, job_id: UUID, state: JobState, why: str = "") -> None:
        """Write the job's new state. Raises KeyError when there is no such job, StoreFault when it cannot."""
        text = SPOOL.c.ticket if state in _ON_ITS_WAY else _TEXT_AFTER_THE_END
        with writing(self._engine) as connection:
            changed = connection.execute(
                sa.update(SPOOL)
                .where(SPOOL.c.hospital_id == self._hospital_id, SPOOL.c.job_id == job_id)
                .values(state=state, why=why, ticket=text, changed_ms=self._now_ms())
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
        """The job's ticket; None when there is no such job, or it was a list and has ended."""
        query = sa.select(SPOOL.c.ticket).where(SPOOL.c.hospital_id == self._hospital_id, SPOOL.c.job_id == job_id)
        with reading(self._engine) as connection:
            found = connection.scalar(query)
        return ticket_from_json(found) if found else None

    def recover(self) -> int:
        """After a start: what was being sent may be on paper; what was never sent waits to be asked for."""
        changed = 0
        with writing(self._engine) as connection:
            for before, (after, why) in _AFTER_A_START.items():
                changed += connection.execute(
                    sa.update(SPOOL)
                    .where(SPOOL.c.hospital_id == self._hospital_id, SPOOL.c.state == before)
                    .values(state=after, why=why, ticket=_TEXT_AFTER_THE_END, changed_ms=self._now_ms())
                ).rowcount
        return changed
