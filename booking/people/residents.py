"""Numbers of residents: citizens (GB 11643), holders of residence permits, and of permanent residence cards.

All of them but the two old forms of 15 characters end in an ISO 7064 MOD 11-2 check digit. None of them proves that
a person exists; a number with a slip of the finger is told apart from one that can exist.
"""

from __future__ import annotations

from datetime import date

from booking.people.ages import calendar_day, past_day
from booking.people.documents import BadDocument, DocumentKind, DocumentReading, GoodDocument, Mistake, Sex
from booking.people.travel import icao_check_digit
from booking.people.typed import is_digits

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_MOD_11_2 = "10X98765432"
_DIGITS = 18
_OLD_DIGITS = 15
_COUNTRY_LETTERS = 3
# GB/T 2260: the first two digits of a place in a province, a municipality or an autonomous region.
_PLACES = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82"
_PROVINCES = frozenset(_PLACES.split())
_PERMIT_PLACES = frozenset({"810000", "820000", "830000"})
_FOREIGNER = "9"
_EARLIEST = date(1800, 1, 1)


def resident_check_digit(first_17: str) -> str:
    """The last character of an 18-digit resident number (GB 11643, ISO 7064 MOD 11-2)."""
    if len(first_17) != _DIGITS - 1 or not is_digits(first_17):
        raise ValueError("a resident number starts with 17 digits")
    return _MOD_11_2[sum(w * int(d) for w, d in zip(_WEIGHTS, first_17, strict=True)) % 11]


def is_resident_number(text: str) -> bool:
    """Whether this is an 18-character resident number with the right check digit."""
    if len(text) != _DIGITS or not is_digits(text[:-1]):
        return False
    return resident_check_digit(text[:-1]) == text[-1].upper()


def upgrade_resident_number(old: str) -> str:
    """The 18 characters that replaced a 15-digit number: the century and the check digit are added.

    Raises ValueError when this is no 15-digit number.
    """
    if len(old) != _OLD_DIGITS or not is_digits(old):
        raise ValueError("an old resident number has 15 digits")
    first_17 = f"{old[:6]}19{old[6:]}"
    return first_17 + resident_check_digit(first_17)


def read_resident(number: str, today: date) -> DocumentReading:
    """A citizen's number, plain; one of 15 digits is answered with its 18, which finds the same person."""
    if len(number) == _OLD_DIGITS and is_digits(number):
        number = upgrade_resident_number(number)
    if len(number) == _DIGITS and (number[:6] in _PERMIT_PLACES or number.startswith(_FOREIGNER)):
        return BadDocument(Mistake.OTHER_KIND)
    return _read_18(DocumentKind.RESIDENT_ID, number, today, province=number[:2])


def read_permit(number: str, today: date) -> DocumentReading:
    """The number of a residence permit for people of Hong Kong, Macao or Taiwan, plain."""
    if is_resident_number(number) and number[:6] not in _PERMIT_PLACES:
        return BadDocument(Mistake.OTHER_KIND)
    if len(number) == _DIGITS and number[:6] not in _PERMIT_PLACES:
        return BadDocument(Mistake.WRONG_FORM)
    return _read_18(DocumentKind.RESIDENCE_PERMIT, number, today)


def read_permanent_residence(number: str, today: date) -> DocumentReading:
    """The number of a foreigner's permanent residence card, plain: 15 characters until 2023, 18 since."""
    if len(number) == _OLD_DIGITS:
        return _read_old_permanent(number, today)
    if is_resident_number(number) and not number.startswith(_FOREIGNER):
        return BadDocument(Mistake.OTHER_KIND)
    if len(number) == _DIGITS and not number.startswith(_FOREIGNER):
        return BadDocument(Mistake.WRONG_FORM)
    kind = DocumentKind.PERMANENT_RESIDENCE
    return _read_18(kind, number, today, province=number[1:3], nationality=number[3:6])


def _read_18(
    kind: DocumentKind, number: str, today: date, *, province: str = "", nationality: str = ""
) -> DocumentReading:
    if len(number) != _DIGITS:
        return BadDocument(Mistake.WRONG_LENGTH)
    if not is_digits(number[:-1]) or not (is_digits(number[-1]) or number[-1] == "X"):
        return BadDocument(Mistake.WRONG_CHARACTERS)
    if not is_resident_number(number):
        return BadDocument(Mistake.WRONG_CHECK_DIGIT)
    if province and province not in _PROVINCES:
        return BadDocument(Mistake.WRONG_FORM)
    return _with_birth(kind, number, calendar_day(number[6:14]), today, digit=number[16], nationality=nationality)


def _read_old_permanent(number: str, today: date) -> DocumentReading:
    """Three letters of the country, four digits of the place, six of the birth, one in order, a 7-3-1 check digit."""
    letters, digits = number[:_COUNTRY_LETTERS], number[_COUNTRY_LETTERS:]
    if not (letters.isascii() and letters.isalpha() and is_digits(digits)):
        return BadDocument(Mistake.WRONG_CHARACTERS)
    if icao_check_digit(number[:-1]) != number[-1]:
        return BadDocument(Mistake.WRONG_CHECK_DIGIT)
    if digits[:2] not in _PROVINCES:
        return BadDocument(Mistake.WRONG_FORM)
    birth = past_day(digits[4:10], today)
    return _with_birth(DocumentKind.PERMANENT_RESIDENCE, number, birth, today, digit=digits[10], nationality=letters)


def _with_birth(
    kind: DocumentKind, number: str, birth: date | None, today: date, *, digit: str, nationality: str
) -> DocumentReading:
    """The good document, if its holder can have been born; an odd digit in order is a man's, an even one a woman's."""
    if birth is None or birth < _EARLIEST:
        return BadDocument(Mistake.NO_SUCH_DATE)
    if birth > today:
        return BadDocument(Mistake.FUTURE_DATE)
    sex = Sex.MALE if int(digit) % 2 else Sex.FEMALE
    return GoodDocument(kind, number, birth_date=birth.isoformat(), sex=sex, nationality=nationality)
