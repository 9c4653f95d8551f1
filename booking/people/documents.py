"""Kinds of documents and cards, and what one of them said.  # rules A1, A3"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class DocumentKind(StrEnum):
    """What a person shows. The values travel on the wire and stand in both stores."""

    RESIDENT_ID = "resident_id"
    SOCIAL_SECURITY = "social_security"
    HOSPITAL_CARD = "hospital_card"
    PASSPORT = "passport"
    RESIDENCE_PERMIT = "residence_permit"
    """Of residents of Hong Kong, Macao and Taiwan (港澳台居民居住证)."""
    PERMANENT_RESIDENCE = "permanent_residence"
    """Of foreigners (外国人永久居留身份证), the card of 2017 and the one of 2023."""


class Sex(StrEnum):
    """As documents state it; `unknown` where they do not."""

    FEMALE = "female"
    MALE = "male"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Identity:
    """What a card said. Lives in memory during one visit only; its repr shows nothing personal."""

    kind: DocumentKind
    id_number: str = field(repr=False)
    """The citizen's number where the card carries one, normalised; else empty."""
    card_number: str = field(repr=False)
    """The card's own number, normalised; may be empty."""
    name: str = field(repr=False)
    sex: Sex = field(default=Sex.UNKNOWN, repr=False)
    birth_date: str = field(default="", repr=False)
    """`YYYY-MM-DD`, or empty when the card does not say."""


class Mistake(StrEnum):
    """What is wrong with a number that somebody typed. The values name the sentence that people read."""

    EMPTY = "empty"
    WRONG_CHARACTERS = "wrong_characters"
    WRONG_LENGTH = "wrong_length"
    WRONG_FORM = "wrong_form"
    """Right length and characters, but no number of this kind looks like that."""
    WRONG_CHECK_DIGIT = "wrong_check_digit"
    NO_SUCH_DATE = "no_such_date"
    FUTURE_DATE = "future_date"
    OTHER_KIND = "other_kind"
    """A good number, of another kind of document."""


@dataclass(frozen=True, slots=True)
class GoodDocument:
    """A number that can exist, in the form that is hashed, and what it says about its holder."""

    kind: DocumentKind
    number: str = field(repr=False)
    birth_date: str = field(default="", repr=False)
    """`YYYY-MM-DD`, or empty where the number does not say."""
    sex: Sex = field(default=Sex.UNKNOWN, repr=False)
    nationality: str = field(default="", repr=False)
    """Three letters or three digits (ISO 3166-1), as the number has it; empty where it does not say."""


@dataclass(frozen=True, slots=True)
class BadDocument:
    """A number that cannot exist, and why."""

    mistake: Mistake


DocumentReading = GoodDocument | BadDocument
