"""What channels and staff ask about people, and what they are told. No document number ever stands in a URL.

What is personal is never in a repr; an answer names a person by a masked name unless staff ask with a need.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from booking.people import DocumentKind, Sex
from booking.policy import PriorityGroup

Short = Annotated[str, Field(max_length=64)]
Why = Annotated[str, Field(min_length=1, max_length=200)]
Personal = Annotated[str, Field(max_length=128)]


@dataclass(frozen=True, slots=True)
class DocumentShown:
    """A document or card. `was_read` counts only from terminals and staff."""

    kind: DocumentKind
    number: Personal = field(repr=False)
    was_read: bool = False


@dataclass(frozen=True, slots=True)
class RegisterPerson:
    """POST people: somebody wants to be known.  # rules A1, A2"""

    name: Personal = field(repr=False)
    documents: Annotated[tuple[DocumentShown, ...], Field(min_length=1, max_length=4)] = field(repr=False)
    sex: Sex = field(default=Sex.UNKNOWN, repr=False)
    birth_date: Short = field(default="", repr=False)
    """`YYYY-MM-DD`; needed where the document does not say it."""
    phone: Short = field(default="", repr=False)
    other_contact: Personal = field(default="", repr=False)
    language: Annotated[str, Field(max_length=16)] = ""
    guardian_id: UUID | None = None
    """Who registers this family member, and may act for them from then on.  # rule A5"""


@dataclass(frozen=True, slots=True)
class PersonRegistered:
    """The person's record; whoever is known already is found, not made again."""

    person_id: UUID
    is_new: bool
    is_verified: bool


@dataclass(frozen=True, slots=True)
class FindPerson:
    """POST people/find: who has this document? The name must be theirs; a card that was read needs none."""

    document: DocumentShown = field(repr=False)
    name: Personal = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class PersonFound:
    """Whether the group knows them. A wrong name and an unknown document look alike."""

    is_known: bool
    person_id: UUID | None = None
    masked_name: str = field(default="", repr=False)
    is_verified: bool = False
    wards: tuple[UUID, ...] = ()
    """For whom they may act.  # rule A5"""


@dataclass(frozen=True, slots=True)
class SearchPeople:
    """POST people/search, by staff: a full name or a mobile number."""

    name: Personal = field(default="", repr=False)
    phone: Short = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person of a list."""

    person_id: UUID
    masked_name: str = field(repr=False)
    sex: str = field(repr=False)
    birth_year: int = field(repr=False)
    is_verified: bool
    made_ms: int | None = None


@dataclass(frozen=True, slots=True)
class PeopleList:
    """Some persons. `next` goes on after the last of them; null: that is all."""

    people: tuple[PersonLine, ...]
    next: UUID | None = None


@dataclass(frozen=True, slots=True)
class CredentialLine:
    """A document or card of a person; of its number only the end."""

    credential_id: UUID
    kind: str
    last_four: str = field(repr=False)
    was_read: bool = False


@dataclass(frozen=True, slots=True)
class GrantLine:
    """A priority group of a person.  # rule C8"""

    grant_id: UUID
    person_id: UUID
    group: str
    until: str
    document_seen: str = ""


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """A person as registered. Name and birthday in full only for staff; every look is in the trail.  # rule A4"""

    person_id: UUID
    masked_name: str = field(repr=False)
    sex: str = field(repr=False)
    birth_year: int = field(repr=False)
    is_verified: bool
    is_refused: bool
    phone_last_four: str = field(repr=False)
    credentials: tuple[CredentialLine, ...] = field(repr=False)
    grants: tuple[GrantLine, ...]
    guardians: tuple[UUID, ...]
    wards: tuple[UUID, ...]
    name: str = field(default="", repr=False)
    birth_date: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class CorrectPhone:
    """POST people/{person_id}/phone: as the patient confirms it at the check-in.  # rule A2"""

    phone: Short = field(repr=False)


@dataclass(frozen=True, slots=True)
class CorrectProfile:
    """POST people/{person_id}/profile, by staff: what the document says. Null: as it is."""

    reason: Why
    name: Personal | None = field(default=None, repr=False)
    sex: Sex | None = field(default=None, repr=False)
    birth_date: Short | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ReviewPerson:
    """POST people/{person_id}/review, by staff.  # rule A2"""

    approve: bool
    reason: Why


@dataclass(frozen=True, slots=True)
class AddGuardian:
    """POST people/{person_id}/guardians, by staff."""

    guardian_id: UUID
    relation: Annotated[str, Field(min_length=1, max_length=32)]


@dataclass(frozen=True, slots=True)
class GrantPriority:
    """POST people/{person_id}/grants, by staff on sight of a document.  # rule C8"""

    group: PriorityGroup
    until: date
    document_seen: Annotated[str, Field(min_length=1, max_length=64)]
    """The kind of document, never its number."""


@dataclass(frozen=True, slots=True)
class GrantsToReverify:
    """Whose document staff are to see again, the one that ends first at the head."""

    grants: tuple[GrantLine, ...]


@dataclass(frozen=True, slots=True)
class MergeRecords:
    """POST merges, by staff: two records are one person, and this one stays."""

    kept_id: UUID
    merged_id: UUID
    reason: Why


@dataclass(frozen=True, slots=True)
class GiveConsent:
    """POST people/{person_id}/consents."""

    purpose: Annotated[str, Field(min_length=1, max_length=32)]
    text_version: Annotated[str, Field(min_length=1, max_length=32)]


@dataclass(frozen=True, slots=True)
class WithReason:
    """An act of staff that needs nothing but why."""

    reason: Why


@dataclass(frozen=True, slots=True)
class Done:
    """It is done, to this person."""

    person_id: UUID
    is_changed: bool = True
