"""Putting messages where the sender finds them. Which ones, and when they are due, the rules say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa

from booking.decide.effects import Message
from central.moment import Moment
from central.notify.tables import message
from central.tables.many import ManyRows

WAITING, DROPPED = "waiting", "dropped"
_COLUMNS = ("hospital_id", "message_id", "person_id", "booking_id", "kind", "state", "facts", "made_ms", "due_ms")
_MESSAGES = ManyRows(message, _COLUMNS)
_REMINDERS = (Message.FIRST_REMINDER.value, Message.SECOND_REMINDER.value)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to a person. `facts` hold ids, instants and codes."""

    person_id: UUID
    kind: Message
    booking_id: UUID | None = None
    due_ms: int | None = None
    facts: dict[str, str] = field(default_factory=dict)


def put_out(connection: sa.Connection, hospital_id: UUID, messages: Sequence[Outgoing], moment: Moment) -> None:
    """Have them sent, each when it is due; without a time at once."""
    _MESSAGES.insert(
        connection,
        [
            {
                "hospital_id": hospital_id,
                "message_id": moment.new_id(),
                "person_id": it.person_id,
                "booking_id": it.booking_id,
                "kind": it.kind.value,
                "state": WAITING,
                "facts": it.facts,
                "made_ms": moment.now_ms,
                "due_ms": moment.now_ms if it.due_ms is None else it.due_ms,
            }
            for it in messages
        ],
    )


def drop_reminders(connection: sa.Connection, hospital_id: UUID, booking_id: UUID) -> None:
    """Nobody is reminded of a booking that they no longer have.  # rule D5"""
    connection.execute(
        message.update()
        .where(
            message.c.hospital_id == hospital_id,
            message.c.booking_id == booking_id,
            message.c.state == WAITING,
            message.c.kind.in_(_REMINDERS),
        )
        .values(state=DROPPED)
    )
