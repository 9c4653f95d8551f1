"""What a typed number of a document or card is: good, in the form that finds the person, or mistaken.  # rule A3"""

from __future__ import annotations

from datetime import date

from booking.people.documents import BadDocument, DocumentKind, DocumentReading, GoodDocument, Mistake
from booking.people.residents import read_permanent_residence, read_permit, read_resident
from booking.people.travel import read_passport_number
from booking.people.typed import is_digits, plain_number

_OLD_LENGTH = 15
_RESIDENT_LENGTHS = (_OLD_LENGTH, 18)
_CARD_FEWEST, _CARD_MOST = 4, 32


def read_document(kind: DocumentKind, text: str, today: date) -> DocumentReading:
    """The number of a document whose kind the person has chosen."""
    number = plain_number(text)
    if number is None:
        return BadDocument(Mistake.WRONG_CHARACTERS)
    if not number:
        return BadDocument(Mistake.EMPTY)
    match kind:
        case DocumentKind.RESIDENT_ID:
            return read_resident(number, today)
        case DocumentKind.RESIDENCE_PERMIT:
            return read_permit(number, today)
        case DocumentKind.PERMANENT_RESIDENCE:
            return read_permanent_residence(number, today)
        case DocumentKind.PASSPORT:
            return read_passport_number(number)
        case DocumentKind.SOCIAL_SECURITY | DocumentKind.HOSPITAL_CARD:
            return _read_card(kind, number)


def recognise_number(text: str, today: date) -> DocumentReading:
    """The number of a document whose kind nobody chose: those kinds that a number shows by itself.

    Fifteen or eighteen characters are one of the residents' numbers; anything else could be a passport or a card of
    any kind, and is not guessed.
    """
    number = plain_number(text)
    if number is None:
        return BadDocument(Mistake.WRONG_CHARACTERS)
    if not number:
        return BadDocument(Mistake.EMPTY)
    if len(number) not in _RESIDENT_LENGTHS:
        return BadDocument(Mistake.WRONG_LENGTH)
    reading = read_resident(number, today)
    if reading == BadDocument(Mistake.OTHER_KIND):
        is_foreigner = number.startswith("9")
        return read_permanent_residence(number, today) if is_foreigner else read_permit(number, today)
    if len(number) == _OLD_LENGTH and not is_digits(number):
        return read_permanent_residence(number, today)
    return reading


def _read_card(kind: DocumentKind, number: str) -> DocumentReading:
    """A card's own number: every issuer has its own, so only its length can be wrong."""
    if not _CARD_FEWEST <= len(number) <= _CARD_MOST:
        return BadDocument(Mistake.WRONG_LENGTH)
    return GoodDocument(kind, number)
