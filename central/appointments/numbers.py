"""Booking numbers: drawn at random, unique in the hospital, kept sealed and as hashes.  # rule D4

Those that go to terminals with their leases are drawn from a part of their own: no booking and no lease draws the
other's, and neither need look.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from booking.numbers import booking_number
from booking.wire import CheckQuestion
from central.appointments.at_hand import Found
from central.appointments.scene import Scene
from central.keys import LookupHash
from central.moment import Moment

_DRAWN_BYTES = 8
_NUMBERS = 750_000_000
_LENT_NUMBERS = 10**9 - _NUMBERS
_BETWEEN = "/"


@dataclass(frozen=True, slots=True)
class DrawnNumber:
    """A number that nobody has, and what of it stands in the booking's row."""

    digits: str = field(repr=False)
    columns: dict[str, Any] = field(repr=False)


def draw_number(scene: Scene, booking_id: UUID, person: Found) -> DrawnNumber:
    """A new number for a booking of this person.

    One in a thousand is taken where a million are: the store refuses it, and the act is done again with another.
    """
    digits = booking_number(hospital_code=scene.hospital_code, drawn=_drawn(scene.moment) % _NUMBERS)
    return DrawnNumber(digits, number_columns(scene, booking_id, person, digits))


def draw_lent_number(moment: Moment, hospital_code: str) -> str:
    """A number for a lease. One that a booking of an earlier release has must be left out by whoever draws."""
    return booking_number(hospital_code=hospital_code, drawn=_NUMBERS + _drawn(moment) % _LENT_NUMBERS)


def open_number(scene: Scene, booking_id: UUID, number_sealed: bytes) -> str:
    """The twelve digits of a booking."""
    return scene.keys.seal.open(number_sealed, table="booking", column="number_sealed", row=booking_id)


def _drawn(moment: Moment) -> int:
    return int.from_bytes(moment.random(_DRAWN_BYTES), "big")


def number_columns(scene: Scene, booking_id: UUID, person: Found, digits: str) -> dict[str, Any]:
    """What of a number stands in the booking's row."""
    lookup = scene.lookup
    phone = birthday = ""
    if person.answers_sealed is not None:
        said = scene.keys.seal.open(
            person.answers_sealed, table="patient", column="answers_sealed", row=person.person_id
        )
        phone, _, birthday = said.partition(_BETWEEN)
    return {
        "number_sealed": scene.keys.seal.seal(digits, table="booking", column="number_sealed", row=booking_id),
        "number_hash": lookup.booking(digits),
        "number_last_four": digits[-4:],
        "check_phone": _check(lookup, digits, CheckQuestion.PHONE, phone),
        "check_birthday": _check(lookup, digits, CheckQuestion.BIRTHDAY, birthday),
    }


def _check(lookup: LookupHash, digits: str, question: CheckQuestion, answer: str) -> bytes | None:
    return lookup.check(number=digits, question=question, answer=answer) if answer else None
