"""A command that was given before: its answer was lost, and the act must not happen twice.

A place that was sold here is not sold again under the same operation id, whatever became of the first answer. The
visit is told that it is done already; what it says is on the paper that the spool has, and on the server.
"""

from __future__ import annotations

from uuid import UUID

from booking.wire_acts import EventKind
from kiosk.desk.surroundings import Surroundings
from kiosk.ports.desk import DeskFault


def was_done(around: Surroundings, operation_id: UUID, subject_id: UUID) -> bool:
    """Whether this terminal has written this act."""
    return any(act.operation_id == operation_id for act in around.sales.acts_about(subject_id))
