"""The acts that the outbox holds: of which kind each is, what it is about, and what must be answered before it.

Pure but for the look-ups that `earlier_acts` makes within the caller's transaction.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from booking.wire import CheckInAct, Event
from booking.wire_acts import (
    BookAct,
    CancelAct,
    ChangeAct,
    EventKind,
    JoinListAct,
    RegisterAct,
    ReturnPlacesAct,
)
from kiosk.store.tables import LENT_PLACE, LOCAL_BOOKING, LOCAL_PERSON, OUTBOX

Act = CheckInAct | RegisterAct | BookAct | CancelAct | ChangeAct | JoinListAct | ReturnPlacesAct
ACTS: dict[str, type[Act]] = {
    EventKind.CHECK_IN: CheckInAct,
    EventKind.REGISTER: RegisterAct,
    EventKind.BOOK: BookAct,
    EventKind.CANCEL: CancelAct,
    EventKind.CHANGE: ChangeAct,
    EventKind.JOIN_LIST: JoinListAct,
    EventKind.RETURN_PLACES: ReturnPlacesAct,
}
_KINDS = {kind: name for name, kind in ACTS.items()}


def kind_of(act: Act) -> str:
    """The event's kind, which is also the name of its field in `Event`."""
    return str(_KINDS[type(act)])


def event_of(kind: str, seq: int, act: Act) -> Event:
    """The event that tells it."""
    body: dict[str, Any] = {str(kind): act}
    return Event(kind=kind, seq=seq, **body)


def subject_of(act: Act) -> UUID:
    """What the act is about: acts about one subject keep their order."""
    match act:
        case CheckInAct() | BookAct() | CancelAct() | ChangeAct():
            return act.booking_id
        case RegisterAct():
            return act.person_id
        case JoinListAct():
            return act.entry_id
        case ReturnPlacesAct():
            return act.lease_id


def earlier_acts(connection: sa.Connection, hospital_id: UUID, act: Act) -> set[UUID]:
    """The acts about other subjects that the server must have answered before it can judge this one: the registration
    of the person, the change that led to the booking, and what freed the place.
    """
    wanted: set[UUID] = set()
    people = {getattr(act, "person_id", None), getattr(act, "acting_id", None)} - {None}
    if people:
        wanted |= _makers(connection, LOCAL_PERSON.c.person_id.in_(people), LOCAL_PERSON, hospital_id)
    if isinstance(act, CheckInAct | CancelAct | ChangeAct):
        wanted |= _makers(connection, LOCAL_BOOKING.c.booking_id == act.booking_id, LOCAL_BOOKING, hospital_id)
    if isinstance(act, BookAct | ChangeAct):
        wanted |= _on_places(connection, hospital_id, act.place.lease_id, (act.place.slot_no,))
    if isinstance(act, ReturnPlacesAct):
        wanted |= _on_places(connection, hospital_id, act.lease_id, act.slot_nos)
    subject_id = subject_of(act)
    found = connection.scalars(
        sa.select(OUTBOX.c.operation_id).where(
            OUTBOX.c.hospital_id == hospital_id,
            OUTBOX.c.operation_id.in_(wanted),
            OUTBOX.c.state == "waiting",
            OUTBOX.c.subject_id != subject_id,
        )
    )
    return set(found) - {act.operation_id}


def _makers(connection: sa.Connection, which: sa.ColumnElement[bool], table: sa.Table, hospital_id: UUID) -> set[UUID]:
    query = sa.select(table.c.operation_id).where(table.c.hospital_id == hospital_id, which)
    return set(connection.scalars(query))


def _on_places(connection: sa.Connection, hospital_id: UUID, lease_id: UUID, numbers: tuple[int, ...]) -> set[UUID]:
    query = sa.select(LENT_PLACE.c.operation_id).where(
        LENT_PLACE.c.hospital_id == hospital_id,
        LENT_PLACE.c.lease_id == lease_id,
        LENT_PLACE.c.no.in_(numbers),
        LENT_PLACE.c.operation_id.is_not(None),
    )
    return set(connection.scalars(query))
