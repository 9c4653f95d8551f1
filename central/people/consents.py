"""What a person agreed to, and took back: which text, through which channel, when.  # rule A4"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from central.moment import Moment
from central.people.changed import person_row, records_of
from central.people.tables import consent


@dataclass(frozen=True, slots=True)
class NewConsent:
    """A person agrees to a purpose (`third_party`, `reminders`, ...) in the words of one version of its text."""

    consent_id: UUID
    person_id: UUID
    purpose: str
    text_version: str
    channel: str


def give_consent(connection: sa.Connection, group_id: UUID, wanted: NewConsent, moment: Moment) -> None:
    """Recorded; the same consent twice is one. Raises UnknownPerson."""
    kept = person_row(connection, group_id, wanted.person_id).person_id
    here = (consent.c.group_id == group_id, consent.c.consent_id == wanted.consent_id)
    if connection.execute(sa.select(consent.c.consent_id).where(*here)).one_or_none() is not None:
        return
    connection.execute(
        consent.insert().values(
            group_id=group_id,
            consent_id=wanted.consent_id,
            person_id=kept,
            purpose=wanted.purpose,
            text_version=wanted.text_version,
            channel=wanted.channel,
            given_ms=moment.now_ms,
        )
    )


def withdraw_consent(connection: sa.Connection, group_id: UUID, person_id: UUID, purpose: str, moment: Moment) -> int:
    """From now on the person does not agree to this; how many consents that ended. Raises UnknownPerson."""
    withdrawn = connection.execute(
        consent.update().where(*_in_force(connection, group_id, person_id, purpose)).values(withdrawn_ms=moment.now_ms)
    )
    return withdrawn.rowcount


def has_consented(connection: sa.Connection, group_id: UUID, person_id: UUID, purpose: str) -> bool:
    """Whether the person agrees to this now. Raises UnknownPerson."""
    given = sa.select(consent.c.consent_id).where(*_in_force(connection, group_id, person_id, purpose)).limit(1)
    return connection.execute(given).one_or_none() is not None


def _in_force(
    connection: sa.Connection, group_id: UUID, person_id: UUID, purpose: str
) -> tuple[sa.ColumnElement[bool], ...]:
    kept = person_row(connection, group_id, person_id).person_id
    return (
        consent.c.group_id == group_id,
        consent.c.person_id.in_(records_of(connection, group_id, kept)),
        consent.c.purpose == purpose,
        consent.c.withdrawn_ms.is_(None),
    )
