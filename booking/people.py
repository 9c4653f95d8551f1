"""People: kinds of documents, check digits, how numbers are normalised for look-up, and how both are masked.

Masking happens here and on the server; a terminal's screens never receive more than this gives.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum


class DocumentKind(StrEnum):
    """What a person shows. The values travel on the wire and stand in both stores."""

    RESIDENT_ID = "resident_id"
    SOCIAL_SECURITY = "social_security"
    HOSPITAL_CARD = "hospital_card"
    PASSPORT = "passport"
    RESIDENCE_PERMIT = "residence_permit"
    PERMANENT_RESIDENCE = "permanent_residence"


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


_IDEOGRAPHS = ("CJK ", "IDEOGRAPHIC ")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_MOD_11_2 = "10X98765432"
_RESIDENT_DIGITS = 18


def resident_check_digit(first_17: str) -> str:
    """The last character of an 18-digit resident number (GB 11643, ISO 7064 MOD 11-2)."""
    if len(first_17) != _RESIDENT_DIGITS - 1 or not (first_17.isascii() and first_17.isdigit()):
        raise ValueError("a resident number starts with 17 digits")
    return _MOD_11_2[sum(w * int(d) for w, d in zip(_WEIGHTS, first_17, strict=True)) % 11]


def is_resident_number(text: str) -> bool:
    """Whether this is an 18-character resident number with the right check digit."""
    if len(text) != _RESIDENT_DIGITS or not (text[:-1].isascii() and text[:-1].isdigit()):
        return False
    return resident_check_digit(text[:-1]) == text[-1].upper()


def normalise_number(text: str) -> str:
    """The form of a document's or card's number that is hashed: NFKC, upper case, letters and digits only."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).upper() if c.isalnum())


def mask_name(name: str) -> str:
    """张三 -> 张*, 张三丰 -> 张*丰, four and more: first, *, last; Latin words: first letter and ***.  # rule A4

    Names without ideographs keep their words (`John Smith` -> `J*** S***`, `Zoë Å` -> `Z*** Å***`).
    """
    clean = " ".join(name.split())
    if not clean:
        return ""
    if not any(unicodedata.name(letter, "").startswith(_IDEOGRAPHS) for letter in clean):
        return " ".join(f"{word[0]}***" for word in clean.split(" "))
    letters = clean.replace(" ", "")
    if len(letters) == 1:
        return "*"
    if len(letters) == 2:
        return f"{letters[0]}*"
    return f"{letters[0]}*{letters[-1]}"


def last_four(number: str) -> str:
    """The only part of a document's or card's number that a screen may show."""
    return number[-4:] if len(number) >= 8 else ""
