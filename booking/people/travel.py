"""Passports: the two lines at the foot of the page (ICAO 9303, TD3) with their five check digits."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from booking.people.ages import calendar_day, past_day
from booking.people.documents import BadDocument, DocumentKind, GoodDocument, Mistake, Sex
from booking.people.typed import is_digits

_LINE = 44
_LONGEST = 4 * _LINE
"""Spaces and breaks may stand between the characters; more than that is no passport."""
_FILLER = "<"
_WEIGHTS = (7, 3, 1)
_VALUES = {_FILLER: 0, **{c: int(c, 36) for c in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"}}
_SEXES = {"F": Sex.FEMALE, "M": Sex.MALE, _FILLER: Sex.UNKNOWN, "X": Sex.UNKNOWN}
_YEARS_AHEAD = 50
_FEWEST, _MOST = 5, 9


def icao_check_digit(text: str) -> str:
    """The check digit of ICAO 9303: weights 7, 3, 1, modulo 10; A is 10, Z is 35, the filler is 0.

    Raises ValueError on any other character.
    """
    if not all(c in _VALUES for c in text):
        raise ValueError("only capital letters, digits and the filler have a check digit")
    return str(sum(_VALUES[c] * _WEIGHTS[at % 3] for at, c in enumerate(text)) % 10)


@dataclass(frozen=True, slots=True)
class Passport:
    """What the machine-readable lines say. Only a reader that asks the chip knows whether they are genuine."""

    document: GoodDocument
    surname: str = field(repr=False)
    given_names: str = field(repr=False)
    issuer: str
    expires: date = field(repr=False)

    def is_valid_on(self, day: date) -> bool:
        """Whether it has not expired; its last day counts.  # rule A1"""
        return day <= self.expires


def read_mrz(text: str, today: date) -> Passport | BadDocument:
    """The passport of two lines of 44 characters, with or without a break between them."""
    if len(text) > _LONGEST:
        return BadDocument(Mistake.WRONG_LENGTH)
    plain = "".join(text.split())
    if not plain:
        return BadDocument(Mistake.EMPTY)
    # Before the letters are made capital: some letters of other scripts become Latin ones by that.
    if not plain.isascii() or not all(c in _VALUES for c in plain.upper()):
        return BadDocument(Mistake.WRONG_CHARACTERS)
    plain = plain.upper()
    if len(plain) != 2 * _LINE:
        return BadDocument(Mistake.WRONG_LENGTH)
    first, second = plain[:_LINE], plain[_LINE:]
    if not first.startswith("P"):
        return BadDocument(Mistake.OTHER_KIND)
    if not _checks(second):
        return BadDocument(Mistake.WRONG_CHECK_DIGIT)
    return _passport(first, second, today)


def _checks(second: str) -> bool:
    """Whether all five check digits fit; that of an unused optional field may be the filler."""
    number, birth, expiry, optional = second[:10], second[13:20], second[21:28], second[28:43]
    parts = all(icao_check_digit(part[:-1]) == part[-1] for part in (number, birth, expiry))
    is_unused = optional == _FILLER * len(optional)
    is_optional_right = is_unused or icao_check_digit(optional[:-1]) == optional[-1]
    return parts and is_optional_right and icao_check_digit(number + birth + expiry + optional) == second[43]


def _passport(first: str, second: str, today: date) -> Passport | BadDocument:
    birth = past_day(second[13:19], today)
    is_birth_known = _FILLER not in second[13:19]
    expires = _coming_day(second[21:27], today)
    number = second[:9].rstrip(_FILLER)
    if expires is None or (birth is None and is_birth_known):
        return BadDocument(Mistake.NO_SUCH_DATE)
    if second[20] not in _SEXES or not number.isalnum():
        return BadDocument(Mistake.WRONG_FORM)
    surname, _, given = first[5:].partition(_FILLER * 2)
    document = GoodDocument(
        DocumentKind.PASSPORT,
        number,
        birth_date=birth.isoformat() if birth is not None else "",
        sex=_SEXES[second[20]],
        nationality=second[10:13].rstrip(_FILLER),
    )
    return Passport(document, _words(surname), _words(given), first[2:5].rstrip(_FILLER), expires)


def _words(filled: str) -> str:
    return " ".join(filled.replace(_FILLER, " ").split())


def _coming_day(digits: str, today: date) -> date | None:
    """The day of an expiry date `YYMMDD`: of the century in which it lies no more than fifty years ahead."""
    if not is_digits(digits):
        return None
    century = (today.year + _YEARS_AHEAD) // 100
    if int(digits[:2]) > (today.year + _YEARS_AHEAD) % 100:
        century -= 1
    return calendar_day(f"{century:02d}{digits}")


def read_passport_number(number: str) -> GoodDocument | BadDocument:
    """A typed passport number, plain. It has no check digit of its own: only its form can be wrong."""
    if not _FEWEST <= len(number) <= _MOST:
        return BadDocument(Mistake.WRONG_LENGTH)
    if not any(c.isdigit() for c in number):
        return BadDocument(Mistake.WRONG_FORM)
    return GoodDocument(DocumentKind.PASSPORT, number)
