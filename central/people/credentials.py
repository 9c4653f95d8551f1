"""Documents and cards of a person: added when staff or a reader see one, ended when a card is lost.  # rules A1, A3"""

from __future__ import annotations

from datetime import date
from uuid import UUID

import sqlalchemy as sa

from booking.people import BadDocument, Flaw, read_document
from central.moment import Moment
from central.people.changed import changed, person_row
from central.people.personal import GroupKeys
from central.people.register import NotRegistered, Objection, Shown, write_credential
from central.people.tables import credential


def add_credential(
    connection: sa.Connection, keys: GroupKeys, person_id: UUID, shown: Shown, today: date, moment: Moment
) -> UUID:
    """The person has this document too; its id. Raises UnknownPerson, NotRegistered, Overtaken."""
    document = read_document(shown.kind, shown.number, today)
    if isinstance(document, BadDocument):
        raise NotRegistered((Flaw.DOCUMENT_WRONG,))
    kept = changed(connection, keys.group_id, person_id, moment)
    number_hash = keys.lookup.credential(kind=document.kind, number=document.number)
    known = connection.execute(
        sa.select(credential).where(
            credential.c.group_id == keys.group_id,
            credential.c.kind == document.kind.value,
            credential.c.number_hash == number_hash,
        )
    ).one_or_none()
    if known is None:
        write_credential(connection, keys, kept, shown, document)
        return shown.credential_id
    if person_row(connection, keys.group_id, known.person_id).person_id != kept:
        raise NotRegistered((Objection.TWO_RECORDS,))
    known_id: UUID = known.credential_id
    connection.execute(
        credential.update()
        .where(credential.c.group_id == keys.group_id, credential.c.credential_id == known_id)
        .values(ended_ms=None, was_read=known.was_read or shown.was_read)
    )
    return known_id


def end_credential(
    connection: sa.Connection, group_id: UUID, person_id: UUID, credential_id: UUID, moment: Moment
) -> bool:
    """Nobody is found by this document any more; whether the person had it. Raises UnknownPerson."""
    kept = changed(connection, group_id, person_id, moment)
    ended = connection.execute(
        credential.update()
        .where(
            credential.c.group_id == group_id,
            credential.c.credential_id == credential_id,
            credential.c.person_id == kept,
            credential.c.ended_ms.is_(None),
        )
        .values(ended_ms=moment.now_ms)
    )
    return ended.rowcount == 1
