"""The sample people: read from the file that `central init --sample` writes, and made into cards.

The file is JSON: `{"people": [{"name", "id_number", "card_number", "sex": "female" | "male", "birth_date":
"YYYY-MM-DD", "phone", "region": six digits, "note", "bookings": [{"hospital_code": two digits, "number": 12 digits,
"date": "YYYY-MM-DD", "time": "HH:MM", "department"}]}]}`. All of them are invented; `note` says what is special about
one. Keys that are not named here are ignored.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

from lab.cards.card import T0_ATR
from lab.cards.social_security import CardHabits, SocialSecurityCard, SocialSecurityData

_SEX_ON_CARD = {"male": "1", "female": "2"}
_CARD_NUMBER_BYTES = 9


_NOTED_AS_NOT_OPEN = ("cancelled", "checked in")
"""The file tells of a booking's state nowhere but in the person's note."""


class BadPeopleFile(Exception):
    """The file is not what `central init --sample` writes; the message says where, never whose data."""


@dataclass(frozen=True, slots=True)
class SampleBooking:
    """A booking that the sample server holds."""

    hospital_code: str
    number: str
    date: str
    time: str
    department: str


@dataclass(frozen=True, slots=True)
class SamplePerson:
    """An invented person."""

    name: str = field(repr=False)
    id_number: str = field(repr=False)
    card_number: str = field(repr=False)
    sex: str = field(repr=False)
    birth_date: str = field(repr=False)
    phone: str = field(repr=False)
    region: str
    note: str
    bookings: tuple[SampleBooking, ...]

    def social_security_card(self, *, habits: CardHabits | None = None, atr: bytes = T0_ATR) -> SocialSecurityCard:
        """This person's card; all of one issue have the same ATR."""
        data = SocialSecurityData(
            name=self.name,
            id_number=self.id_number,
            card_number=self.card_number[:_CARD_NUMBER_BYTES],
            sex=_SEX_ON_CARD.get(self.sex, "9"),
            birth_date=self.birth_date.replace("-", ""),
            region=self.region,
        )
        return SocialSecurityCard(data, habits=habits, atr=atr)


@dataclass(frozen=True, slots=True)
class CheckInHours:
    """When the sample's patients may check in at a hospital: from an hour before their time to a quarter after it."""

    hospital_code: str
    zone: tzinfo
    opens_min: int = 60
    """Before the booked time."""
    closes_min: int = 15
    """After it."""

    def open_now(self, person: SamplePerson, now: datetime) -> tuple[SampleBooking, ...]:
        """This person's bookings whose check-in is open, as far as the file tells; the next one first."""
        if any(words in person.note for words in _NOTED_AS_NOT_OPEN):
            return ()
        found = (booking for booking in person.bookings if booking.hospital_code == self.hospital_code)
        is_open = (booking for booking in found if self._is_open(booking, now))
        return tuple(sorted(is_open, key=lambda booking: (booking.date, booking.time)))

    def _is_open(self, booking: SampleBooking, now: datetime) -> bool:
        starts = datetime.fromisoformat(f"{booking.date} {booking.time}").replace(tzinfo=self.zone)
        return timedelta(minutes=-self.closes_min) < starts - now < timedelta(minutes=self.opens_min)


def read_people(file: Path) -> tuple[SamplePerson, ...]:
    """The people in the file's order. Raises OSError, or BadPeopleFile when it holds something else."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise BadPeopleFile("this is not JSON") from error
    people = content.get("people") if isinstance(content, dict) else None
    if not isinstance(people, list):
        raise BadPeopleFile("there is no list `people`")
    return tuple(_person(entry, place) for place, entry in enumerate(people, 1))


def _person(entry: dict[str, Any], place: int) -> SamplePerson:
    try:
        return SamplePerson(
            name=str(entry["name"]),
            id_number=str(entry["id_number"]),
            card_number=str(entry["card_number"]),
            sex=str(entry["sex"]),
            birth_date=str(entry["birth_date"]),
            phone=str(entry.get("phone", "")),
            region=str(entry["region"]),
            note=str(entry.get("note", "")),
            bookings=tuple(_booking(booking) for booking in entry.get("bookings", ())),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise BadPeopleFile(f"person {place} lacks something or is not an object") from error


def _booking(entry: dict[str, Any]) -> SampleBooking:
    return SampleBooking(
        hospital_code=str(entry["hospital_code"]),
        number=str(entry["number"]),
        date=str(entry["date"]),
        time=str(entry["time"]),
        department=str(entry["department"]),
    )
