"""Numbers that people read: booking numbers, queue numbers, and the codes printed as QR.

A booking number is 12 digits in three groups of four: 2 for the hospital, 9 drawn at random by the server, 1 check
digit (ISO 7064 MOD 11,10). A terminal tells a slip of the finger, and another hospital's number, without asking.
"""

from __future__ import annotations

from dataclasses import dataclass

BOOKING_DIGITS = 12
_BODY_DIGITS = BOOKING_DIGITS - 1
_RANDOM_DIGITS = 9
_HOSPITAL_DIGITS = 2
QR_BOOKING = "B1"
QR_TICKET = "T1"


def check_digit(body: str) -> str:
    """The ISO 7064 MOD 11,10 check digit of a string of decimal digits. Raises ValueError on anything else."""
    if not body or not (body.isascii() and body.isdigit()):
        raise ValueError("a check digit is made from decimal digits")
    rest = 10
    for digit in body:
        rest = (rest + int(digit)) % 10 or 10
        rest = rest * 2 % 11
    return str((11 - rest) % 10)


def booking_number(*, hospital_code: str, drawn: int) -> str:
    """The 12 digits for a hospital's two-digit code and a drawn number below 10**9."""
    if len(hospital_code) != _HOSPITAL_DIGITS or not (hospital_code.isascii() and hospital_code.isdigit()):
        raise ValueError("a hospital's code is two decimal digits")
    if not 0 <= drawn < 10**_RANDOM_DIGITS:
        raise ValueError("the drawn part has nine digits")
    body = f"{hospital_code}{drawn:0{_RANDOM_DIGITS}d}"
    return body + check_digit(body)


@dataclass(frozen=True, slots=True)
class GoodNumber:
    """A well-formed booking number of this hospital."""

    digits: str


@dataclass(frozen=True, slots=True)
class OtherHospital:
    """A well-formed booking number, but of the hospital with this two-digit code."""

    hospital_code: str


@dataclass(frozen=True, slots=True)
class MistypedNumber:
    """Not a booking number: wrong length, wrong characters, or a wrong check digit."""


NumberReading = GoodNumber | OtherHospital | MistypedNumber


def read_booking_number(text: str, *, hospital_code: str) -> NumberReading:
    """What a typed number is. Spaces and hyphens between the groups do not matter; nothing else is forgiven."""
    digits = text.replace(" ", "").replace("-", "")
    if len(digits) != BOOKING_DIGITS or not (digits.isascii() and digits.isdigit()):
        return MistypedNumber()
    if check_digit(digits[:_BODY_DIGITS]) != digits[_BODY_DIGITS]:
        return MistypedNumber()
    if digits[:_HOSPITAL_DIGITS] != hospital_code:
        return OtherHospital(digits[:_HOSPITAL_DIGITS])
    return GoodNumber(digits)


def grouped(digits: str) -> str:
    """The number as people read it: `0112 3456 7890`."""
    return " ".join(digits[start : start + 4] for start in range(0, len(digits), 4))


def queue_number(*, letters: str, slot_no: int) -> str:
    """The number called in the waiting area: the session's letters and the slot's number in three digits."""
    if not letters or slot_no < 1:
        raise ValueError("a queue number needs letters and a slot from 1")
    return f"{letters}{slot_no:03d}"


def booking_qr(digits: str) -> str:
    """The text of a booking's QR code."""
    return QR_BOOKING + digits


def read_qr(text: str) -> str | None:
    """The twelve digits in a scanned booking code, or None when the code is of another kind.

    The digits are not checked here: a scanned number goes the same way as a typed one.
    """
    stripped = text.strip()
    if stripped.startswith(QR_BOOKING) and len(stripped) == len(QR_BOOKING) + BOOKING_DIGITS:
        digits = stripped[len(QR_BOOKING) :]
        if digits.isascii() and digits.isdigit():
            return digits
    return None
