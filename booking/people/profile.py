"""What a booking needs to know of a person, and whether it fits together.  # rules A1, A2"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from booking.people.documents import BadDocument, DocumentKind, GoodDocument, Mistake, Sex
from booking.people.reading import read_document
from booking.people.typed import clean_name, read_mobile


class Verification(StrEnum):
    """How far a profile is known to be right.  # rule A2"""

    UNVERIFIED = "unverified"
    """Typed by the person; nobody has seen a document."""
    CARD_READ = "card_read"
    REVIEWED = "reviewed"
    """Approved or corrected by staff."""
    REFUSED = "refused"
    """Refused by staff, with a reason."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A person as registered, once for every hospital of the group; its repr shows nothing personal."""

    name: str = field(repr=False)
    kind: DocumentKind
    number: str = field(repr=False)
    sex: Sex = field(default=Sex.UNKNOWN, repr=False)
    birth_date: str = field(default="", repr=False)
    """`YYYY-MM-DD`, or empty."""
    phone: str = field(default="", repr=False)
    other_contact: str = field(default="", repr=False)
    """Another way to be reached, for those without a mobile."""
    verification: Verification = Verification.UNVERIFIED


class Flaw(StrEnum):
    """What keeps a profile from being used for a booking or a visit."""

    NAME_MISSING = "name_missing"
    DOCUMENT_MISSING = "document_missing"
    DOCUMENT_WRONG = "document_wrong"
    CONTACT_MISSING = "contact_missing"
    PHONE_WRONG = "phone_wrong"
    BIRTH_DATE_DIFFERS = "birth_date_differs"
    """The document's number says another day."""
    SEX_DIFFERS = "sex_differs"
    REFUSED = "refused"


def flaws(profile: Profile, today: date) -> tuple[Flaw, ...]:
    """Everything that is missing or does not fit together, at once; empty when the profile may be used."""
    found: list[Flaw] = []
    if not clean_name(profile.name):
        found.append(Flaw.NAME_MISSING)
    match read_document(profile.kind, profile.number, today):
        case BadDocument(Mistake.EMPTY):
            found.append(Flaw.DOCUMENT_MISSING)
        case BadDocument():
            found.append(Flaw.DOCUMENT_WRONG)
        case GoodDocument() as document:
            found.extend(_differences(profile, document))
    if not profile.phone and not profile.other_contact.strip():
        found.append(Flaw.CONTACT_MISSING)
    if profile.phone and read_mobile(profile.phone) is None:
        found.append(Flaw.PHONE_WRONG)
    if profile.verification is Verification.REFUSED:
        found.append(Flaw.REFUSED)
    return tuple(found)


def _differences(profile: Profile, document: GoodDocument) -> list[Flaw]:
    """Only what both say can differ."""
    found: list[Flaw] = []
    if profile.birth_date and document.birth_date and profile.birth_date != document.birth_date:
        found.append(Flaw.BIRTH_DATE_DIFFERS)
    if Sex.UNKNOWN not in (profile.sex, document.sex) and profile.sex is not document.sex:
        found.append(Flaw.SEX_DIFFERS)
    return found
