"""People: kinds of documents, check digits, ages, how numbers are normalised for look-up, and how all is masked."""

from booking.people.ages import age_on, day_of
from booking.people.documents import (
    BadDocument,
    DocumentKind,
    DocumentReading,
    GoodDocument,
    Identity,
    Mistake,
    Sex,
)
from booking.people.masking import last_four, mask_name, mask_number
from booking.people.profile import Flaw, Profile, Verification, flaws
from booking.people.reading import read_document, recognise_number
from booking.people.residents import is_resident_number, resident_check_digit, upgrade_resident_number
from booking.people.travel import Passport, icao_check_digit, read_mrz
from booking.people.typed import clean_name, normalise_number, plain_number, read_mobile, same_name

__all__ = [
    "BadDocument",
    "DocumentKind",
    "DocumentReading",
    "Flaw",
    "GoodDocument",
    "Identity",
    "Mistake",
    "Passport",
    "Profile",
    "Sex",
    "Verification",
    "age_on",
    "clean_name",
    "day_of",
    "flaws",
    "icao_check_digit",
    "is_resident_number",
    "last_four",
    "mask_name",
    "mask_number",
    "normalise_number",
    "plain_number",
    "read_document",
    "read_mobile",
    "read_mrz",
    "recognise_number",
    "resident_check_digit",
    "same_name",
    "upgrade_resident_number",
]
