"""A command that was given before: its answer was lost, and the act must not happen twice.

What was done is told from the ticket, while that waits to be printed. Later nobody here may say that it was not done.
"""

from __future__ import annotations

from uuid import UUID

from kiosk.desk.standing import Moment
from kiosk.desk.surroundings import Surroundings
from kiosk.desk.views import Found, look_up
from kiosk.ports.desk import DeskFault
from kiosk.ports.printers import PrintTicket

DONE_BEFORE = "done_before"


def was_done(around: Surroundings, operation_id: UUID, subject_id: UUID) -> bool:
    """Whether this terminal has written this act."""
    return any(act.operation_id == operation_id for act in around.sales.acts_about(subject_id))


def still_to_print(around: Surroundings, visit_id: UUID, job_id: UUID) -> PrintTicket | None:
    """The command that prints its ticket, which nobody has printed."""
    ticket = around.store.queued_ticket(job_id)
    return None if ticket is None else PrintTicket(visit_id=visit_id, job_id=job_id, ticket=ticket)


def done_booking(
    around: Surroundings, visit_id: UUID, job_id: UUID, booking_id: UUID, now: Moment
) -> tuple[Found, PrintTicket] | DeskFault:
    """The booking as it is, and the ticket of the act that was done before."""
    here, printing = look_up(around, booking_id, now), still_to_print(around, visit_id, job_id)
    if here is None or printing is None:
        return DeskFault(visit_id, DONE_BEFORE, is_outcome_unknown=True)
    return here, printing


def is_confirmed(around: Surroundings, operation_id: UUID, subject_id: UUID) -> bool:
    """Whether the server has taken the act."""
    acts = around.sales.acts_about(subject_id)
    return any(act.operation_id == operation_id and act.state == "answered" for act in acts)
