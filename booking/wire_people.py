"""The messages by which a terminal registers somebody on line, version 1: `POST people` below
`/v1/hospitals/{hospital_id}/`, with an `Idempotency-Key`. No document number ever stands in a URL.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from booking.people import DocumentKind, Sex


@dataclass(frozen=True, slots=True)
class DocumentShown:
    """A document or card. `was_read` counts from terminals and staff."""

    kind: DocumentKind
    number: str = field(repr=False)
    was_read: bool = False


@dataclass(frozen=True, slots=True)
class RegisterPerson:
    """Somebody wants to be known.  # rules A1, A2"""

    name: str = field(repr=False)
    documents: tuple[DocumentShown, ...] = field(repr=False)
    sex: Sex = field(default=Sex.UNKNOWN, repr=False)
    birth_date: str = field(default="", repr=False)
    """`YYYY-MM-DD`; needed where the document does not say it."""
    phone: str = field(default="", repr=False)
    other_contact: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class PersonRegistered:
    """The person's record; whoever is known already is found, not made again."""

    person_id: UUID
    is_new: bool
    is_verified: bool
